package io.jenkins.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.IdCredentials;
import com.cloudbees.plugins.credentials.common.StandardUsernamePasswordCredentials;
import hudson.security.ACL;
import java.io.IOException;
import java.net.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code casc.yaml}. */
class SettingsTest {
    private Path casc;

    @BeforeEach
    void start(@TempDir Path home) throws IOException {
        new Controller(home);
        casc = home.resolve("casc.yaml");
    }

    private void apply(String yaml) throws IOException {
        new Settings(Map.of("TOKEN", "from $1 outside")).apply(Files.writeString(casc, yaml));
    }

    @Test
    void setsUrlAndCredentials() throws IOException {
        apply("""
                credentials:
                  system:
                    domainCredentials:
                      - credentials:
                          - string: {id: token, scope: GLOBAL, secret: "${TOKEN} ${NONE:-otherwise} ^${TOKEN}"}
                          - usernamePassword: {id: client, username: 007, password: "p", description: "d"}
                unclassified:
                  location: {url: "https://jenkins.example.com"}
                """);
        assertThat(Jenkins.get().getRootUrl()).isEqualTo("https://jenkins.example.com/");
        assertThat(find("token", StringCredentials.class).getSecret().getPlainText())
                .isEqualTo("from $1 outside otherwise ${TOKEN}");
        assertThat(find("client", StandardUsernamePasswordCredentials.class).getUsername())
                .isEqualTo("007");
        assertThat(find("client", StringCredentials.class)).isNull();
    }

    private static <C extends IdCredentials> C find(String id, Class<C> type) {
        return CredentialsProvider.findCredentialByIdInItemGroup(id, type, Jenkins.get(), ACL.SYSTEM2, List.of());
    }

    @Test
    void anEmptyFileIsNoError() throws IOException {
        apply("");
        assertThat(Jenkins.get().getRootUrl()).isEqualTo(Controller.URL);
    }

    @Test
    void setsTheProxy() throws IOException {
        apply(
                "jenkins: {proxy: {name: proxy, port: 3128, userName: u, secretPassword: p, noProxyHost: '*.local 127.0.0.1'}}");

        var proxy = Jenkins.get().getProxy();
        assertThat(proxy.createProxy("ci.example.com").address()).hasToString("proxy/<unresolved>:3128");
        assertThat(proxy.createProxy("ci.local")).isEqualTo(Proxy.NO_PROXY);
        assertThat(proxy.createProxy("127.0.0.1")).isEqualTo(Proxy.NO_PROXY);
        assertThat(proxy.getUserName()).isEqualTo("u");
        assertThat(proxy.getSecretPassword().getPlainText()).isEqualTo("p");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "views: {} | top level: unknown parameter(s) views; known are credentials, jenkins, unclassified",
                "jenkins: {numExecutors: 1} | jenkins: unknown parameter(s) numExecutors; known are proxy",
                "jenkins: {} | jenkins.proxy: expected keys and values",
                "jenkins: {proxy: {nam: x}} | jenkins.proxy: unknown parameter(s) nam; known are name, port,",
                "unclassified: {nope: {}} | unclassified: unknown parameter(s) nope",
                "unclassified: {location: {uri: x}} | unclassified.location: unknown parameter(s) uri; known are url",
                "unclassified: [] | unclassified: expected keys and values",
                "credentials: {system: {domainCredentials: {}}} | credentials.system.domainCredentials: expected a list",
                "credentials: {system: {domainCredentials: [{credentials: [{file: {}}]}]}} | credentials[0]: unknown parameter(s) file",
                "credentials: {system: {domainCredentials: [{credentials: [{string: {}}]}]}} | credentials[0].string.id: is missing",
                "'{a: 1, a: 2}' | duplicate key a",
                "'unclassified: {location: {url: \"${NONE}\"}}' | Cannot resolve variable 'NONE'"
            })
    void namesThePlaceOfAnError(String yaml, String message) {
        assertThatIllegalArgumentException().isThrownBy(() -> apply(yaml)).withMessageContaining(message);
    }
}
