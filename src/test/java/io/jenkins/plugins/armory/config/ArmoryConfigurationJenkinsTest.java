package io.jenkins.plugins.armory.config;

import static io.jenkins.plugins.armory.Forms.assertError;
import static io.jenkins.plugins.armory.Forms.assertOk;
import static io.jenkins.plugins.armory.Forms.assertWarning;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.google.common.base.Throwables;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AccessDeniedException3;
import hudson.util.Secret;
import io.jenkins.plugins.armory.config.form.BodyTemplate;
import io.jenkins.plugins.armory.config.form.CancelDefinition;
import io.jenkins.plugins.armory.config.form.RetryDefinition;
import io.jenkins.plugins.armory.config.form.WebhookDefinition;
import io.jenkins.plugins.armory.webhook.CallCredentials;
import io.jenkins.plugins.armory.webhook.CallLimits;
import io.jenkins.plugins.armory.webhook.CancelReference;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.RetryRules;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.casc.ConfigurationContext;
import io.jenkins.plugins.casc.ConfiguratorRegistry;
import io.jenkins.plugins.casc.misc.Util;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import jenkins.model.JenkinsLocationConfiguration;
import net.sf.json.JSONObject;
import org.htmlunit.html.HtmlButton;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlTextArea;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.kohsuke.stapler.Stapler;

@WithJenkins
class ArmoryConfigurationJenkinsTest {

    private static final String CASC = """
            unclassified:
              armory:
                callbackBaseUrl: "https://callbacks.example.com/jenkins"
                callbackCredentialsId: "callback-token"
                allowedHosts: ["*.example.com", "10.0.0.0/8"]
                webhooks:
                  - name: integration-tests
                    method: PUT
                    uriTemplate: "https://ci.example.com/start"
                    headers:
                      - {key: Authorization, value: "Bearer {{secrets.ci}}"}
                    bodyTemplate:
                      inline: '{"callbackUri": "{{armory.callbackUri}}"}'
                    retry: {count: 3, on: ["409", "5xx"], delay: 2, maxDelay: 90}
                    connectTimeout: 5
                    requestTimeout: 60
                    signWith: signing
                    clientCertificateId: client
                    trustCertificateId: ca
                    networkMode: remoteNetworkAgent
                    agentIdentifier: inside
                    disableCallback: true
                    context:
                      - {key: suite, value: smoke}
                      - {key: text, value: "one\\ntwo"}
                    cancel:
                      uriTemplate: "https://ci.example.com/stop/{{armory.approvalId}}"
                      method: DELETE
                      retryCount: 2
                      signWith: signing
            """;

    private static void configure(Path folder, String casc) throws Exception {
        ConfigurationAsCode.get()
                .configure(Files.writeString(folder.resolve("casc.yaml"), casc).toString());
    }

    private static Webhook expected() {
        return Webhook.named("integration-tests")
                .method("PUT")
                .uriTemplate("https://ci.example.com/start")
                .headers(List.of(new Webhook.Header("Authorization", "Bearer {{secrets.ci}}")))
                .body("{\"callbackUri\": \"{{armory.callbackUri}}\"}")
                .retry(RetryRules.of(3, List.of("409", "5xx"), 2, 90))
                .limits(new CallLimits(5, 60))
                .credentials(new CallCredentials("signing", "client", "ca"))
                .networkMode(NetworkMode.REMOTE_NETWORK_AGENT)
                .agentIdentifier("inside")
                .disableCallback(true)
                .context(Map.of("suite", "smoke", "text", "one\ntwo"))
                .cancel(CancelReference.of(Webhook.named("cancel")
                        .method("DELETE")
                        .retry(RetryRules.ofCount(2))
                        .credentials(new CallCredentials("signing", null, null))
                        .uriTemplate("https://ci.example.com/stop/{{armory.approvalId}}")
                        .disableCallback(true)
                        .build()))
                .build();
    }

    private static void assertHasAll() {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        assertThat(configuration.getCallbackBaseUrl()).isEqualTo("https://callbacks.example.com/jenkins");
        assertThat(configuration.getCallbackCredentialsId()).isEqualTo("callback-token");
        assertThat(configuration.getAllowedHosts()).containsExactly("*.example.com", "10.0.0.0/8");
        assertThat(configuration.getWebhooks())
                .singleElement()
                .satisfies(definition -> assertThat(definition.toWebhook())
                        .usingRecursiveComparison()
                        .isEqualTo(expected()));
    }

