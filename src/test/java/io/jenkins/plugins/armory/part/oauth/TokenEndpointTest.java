package io.jenkins.plugins.armory.part.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.Draw;
import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.callback.RequestBody;
import io.jenkins.plugins.armory.callback.UnknownCallers;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import io.jenkins.plugins.armory.callback.token.Verification.Genuine;
import io.jenkins.plugins.armory.callback.token.Verification.Invalid;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests each field of RFC 6749, sections 4.4, 5.1 and 5.2. */
class TokenEndpointTest {

    private static final String FORM = "application/x-www-form-urlencoded";
    private static final String OLD = "old".repeat(7);
    private static final String RIGHT =
            "grant_type=client_credentials&client_id=client-1&client_secret=s%2Bcr%20t-of-the-first-one";
    private static final Map<String, String> CHALLENGE =
            Map.of("WWW-Authenticate", "Basic realm=\"armory\", charset=\"UTF-8\"");

    private final MutableClock clock = new MutableClock(Instant.parse("2026-01-31T10:00:00Z"));
    private final List<OAuthClient> clients = new ArrayList<>(List.of(
            new OAuthClient(
                    "first", "client-1", () -> "s+cr t-of-the-first-one", JobPatterns.parse("team/**, other"), true),
            new OAuthClient("second", "client:2", () -> "x%y-of-the-second-client", JobPatterns.parse("**"), true)));
    private boolean stopping;
    private String issuer = "https://jenkins.example.com/armory/";

    private final IssuedTokens tokens = new IssuedTokens(
            () -> clients,
            () -> {
                if (issuer == null) {
                    throw new IllegalStateException("Set the Jenkins URL");
                }
                return issuer;
            },
            IssuedTokensTest::mac,
            clock);
    private final TokenEndpoint endpoint = new TokenEndpoint(tokens, () -> clients, () -> stopping);

    private JsonResponse send(String type, String body, String... authorization) {
        return request("POST", null, type, body, authorization);
    }

