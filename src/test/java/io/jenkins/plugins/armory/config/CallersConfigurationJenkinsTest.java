package io.jenkins.plugins.armory.config;

import static io.jenkins.plugins.armory.Forms.assertError;
import static io.jenkins.plugins.armory.Forms.assertOk;
import static io.jenkins.plugins.armory.Forms.assertWarning;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.domains.Domain;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.AdministrativeMonitor;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AccessDeniedException3;
import hudson.util.ListBoxModel;
import hudson.util.Secret;
import io.jenkins.plugins.armory.part.oauth.ClientDefinition;
import io.jenkins.plugins.armory.part.oauth.OAuthClient;
import io.jenkins.plugins.armory.part.oidc.IssuerDefinition;
import io.jenkins.plugins.armory.web.ApprovalsMonitor;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.casc.ConfigurationContext;
import io.jenkins.plugins.casc.ConfiguratorException;
import io.jenkins.plugins.casc.ConfiguratorRegistry;
import io.jenkins.plugins.casc.misc.Util;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jenkins.model.Jenkins;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tests of clients and issuers in the settings: Configuration as Code, form and permissions. */
@WithJenkins
class CallersConfigurationJenkinsTest {

    private static final String CASC = """
            unclassified:
              armory:
                callbackClients:
                  - credentialsId: "ci"
                    jobs: "team-a/**, deploy"
                  - credentialsId: "missing"
                    jobs: "**"
                issuers:
                  - issuer: "https://token.actions.githubusercontent.com"
                    audience: "https://jenkins.example.com/"
                    requiredClaims:
                      - "repository=octo-org/octo-repo"
                      - "ref=refs/heads/main"
                    jobs: "team-a/**"
                  - issuer: "https://auth.cloud.armory.io/"
                    audience: "https://api.cloud.armory.io"
                    requiredClaims: ["https://cloud.armory.io/principal#envId=e1"]
                    jobs: "**"
            """;

    private JenkinsRule j;

    @BeforeEach
    void addCredentials(JenkinsRule rule) throws Exception {
        j = rule;
        CredentialsProvider.lookupStores(j.jenkins)
                .iterator()
                .next()
                .addCredentials(
                        Domain.global(),
                        new UsernamePasswordCredentialsImpl(
                                CredentialsScope.SYSTEM, "ci", "", "client-1", "a secret of all clients"));
    }

    private static void configure(Path folder, String casc) throws Exception {
        ConfigurationAsCode.get()
                .configure(Files.writeString(folder.resolve("casc.yaml"), casc).toString());
    }

    private static void assertIsAsInTheCode() {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        assertThat(configuration.getCallbackClients())
                .extracting(each -> each.getCredentialsId() + ": " + each.getJobs())
                .containsExactly("ci: team-a/**, deploy", "missing: **");
        assertThat(configuration.clients()).singleElement().satisfies(client -> {
            assertThat(client.id()).isEqualTo("client-1");
            assertThat(client.password().get()).isEqualTo("a secret of all clients");
            assertThat(client.jobs().match("team-a/b/c")).isTrue();
        });
        assertThat(configuration.getIssuers()).hasSize(2);
        IssuerDefinition github = configuration.getIssuers().get(0);
        assertThat(github.getIssuer()).isEqualTo("https://token.actions.githubusercontent.com");
        assertThat(github.getAudience()).isEqualTo("https://jenkins.example.com/");
        assertThat(github.getRequiredClaims()).containsExactly("repository=octo-org/octo-repo", "ref=refs/heads/main");
        assertThat(github.getJobs()).isEqualTo("team-a/**");
        IssuerDefinition armory = configuration.getIssuers().get(1);
        assertThat(armory.getIssuer()).isEqualTo("https://auth.cloud.armory.io/");
        assertThat(armory.getAudience()).isEqualTo("https://api.cloud.armory.io");
    }

