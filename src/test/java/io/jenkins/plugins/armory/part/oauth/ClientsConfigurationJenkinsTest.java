package io.jenkins.plugins.armory.part.oauth;

import static io.jenkins.plugins.armory.Forms.assertError;
import static io.jenkins.plugins.armory.Forms.assertOk;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.UsernamePasswordCredentialsImpl;
import hudson.model.AdministrativeMonitor;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AccessDeniedException3;
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
import org.htmlunit.html.HtmlButton;
import org.htmlunit.html.HtmlForm;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tests of clients in the settings: Configuration as Code, form and permissions. */
@WithJenkins
class ClientsConfigurationJenkinsTest {

    private static final String CASC = """
            unclassified:
              armoryClients:
                clients:
                  - credentialsId: "ci"
                    jobs: "team-a/**, deploy"
                  - credentialsId: "missing"
                    jobs: "**"
            """;

    private JenkinsRule j;

    @BeforeEach
    void addCredentials(JenkinsRule rule) throws Exception {
        j = rule;
        addClient("ci", "client-1", "a secret of all clients");
    }

    private static void addClient(String id, String name, String secret) throws Exception {
        SystemCredentialsProvider.getInstance()
                .getCredentials()
                .add(new UsernamePasswordCredentialsImpl(CredentialsScope.SYSTEM, id, "", name, secret));
    }

    private static void configure(Path folder, String casc) throws Exception {
        ConfigurationAsCode.get()
                .configure(Files.writeString(folder.resolve("casc.yaml"), casc).toString());
    }

    private static void assertIsAsInTheCode() {
        assertThat(ArmoryClients.get().getClients())
                .extracting(each -> each.getCredentialsId() + ": " + each.getJobs())
                .containsExactly("ci: team-a/**, deploy", "missing: **");
        assertThat(ArmoryClients.get().clients()).singleElement().satisfies(client -> {
            assertThat(client.id()).isEqualTo("client-1");
            assertThat(client.password().get()).isEqualTo("a secret of all clients");
            assertThat(client.jobs().match("team-a/b/c")).isTrue();
        });
    }

    @Test
    void areConfiguredAsCodeAndExported(@TempDir Path folder) throws Exception {
        configure(folder, CASC);

        assertIsAsInTheCode();
        String exported =
                Util.toYamlString(Util.getUnclassifiedRoot(new ConfigurationContext(ConfiguratorRegistry.get()))
                        .get("armoryClients"));
        assertThat(exported).doesNotContain("a secret of all clients");
        configure(folder, "unclassified: {armoryClients: {clients: []}}");
        assertThat(ArmoryClients.get().getClients()).isEmpty();
        configure(folder, "unclassified:\n  armoryClients:\n" + exported.indent(4));
        assertIsAsInTheCode();
    }

    @Test
    void administratorsAreWarnedOfMistypedCredentials(@TempDir Path folder) throws Exception {
        ApprovalsMonitor monitor = AdministrativeMonitor.all().get(ApprovalsMonitor.class);
        assertThat(monitor.isActivated()).isFalse();

        configure(folder, CASC + "  armory: {callbackCredentialsId: tokn}\n");

        await().until(() -> monitor.getWarnings().size() == 2);
        assertThat(monitor.isActivated()).isTrue();
        assertThat(j.createWebClient().goTo("manage/").asNormalizedText())
                .contains(
                        "callbackCredentialsId: there is no Secret text credential \"tokn\"",
                        "clients[1].credentialsId: there is no username/password credential \"missing\"")
                .doesNotContain("clients[0]");
        configure(folder, "unclassified: {armoryClients: {clients: []}, armory: {callbackCredentialsId: ''}}");
        await().until(() -> !monitor.isActivated());
    }