    private JsonResponse request(String method, String query, String type, String body, String... authorization) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return endpoint.handle(new TokenRequest(
                method,
                query,
                List.of(authorization),
                new RequestBody(type, bytes.length, () -> new ByteArrayInputStream(bytes))));
    }

    /** Else who knows the old secret had a token of the new one. */
    @Test
    void aTokenIsOfTheSecretThatWasGivenAlsoIfAnotherIsReadMeanwhile() {
        Iterator<String> passwords =
                List.of(OLD, "new".repeat(7), "new".repeat(7)).iterator();
        clients.add(new OAuthClient("vault", "client-3", passwords::next, JobPatterns.parse("**"), true));

        JsonResponse response = send(FORM, "grant_type=client_credentials&client_id=client-3&client_secret=" + OLD);

        assertThat(response.status()).isEqualTo(200);
        assertThat(tokens.verify(response.body().get("access_token").textValue(), Optional.empty()))
                .isInstanceOfSatisfying(
                        Invalid.class,
                        invalid -> assertThat(invalid.reason())
                                .isEqualTo("the secret of client client-3 was changed after the token was issued"));
    }

    /** The client whose name cannot be read may be the one that asks. */
    @Test
    void aClientThatCannotBeReadConcernsNoOtherOne() {
        clients.add(0, OAuthClient.unread("vault", JobPatterns.parse("**"), new IOException("sealed")));

        assertIssued(send(FORM, RIGHT), "client client-1");
        assertIssued(
                send(FORM, "grant_type=client_credentials", basic("client%3A2:x%25y-of-the-second-client")),
                "client client:2");
        assertThat(send(FORM, RIGHT + "x").status()).isEqualTo(401);
        assertThat(send(FORM, RIGHT.replace("client-1", "client-3")).status()).isEqualTo(503);
    }

    private static String basic(String pair) {
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    private void assertIssued(JsonResponse response, String caller) {
        assertThat(response.status()).as("%s", response).isEqualTo(200);
        assertThat(response.headers())
                .isEqualTo(Map.of("Pragma", "no-cache")); // Cache-Control is the same for all answers
        assertThat(response.body().fieldNames())
                .toIterable()
                .containsExactly("access_token", "scope", "expires_in", "token_type");
        assertThat(response.body().get("scope").textValue())
                .isEqualTo("manage:deploy read:infra:data exec:infra:op read:artifacts:data");
        assertThat(response.body().get("expires_in").isIntegralNumber()).isTrue();
        assertThat(response.body().get("expires_in").intValue()).isEqualTo(86_400);
        assertThat(response.body().get("token_type").textValue()).isEqualTo("Bearer");
        assertThat(tokens.verify(response.body().get("access_token").textValue(), Optional.empty()))
                .isInstanceOfSatisfying(
                        Genuine.class,
                        genuine -> assertThat(genuine.caller().name()).isEqualTo(caller));
    }

    private static void assertError(
            JsonResponse response, int status, String code, Map<String, String> headers, String text) {
        assertThat(response.status()).as("%s", response).isEqualTo(status);
        assertThat(response.headers()).isEqualTo(headers);
        assertThat(response.body().fieldNames()).toIterable().containsExactly("error", "message", "error_description");
        assertThat(response.body().get("error").textValue()).isEqualTo(code);
        assertThat(response.body().get("message").textValue()).contains(text);
        assertThat(response.body().get("error_description").textValue()).matches("[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]+");
    }

    @Test
    void issuesATokenForAForm() {
        assertIssued(send(FORM, RIGHT), "client client-1");
    }

    /** Sends the request of Armory's External Automation literally. The field named data is a slip there. */
    @Test
    void issuesATokenForArmorysRequestAsItIsPrinted() {
        assertIssued(
                send(
                        FORM,
                        "data=audience=https://api.cloud.armory.io&grant_type=client_credentials"
                                + "&client_id=client-1&client_secret=s%2Bcr%20t-of-the-first-one"),
                "client client-1");
    }

    @Test
    void issuesATokenForJson() {
        assertIssued(
                send(
                        "application/json",
                        "{\"grant_type\": \"client_credentials\", \"client_id\": \"client-1\", \"client_secret\": \"s+cr t-of-the-first-one\","
                                + " \"audience\": \"https://api.cloud.armory.io\", \"x\": [1]}"),
                "client client-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "client-1:s%2Bcr+t-of-the-first-one",
                "client-1:s+cr t-of-the-first-one",
                "client%3A2:x%25y-of-the-second-client"
            })
    void issuesATokenForHttpBasicEncodedOrNot(String pair) {
        assertIssued(
                send(FORM, "grant_type=client_credentials", basic(pair)),
                pair.startsWith("client-1") ? "client client-1" : "client client:2");
    }

    @Test
    void ignoresTheScopeThatIsAskedFor() {
        assertIssued(send(FORM, RIGHT + "&scope=manage:deploy+%22x"), "client client-1");
    }

    @ParameterizedTest
    @CsvSource({
        "client-1, wrong",
        "nobody, s%2Bcr%20t-of-the-first-one",
        "client-1, s%2Bcr%20t-of-the-first-one%00",
        "CLIENT-1, s%2Bcr%20t-of-the-first-one",
        "first, s%2Bcr%20t-of-the-first-one"
    })
    void refusesAnUnknownClientAndAWrongSecretInTheSameWords(String id, String secret) {
        JsonResponse response =
                send(FORM, "grant_type=client_credentials&client_id=" + id + "&client_secret=" + secret);

        assertError(
                response,
                401,
                "invalid_client",
                CHALLENGE,
                "unknown, or its secret is wrong. The client_id is the user name of a credential");
        assertThat(send(FORM, "grant_type=client_credentials", basic("client-1:wrong")))
                .isEqualTo(response);
        assertThat(send(FORM, "grant_type=client_credentials", basic("nobody:wrong")))
                .isEqualTo(response);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "grant_type=client_credentials                                  | client_id is missing",
                "grant_type=client_credentials&client_id=client-1               | client_secret is missing",
                "grant_type=client_credentials&client_id=client-1&client_secret= | client_secret is missing",
                "client_id=client-1&client_secret=x                             | grant_type is missing",
                "grant_type=&client_id=client-1&client_secret=x                 | grant_type is missing",
                "grant_type=client_credentials&client_id=a&client_id=b          | client_id is there twice",
                "grant_type=client_credentials&grant_type=client_credentials    | grant_type is there twice",
                "grant_type=client_credentials&client_id=%zz                    | a % is followed by something else",
                "grant_type=client_credentials&client_id=%c3%28%                | a % is followed by something else",
                "{}                                                             | grant_type is missing",
            })
    void refusesAFormThatIsWrong(String body, String message) {
        assertError(send(FORM, body), 400, "invalid_request", Map.of(), message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[]                                               | must be a JSON object",
                "{                                                | not JSON at line 1",
                "{\"grant_type\": 1}                              | grant_type is missing",
                "{\"grant_type\": \"client_credentials\", \"client_id\": {}} | client_id is missing",
                "{\"client_id\": \"a\", \"client_id\": \"b\"}     | \"client_id\" is there twice",
            })
    void refusesJsonThatIsWrong(String body, String message) {
        assertError(send("application/json", body), 400, "invalid_request", Map.of(), message);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {"text/plain", "multipart/form-data", "application/x-www-form-urlencoded; charset=utf-16"})
    void refusesOtherTypes(String type) {
        assertError(
                send(type, RIGHT), 400, "invalid_request", Map.of(), "Content-Type: application/x-www-form-urlencoded");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"authorization_code", "password", "refresh_token", "CLIENT_CREDENTIALS", "urn:ietf:params:x"})
    void refusesOtherGrants(String grant) {
        assertError(
                send(FORM, RIGHT.replace("client_credentials", grant)),
                400,
                "unsupported_grant_type",
                Map.of(),
                "must be client_credentials");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer x", "Basic", "Basic !!!", "Basic Y2xpZW50", "Basic OnNlY3JldA==", ""})
    void refusesAnAuthorizationThatIsNotBasic(String header) {
        assertError(
                send(FORM, "grant_type=client_credentials", header),
                400,
                "invalid_request",
                Map.of(),
                "HTTP Basic credentials");
    }

    @Test
    void refusesAClientThatSaysTwiceWhoItIs() {
        String right = basic("client-1:s+cr t-of-the-first-one");

        assertError(send(FORM, RIGHT, right), 400, "invalid_request", Map.of(), "id and secret once");
        assertError(
                send(FORM, "grant_type=client_credentials", right, right),
                400,
                "invalid_request",
                Map.of(),
                "id and secret once");
    }

    /**
     * The body's client_id is no second way to authenticate (RFC 6749, section 2.3), but it has to be the same client.
     */
    @ParameterizedTest
    @CsvSource({
        "client-1:s+cr t-of-the-first-one, client-1, 200",
        "client-1:s%2Bcr+t-of-the-first-one, client-1, 200",
        "client%3A2:x%25y-of-the-second-client, client:2, 200",
        "client-1:s+cr t-of-the-first-one, client:2, 400",
        "client-1:s+cr t-of-the-first-one, CLIENT-1, 400",
        "client-1:s+cr t-of-the-first-one, nobody, 400",
        "client%3A2:x%25y-of-the-second-client, client-1, 400",
        "client-1:wrong, client-1, 401",
        "client-1:wrong, client:2, 400"
    })
    void takesTheIdOfHttpBasicInTheBodyTooAndNoOther(String pair, String id, int status) {
        String encoded = URLEncoder.encode(id, StandardCharsets.UTF_8);
        List<JsonResponse> responses = List.of(
                send(FORM, "grant_type=client_credentials&client_id=" + encoded, basic(pair)),
                send(
                        "application/json",
                        "{\"grant_type\": \"client_credentials\", \"client_id\": \"" + id + "\"}",
                        basic(pair)));

        for (JsonResponse response : responses) {
            assertThat(response.status()).as("%s", response).isEqualTo(status);
            if (status == 200) {
                assertIssued(response, "client " + id);
            } else if (status == 400) {
                assertError(response, 400, "invalid_request", Map.of(), "client_id in the body is not the one");
            }
        }
    }

    @Test
    void refusesParametersInTheAddress() {
        assertError(request("POST", RIGHT, FORM, RIGHT), 400, "invalid_request", Map.of(), "belong into the body");
    }

    @Test
    void allowsPostAlone() {
        assertError(request("GET", null, FORM, RIGHT), 405, "invalid_request", Map.of("Allow", "POST"), "POST");
    }

    @Test
    void refusesMoreThan64KiB() {
        assertError(
                send(FORM, RIGHT + "&x=" + "y".repeat(64 * 1024)),
                413,
                "invalid_request",
                Map.of(),
                "65536 bytes at most");
    }

    @Test
    void asksToComeBackWhenItCannotSign() {
        issuer = null;
        assertThat(send(FORM, RIGHT).toString()).startsWith("503").contains("Set the Jenkins URL");
        assertDescribed(send(FORM, RIGHT));
        issuer = "https://jenkins.example.com/armory/";
        stopping = true;
        assertThat(send(FORM, RIGHT).status()).isEqualTo(503);
        assertDescribed(send(FORM, RIGHT));
    }

    /** As in RFC 6749, section 5.2: an OAuth library shows nothing else. */
    private static void assertDescribed(JsonResponse response) {
        assertThat(response.body().path("error_description").asText())
                .isNotEmpty()
                .isEqualTo(response.body().get("message").textValue());
    }

    /** They hold threads of Jenkins, and nobody knows who they are. */
    @Test
    void fewAreVerifiedAtOnce() throws Exception {
        var found = new CountDownLatch(1);
        var asking = new CountDownLatch(UnknownCallers.MOST);
        clients.set(
                0,
                new OAuthClient(
                        "first",
                        "client-1",
                        () -> {
                            asking.countDown();
                            await(found);
                            return "s+cr t-of-the-first-one";
                        },
                        JobPatterns.parse("**"),
                        true));
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<JsonResponse>> slow = new ArrayList<>();
        for (int i = 0; i < UnknownCallers.MOST; i++) {
            slow.add(threads.submit(() -> send(FORM, RIGHT)));
        }
        asking.await();

        JsonResponse refused = send(FORM, RIGHT);
        found.countDown();

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.headers()).containsKey("Retry-After");
        for (Future<JsonResponse> each : slow) {
            assertIssued(each.get(), "client client-1");
        }
        threads.shutdown();
        assertIssued(send(FORM, RIGHT), "client client-1");
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException x) {
            throw new AssertionError(x);
        }
    }

    /** Whoever guesses is not slowed down. */
    @Test
    void nobodyIsAClientWhoseSecretCouldBeGuessed() {
        clients.add(new OAuthClient("s", "short", () -> "x".repeat(19), JobPatterns.parse("**"), true));
        clients.add(new OAuthClient("b", "blank", () -> " ".repeat(19), JobPatterns.parse("**"), true));
        clients.add(new OAuthClient("l", "long", () -> "x".repeat(20), JobPatterns.parse("**"), true));
        String request = "grant_type=client_credentials&client_id=%s&client_secret=%s";

        JsonResponse refused = send(FORM, request.formatted("short", "x".repeat(19)));
        assertThat(refused.status()).isEqualTo(401);
        assertThat(send(FORM, request.formatted("blank", "+".repeat(19)))).isEqualTo(refused);
        assertIssued(send(FORM, request.formatted("long", "x".repeat(20))), "client long");
    }

    private static String body(Draw draw) {
        List<String> pairs = draw.list(0, 6, () -> {
            String name = draw.nextBoolean()
                    ? draw.any("grant_type", "client_id", "client_secret", "scope", "data", "%", "\"grant_type\"")
                    : draw.text(8);
            String value = draw.nextBoolean()
                    ? draw.any("client_credentials", "client-1", "wrong", "%zz", "", "{\"a\":")
                    : draw.text(20);
            return name + draw.any("=", ":", "==", "") + value;
        });
        String text = String.join("&", pairs);
        return draw.any(text, "{" + text.replace('&', ',') + "}", "[" + text);
    }

    private static String header(Draw draw) {
        String pair = draw.any("client-1:wrong", "a:b:c", ":", "%:%");
        String coded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
        return draw.any("Basic ", "basic ", "Bearer ", "") + (draw.nextBoolean() ? draw.text(30) : coded);
    }

    @Test
    void nobodyGetsATokenWithoutTheSecret() {
        Seeds.each(1_000, draw -> {
            String type = draw.any("application/json", FORM);
            String[] headers = draw.nextBoolean() ? new String[0] : new String[] {header(draw)};
            JsonResponse response = send(type, body(draw), headers);

            assertThat(response.status()).isIn(400, 401);
            assertThat(response.body().get("error").textValue())
                    .isIn("invalid_request", "invalid_client", "unsupported_grant_type");
            assertThat(response.toString()).doesNotContain("Exception", "s+cr t");
            assertThat(response.body().get("error_description").textValue())
                    .matches("[\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]+");
        });
    }
}