    @Test
    void areConfiguredAsCodeAndExported(@TempDir Path folder) throws Exception {
        configure(folder, CASC);

        assertIsAsInTheCode();
        String exported =
                Util.toYamlString(Util.getUnclassifiedRoot(new ConfigurationContext(ConfiguratorRegistry.get()))
                        .get("armory"));
        assertThat(exported).doesNotContain("a secret of all clients");
        configure(folder, "unclassified: {armory: {callbackClients: [], issuers: []}}");
        assertThat(ArmoryConfiguration.get().getIssuers()).isEmpty();
        configure(folder, "unclassified:\n  armory:\n" + exported.indent(4));
        assertIsAsInTheCode();
    }

    @Test
    void administratorsAreWarnedOfMistypedCredentials(@TempDir Path folder) throws Exception {
        ApprovalsMonitor monitor = AdministrativeMonitor.all().get(ApprovalsMonitor.class);
        assertThat(monitor.isActivated()).isFalse();

        configure(folder, CASC + "    callbackCredentialsId: \"tokn\"\n");

        await().until(() -> monitor.getWarnings().size() == 2);
        assertThat(monitor.isActivated()).isTrue();
        assertThat(j.createWebClient().goTo("manage/").asNormalizedText())
                .contains(
                        "callbackCredentialsId: there is no Secret text credential \"tokn\"",
                        "callbackClients[1].credentialsId: there is no username/password credential \"missing\"")
                .doesNotContain("callbackClients[0]");
        configure(folder, "unclassified: {armory: {callbackClients: [], callbackCredentialsId: ''}}");
        await().until(() -> !monitor.isActivated());
    }

    @Test
    void surviveTheirForm(@TempDir Path folder) throws Exception {
        configure(folder, CASC);

        j.configRoundtrip();

        assertIsAsInTheCode();
    }

    /** A form sends a blank text for it, and so does Configuration as Code while it exports. */
    @Test
    void anIssuerWithoutClaimsSurvivesItsFormAndAnExport() throws Exception {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        configuration.setIssuers(
                List.of(new IssuerDefinition("https://issuer.example.com", "jenkins", List.of(), "**")));

        j.configRoundtrip();

        assertThat(configuration.getIssuers())
                .singleElement()
                .returns("https://issuer.example.com", IssuerDefinition::getIssuer)
                .returns(List.of(), IssuerDefinition::getRequiredClaims);
        assertThat(Util.toYamlString(Util.getUnclassifiedRoot(new ConfigurationContext(ConfiguratorRegistry.get()))
                        .get("armory")))
                .contains("https://issuer.example.com")
                .doesNotContain("FAILED TO EXPORT");
    }

