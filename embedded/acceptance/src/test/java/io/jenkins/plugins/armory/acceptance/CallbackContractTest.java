package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What of a callback only a connection shows: methods, headers, the length of a body, and that strangers can tell no id
 * from another. {@code CallbackEndpointTest} has the contract, answer by answer, and {@link OpenApiTest} holds the
 * documentation to it.
 */
@AcceptanceTest
class CallbackContractTest {

    private static final List<String> PATHS = List.of("", "/callback");
    private static final String SUCCESS = "{\"success\": true}";
    private static final String INVENTED_ID = "0123456789abcdef".repeat(3);

    /** The approval that all refused requests are for; it stays undecided. */
    private static Callback undecided;

    private static Build undecidedBuild;

    @BeforeAll
    static void waitForCallbacks(Jenkins jenkins, ExternalProcess process) {
        undecidedBuild = jenkins.build(process.approval()).awaitWaiting(1);
        undecided = process.awaitCallback();
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
        jenkins.build(process.approval());
        Callback callback = process.awaitCallback();

        Answer accepted = callback.send(path, Callback.body(true, "fine"));
        Answer repeated = callback.send(path, Callback.body(true, "fine, as I said"));
        Answer contradicted = callback.send(path, Callback.body(false, "not at all"));

        String body = "{\"status\":\"accepted\",\"approvalId\":\"%s\",\"success\":true,\"duplicate\":%s}";
        assertThat(accepted).returns(200, Answer::status).returns(body.formatted(callback.id(), false), Answer::body);
        assertThat(repeated).returns(200, Answer::status).returns(body.formatted(callback.id(), true), Answer::body);
        assertIsOfTheEndpoint(accepted);
        assertIsOfTheEndpoint(repeated);
        contradicted.expect(409);
        assertIsOfTheEndpoint(contradicted);
        assertThat(contradicted.json().at("/decision/mdMessage").textValue()).isEqualTo("fine");
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void refusesOtherMethodsBeforeAllElse(String method) {
        for (String path : PATHS) {
            Answer answer = Http.send(undecided.post(path, SUCCESS).method(method, BodyPublishers.noBody()));

            answer.expect(405);
            assertThat(answer.header("Allow")).hasValue("POST");
            assertThat(answer.body().isEmpty()).isEqualTo(method.equals("HEAD"));
        }
    }

    @Test
    void refusesMoreThan64KiBAnnouncedOrNot() {
        String body = Callback.body(true, "x".repeat(64 * 1024));
        BodyPublisher notAnnounced =
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        for (String path : PATHS) {
            undecided.send(path, body).expect(413);
            Http.send(undecided.post(path, "").POST(notAnnounced).header("Authorization", bearerToken()))
                    .expect(413);
        }
    }

    private static String bearerToken() {
        return "Bearer " + undecided.token();
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
        var invented = new Callback(undecided.uri().replace(undecided.id(), INVENTED_ID), "");

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

    @Test
    void takesTheSecretOfTheCredentialThatTheStepNames(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval("callbackCredentialsId: '" + Settings.TEAM + "'"));
        Callback callback = process.awaitCallback();

        Answer refused = callback.with(Settings.DEFAULT_SECRET).succeed("by anybody");
        refused.expect(403);
        assertThat(refused.header("WWW-Authenticate"))
                .hasValue("Bearer realm=\"armory\", error=\"insufficient_scope\"");
        callback.with(Settings.TEAM_SECRET).succeed("by the team").expect(200);

        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (credentials team): by the team");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer of-the-proxy", "Basic cHJveHk6cGFzc3dvcmQ="})
    void takesTheTokenFromAHeaderThatProxiesLeaveAlone(String ofTheProxy, Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval());
        Callback callback = process.awaitCallback();

        Http.send(callback.post("", SUCCESS)
                        .header("X-Armory-Callback-Token", callback.token())
                        .header("Authorization", ofTheProxy))
                .expect(200);

        build.awaitResult("SUCCESS");
    }

    private static void assertIsOfTheEndpoint(Answer answer) {
        assertThat(answer.header("Content-Type")).hasValue("application/json;charset=utf-8");
        assertThat(answer.header("Cache-Control")).hasValue("no-store");
        assertThat(answer.headers().allValues("X-Content-Type-Options")).containsExactly("nosniff");
    }
}
