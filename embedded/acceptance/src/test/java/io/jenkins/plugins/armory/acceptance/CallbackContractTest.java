package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.RawHttp;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The HTTP contract of callbacks, answer by answer: status, headers and body. */
@AcceptanceTest
class CallbackContractTest {

    private static final List<String> PATHS = List.of("", "/callback");
    private static final int MAX_BYTES = 64 * 1024;
    private static final String SUCCESS = "{\"success\": true}";
    private static final String INVENTED_ID = "0123456789abcdef".repeat(3);

    /** The approval that all refused requests are for; it stays undecided. */
    private static Callback undecided;

    private static Build undecidedBuild;
    private static Callback other;

    @BeforeAll
    static void waitForCallbacks(Jenkins jenkins, ExternalProcess process) {
        undecidedBuild = jenkins.createJob(process.approval()).build().awaitWaiting(1);
        undecided = process.awaitCall().callback();
        jenkins.createJob(process.approval()).build().awaitWaiting(1);
        other = process.awaitCall().callback();
    }

    @AfterEach
    void nothingWasDecided() {
        assertThat(undecidedBuild.approvals())
                .extracting(approval -> approval.get("state").asText())
                .containsExactly("WAITING");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/callback"})
    void firstDecisionIsAcceptedAndStands(String path, Jenkins jenkins, ExternalProcess process) {
        jenkins.createJob(process.approval()).build();
        Callback callback = process.awaitCall().callback();

        Answer accepted = callback.send(path, Callback.body(true, "fine"));
        Answer repeated = callback.send(path, Callback.body(true, "fine, as I said"));
        Answer contradicted = callback.send(path, Callback.body(false, "not at all"));

        String body = "{\"status\":\"accepted\",\"approvalId\":\"%s\",\"success\":true,\"duplicate\":%s}";
        assertThat(accepted).returns(200, Answer::status).returns(body.formatted(callback.id(), false), Answer::body);
        assertThat(repeated).returns(200, Answer::status).returns(body.formatted(callback.id(), true), Answer::body);
        assertIsOfTheEndpoint(accepted);
        assertIsOfTheEndpoint(repeated);
        assertIsError(contradicted, 409, "already_decided", "Another decision stands already; the first one counts.");
        JsonNode standing = contradicted.json().get("decision");
        assertThat(standing.fieldNames())
                .toIterable()
                .containsExactly("success", "outcome", "mdMessage", "decidedBy", "decidedAt");
        assertThat(standing.get("success").booleanValue()).isTrue();
        assertThat(standing.get("mdMessage").textValue()).isEqualTo("fine");
        assertThat(standing.get("decidedBy").textValue()).isEqualTo("callback token");
    }

    @Test
    void bodyMayHave64KiB(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval()).build();

        assertThat(process.awaitCall().callback().send(bodyOf(MAX_BYTES))).returns(200, Answer::status);

        build.awaitResult("SUCCESS");
    }

    @ParameterizedTest
    @MethodSource
    void refusesWhoHasNoValidToken(List<String> headers, String message) {
        for (String path : PATHS) {
            HttpRequest.Builder request = undecided.post(path, SUCCESS);
            for (String header : headers) {
                request.header(header.split(": ")[0], header.split(": ")[1]);
            }

            assertIsError(Http.send(request), 401, "invalid_token", message);
        }
    }

