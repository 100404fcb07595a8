package io.jenkins.plugins.armory.part.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.JWKSetRetrievalException;
import com.nimbusds.jose.jwk.source.JWKSetUnavailableException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
            "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"k1\",\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
                    + "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},"
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
                .extracting(JWK::getKeyID)
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
            value = {"not JSON | not JSON", "[] | is of issuer null", "{} | is of issuer null"})
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

    /** An address on this machine is no exception: another program may listen there. */
    @ParameterizedTest
    @ValueSource(strings = {"https://issuer.example.com", "HTTPS://issuer.example.com"})
    void anIssuerWithHttpsHasItsKeysWithHttps(String address) {
        byte[] document = document(address, "http://127.0.0.1:8080/keys").getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> IssuerDiscovery.keysAddress(address, document))
                .hasMessageContaining("has no https address as jwks_uri");
    }

    private static List<JWK> find(JWKSource<SecurityContext> keys, String id) throws KeySourceException {
        return keys.get(new JWKSelector(new JWKMatcher.Builder().keyID(id).build()), null);
    }

    @Test
    void knownKeysAreNotFetchedAgainAndStrangersHaveThemFetchedOnceAMinute() throws Exception {
        for (int i = 0; i < 2; i++) {
            answer(document(issuer, issuer + "keys"));
            answer(KEYS);
        }
        JWKSource<SecurityContext> keys = discovery.keysOf(issuer);

        assertThat(find(keys, "k1")).hasSize(1);
        assertThat(find(keys, "k1")).hasSize(1);
        assertThat(server.getRequestCount()).isEqualTo(2);
        assertThat(find(keys, "invented")).isEmpty();
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> find(keys, "invented")).isInstanceOf(RateLimitReachedException.class);
        }
        assertThat(server.getRequestCount()).isEqualTo(4);
        assertThat(find(keys, "k1")).hasSize(1);
    }

    @Test
    void knownKeysAreGoodWhileTheIssuerIsDown() throws Exception {
        answer(document(issuer, issuer + "keys"));
        answer(KEYS);
        JWKSource<SecurityContext> keys = discovery.keysOf(issuer);
        find(keys, "k1");
        server.close();

        assertThatThrownBy(() -> find(keys, "new")).isInstanceOf(JWKSetUnavailableException.class);
        assertThat(find(keys, "k1")).hasSize(1);
    }

    /** One fetch is for all of them. */
    @Test
    void nobodyWaitsForASlowIssuerForLong() throws Exception {
        for (int i = 0; i < 4; i++) {
            server.enqueue(
                    new MockResponse.Builder().headersDelay(5, TimeUnit.SECONDS).build());
        }
        JWKSource<SecurityContext> keys = discovery.keysOf(issuer);
        ExecutorService callers = Executors.newFixedThreadPool(50);
        long start = System.nanoTime();
        List<Future<List<JWK>>> waiting = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiting.add(callers.submit(() -> find(keys, "k1")));
        }

        for (Future<List<JWK>> each : waiting) {
            assertThatThrownBy(each::get).hasCauseInstanceOf(KeySourceException.class);
        }
        callers.shutdown();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void keysThatComeLateAreThereForALaterCaller() throws Exception {
        for (String body : List.of(document(issuer, issuer + "keys"), KEYS)) {
            server.enqueue(new MockResponse.Builder()
                    .headersDelay(1500, TimeUnit.MILLISECONDS)
                    .body(body)
                    .build());
        }
        JWKSource<SecurityContext> keys = discovery.keysOf(issuer);

        assertThatThrownBy(() -> find(keys, "k1")).isInstanceOf(KeySourceException.class);
        await().ignoreException(JWKSetRetrievalException.class)
                .until(() -> find(keys, "k1").size() == 1);
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void keysOfOtherKindsAndLengthsAreNone() throws Exception {
        answer(document(issuer, issuer + "keys"));
        answer(new JWKSet(List.of(
                        new RSAKeyGenerator(1024, true).keyID("short").generate(),
                        new ECKeyGenerator(Curve.P_384).keyID("p384").generate(),
                        new RSAKeyGenerator(2048).keyID("long").generate()))
                .toString());

        assertThat(discovery.fetch(issuer).get().getKeys())
                .extracting(JWK::getKeyID)
                .containsExactly("long");
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
                .extracting(JWK::getKeyID)
                .containsExactly("k1");
    }
}
