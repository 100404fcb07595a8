package io.jenkins.plugins.armory.callback.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IssuerDiscoveryTest {

    private static final String KEYS =
            "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"k1\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"},"
                    + "{\"kty\":\"of tomorrow\"}]}";

    private final MockWebServer server = new MockWebServer();
    private final IssuerDiscovery discovery = new IssuerDiscovery(new OkHttpClient());
    private String issuer;

    @BeforeEach
    void start() throws IOException {
        server.start();
        issuer = "http://127.0.0.1:" + server.getPort() + "/tenant/";
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void answer(String body) {
        server.enqueue(new MockResponse.Builder().code(200).body(body).build());
    }

    private String document(String of, String jwksUri) {
        return "{\"issuer\": \"" + of + "\", \"jwks_uri\": \"" + jwksUri + "\", \"x\": []}";
    }

    private void assertFails(String message) {
        assertThatThrownBy(() -> discovery.fetch(issuer).get())
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseInstanceOf(IOException.class)
                .rootCause()
                .hasMessageContaining(message);
    }

    @Test
    void followsTheDiscoveryDocumentToTheKeys() throws Exception {
        answer(document(issuer, issuer + "keys"));
        answer(KEYS);

        assertThat(discovery.fetch(issuer).get().getKeys())
                .singleElement()
                .extracting(key -> key.getKeyID())
                .isEqualTo("k1");
        assertThat(server.takeRequest().getTarget()).isEqualTo("/tenant/.well-known/openid-configuration");
        assertThat(server.takeRequest().getTarget()).isEqualTo("/tenant/keys");
    }

    @Test
    void takesNoDocumentOfAnotherIssuer() {
        answer(document(issuer.substring(0, issuer.length() - 1), issuer + "keys"));

        assertFails("is of issuer");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://keys.example.com/", "file:///etc/passwd", "", "https://user@keys.example.com/", "keys"})
    void fetchesNoKeysThatCouldBeChangedOnTheirWay(String address) {
        answer(document(issuer, address));

        assertFails("has no https address as jwks_uri");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://issuer.example.com", "ftp://127.0.0.1/", "issuer", ""})
    void asksNoIssuerThatCouldBeAnother(String address) {
        issuer = address;

        assertFails("is not an https address");
    }

    @Test
    void followsNoRedirect() {
        server.enqueue(new MockResponse.Builder()
                .code(302)
                .addHeader("Location", issuer + "elsewhere")
                .build());

        assertFails("it answered 302");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void readsNoMoreThanAsMuchAsKeysCanBe() {
        answer("x".repeat(1024 * 1024));

        assertFails("it answered more than 262144 bytes");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"not JSON | not JSON", "[] | is of issuer none", "{} | is of issuer none"})
    void saysWhatIsWrongWithTheDocument(String body, String message) {
        answer(body);

        assertFails(message);
    }

    @Test
    void saysWhatIsWrongWithTheKeys() {
        answer(document(issuer, issuer + "keys"));
        answer("{\"keys\": 1}");

        assertFails("are not a JWK set");
    }

    @Test
    void givesUpOnAnIssuerThatSendsAByteNowAndThen() {
        server.enqueue(new MockResponse.Builder()
                .code(200)
                .body("x".repeat(100_000))
                .throttleBody(1, 1, TimeUnit.SECONDS)
                .build());

        assertFails("127.0.0.1");
    }

    @Test
    void saysThatNobodyAnswers() {
        server.close();

        assertFails("127.0.0.1 does not answer");
    }

    /** RFC 7517, section 5. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"kty\":\"EC\",\"crv\":\"BP-256\",\"kid\":\"k2\",\"x\":\"AA\",\"y\":\"AA\"}",
                "{\"kty\":\"RSA\",\"kid\":\"k2\"}",
                "{\"kid\":\"k2\"}",
                "{\"kty\":1}",
            })
    void keysThatAreNotUnderstoodSpoilNoOthers(String other) throws Exception {
        answer(document(issuer, issuer + "keys"));
        answer(KEYS.replace("{\"kty\":\"of tomorrow\"}", other));

        assertThat(discovery.fetch(issuer).get().getKeys())
                .extracting(key -> key.getKeyID())
                .containsExactly("k1");
    }
}