    @Test
    void aFormThatIsRefusedChangesNothingAndSaysWhy() throws Exception {
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

    /** The settings are those in memory: the disk may fail just then. */
    @Test
    void aFormThatIsRefusedChangesNothingWhateverIsOnTheDisk(@TempDir Path folder) throws Exception {
        configure(folder, CASC);
        ArmoryConfiguration.get().setAllowedHosts(List.of("ci.example.com"));
        JenkinsRule.WebClient client = j.createWebClient();
        client.setThrowExceptionOnFailingStatusCode(false);
        HtmlForm form = client.goTo("configure").getFormByName("config");
        form.getTextAreaByName("_.allowedHosts").setText("*");
        Files.writeString(
                j.jenkins.getRootDir().toPath().resolve(ArmoryConfiguration.class.getName() + ".xml"), "<damaged");

        assertThat(((HtmlPage) j.submit(form)).asNormalizedText())
                .contains("allowedHosts: \"*\" is neither a host name");

        assertIsAsInTheCode();
        assertThat(ArmoryConfiguration.get().getAllowedHosts()).containsExactly("ci.example.com");
    }

    @Test
    void areNotKnownWhereTheirFileHasWhatTheFormRefuses() throws Exception {
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

    @Test
    void surviveARestart(@TempDir Path folder) throws Exception {
        configure(folder, CASC);

        ArmoryConfiguration.get().load();

        assertIsAsInTheCode();
        assertThat(Files.readString(
                        j.jenkins.getRootDir().toPath().resolve(ArmoryConfiguration.class.getName() + ".xml")))
                .doesNotContain("a secret of all clients");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "callbackClients: [{credentialsId: ci, jobs: 'a//b'}]",
                "issuers: [{issuer: 'https://issuer.example.com', audience: 'a', jobs: 'a**'}]",
                "issuers: [{issuer: 'http://issuer.example.com', audience: 'a', jobs: '**'}]",
                "issuers: [{issuer: 'https://issuer.example.com', audience: 'a', requiredClaims: ['repository'], jobs: '**'}]",
                "issuers: [{audience: 'a', requiredClaims: ['a=b'], jobs: '**'}]",
                "issuers: [{issuer: '', audience: 'a', requiredClaims: ['a=b'], jobs: '**'}]",
                "issuers: [{issuer: 'https://issuer.example.com', requiredClaims: ['a=b'], jobs: '**'}]",
                "issuers: [{issuer: 'https://auth.cloud.armory.io/', audience: 'https://api.cloud.armory.io', jobs: '**'}]",
                "issuers: [{issuer: 'https://issuer.example.com', audience: 'a', requiredClaims: [' '], jobs: '**'}]",
                "allowedHosts: ['ci.example.com', '']",
                "allowedHosts: ['']",
                "callbackBaseUrl: 'jenkins.example.com'",
                "callbackBaseUrl: 'ftp://jenkins.example.com/'",
                "callbackBaseUrl: 'https://jenkins.example.com/?a=b'",
                "callbackBaseUrl: 'https://user@jenkins.example.com/'",
            })
    void areRefusedWhereTheyAreWrong(String setting, @TempDir Path folder) {
        assertThatThrownBy(() -> configure(folder, "unclassified:\n  armory:\n    " + setting))
                .isInstanceOf(ConfiguratorException.class);
        assertThat(ArmoryConfiguration.get().getIssuers()).isEmpty();
    }

    @Test
    void areCheckedInTheForm() {
        ClientDefinition.DescriptorImpl client = j.jenkins.getDescriptorByType(ClientDefinition.DescriptorImpl.class);
        IssuerDefinition.DescriptorImpl issuer = j.jenkins.getDescriptorByType(IssuerDefinition.DescriptorImpl.class);
        ArmoryConfiguration configuration = ArmoryConfiguration.get();

        assertOk(client.doCheckCredentialsId("ci"));
        assertError(client.doCheckCredentialsId("missing"));
        assertError(client.doCheckCredentialsId(""));
        assertOk(client.doCheckJobs("team/**"));
        assertError(client.doCheckJobs(" "));
        assertError(client.doCheckJobs("team**"));
        assertError(issuer.doCheckJobs("/x"));
        assertOk(issuer.doCheckIssuer("https://issuer.example.com"));
        assertOk(issuer.doCheckIssuer("http://127.0.0.1:8080"));
        assertError(issuer.doCheckIssuer("http://issuer.example.com"));
        assertError(issuer.doCheckIssuer("issuer"));
        assertError(issuer.doCheckIssuer(""));
        assertError(issuer.doCheckAudience(" "));
        assertOk(issuer.doCheckRequiredClaims("a=b\nc=d", ""));
        assertWarning(issuer.doCheckRequiredClaims("", "https://issuer.example.com"));
        assertError(issuer.doCheckRequiredClaims("", issuer.getArmoryIssuer()));
        assertError(issuer.doCheckRequiredClaims("a", ""));
        assertOk(configuration.doCheckCallbackCredentialsId(""));
        assertError(configuration.doCheckCallbackCredentialsId("missing"));
        for (CredentialsScope scope : List.of(CredentialsScope.SYSTEM, CredentialsScope.GLOBAL)) {
            SystemCredentialsProvider.getInstance()
                    .getCredentials()
                    .add(new StringCredentialsImpl(
                            scope, scope.name(), "", Secret.fromString("a secret of the settings")));
        }
        assertOk(configuration.doCheckCallbackCredentialsId("SYSTEM"));
        assertWarning(configuration.doCheckCallbackCredentialsId("GLOBAL"));
    }

    /** Anybody may guess as often as they like. */
    @Test
    void aSecretThatCouldBeGuessedIsRefused(@TempDir Path folder) throws Exception {
        List<Credentials> credentials = SystemCredentialsProvider.getInstance().getCredentials();
        credentials.add(
                new StringCredentialsImpl(CredentialsScope.SYSTEM, "short", "", Secret.fromString("x".repeat(19))));
        credentials.add(
                new StringCredentialsImpl(CredentialsScope.SYSTEM, "long", "", Secret.fromString("x".repeat(20))));
        credentials.add(new UsernamePasswordCredentialsImpl(
                CredentialsScope.SYSTEM, "short-client", "", "client-2", "x".repeat(19)));
        ClientDefinition.DescriptorImpl client = j.jenkins.getDescriptorByType(ClientDefinition.DescriptorImpl.class);
        ArmoryConfiguration configuration = ArmoryConfiguration.get();

        assertError(configuration.doCheckCallbackCredentialsId("short"));
        assertOk(configuration.doCheckCallbackCredentialsId("long"));
        assertError(client.doCheckCredentialsId("short-client"));
        for (String setting : List.of(
                "callbackCredentialsId: short",
                "callbackClients: [{credentialsId: short-client, jobs: '**'}]",
                "environments: [{name: prod, jobs: '**', before: [{webhook: w, callbackCredentialsId: short}]}]")) {
            assertThatThrownBy(() -> configure(folder, "unclassified:\n  armory:\n    " + setting))
                    .isInstanceOf(ConfiguratorException.class)
                    .hasStackTraceContaining("has fewer than 20 characters");
        }
        assertThat(configuration.getCallbackCredentialsId()).isNull();
        assertThat(configuration.getCallbackClients()).isEmpty();
    }

    @Test
    void belongToAdministratorsAlone(@TempDir Path folder) throws Exception {
        configure(folder, CASC);
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ, Jenkins.MANAGE)
                .everywhere()
                .to("manager"));
        ClientDefinition.DescriptorImpl client = j.jenkins.getDescriptorByType(ClientDefinition.DescriptorImpl.class);
        IssuerDefinition.DescriptorImpl issuer = j.jenkins.getDescriptorByType(IssuerDefinition.DescriptorImpl.class);