    static Stream<Arguments> refusesWhoHasNoValidToken() {
        String authorization = "Authorization: Bearer ";
        String alternative = "X-Armory-Callback-Token: ";
        String notValid = "The token is not valid here: use the approval's own";
        return Stream.of(
                arguments(List.of(), "This request has no token: send \"Authorization: Bearer TOKEN\"."),
                arguments(List.of(authorization + "invented"), notValid),
                arguments(List.of(alternative + "invented"), notValid),
                arguments(List.of(authorization + undecided.token() + "A"), notValid),
                arguments(List.of(authorization + Settings.TEAM_SECRET), notValid),
                arguments(List.of(alternative + "invented", authorization + undecided.token()), notValid),
                arguments(
                        List.of("Authorization: Token " + undecided.token()),
                        "The Authorization header does not hold a Bearer token: send \"Authorization: Bearer TOKEN\"."),
                arguments(
                        List.of(authorization + undecided.token(), authorization + "invented"),
                        "This request has 2 Authorization headers; send one."),
                arguments(
                        List.of(alternative + undecided.token(), alternative + "invented"),
                        "This request has 2 X-Armory-Callback-Token headers; send one."));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/callback"})
    void refusesTheTokenOfAnotherApproval(String path) {
        assertIsError(
                undecided.with(other.token()).send(path, SUCCESS),
                403,
                "insufficient_scope",
                "The token is valid, but not for this approval.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void refusesOtherMethodsBeforeAllElse(String method) {
        for (String path : PATHS) {
            Answer answer = Http.send(undecided.post(path, SUCCESS).method(method, BodyPublishers.noBody()));

            assertIsError(answer, 405, "method_not_allowed", "A callback is a POST request.");
        }
    }

    @Test
    void refusesHeadWithoutABody() {
        for (String path : PATHS) {
            Answer answer = Http.send(undecided.post(path, SUCCESS).method("HEAD", BodyPublishers.noBody()));

            assertThat(answer).returns(405, Answer::status).returns("", Answer::body);
            assertThat(answer.header("Allow")).hasValue("POST");
        }
    }

    @Test
    void refusesMoreThan64KiBAnnouncedOrNot() {
        String body = bodyOf(MAX_BYTES + 1);
        BodyPublisher notAnnounced =
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        String message = "The body of a callback may have 65536 bytes at most.";
        for (String path : PATHS) {
            assertIsError(undecided.send(path, body), 413, "payload_too_large", message);
            assertIsError(
                    Http.send(undecided.post(path, "").POST(notAnnounced).header("Authorization", bearerToken())),
                    413,
                    "payload_too_large",
                    message);
        }
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"text/plain", "application/x-www-form-urlencoded", "application/json; charset=iso-8859-1", "json"
            })
    void refusesBodiesThatDoNotSayTheyAreJson(String contentType) {
        for (String path : PATHS) {
            HttpRequest.Builder request = Http.request(undecided.uri() + path)
                    .header("Authorization", bearerToken())
                    .POST(BodyPublishers.ofString(SUCCESS));
            if (contentType != null) {
                request.header("Content-Type", contentType);
            }

            assertIsError(
                    Http.send(request),
                    415,
                    "unsupported_media_type",
                    "Send the header \"Content-Type: application/json\" (in UTF-8) with a JSON body.");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "``                                         | The body must be a JSON object such as ",
                "[true]                                     | The body must be a JSON object such as ",
                "success=true                               | The body is not JSON at line 1, column ",
                "{\"success\": true                          | The body is not JSON at line 1, column ",
                "{\"success\": true}{}                       | The body is not JSON at line 1, column ",
                "{\"mdMessage\": \"fine\"}                    | The field \"success\" is missing: send true or false.",
                "{\"success\": null}                         | The field \"success\" must be true or false.",
                "{\"success\": 1}                            | The field \"success\" must be true or false.",
                "{\"success\": \"yes\"}                      | The field \"success\" must be true or false.",
                "{\"success\": true, \"success\": false}      | The field \"success\" is there twice at line 1, column ",
                "{\"success\": true, \"mdMessage\": {}}       | The field \"mdMessage\" must be a string.",
            })
    void refusesBodiesThatHoldNoDecisionAndNamesTheField(String body, String message) {
        for (String path : PATHS) {
            assertIsError(undecided.send(path, body), 400, "invalid_request", message);
        }
    }

    @Test
    void refusesBodiesThatAreNestedDeeply() {
        String body = "{\"success\": true, \"further\": " + "[".repeat(40) + "]".repeat(40) + "}";

        assertIsError(undecided.send(body), 400, "invalid_request", "The body is nested deeper than 32 levels.");
    }

    @Test
    void refusesBodiesThatAreNotUtf8() {
        byte[] body = Callback.body(true, "\u00e9").getBytes(StandardCharsets.ISO_8859_1);
        HttpRequest.Builder request = undecided.post("", "").POST(BodyPublishers.ofByteArray(body));

        assertIsError(
                Http.send(request.header("Authorization", bearerToken())),
                400,
                "invalid_request",
                "The body is not UTF-8.");
    }

    private static String bearerToken() {
        return "Bearer " + undecided.token();
    }

    private static String bodyOf(int bytes) {
        return Callback.body(true, "x".repeat(bytes - Callback.body(true, "").length()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100", "Transfer-Encoding: chunked"})
    void refusesABodyThatBreaksOffAsAFaultOfTheCaller(String length) throws IOException {
        URI uri = URI.create(undecided.uri());
        String request = "POST " + uri.getPath() + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                + "Authorization: " + bearerToken() + "\r\nContent-Type: application/json\r\n"
                + length + "\r\n\r\n{\"success\": true";

        assertThat(RawHttp.exchange(uri, request.getBytes(StandardCharsets.US_ASCII)))
                .startsWith("HTTP/1.1 400 ")
                .contains("\"error\":\"invalid_request\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/callback"})
    void answersTheSameForEveryIdToWhoHasNoToken(String path) {
        Callback invented = inventedApproval();

        assertThat(content(invented.sendWithoutToken(path, SUCCESS)))
                .isEqualTo(content(undecided.sendWithoutToken(path, SUCCESS)));
        assertThat(content(invented.with("invented").send(path, SUCCESS)))
                .isEqualTo(content(undecided.with("invented").send(path, SUCCESS)));
    }

    /** All of the answer, less what Jenkins adds by itself: the date, and where browsers report what the page does. */
    private static Map<String, Object> content(Answer answer) {
        Map<String, Object> all = new TreeMap<>(answer.headers().map());
        all.keySet().removeIf(name -> name.matches("date|content-security-policy.*|reporting-endpoints"));
        all.put("status", answer.status());
        all.put("body", answer.body());
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/callback"})
    void tellsWhoHasAValidTokenThatAnIdIsUnknown(String path) {
        for (String token : List.of(undecided.token(), Settings.DEFAULT_SECRET)) {
            Answer answer = inventedApproval().with(token).send(path, SUCCESS);

            assertIsError(
                    answer,
                    404,
                    "unknown_approval",
                    "There is no such approval. Compare the id in the address with callbackUri.");
        }
    }

    private static Callback inventedApproval() {
        return new Callback(undecided.uri().replace(undecided.id(), INVENTED_ID), "");
    }

    @Test
    void takesTheSecretOfTheCredentialThatTheStepNames(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval("callbackCredentialsId: '" + Settings.TEAM + "'"))
                .build();
        Callback callback = process.awaitCall().callback();

        assertIsError(
                callback.with(Settings.DEFAULT_SECRET).succeed("by anybody"),
                403,
                "insufficient_scope",
                "The token is valid, but not for this approval.");
        assertThat(callback.with(Settings.TEAM_SECRET).succeed("by the team")).returns(200, Answer::status);

        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (credentials team): by the team");
    }

    @Test
    void takesTheSecretOfTheCredentialInTheSettings(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval()).build();
        Callback callback = process.awaitCall().callback();

        assertThat(callback.with(Settings.DEFAULT_SECRET).succeed("by anybody")).returns(200, Answer::status);

        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (credentials default): by anybody");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer "})
    void takesTheTokenFromAHeaderThatProxiesLeaveAlone(String scheme, Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval()).build();
        Callback callback = process.awaitCall().callback();

        assertThat(Http.send(callback.post("", SUCCESS)
                        .header("X-Armory-Callback-Token", scheme + callback.token())
                        .header("Authorization", "Bearer what-the-proxy-put-there")))
                .returns(200, Answer::status);

        build.awaitResult("SUCCESS");
    }

    private static void assertIsError(Answer answer, int status, String error, String message) {
        assertThat(answer).returns(status, Answer::status);
        assertIsOfTheEndpoint(answer);
        assertThat(answer.json().get("error").textValue()).isEqualTo(error);
        assertThat(answer.json().get("message").textValue()).startsWith(message);
        String challenge = "Bearer realm=\"armory\", error=\"" + error + "\"";
        List<String> challenges = answer.headers().allValues("WWW-Authenticate");
        if (status == 403) {
            assertThat(challenges).singleElement().asString().matches(challenge + ", scope=\"approval:[0-9a-f]{48}\"");
        } else {
            assertThat(challenges).isEqualTo(status == 401 ? List.of(challenge) : List.of());
        }
        assertThat(answer.headers().allValues("Allow")).isEqualTo(status == 405 ? List.of("POST") : List.of());
    }

    private static void assertIsOfTheEndpoint(Answer answer) {
        assertThat(answer.header("Content-Type")).hasValue("application/json;charset=utf-8");
        assertThat(answer.header("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
    }
}