    @Test
    void isConfiguredAsCode(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(folder, CASC);

        assertHasAll();
        assertThat(ArmoryConfiguration.get().rootActionUrl())
                .isEqualTo("https://callbacks.example.com/jenkins/armory/");
        ConfigurationContext context = new ConfigurationContext(ConfiguratorRegistry.get());
        String exported = Util.toYamlString(Util.getUnclassifiedRoot(context).get("armory"));

        configure(
                folder,
                "unclassified: {armory: {callbackBaseUrl: '', callbackCredentialsId: '', allowedHosts: [], webhooks: []}}");
        assertThat(ArmoryConfiguration.get().getWebhooks()).isEmpty();
        configure(folder, "unclassified:\n  armory:\n" + exported.indent(4));
        assertHasAll();
    }

    @Test
    void survivesItsFormAndARestart(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(folder, CASC);

        j.configRoundtrip();

        assertHasAll();
        ArmoryConfiguration.get().load();
        assertHasAll();
    }

    /**
     * Browsers leave line breaks out of a field of one line (HTML, "value sanitization algorithm"), and the form would
     * save that.
     */
    @Test
    void theFormHasRoomForAValueOfSeveralLines(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(folder, CASC);

        HtmlForm form = j.createWebClient().goTo("configure").getFormByName("config");

        assertThat(form.getTextAreasByName("_.value"))
                .extracting(HtmlTextArea::getText)
                .containsExactly("one\ntwo");
        assertThat(form.getInputsByName("_.value"))
                .extracting(HtmlInput::getValue)
                .contains("Bearer {{secrets.ci}}", "smoke");
    }

    @Test
    void aFormThatIsRefusedNamesTheWebhook(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(folder, CASC);
        JenkinsRule.WebClient client = j.createWebClient();
        client.setThrowExceptionOnFailingStatusCode(false);
        HtmlForm form = client.goTo("configure").getFormByName("config");
        form.getInputsByName("_.agentIdentifier").get(0).setValue("");
        form.getInputsByName("_.uriTemplate").get(0).setValue("https://ci/{{nothing}}");

        assertThat(((HtmlPage) j.submit(form)).asNormalizedText())
                .contains("webhooks: 'integration-tests': uriTemplate: \"{{nothing}}\"");

        assertHasAll();
    }

    /** What code leaves out may be what the file forbids. */
    @Test
    void codeReplacesAFileThatCannotBeReadOnceItHasSetEverything(JenkinsRule j, @TempDir Path folder) throws Exception {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        Path file = j.jenkins.getRootDir().toPath().resolve(configuration.getId() + ".xml");
        List<String> settings = List.of(
                "callbackBaseUrl: ''", "callbackCredentialsId: ''", "allowedHosts: [ci.example.com]", "webhooks: []");
        for (String leftOut : settings) {
            Files.writeString(file, "<damaged");
            configuration.load();

            for (String setting : settings) {
                if (!setting.equals(leftOut)) {
                    configure(folder, "unclassified: {armory: {" + setting + "}}");
                }
            }
            assertThat(configuration.problem()).as(leftOut).isPresent();
            assertThatIllegalStateException().isThrownBy(configuration::hosts);
            assertThat(file).content().isEqualTo("<damaged");

            configure(folder, "unclassified: {armory: {" + leftOut + "}}");
            assertThat(configuration.problem()).as(leftOut).isEmpty();
            configuration.load();
            assertThat(configuration.problem()).as(leftOut).isEmpty();
            assertThat(configuration.getAllowedHosts()).containsExactly("ci.example.com");
        }
    }

    /** A form sends nothing for a field without rows. */
    @Test
    void theFormRemovesTheLastRow(JenkinsRule j) throws Exception {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        WebhookDefinition webhook = new WebhookDefinition();
        webhook.setName("tests");
        webhook.setUriTemplate("https://ci.example.com/start");
        configuration.setWebhooks(List.of(webhook));
        configuration.setAllowedHosts(List.of("ci.example.com"));

        HtmlForm form = j.createWebClient().goTo("configure").getFormByName("config");
        form.<HtmlButton>getFirstByXPath(".//div[@name='webhooks']//button[contains(@class, 'repeatable-delete')]")
                .click();
        j.submit(form);

        assertThat(configuration.getWebhooks()).isEmpty();
        assertThat(configuration.getAllowedHosts()).containsExactly("ci.example.com");
    }

