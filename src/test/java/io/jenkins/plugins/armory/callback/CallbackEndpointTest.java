package io.jenkins.plugins.armory.callback;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTest;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.callback.RejectedCallbacks.Rejected;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.CallbackTokensTest;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.store.ApprovalObserver;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.store.TestBuilds;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests every row of the table of callback cases, with status, headers and body. */
class CallbackEndpointTest {

    private static final Map<String, String> UNAUTHORIZED =
            Map.of("WWW-Authenticate", "Bearer realm=\"armory\", error=\"invalid_token\"");
    private static final String SUCCESS = "{\"success\": true, \"mdMessage\": \"12 of 12 passed\"}";
    private static final String FAILURE = "{\"success\": false}";

    @TempDir
    private Path folder;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final CallbackTokens tokens = CallbackTokensTest.withKey("test");
    private TestBuilds builds;
    private Approvals approvals;
    private boolean stopping;
    private CallbackEndpoint endpoint;
    private String id;

    @BeforeEach
    void create() throws IOException {
        builds = TestBuilds.below(folder);
        approvals = builds.open(timer, Runnable::run, Clock.systemUTC(), approval -> {});
        approvals.takeUpAll(List.of());
        endpoint = endpoint();
        id = newApproval("ci-callback", Duration.ofHours(24));
    }