    @Test
    void surviveTheirFormAndARestart(@TempDir Path folder) throws Exception {
        configure(folder, CASC);

        j.configRoundtrip();

        assertIsAsInTheCode();
        ArmoryClients.get().load();
        assertIsAsInTheCode();
        assertThat(Files.readString(j.jenkins.getRootDir().toPath().resolve(ArmoryClients.class.getName() + ".xml")))
                .doesNotContain("a secret of all clients");
    }

    /** A form sends nothing for a field without rows. A client that was removed must not stay trusted. */
    @Test
    void theFormRemovesTheLastRow() throws Exception {
        ArmoryClients.get().setClients(List.of(new ClientDefinition("ci", "**")));
        HtmlForm form = j.createWebClient().goTo("configure").getFormByName("config");
        form.<HtmlButton>getFirstByXPath(".//div[@name='clients']//button[contains(@class, 'repeatable-delete')]")
                .click();
        j.submit(form);

        assertThat(ArmoryClients.get().getClients()).isEmpty();
    }

    @Test
    void areRefusedWhereTheyAreWrong(@TempDir Path folder) throws Exception {
        addClient("short-client", "client-2", "x".repeat(19));

        assertThatThrownBy(() -> configure(folder, clients("{credentialsId: ci, jobs: 'a//b'}")))
                .isInstanceOf(ConfiguratorException.class);
        assertThatThrownBy(() -> configure(folder, clients("{credentialsId: short-client, jobs: '**'}")))
                .isInstanceOf(ConfiguratorException.class)
                .hasStackTraceContaining("has fewer than 20 characters");
        assertThat(ArmoryClients.get().getClients()).isEmpty();
    }

    private static String clients(String client) {
        return "unclassified: {armoryClients: {clients: [" + client + "]}}";
    }

    @Test
    void areCheckedInTheForm() throws Exception {
        addClient("short-client", "client-2", "x".repeat(19));
        ClientDefinition.DescriptorImpl client = j.jenkins.getDescriptorByType(ClientDefinition.DescriptorImpl.class);

        assertOk(client.doCheckCredentialsId("ci"));
        assertError(client.doCheckCredentialsId("missing"));
        assertError(client.doCheckCredentialsId(""));
        assertError(client.doCheckCredentialsId("short-client"));
        assertOk(client.doCheckJobs("team/**"));
        assertError(client.doCheckJobs(" "));
        assertError(client.doCheckJobs("team**"));
    }

    @Test
    void belongToAdministratorsAlone() {
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin")
                .grant(Jenkins.READ, Jenkins.MANAGE)
                .everywhere()
                .to("manager"));
        ClientDefinition.DescriptorImpl client = j.jenkins.getDescriptorByType(ClientDefinition.DescriptorImpl.class);

        try (ACLContext ignored = ACL.as2(User.getById("manager", true).impersonate2())) {
            assertThatThrownBy(() -> client.doCheckCredentialsId("ci")).isInstanceOf(AccessDeniedException3.class);
            assertThatThrownBy(() -> client.doCheckJobs("x")).isInstanceOf(AccessDeniedException3.class);
            assertThat(client.doFillCredentialsIdItems(""))
                    .extracting(option -> option.value)
                    .doesNotContain("ci");
        }
        try (ACLContext ignored = ACL.as2(User.getById("admin", true).impersonate2())) {
            assertThat(client.doFillCredentialsIdItems(""))
                    .extracting(option -> option.value)
                    .contains("ci");
        }
        assertThat(ArmoryClients.get().getRequiredGlobalConfigPagePermission()).isEqualTo(Jenkins.ADMINISTER);
    }

    @Test
    void aClientIsWhatItsCredentialIsNow() {
        ArmoryClients.get().setClients(List.of(new ClientDefinition("ci", "**")));
        assertThat(ArmoryClients.get().clients()).extracting(OAuthClient::id).containsExactly("client-1");
        assertThat(ArmoryClients.get().have("ci")).isTrue();
        assertThat(ArmoryClients.get().have("other")).isFalse();

        ArmoryClients.get().setClients(null);
        assertThat(ArmoryClients.get().clients()).isEmpty();
    }
}