    /** Jenkins passes on a request that lacks the part of a plugin as one without fields. */
    @Test
    void aRequestWithoutItsPartChangesNothing(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(folder, CASC);

        j.executeOnServer(() -> ArmoryConfiguration.get().configure(Stapler.getCurrentRequest2(), new JSONObject()));

        assertHasAll();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "allowedHosts: ['https://ci/'] | allowedHosts: \"https://ci/\" is neither a host name",
                "allowedHosts: ['ci.example.com', ''] | allowedHosts[1]: is blank",
                "allowedHosts: [''] | allowedHosts[0]: is blank",
                "callbackBaseUrl: 'jenkins.example.com' | callbackBaseUrl: ",
                "callbackBaseUrl: 'ftp://jenkins.example.com/' | callbackBaseUrl: ",
                "callbackBaseUrl: 'https://jenkins.example.com/?a=b' | callbackBaseUrl: ",
                "callbackBaseUrl: 'https://user@jenkins.example.com/' | callbackBaseUrl: ",
                "callbackCredentialsId: short | has fewer than 20 characters",
                "webhooks: [{name: a}] | webhooks: 'a': uriTemplate: is missing",
                "webhooks: [{name: a, uriTemplate: 'https://ci/', agentIdentifier: x}] | webhooks: 'a': agentIdentifier: goes with networkMode remoteNetworkAgent alone",
                "webhooks: [{name: a, uriTemplate: 'https://ci/{{x}}'}] | webhooks: 'a': uriTemplate: \"{{x}}\" at line 1, column 12 is not a variable",
                "webhooks: [{name: a, uriTemplate: 'https://ci/'}, {name: a, uriTemplate: 'https://ci/2'}] | webhooks: there are two of the name \"a\"",
            })
    void mistakesAreFoundWhenTheFileIsLoaded(String settings, String message, JenkinsRule j, @TempDir Path folder) {
        addSecretText(CredentialsScope.SYSTEM, "short", "x".repeat(19));
        assertThatThrownBy(() -> configure(folder, "unclassified: {armory: {" + settings + "}}"))
                .satisfies(x -> assertThat(Throwables.getStackTraceAsString(x)).contains(message));
        assertThat(ArmoryConfiguration.get().getWebhooks()).isEmpty();
        assertThat(ArmoryConfiguration.get().getAllowedHosts()).isEmpty();
    }

    @Test
    void checksHostsAndDefinitionsWhileTheyAreTyped(JenkinsRule j) {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        assertOk(configuration.doCheckAllowedHosts("*.example.com\n10.0.0.1"));
        assertThat(configuration.doCheckAllowedHosts("ci:8080")).hasMessageContaining("is neither a host name");

        WebhookDefinition.DescriptorImpl definition =
                j.jenkins.getDescriptorByType(WebhookDefinition.DescriptorImpl.class);
        assertOk(definition.doCheckUriTemplate("https://ci/{{context.ref}}"));
        assertThat(definition.doCheckUriTemplate("ci/start")).hasMessageContaining("Must start with http://");
        assertError(definition.doCheckUriTemplate(""));
        assertOk(new CancelDefinition.DescriptorImpl().doCheckUriTemplate("")); // it may be one of another name
        assertThat(definition.doCheckRetryCount("-1")).hasMessageContaining("-1 is less than 0");
        assertThat(definition.doCheckRetryCount("many")).hasMessageContaining("whole number");
        assertThat(definition.doCheckRequestTimeout("301")).hasMessageContaining("301 is not a number of seconds");
        assertOk(definition.doCheckRequestTimeout(""));
        assertThat(definition.doCheckConnectTimeout("6", "5")).hasMessageContaining("requestTimeout is 5");
        assertThat(definition.doCheckConnectTimeout("soon", "")).hasMessageContaining("whole number");
        RetryDefinition.DescriptorImpl retry = new RetryDefinition.DescriptorImpl();
        assertThat(retry.doCheckOn("429, 2xx")).hasMessageContaining("2xx").hasMessageContaining("is neither");
        assertOk(retry.doCheckOn("429, 5xx"));
        assertThat(retry.doCheckCount("-1")).hasMessageContaining("-1 is less than 0");
        assertThat(definition.doCheckAgentIdentifier("inside", "direct"))
                .hasMessageContaining("Goes with networkMode remoteNetworkAgent alone");
        assertOk(definition.doCheckAgentIdentifier("inside", "remoteNetworkAgent"));
        assertWarning(definition.doCheckAgentIdentifier("", "remoteNetworkAgent"));
        assertThat(definition.doFillNetworkModeItems())
                .extracting(option -> option.value)
                .containsExactly("direct", "remoteNetworkAgent");
        assertThat(j.jenkins
                        .getDescriptorByType(BodyTemplate.DescriptorImpl.class)
                        .doCheckInline("{{#if}}"))
                .hasMessageContaining("is not a variable");
    }

    @Test
    void goesByTheJenkinsUrlUnlessToldOtherwise(JenkinsRule j) {
        assertThat(ArmoryConfiguration.get().rootActionUrl())
                .isEqualTo(JenkinsLocationConfiguration.get().getUrl() + "armory/");

        JenkinsLocationConfiguration.get().setUrl(null);
        assertThatIllegalStateException()
                .isThrownBy(() -> ArmoryConfiguration.get().rootActionUrl())
                .withMessageContaining("set the Jenkins URL");
    }

    @Test
    void checksTheAddress(JenkinsRule j) {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();

        assertOk(configuration.doCheckCallbackBaseUrl("https://callbacks.example.com"));
        assertOk(configuration.doCheckCallbackBaseUrl(""));
        for (String wrong : new String[] {"callbacks.example.com", "ftp://x/", "https://", "a b"}) {
            assertError(configuration.doCheckCallbackBaseUrl(wrong));
        }
        JenkinsLocationConfiguration.get().setUrl(null);
        assertWarning(configuration.doCheckCallbackBaseUrl(""));
    }

    @Test
    void aFormThatIsRefusedChangesNothingAndSaysWhy(JenkinsRule j) throws Exception {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        configuration.setCallbackBaseUrl("https://jenkins.example.com/");
        JenkinsRule.WebClient client = j.createWebClient();
        client.setThrowExceptionOnFailingStatusCode(false);
        HtmlForm form = client.goTo("configure").getFormByName("config");
        form.getInputByName("_.callbackBaseUrl").setValue("https://other.example.com/");
        form.getTextAreaByName("_.allowedHosts").setText("*");

        assertThat(((HtmlPage) j.submit(form)).asNormalizedText())
                .contains("allowedHosts: \"*\" is neither a host name");

        assertThat(configuration.getCallbackBaseUrl()).isEqualTo("https://jenkins.example.com/");
        assertThat(configuration.getAllowedHosts()).isEmpty();
        configuration.load();
        assertThat(configuration.getCallbackBaseUrl()).isEqualTo("https://jenkins.example.com/");
    }

    @Test
    void areNotKnownWhereTheirFileHasWhatTheFormRefuses(JenkinsRule j) throws Exception {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        configuration.setAllowedHosts(List.of("ci.example.com"));
        Path file = j.jenkins.getRootDir().toPath().resolve(ArmoryConfiguration.class.getName() + ".xml");
        String text = Files.readString(file);
        configuration.load();
        assertThat(configuration.problem()).isEmpty();

        Files.writeString(file, text.replace("ci.example.com", "*"));
        configuration.load();

        assertThat(configuration.problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("allowedHosts"));
        assertThatIllegalStateException().isThrownBy(configuration::hosts);
    }

    /** The settings are those in memory: the disk may fail just then. */
    @Test
    void aFormThatIsRefusedChangesNothingWhateverIsOnTheDisk(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(folder, CASC);
        JenkinsRule.WebClient client = j.createWebClient();
        client.setThrowExceptionOnFailingStatusCode(false);
        HtmlForm form = client.goTo("configure").getFormByName("config");
        form.getTextAreaByName("_.allowedHosts").setText("*");
        Files.writeString(
                j.jenkins.getRootDir().toPath().resolve(ArmoryConfiguration.class.getName() + ".xml"), "<damaged");

        assertThat(((HtmlPage) j.submit(form)).asNormalizedText())
                .contains("allowedHosts: \"*\" is neither a host name");

        assertHasAll();
    }

    private static void addSecretText(CredentialsScope scope, String id, String secret) {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new StringCredentialsImpl(scope, id, "", Secret.fromString(secret)));
    }

    @Test
    void checksTheCallbackCredential(JenkinsRule j) {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        addSecretText(CredentialsScope.SYSTEM, "system", "a secret of the settings");
        addSecretText(CredentialsScope.GLOBAL, "global", "a secret of the settings");
        addSecretText(CredentialsScope.SYSTEM, "short", "x".repeat(19));
        addSecretText(CredentialsScope.SYSTEM, "long", "x".repeat(20));

        for (String right : List.of("", "system", "long")) {
            assertOk(configuration.doCheckCallbackCredentialsId(right));
        }
        assertError(configuration.doCheckCallbackCredentialsId("missing"));
        assertError(configuration.doCheckCallbackCredentialsId("short")); // anybody may guess as often as they like
        assertWarning(configuration.doCheckCallbackCredentialsId("global"));
    }

    /** Overall/Manage without Overall/Administer neither shows nor changes them. */
    @Test
    void belongsToAdministratorsAlone(JenkinsRule j, @TempDir Path folder) throws Exception {
        configure(folder, CASC);
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Jenkins.MANAGE)
                .everywhere()
                .to("manager"));

        try (ACLContext ignored = ACL.as2(User.getById("manager", true).impersonate2())) {
            assertThatThrownBy(() -> ArmoryConfiguration.get().doCheckCallbackCredentialsId("x"))
                    .isInstanceOf(AccessDeniedException3.class);
        }
        HtmlPage page = j.createWebClient()
                .withJavaScriptEnabled(false)
                .login("manager")
                .goTo("manage/configure");
        assertThat(page.getWebResponse().getContentAsString()).doesNotContain("callbacks.example.com");
        assertThat(ArmoryConfiguration.get().getRequiredGlobalConfigPagePermission())
                .isEqualTo(Jenkins.ADMINISTER);
    }
}