    private CallbackEndpoint endpoint() {
        return new CallbackEndpoint(
                approvals,
                tokens,
                new CallerIdentification(
                        List.of(TokenVerifier.ofApprovals(tokens), CallbackEndpointTest::secretText), List.of()),
                () -> stopping,
                Clock.systemUTC());
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private String newApproval(String callbackCredentialsId, Duration timeout) throws IOException {
        String newId = tokens.newId();
        TestBuilds.create(
                approvals,
                TestApproval.of(newId, new BuildRef("deploy", 1))
                        .webhook("tests")
                        .callers(callbackCredentialsId, List.of())
                        .timeout(Instant.now(), timeout)
                        .start());
        return newId;
    }

    /** Verifies the Secret text of a credential with the id {@code ci-callback}. */
    private static Verification secretText(String token, Optional<Approval> approval) {
        return CallbackTokens.same("s3cret!", token)
                ? Verification.of(Caller.of(
                        "credentials ci-callback", each -> "ci-callback".equals(each.callbackCredentialsId())))
                : Verification.unknown();
    }

    private record Sent(
            String method, List<String> authorization, List<String> alternative, String type, byte[] body) {}

    private static Sent bearer(String token, String body) {
        return new Sent(
                "POST",
                List.of("Bearer " + token),
                List.of(),
                "application/json",
                body.getBytes(StandardCharsets.UTF_8));
    }

    private JsonResponse send(String approvalId, Sent sent) {
        return endpoint.handle(Requests.callback(
                sent.method,
                approvalId,
                sent.authorization,
                sent.alternative,
                new RequestBody(sent.type, -1, () -> new ByteArrayInputStream(sent.body))));
    }

    private JsonResponse callBack(String approvalId, String body) {
        return send(approvalId, bearer(tokens.tokenFor(approvalId), body));
    }

    private Approval found(String approvalId) {
        try {
            return approvals.find(approvalId).orElseThrow();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    private Decision decision() {
        return found(id).decision();
    }

    private static JsonNode json(String text) {
        try {
            return new ObjectMapper().readTree(text);
        } catch (IOException x) {
            throw new AssertionError(x);
        }
    }

    private static void assertAnswer(JsonResponse response, int status, Map<String, String> headers, String body) {
        assertThat(response.status()).as("%s", response).isEqualTo(status);
        assertThat(response.headers()).isEqualTo(headers);
        assertThat(json(new String(response.bytes(), StandardCharsets.UTF_8))).isEqualTo(json(body));
    }

    private static void assertError(JsonResponse response, int status, String code, String... inMessage) {
        assertThat(response.status()).as("%s", response).isEqualTo(status);
        assertThat(response.body().size()).isEqualTo(2);
        assertThat(response.body().get("error").textValue()).isEqualTo(code);
        assertThat(response.body().get("message").textValue()).isNotBlank();
        for (String part : inMessage) {
            assertThat(response.body().get("message").textValue()).contains(part);
        }
    }

    @Test
    void acceptsADecision() {
        assertAnswer(
                callBack(id, SUCCESS),
                200,
                Map.of(),
                "{\"status\":\"accepted\",\"approvalId\":\"" + id + "\",\"success\":true,\"duplicate\":false}");
        assertThat(decision().mdMessage()).isEqualTo("12 of 12 passed");
        assertThat(decision().decidedBy()).isEqualTo("callback token");
    }

    @Test
    void acceptsTheSameDecisionAgainAndKeepsTheFirstMessage() {
        callBack(id, SUCCESS);

        assertAnswer(
                callBack(id, "{\"success\": true, \"mdMessage\": \"again\"}"),
                200,
                Map.of(),
                "{\"status\":\"accepted\",\"approvalId\":\"" + id + "\",\"success\":true,\"duplicate\":true}");
        assertThat(decision().mdMessage()).isEqualTo("12 of 12 passed");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                                | {}",
                "{ \"a\" : [ 1 , 2.5 , true , null , {\"b\": \"\u00e7\"} ] } | {\"a\":[1,2.5,true,null,{\"b\":\"\u00e7\"}]}",
                "{\"big\": 123456789012345678901234567890}           | {\"big\":123456789012345678901234567890}",
                "{\"success\": false, \"data\": {}}                  | {\"success\":false,\"data\":{}}",
            })
    void keepsTheDataOfACallback(String sent, String kept) {
        assertThat(callBack(id, "{\"success\": true, \"data\": " + sent + "}").status())
                .isEqualTo(200);

        assertThat(found(id).data()).isEqualTo(kept);
        assertThat(found(id).requireDecision().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"success\": true}", "{\"success\": true, \"data\": null}"})
    void needsNoData(String body) {
        assertThat(callBack(id, body).status()).isEqualTo(200);
        assertThat(found(id).data()).isNull();
    }

    @Test
    void keepsTheFirstDataWhenTheSameDecisionComesAgain() {
        callBack(id, "{\"success\": true, \"data\": {\"a\": 1}}");

        JsonResponse again = callBack(id, "{\"success\": true, \"data\": {\"a\": 2}}");

        assertThat(again.body().get("duplicate").booleanValue()).isTrue();
        assertThat(found(id).data()).isEqualTo("{\"a\":1}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "[1]                      | The field \"data\" must be a JSON object",
                "\"{}\"                   | The field \"data\" must be a JSON object",
                "7                        | The field \"data\" must be a JSON object",
                "false                    | The field \"data\" must be a JSON object",
                "{\"a\": [1, {\"b\": 1e400}]} | The field \"data\" has a number that is too large",
                "{\"a\": NaN}             | The body is not JSON",
                "{\"a\": 1, \"a\": 2}     | The field \"a\" is there twice",
                "{\"a\": [{\"b\": 1, \"b\": 2}]} | The field \"b\" is there twice",
            })
    void refusesDataThatIsNoObject(String data, String message) {
        assertError(callBack(id, "{\"success\": true, \"data\": " + data + "}"), 400, "invalid_request", message);
        assertThat(decision()).isNull();
    }

    /** JavaScript reads it as Infinity. */
    @ParameterizedTest
    @ValueSource(strings = {"", "-"})
    void refusesAWholeNumberBeyondTheRangeOfADouble(String sign) {
        assertError(
                callBack(id, "{\"success\": true, \"data\": {\"a\": " + sign + "9".repeat(400) + "}}"),
                400,
                "invalid_request",
                "The field \"data\" has a number that is too large");
        assertThat(callBack(id, "{\"success\": true, \"data\": {\"a\": " + sign + "9".repeat(300) + "}}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void refusesDataThatIsNestedTooDeeply() {
        String data = "{\"a\":".repeat(32) + "1" + "}".repeat(32);

        assertError(callBack(id, "{\"success\": true, \"data\": " + data + "}"), 400, "invalid_request", "32 levels");
        assertThat(decision()).isNull();
    }

    @Test
    void refusesDataOfMoreThan32KiB() {
        String atMost = "{\"a\":\"" + "\u00e7".repeat((32 * 1024 - "{\"a\":\"\"}".length()) / 2) + "\"}";
        String tooLarge = atMost.replace("\"}", "xx\"}");

        assertError(
                callBack(id, "{\"success\": true, \"data\": " + tooLarge + "}"),
                413,
                "payload_too_large",
                "The field \"data\" may have 32768 bytes at most");
        assertThat(decision()).isNull();
        // Spaces between the parts do not count.
        assertThat(callBack(id, "{\"success\": true, \"data\": " + atMost.replace(":", ":" + " ".repeat(9000)) + "}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void refusesAContradictionAndTellsWhatStands() {
        callBack(id, SUCCESS);

        assertAnswer(
                callBack(id, FAILURE),
                409,
                Map.of(),
                "{\"error\":\"already_decided\",\"message\":\"Another decision stands already; the first one counts.\","
                        + "\"decision\":{\"success\":true,\"outcome\":\"SUCCESS\",\"mdMessage\":\"12 of 12 passed\","
                        + "\"decidedBy\":\"callback token\",\"decidedAt\":\""
                        + decision().decidedAt() + "\"}}");
    }

    @Test
    void isGoneOnceTimedOutAbortedOrNotSent() throws IOException {
        String timedOut = newApproval(null, Duration.ZERO);
        String aborted = newApproval(null, Duration.ofHours(1));
        approvals.apply(aborted, new Event.Aborted("stopped"));
        String notSent = newApproval(null, Duration.ofHours(1));
        approvals.apply(notSent, new Event.NotSent("answered 500", null));

        assertError(callBack(timedOut, SUCCESS), 410, "approval_ended", "timed out");
        assertError(callBack(aborted, SUCCESS), 410, "approval_ended", "ended with its build");
        assertError(callBack(notSent, SUCCESS), 410, "approval_ended", "could not be called");
    }

    @Test
    void isGoneWhereNoCallbackIsAwaited() throws IOException {
        String sending = tokens.newId();
        TestBuilds.create(
                approvals,
                TestApproval.of(sending, new BuildRef("job", 1))
                        .webhook("w")
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .through(Set.of())
                        .start());

        assertError(callBack(sending, SUCCESS), 410, "approval_ended", "No callback is awaited");
        assertThat(found(sending).isDecided()).isFalse();
    }

    @Test
    void isGoneWhereAPersonAloneDecides() throws IOException {
        String alone = tokens.newId();
        TestBuilds.create(
                approvals,
                TestApproval.of(alone, new BuildRef("job", 1))
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .manual(TestApproval.requirement("Go?", List.of(), 1))
                        .byPersonAlone()
                        .start());

        assertError(callBack(alone, SUCCESS), 410, "approval_ended", "No callback is awaited");
        assertThat(found(alone).isDecided()).isFalse();
    }

    @Test
    void isGoneOnceItsBuildIs() {
        approvals.remove(build -> true);

        assertAnswer(
                callBack(id, SUCCESS),
                410,
                Map.of(),
                "{\"error\":\"approval_ended\",\"message\":\"The build of this approval is gone.\"}");
        assertError(send(id, bearer("s3cret!", SUCCESS)), 410, "approval_ended");
    }

    @Test
    void asksForATokenInTheSameWordsForEveryId() {
        var anonymous = new Sent("POST", List.of(), List.of(), "application/json", SUCCESS.getBytes());

        for (Sent sent : List.of(anonymous, bearer("wrong", SUCCESS), bearer("wrong", "not JSON"))) {
            JsonResponse real = send(id, sent);
            assertThat(real.status()).isEqualTo(401);
            assertThat(real.headers()).isEqualTo(UNAUTHORIZED);
            assertThat(real.body().get("error").textValue()).isEqualTo("invalid_token");
            assertThat(send(tokens.newId(), sent)).isEqualTo(real);
            assertThat(send("invented", sent)).isEqualTo(real);
        }
        assertThat(decision()).isNull();
    }

    @Test
    void tellsHowToSendATokenWhereThereIsNone() {
        JsonResponse response = send(id, new Sent("POST", List.of(), List.of(), null, new byte[0]));

        assertError(response, 401, "invalid_token", "Authorization: Bearer TOKEN", "X-Armory-Callback-Token");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "Basic dTpw", "Bearer", "Bearer ", "Bearer a b", "Bearer\tx", "bearer\u00a0x", "Token x"})
    void refusesWhatIsNoBearerToken(String header) {
        JsonResponse response =
                send(id, new Sent("POST", List.of(header), List.of(), "application/json", SUCCESS.getBytes()));

        assertError(response, 401, "invalid_token");
    }

    @Test
    void refusesTwoTokens() {
        String right = "Bearer " + tokens.tokenFor(id);

        assertError(
                send(id, new Sent("POST", List.of(right, right), List.of(), "application/json", SUCCESS.getBytes())),
                401,
                "invalid_token",
                "2 Authorization headers");
    }

    @Test
    void takesTheTokenFromTheOtherHeaderToo() throws IOException {
        for (String header : List.of("Bearer ", "bearer  ", "")) {
            String approval = newApproval(null, Duration.ofHours(1));
            var sent = new Sent(
                    "POST",
                    List.of("Basic dTpw"),
                    List.of(header + tokens.tokenFor(approval)),
                    "application/json",
                    SUCCESS.getBytes());
            assertThat(send(approval, sent).status()).isEqualTo(200);
        }
    }

    @Test
    void takesASecretText() {
        assertThat(send(id, bearer("s3cret!", SUCCESS)).status()).isEqualTo(200);
        assertThat(decision().decidedBy()).isEqualTo("credentials ci-callback");
    }

    /** A client's token, say, while the Secret text of the step is not known. */
    @Test
    void takesAGenuineTokenWhateverAnotherVerifierCannotTell() {
        TokenVerifier cannotTell = (token, approval) -> new Verification.Undecided("why", "Call back again later.");
        endpoint = new CallbackEndpoint(
                approvals,
                tokens,
                new CallerIdentification(List.of(cannotTell, CallbackEndpointTest::secretText), List.of()),
                () -> stopping,
                Clock.systemUTC());

        assertError(send(id, bearer("another", SUCCESS)), 503, "unavailable", "Call back again later.");
        assertThat(send(id, bearer("s3cret!", SUCCESS)).status()).isEqualTo(200);
    }

    @Test
    void forbidsAGenuineTokenOfSomethingElse() throws IOException {
        String other = newApproval("another-credential", Duration.ofHours(1));

        Map.of(id, tokens.tokenFor(other), other, "s3cret!").forEach((approval, token) -> {
            JsonResponse response = send(approval, bearer(token, SUCCESS));
            assertError(response, 403, "insufficient_scope", "not for this approval");
            assertThat(response.headers())
                    .isEqualTo(Map.of("WWW-Authenticate", "Bearer realm=\"armory\", error=\"insufficient_scope\""));
        });
        assertThat(decision()).isNull();
    }

    @Test
    void tellsThatAnIdIsUnknownOnlyToWhoHasAToken() {
        for (String invented : List.of("invented", "0".repeat(48), "%2e%2e")) {
            assertAnswer(
                    send(invented, bearer(tokens.tokenFor(id), SUCCESS)),
                    404,
                    Map.of(),
                    "{\"error\":\"unknown_approval\",\"message\":\"There is no such approval. Compare the id in the address with callbackUri.\"}");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "post", "NONSENSE"})
    void allowsPostAlone(String method) {
        var sent = new Sent(
                method, List.of("Bearer " + tokens.tokenFor(id)), List.of(), "application/json", SUCCESS.getBytes());

        assertAnswer(
                send(id, sent),
                405,
                Map.of("Allow", "POST"),
                "{\"error\":\"method_not_allowed\",\"message\":\"A callback is a POST request.\"}");
    }

    @Test
    void asksToComeBackWhileShuttingDown() {
        stopping = true;

        JsonResponse response = callBack(id, SUCCESS);

        assertError(response, 503, "unavailable", "shutting down");
        assertThat(response.headers()).isEqualTo(Map.of("Retry-After", "10"));
        assertThat(decision()).isNull();
    }

    /** Ends the build of an approval, which is read from its log from then on, and damages that. */
    private void endAndDamage(String approval) throws IOException {
        BuildRef build = approvals.find(approval).orElseThrow().build();
        builds.end(build);
        approvals.ended();
        builds.damage(build);
    }

    @Test
    void aBuildInDoubtThatIsOverIsGone() throws IOException {
        callBack(id, SUCCESS);
        endAndDamage(id);

        assertError(callBack(id, SUCCESS), 410, "approval_ended", "is gone");
    }

    /** Its marker may be lost. */
    @Test
    void asksToComeBackUntilAllBuildsAreRead() throws IOException {
        restart();

        JsonResponse response = callBack(id, SUCCESS);

        assertError(response, 503, "unavailable", "cannot be read");
        assertThat(response.headers()).isEqualTo(Map.of("Retry-After", "10"));
        approvals.takeUpAll(List.of());
        assertThat(callBack(id, SUCCESS).status()).isEqualTo(200);
    }

    /** Opens the approvals again, before the builds are read. */
    private void restart() throws IOException {
        approvals.close();
        approvals = TestBuilds.below(folder).open(timer, Runnable::run, Clock.systemUTC(), approval -> {});
        endpoint = endpoint();
    }

    /** Whoever has no token must neither learn which approvals cannot be read nor fill Jenkins's log. */
    @Test
    void whoHasNoTokenLearnsNothingOfAnApprovalThatCannotBeRead() throws IOException {
        restart();
        List<LogRecord> logged = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord logRecord) {
                logged.add(logRecord);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger logger = Logger.getLogger(CallbackEndpoint.class.getName());
        logger.addHandler(handler);
        try {
            for (Sent sent : List.of(
                    bearer("wrong", SUCCESS),
                    new Sent("POST", List.of(), List.of(), "application/json", new byte[0]))) {
                for (int i = 0; i < 3; i++) {
                    assertThat(send(id, sent)).isEqualTo(send("invented", sent));
                }
            }
            assertError(callBack(id, SUCCESS), 503, "unavailable", "cannot be read");
        } finally {
            logger.removeHandler(handler);
        }
        assertThat(logged).singleElement().satisfies(one -> {
            assertThat(one.getLevel()).isEqualTo(Level.WARNING);
            assertThat(one.getThrown()).isNull();
        });
    }

    @Test
    void asksToComeBackWhenTheDecisionCannotBeStored() throws IOException {
        approvals.close(); // leaves the journal empty
        TestBuilds.breakLogs(folder);

        JsonResponse response = callBack(id, SUCCESS);

        assertError(response, 503, "unavailable", "was not taken");
        assertThat(response.headers()).isEqualTo(Map.of("Retry-After", "10"));
        assertThat(decision()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json;charset=utf-8",
                "application/json; charset=\"UTF-8\"",
                " application/json "
            })
    void takesJson(String type) {
        var sent = new Sent("POST", List.of("Bearer " + tokens.tokenFor(id)), List.of(), type, SUCCESS.getBytes());
        assertThat(send(id, sent).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "text/plain",
                "application/x-www-form-urlencoded",
                "application/jsonp",
                "application/json; charset=utf-16",
                "multipart/form-data"
            })
    void refusesWhatIsNotJson(String type) {
        for (String each : Arrays.asList(type, null)) {
            var sent = new Sent("POST", List.of("Bearer " + tokens.tokenFor(id)), List.of(), each, SUCCESS.getBytes());
            assertError(send(id, sent), 415, "unsupported_media_type", "application/json");
        }
    }

    @Test
    void refusesABodyThatIsTooLarge() {
        String fits = "{\"success\": true, \"mdMessage\": \"" + "x".repeat(RequestBody.MAX_BYTES - 34) + "\"}";
        assertThat(fits).hasSize(RequestBody.MAX_BYTES);

        assertAnswer(
                callBack(id, fits + " "),
                413,
                Map.of(),
                "{\"error\":\"payload_too_large\",\"message\":\"The body of a callback may have 65536 bytes at most.\"}");
        assertThat(decision()).isNull();
        assertThat(callBack(id, fits).status()).isEqualTo(200);
    }

    @Test
    void doesNotReadABodyThatIsAnnouncedAsTooLarge() {
        JsonResponse response = endpoint.handle(Requests.callback(
                "POST",
                id,
                List.of("Bearer " + tokens.tokenFor(id)),
                List.of(),
                new RequestBody("application/json", RequestBody.MAX_BYTES + 1, () -> new InputStream() {
                    @Override
                    public int read() {
                        throw new AssertionError("was read");
                    }
                })));

        assertError(response, 413, "payload_too_large");
    }

    @Test
    void refusesABodyThatCannotBeReadAsAFaultOfTheCaller() {
        var brokenOff = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new EOFException("the caller hung up");
            }
        };

        JsonResponse response = endpoint.handle(Requests.callback(
                "POST",
                id,
                List.of("Bearer " + tokens.tokenFor(id)),
                List.of(),
                new RequestBody("application/json", 500, () -> brokenOff)));

        assertError(response, 400, "invalid_request", "breaks off");
        assertThat(decision()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                   | \"success\" is missing",
                "{\"mdMessage\": \"x\"}               | \"success\" is missing",
                "{\"success\": null}                  | \"success\" must be true or false",
                "{\"success\": 1}                     | \"success\" must be true or false",
                "{\"success\": \"yes\"}               | \"success\" must be true or false",
                "{\"success\": \"TRUE\"}              | \"success\" must be true or false",
                "{\"success\": [true]}                | \"success\" must be true or false",
                "{\"success\": true, \"mdMessage\": 5} | \"mdMessage\" must be a string",
                "{\"success\": true, \"success\": false} | field \"success\" is there twice at line 1, column 28",
                "{\"success\": true, \"a\": {\"b\": 1, \"b\": 2}} | field \"b\" is there twice",
                "[]                                   | must be a JSON object",
                "true                                 | must be a JSON object",
                "``                                   | must be a JSON object",
                "{\"success\": true                   | not JSON at line 1",
                "{\"success\": true} {}               | not JSON at line 1",
                "{success: true}                      | not JSON at line 1, column 2",
                "success=true                         | not JSON at line 1",
            })
    void refusesABodyThatIsWrongNamingTheField(String body, String message) {
        assertError(callBack(id, body), 400, "invalid_request", message);
        assertThat(decision()).isNull();
    }

    @Test
    void refusesABodyThatIsNotUtf8OrTooDeep() {
        var latin1 = new Sent(
                "POST",
                List.of("Bearer " + tokens.tokenFor(id)),
                List.of(),
                "application/json",
                "{\"success\": true, \"mdMessage\": \"ü\"}".getBytes(StandardCharsets.ISO_8859_1));
        assertError(send(id, latin1), 400, "invalid_request", "not UTF-8");

        String deep = "{\"success\": true, \"x\": " + "[".repeat(1000) + "]".repeat(1000) + "}";
        assertError(callBack(id, deep), 400, "invalid_request", "deeper than 32 levels");
    }

    @ParameterizedTest
    @CsvSource({"true, true", "false, false", "\"true\", true", "\"false\", false"})
    void takesBooleansAndTheirNames(String value, boolean success) {
        assertThat(callBack(id, "{\"unknown\": {\"field\": []}, \"success\": " + value + ", \"mdMessage\": null}")
                        .status())
                .isEqualTo(200);
        assertThat(decision().isSuccess()).isEqualTo(success);
        assertThat(decision().mdMessage()).isEmpty();
    }

    private List<Rejected> rejected() {
        return endpoint.rejected().of(id);
    }

    @Test
    void keepsWhyACallbackWasRefusedForWhoMaySeeTheApproval() throws IOException {
        String other = tokens.tokenFor(newApproval(null, Duration.ofHours(1)));
        send(id, new Sent("POST", List.of(), List.of(), "application/json", SUCCESS.getBytes()));
        send(id, bearer("wrong", SUCCESS));
        send(id, bearer(tokens.tokenFor(id).substring(0, 60), SUCCESS));
        send(id, bearer(other, SUCCESS));
        send(id, bearer("s3cret!", "{}"));
        callBack(id, SUCCESS);
        callBack(id, SUCCESS);
        callBack(id, FAILURE);

        assertThat(rejected()).extracting(Rejected::status).containsExactly(409, 400, 403, 401, 401, 401);
        assertThat(rejected())
                .extracting(Rejected::reason)
                .containsExactly(
                        "Another decision stands already; the first one counts.",
                        "The field \"success\" is missing: send true or false.",
                        "callback token: The token is valid, but not for this approval.",
                        "bad signature: an approval's own token, but changed or cut short",
                        "unknown token: neither the approval's own, nor one of a listed client or issuer, nor a Secret text",
                        "no Authorization header: a proxy may strip it");
        assertThat(rejected()).allMatch(each -> each.address().equals("192.0.2.1") && !each.rehearsal());
        assertThat(rejected().toString()).doesNotContain("wrong\"", other.substring(50), "s3cret!");
    }

    @Test
    void theLogHasTheFirstRefusalAloneAndNothingThatTheCallerWrote() throws IOException {
        var lines = new ArrayList<String>();
        approvals.attach(id, new ApprovalObserver() {
            @Override
            public void decided(Approval approval) {}

            @Override
            public void note(String line) {
                lines.add(line);
            }
        });
        rehearse("wrong", "application/json", SUCCESS);
        send(id, bearer("s3cret!", "{\"chosen\": 1, \"chosen\": 2}"));
        send(id, bearer("wrong", SUCCESS));

        assertThat(rejected().get(1).reason()).contains("chosen");
        assertThat(lines)
                .containsExactly("WARNING: tests: A callback from 192.0.2.1 was refused (400 invalid_request);"
                        + " the build's page says why.");
        approvals.apply(id, ApprovalTest.sent());
        Approval restarted = TestBuilds.opened(folder).find(id).orElseThrow();
        assertThat(restarted.missing())
                .isEqualTo("a callback arrived and was refused (400 invalid_request), and no other was accepted");
    }

    @Test
    void keepsNothingOfCallbacksToWhatIsNotThere() {
        String unknown = tokens.newId();

        send(unknown, bearer("wrong", SUCCESS));
        send("invented", bearer("wrong", SUCCESS));

        assertThat(endpoint.rejected().of(unknown)).isEmpty();
        assertThat(endpoint.rejected().of("invented")).isEmpty();
    }

    private JsonResponse rehearse(String token, String type, String body) {
        return endpoint.rehearse(Requests.callback(
                "POST",
                id,
                token == null ? List.of() : List.of("Bearer " + token),
                List.of(),
                new RequestBody(
                        type, body.length(), () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))));
    }

    @Test
    void aRehearsalTellsWhatACallbackWouldGetAndDecidesNothing() throws IOException {
        String right = tokens.tokenFor(id);

        for (JsonResponse response : List.of(
                rehearse(right, null, ""),
                rehearse(right, "application/x-www-form-urlencoded", ""), // as Python's urllib sends no data
                rehearse(right, "application/json", SUCCESS))) {
            assertAnswer(
                    response,
                    200,
                    Map.of(),
                    "{\"status\":\"rehearsed\",\"approvalId\":\"" + id
                            + "\",\"success\":true,\"duplicate\":false,\"caller\":\"callback token\"}");
        }
        assertThat(rejected()).isEmpty();
        assertError(rehearse(null, null, ""), 401, "invalid_token");
        assertError(rehearse("wrong", null, ""), 401, "invalid_token");
        assertError(
                rehearse(tokens.tokenFor(newApproval(null, Duration.ofHours(1))), null, ""), 403, "insufficient_scope");
        assertError(rehearse(right, "application/json", "{}"), 400, "invalid_request", "success");
        assertError(rehearse(right, "text/plain", SUCCESS), 415, "unsupported_media_type");
        assertThat(rejected()).hasSize(5).allMatch(Rejected::rehearsal);
        assertThat(decision()).isNull();

        callBack(id, SUCCESS);
        assertThat(rehearse(right, "application/json", SUCCESS)
                        .body()
                        .get("duplicate")
                        .booleanValue())
                .isTrue();
        assertThat(rehearse(right, "application/json", FAILURE).status()).isEqualTo(409);
        approvals.remove(build -> true);
        assertError(rehearse(right, null, ""), 410, "approval_ended");
    }

    private JsonResponse report(String approvalId, String token, String body) {
        return endpoint.progress(Requests.callback(
                "POST",
                approvalId,
                List.of("Bearer " + token),
                List.of(),
                new RequestBody(
                        "application/json",
                        -1,
                        () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))));
    }

    private JsonResponse report(String body) {
        return report(id, tokens.tokenFor(id), body);
    }

    @Test
    void notesProgressAndDecidesNothing() {
        String noted = "{\"status\":\"noted\",\"approvalId\":\"" + id + "\"}";
        assertAnswer(report("{\"percent\": 40, \"mdMessage\": \"testing\"}"), 200, Map.of(), noted);
        assertAnswer(report("{\"percent\": 40.5, \"mdMessage\": null}"), 200, Map.of(), noted);

        assertThat(approvals.progressOf(id).orElseThrow())
                .returns(40.5, each -> each.percent())
                .returns("testing", each -> each.mdMessage());
        assertAnswer(report("{\"mdMessage\": \"\"}"), 200, Map.of(), noted);
        assertThat(approvals.progressOf(id).orElseThrow().mdMessage()).isEmpty();
        assertThat(decision()).isNull();
        assertThat(endpoint.rejected().of(id)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | Both \"percent\" and \"mdMessage\" are missing",
                "{\"percent\": null} | Both \"percent\" and \"mdMessage\" are missing",
                "{\"percent\": -0.1} | \"percent\" must be a number from 0 to 100",
                "{\"percent\": 100.1} | \"percent\" must be a number from 0 to 100",
                "{\"percent\": 1e999} | \"percent\" must be a number from 0 to 100",
                "{\"percent\": \"40\"} | \"percent\" must be a number from 0 to 100",
                "{\"percent\": 1, \"mdMessage\": 2} | \"mdMessage\" must be a string",
                "{\"percent\": 1, \"percent\": 2} | \"percent\" is there twice",
                "{\"percent\": 1, \"success\": true} | \"success\" is for a callback",
                "{\"percent\": 1, \"success\": null} | \"success\" is for a callback",
                "[40] | such as {\"percent\": 40",
                "40 % | not JSON",
            })
    void refusesProgressThatIsNotProgress(String body, String message) {
        assertError(report(body), 400, "invalid_request", message);
        assertThat(approvals.progressOf(id)).isEmpty();
        assertThat(endpoint.rejected().of(id))
                .hasSize(1)
                .first()
                .satisfies(rejected -> assertThat(rejected.reason()).startsWith("progress: "));
    }

    @Test
    void asksTheSameOfProgressAsOfACallback() throws IOException {
        String other = newApproval(null, Duration.ofHours(1));
        String body = "{\"percent\": 40}";

        assertError(report(id, "wrong", body), 401, "invalid_token");
        assertError(report(id, tokens.tokenFor(other), body), 403, "insufficient_scope");
        assertError(report("invented", tokens.tokenFor(id), body), 404, "unknown_approval");
        assertError(report("{\"mdMessage\": \"" + "a".repeat(65_536) + "\"}"), 413, "payload_too_large");
        assertThat(report(id, "s3cret!", body).status()).isEqualTo(200);
        stopping = true;
        assertError(report(body), 503, "unavailable");
    }

    @Test
    void progressAfterTheEndIsGoneAndNoReasonToLookIntoIt() throws IOException {
        String calledBack = newApproval(null, Duration.ofHours(1));
        callBack(calledBack, SUCCESS);
        String timedOut = newApproval(null, Duration.ZERO);

        assertError(
                report(calledBack, tokens.tokenFor(calledBack), "{\"percent\": 99}"),
                410,
                "approval_ended",
                "has come already");
        assertError(
                report(timedOut, tokens.tokenFor(timedOut), "{\"percent\": 99}"), 410, "approval_ended", "timed out");
        assertThat(endpoint.rejected().of(calledBack)).isEmpty();
        approvals.remove(build -> true);
        assertError(report("{\"percent\": 99}"), 410, "approval_ended", "build of this approval is gone");
    }

    /** Whoever has no token must not hold a thread with a body that never comes. */
    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer wrong"})
    void readsNothingOfABodyBeforeTheTokenIsKnown(String authorization) {
        var body = new RequestBody("application/json", 100, () -> {
            throw new AssertionError("the body is opened");
        });
        List<String> headers = authorization.isEmpty() ? List.of() : List.of(authorization);

        assertThat(endpoint.handle(Requests.callback("POST", id, headers, List.of(), body))
                        .status())
                .isEqualTo(401);
    }
}
