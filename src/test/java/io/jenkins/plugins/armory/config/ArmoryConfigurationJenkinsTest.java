package io.jenkins.plugins.armory.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import hudson.util.FormValidation;
import io.jenkins.plugins.casc.ConfigurationAsCode;
import io.jenkins.plugins.casc.ConfigurationContext;
import io.jenkins.plugins.casc.ConfiguratorRegistry;
import io.jenkins.plugins.casc.misc.Util;
import java.nio.file.Files;
import java.nio.file.Path;
import jenkins.model.JenkinsLocationConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class ArmoryConfigurationJenkinsTest {

    private static final String CASC =
            """
            unclassified:
              armory:
                callbackBaseUrl: "https://callbacks.example.com/jenkins"
                callbackCredentialsId: "callback-token"
            """;

    @Test
    void isConfiguredAsCode(JenkinsRule j, @TempDir Path folder) throws Exception {
        ConfigurationAsCode.get()
                .configure(Files.writeString(folder.resolve("casc.yaml"), CASC).toString());

        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        assertThat(configuration.getCallbackBaseUrl()).isEqualTo("https://callbacks.example.com/jenkins");
        assertThat(configuration.getCallbackCredentialsId()).isEqualTo("callback-token");
        assertThat(configuration.rootActionUrl()).isEqualTo("https://callbacks.example.com/jenkins/armory/");

        ConfigurationContext context = new ConfigurationContext(ConfiguratorRegistry.get());
        String exported = Util.toYamlString(
                Util.getUnclassifiedRoot(context).get("armory"));
        assertThat(exported).contains("callbackBaseUrl: \"https://callbacks.example.com/jenkins\"");
        assertThat(exported).contains("callbackCredentialsId: \"callback-token\"");
    }

    @Test
    void survivesItsForm(JenkinsRule j) throws Exception {
        ArmoryConfiguration.get().setCallbackBaseUrl("https://callbacks.example.com/");
        ArmoryConfiguration.get().setCallbackCredentialsId("callback-token");

        j.configRoundtrip();

        assertThat(ArmoryConfiguration.get().getCallbackBaseUrl()).isEqualTo("https://callbacks.example.com/");
        assertThat(ArmoryConfiguration.get().getCallbackCredentialsId()).isEqualTo("callback-token");
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

        assertThat(configuration.doCheckCallbackBaseUrl("https://callbacks.example.com").kind)
                .isEqualTo(FormValidation.Kind.OK);
        assertThat(configuration.doCheckCallbackBaseUrl("").kind).isEqualTo(FormValidation.Kind.OK);
        for (String wrong : new String[] {"callbacks.example.com", "ftp://x/", "https://", "a b"}) {
            assertThat(configuration.doCheckCallbackBaseUrl(wrong).kind)
                    .as(wrong)
                    .isEqualTo(FormValidation.Kind.ERROR);
        }
        JenkinsLocationConfiguration.get().setUrl(null);
        assertThat(configuration.doCheckCallbackBaseUrl("").kind).isEqualTo(FormValidation.Kind.WARNING);
    }
}
