package io.jenkins.plugins.armory.part.oidc;

import static io.jenkins.plugins.armory.Forms.assertError;
import static io.jenkins.plugins.armory.Forms.assertOk;
import static io.jenkins.plugins.armory.Forms.assertWarning;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hudson.ExtensionList;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.security.AccessDeniedException3;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.casc.ConfigurationContext;
import io.jenkins.plugins.casc.ConfiguratorException;
import io.jenkins.plugins.casc.ConfiguratorRegistry;
import io.jenkins.plugins.casc.misc.Util;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jenkins.model.Jenkins;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tests of issuers in the settings: Configuration as Code, form and permissions. */
@WithJenkins
class IssuersConfigurationJenkinsTest {

    private static final String CASC = """
            unclassified:
              armoryIssuers:
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
    void take(JenkinsRule rule) {
        j = rule;
    }

    private static ArmoryIssuers settings() {
        return ExtensionList.lookupSingleton(ArmoryIssuers.class);
    }

    private static void configure(Path folder, String casc) throws Exception {
        ConfigurationAsCode.get()
                .configure(Files.writeString(folder.resolve("casc.yaml"), casc).toString());
    }

    private static String exported() throws Exception {
        return Util.toYamlString(Util.getUnclassifiedRoot(new ConfigurationContext(ConfiguratorRegistry.get()))
                .get("armoryIssuers"));
    }

    private static void assertIsAsInTheCode() {
        assertThat(settings().getIssuers()).hasSize(2);
        IssuerDefinition github = settings().getIssuers().get(0);
        assertThat(github.getIssuer()).isEqualTo("https://token.actions.githubusercontent.com");
        assertThat(github.getAudience()).isEqualTo("https://jenkins.example.com/");
        assertThat(github.getRequiredClaims()).containsExactly("repository=octo-org/octo-repo", "ref=refs/heads/main");
        assertThat(github.getJobs()).isEqualTo("team-a/**");
        IssuerDefinition armory = settings().getIssuers().get(1);
        assertThat(armory.getIssuer()).isEqualTo("https://auth.cloud.armory.io/");
        assertThat(armory.getAudience()).isEqualTo("https://api.cloud.armory.io");
    }

    @Test
    void areConfiguredAsCodeAndExported(@TempDir Path folder) throws Exception {
        configure(folder, CASC);

        assertIsAsInTheCode();
        String exported = exported();
        configure(folder, "unclassified: {armoryIssuers: {issuers: []}}");
        assertThat(settings().getIssuers()).isEmpty();
        configure(folder, "unclassified:\n  armoryIssuers:\n" + exported.indent(4));
        assertIsAsInTheCode();
    }

    @Test
    void surviveTheirFormAndARestart(@TempDir Path folder) throws Exception {
        configure(folder, CASC);

        j.configRoundtrip();

        assertIsAsInTheCode();
        settings().load();
        assertIsAsInTheCode();
    }

    /** A form sends a blank text for it, and so does Configuration as Code while it exports. */
    @Test
    void anIssuerWithoutClaimsSurvivesItsFormAndAnExport() throws Exception {
        settings().setIssuers(List.of(new IssuerDefinition("https://issuer.example.com", "jenkins", List.of(), "**")));

        j.configRoundtrip();

        assertThat(settings().getIssuers())
                .singleElement()
                .returns("https://issuer.example.com", IssuerDefinition::getIssuer)
                .returns(List.of(), IssuerDefinition::getRequiredClaims);
        assertThat(exported()).contains("https://issuer.example.com").doesNotContain("FAILED TO EXPORT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{issuer: 'https://issuer.example.com', audience: 'a', jobs: 'a**'}",
                "{issuer: 'http://issuer.example.com', audience: 'a', jobs: '**'}",
                "{issuer: 'https://issuer.example.com', audience: 'a', requiredClaims: ['repository'], jobs: '**'}",
                "{audience: 'a', requiredClaims: ['a=b'], jobs: '**'}",
                "{issuer: '', audience: 'a', requiredClaims: ['a=b'], jobs: '**'}",
                "{issuer: 'https://issuer.example.com', requiredClaims: ['a=b'], jobs: '**'}",
                "{issuer: 'https://auth.cloud.armory.io/', audience: 'https://api.cloud.armory.io', jobs: '**'}",
                "{issuer: 'https://issuer.example.com', audience: 'a', requiredClaims: [' '], jobs: '**'}",
            })
    void areRefusedWhereTheyAreWrong(String issuer, @TempDir Path folder) {
        assertThatThrownBy(() -> configure(folder, "unclassified: {armoryIssuers: {issuers: [" + issuer + "]}}"))
                .isInstanceOf(ConfiguratorException.class);
        assertThat(settings().getIssuers()).isEmpty();
    }

    @Test
    void areCheckedInTheForm() {
        IssuerDefinition.DescriptorImpl issuer = j.jenkins.getDescriptorByType(IssuerDefinition.DescriptorImpl.class);

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
    }

    @Test
    void belongToAdministratorsAlone() {
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Jenkins.MANAGE)
                .everywhere()
                .to("manager"));
        IssuerDefinition.DescriptorImpl issuer = j.jenkins.getDescriptorByType(IssuerDefinition.DescriptorImpl.class);

        try (ACLContext ignored = ACL.as2(User.getById("manager", true).impersonate2())) {
            List<Runnable> checks = List.of(
                    () -> issuer.doCheckIssuer("x"),
                    () -> issuer.doCheckAudience("x"),
                    () -> issuer.doCheckRequiredClaims("x", "x"),
                    () -> issuer.doCheckJobs("x"));
            assertThat(checks)
                    .allSatisfy(check -> assertThatThrownBy(check::run).isInstanceOf(AccessDeniedException3.class));
        }
        assertThat(settings().getRequiredGlobalConfigPagePermission()).isEqualTo(Jenkins.ADMINISTER);
    }
}