        try (ACLContext ignored = ACL.as2(User.getById("manager", true).impersonate2())) {
            List<Runnable> checks = List.of(
                    () -> client.doCheckCredentialsId("ci"),
                    () -> client.doCheckJobs("x"),
                    () -> issuer.doCheckIssuer("x"),
                    () -> issuer.doCheckAudience("x"),
                    () -> issuer.doCheckRequiredClaims("x", "x"),
                    () -> ArmoryConfiguration.get().doCheckCallbackCredentialsId("x"),
                    () -> issuer.doCheckJobs("x"));
            assertThat(checks)
                    .allSatisfy(check -> assertThatThrownBy(check::run).isInstanceOf(AccessDeniedException3.class));
            assertThat(client.doFillCredentialsIdItems(""))
                    .extracting(option -> option.value)
                    .doesNotContain("ci");
        }
        try (ACLContext ignored = ACL.as2(User.getById("admin", true).impersonate2())) {
            ListBoxModel offered = client.doFillCredentialsIdItems("");
            assertThat(offered).extracting(option -> option.value).contains("ci");
        }
        // Overall/Manage without Overall/Administer neither shows nor changes them.
        JenkinsRule.WebClient web =
                j.createWebClient().withJavaScriptEnabled(false).login("manager");
        HtmlPage page = web.goTo("manage/configure");
        assertThat(page.getWebResponse().getContentAsString()).doesNotContain("callbackClients", "octo-org/octo-repo");
        assertThat(ArmoryConfiguration.get().getRequiredGlobalConfigPagePermission())
                .isEqualTo(Jenkins.ADMINISTER);
    }

    @Test
    void aClientIsWhatItsCredentialIsNow() throws Exception {
        ArmoryConfiguration.get().setCallbackClients(List.of(new ClientDefinition("ci", "**")));
        assertThat(ArmoryConfiguration.get().clients())
                .extracting(OAuthClient::id)
                .containsExactly("client-1");
        assertThat(ArmoryConfiguration.get().hasClient("ci")).isTrue();
        assertThat(ArmoryConfiguration.get().hasClient("other")).isFalse();

        ArmoryConfiguration.get().setCallbackClients(null);
        assertThat(ArmoryConfiguration.get().clients()).isEmpty();
    }
}
