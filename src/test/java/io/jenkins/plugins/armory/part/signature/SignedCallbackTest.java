package io.jenkins.plugins.armory.part.signature;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.callback.CallbackEndpoint;
import io.jenkins.plugins.armory.callback.CallbackRequest;
import io.jenkins.plugins.armory.callback.CallerIdentification;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.callback.RequestBody;
import io.jenkins.plugins.armory.callback.Requests;
import io.jenkins.plugins.armory.callback.UnknownCallers;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.CallbackTokensTest;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.CallerSecrets.CallerSecret;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.store.TestBuilds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callbacks with a signature instead of a token. */
class SignedCallbackTest {

    private static final String SECRET = "whsec_" + "A".repeat(32);
    private static final String SUCCESS = "{\"success\": true}";

    @TempDir
    private Path folder;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final CallbackTokens tokens = CallbackTokensTest.withKey("test");
    private final MutableClock clock = new MutableClock(Instant.now());
    private String secret = SECRET;
    private Approvals approvals;
    private CallbackEndpoint endpoint;
    private String id;
    private String other;
    private Runnable lookUp = () -> {};

    @BeforeEach
    void create() throws IOException {
        approvals = TestBuilds.below(folder.resolve("a")).open(timer, Runnable::run, Clock.systemUTC(), approval -> {});
        approvals.takeUpAll(List.of());
        id = newApproval("ci");
        other = newApproval("ci");
        endpoint = new CallbackEndpoint(
                approvals,
                tokens,
                new CallerIdentification(
                        List.of(TokenVerifier.ofApprovals(tokens)),
                        List.of(new SignedRequests(new SignatureVerifier(this::secrets, clock)))),
                () -> false,
                Clock.systemUTC());
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private List<CallerSecret> secrets(Optional<Approval> approval) {
        lookUp.run();
        return List.of(new CallerSecret(
                secret, Caller.of("credentials ci", each -> "ci".equals(each.callbackCredentialsId()))));
    }

    private String newApproval(String credentialsId) throws IOException {
        String newId = tokens.newId();
        TestBuilds.create(
                approvals,
                TestApproval.of(newId, new BuildRef("deploy", 1))
                        .webhook("tests")
                        .callers(credentialsId, List.of())
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .start());
        return newId;
    }

    private Approval found(String approval) throws IOException {
        return approvals.find(approval).orElseThrow();
    }

    private static String success(String approval) {
        return "{\"success\": true, \"approvalId\": \"" + approval + "\"}";
    }

    private Map<String, List<String>> signed(String message, String body) {
        var headers = new HashMap<String, List<String>>();
        StandardWebhooks.signing(SigningSecrets.of(SECRET))
                .headers(message, clock.instant(), body.getBytes(StandardCharsets.UTF_8))
                .forEach((name, value) -> headers.put(name, List.of(value)));
        return headers;
    }

    private static CallbackRequest request(String approval, Map<String, List<String>> headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return Requests.callback(
                "POST",
                approval,
                headers,
                new RequestBody("application/json", bytes.length, () -> new ByteArrayInputStream(bytes)));
    }

    private CallbackRequest withToken(String authorization, String body) {
        Map<String, List<String>> headers = signed("m1", body);
        headers.put("Authorization", List.of(authorization));
        return request(id, headers, body);
    }

    private JsonResponse callBack(String approval, Map<String, List<String>> headers, String body) {
        return endpoint.handle(request(approval, headers, body));
    }

    @Test
    void decidesWithASignature() throws IOException {
        JsonResponse response = callBack(id, signed("m1", success(id)), success(id));

        assertThat(response.status()).isEqualTo(200);
        assertThat(found(id).requireDecision().decidedBy()).isEqualTo("credentials ci");
        assertThat(found(id).requireDecision().isSuccess()).isTrue();
    }

    @Test
    void aReplayIsADuplicate() throws IOException {
        Map<String, List<String>> headers = signed("m1", success(id));
        callBack(id, headers, success(id));
        var decision = found(id).requireDecision();

        JsonResponse again = callBack(id, headers, success(id));

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.body().get("duplicate").booleanValue()).isTrue();
        assertThat(found(id).requireDecision()).isEqualTo(decision);
    }

    @Test
    void aReplayIsOfNoUseForAnotherApproval() throws IOException {
        String body = success(id);
        Map<String, List<String>> headers = signed("m1", body);

        JsonResponse elsewhere = callBack(other, headers, body);

        assertThat(elsewhere.status()).isEqualTo(400);
        assertThat(elsewhere.body().get("message").textValue()).startsWith("The field \"approvalId\" must be the id");
        assertThat(found(other).isDecided()).isFalse();
        assertThat(callBack(id, headers, body).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", \"approvalId\": null", ", \"approvalId\": 1", ", \"approvalId\": \"\""})
    void aSignedBodyNamesItsApproval(String field) throws IOException {
        String callback = "{\"success\": true" + field + "}";
        String progress = "{\"percent\": 40" + field + "}";

        assertThat(callBack(id, signed("m1", callback), callback).status()).isEqualTo(400);
        assertThat(endpoint.progress(request(id, signed("m2", progress), progress))
                        .status())
                .isEqualTo(400);
        assertThat(found(id).isDecided()).isFalse();
    }

    @Test
    void progressMayBeSigned() {
        String body = "{\"percent\": 40, \"approvalId\": \"" + id + "\"}";

        assertThat(endpoint.progress(request(id, signed("m1", body), body)).status())
                .isEqualTo(200);
    }

    /** What a signed rehearsal says would be good for a callback. */
    @Test
    void aRehearsalNeedsAToken() {
        String body = success(id);

        JsonResponse response = endpoint.rehearse(request(id, signed("m1", body), body));

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.body().get("message").textValue()).startsWith("This request has no token");
    }

    @Test
    void tokenNeedsNoApprovalIdInTheBody() {
        assertThat(endpoint.handle(withToken("Bearer " + tokens.tokenFor(id), success("of the caller")))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void eachOfTwoSecretsCountsWhileOneIsRotated() throws IOException {
        String rotated = "whsec_" + "B".repeat(32);
        secret = rotated + " " + SECRET;
        assertThat(callBack(id, signed("m1", success(id)), success(id)).status())
                .isEqualTo(200);

        secret = rotated;
        assertThat(callBack(other, signed("m2", success(other)), success(other)).status())
                .isEqualTo(401);
    }

    private static Map<String, List<String>> with(Map<String, List<String>> headers, String name, String... values) {
        var changed = new HashMap<>(headers);
        changed.put(name, List.of(values));
        return changed;
    }

    /** Whatever is wrong, and whether or not the approval is there: one answer. */
    @Test
    void strangersLearnNothing() throws IOException {
        Map<String, List<String>> right = signed("m1", SUCCESS);
        clock.set(clock.instant().minusSeconds(400));
        Map<String, List<String>> old = signed("m1", SUCCESS);
        clock.set(clock.instant().plusSeconds(400));
        String cut = right.get(StandardWebhooks.SIGNATURE).get(0).substring(0, 20);
        List<Map<String, List<String>>> all = List.of(
                old,
                with(right, StandardWebhooks.SIGNATURE, "v1," + "A".repeat(43) + "="),
                with(right, StandardWebhooks.SIGNATURE, cut),
                with(right, StandardWebhooks.ID, "m2"),
                with(right, StandardWebhooks.ID),
                with(right, StandardWebhooks.TIMESTAMP, "now"));
        String ended = newApproval("ci");
        approvals.apply(ended, new Event.Aborted("stopped"));
        JsonResponse first = callBack(id, all.get(0), SUCCESS);

        assertThat(first.status()).isEqualTo(401);
        assertThat(first.body().get("error").textValue()).isEqualTo("invalid_token");
        for (Map<String, List<String>> headers : all) {
            for (String approval : List.of(id, other, newApproval("another"), ended, tokens.newId(), "invented")) {
                assertThat(callBack(approval, headers, SUCCESS)).isEqualTo(first);
                assertThat(callBack(approval, headers, "{\"succ")).isEqualTo(first);
                assertThat(endpoint.progress(request(approval, headers, SUCCESS)))
                        .isEqualTo(first);
            }
        }
        assertThat(found(id).isDecided()).isFalse();
    }

    @Test
    void whoMaySignGetsTheAnswersOfTheContract() throws IOException {
        assertThat(callBack("invented", signed("m1", SUCCESS), SUCCESS).status())
                .isEqualTo(404);
        assertThat(callBack(newApproval("another"), signed("m2", SUCCESS), SUCCESS)
                        .status())
                .isEqualTo(403);
        assertThat(callBack(id, signed("m3", "{}"), "{}").status()).isEqualTo(400);
        assertThat(callBack(id, signed("m4", success(id)), success(id)).status())
                .isEqualTo(200);
        String failure = "{\"success\": false, \"approvalId\": \"" + id + "\"}";
        assertThat(callBack(id, signed("m5", failure), failure).status()).isEqualTo(409);
    }

    @Test
    void refusesALargeBodyWithoutALookAtTheApproval() {
        String body = "x".repeat(RequestBody.MAX_BYTES + 1);

        JsonResponse response = callBack(id, signed("m1", body), body);

        assertThat(response.status()).isEqualTo(413);
        assertThat(callBack("invented", signed("m1", body), body)).isEqualTo(response);
    }

    @Test
    void aTokenThatIsWrongIsNotMadeGoodByASignature() {
        assertThat(endpoint.handle(withToken("Bearer wrong", success(id))).status())
                .isEqualTo(401);
    }

    @Test
    void aSignatureCountsBesideTheCredentialsOfAProxy() {
        assertThat(endpoint.handle(withToken("Basic dTpw", success(id))).status())
                .isEqualTo(200);
    }

    /** They hold threads of Jenkins, and nobody knows who they are. */
    @Test
    void fewAreVerifiedAtOnce() throws Exception {
        String body = success(id);
        Map<String, List<String>> headers = signed("m1", body);
        var found = new CountDownLatch(1);
        var asking = new CountDownLatch(UnknownCallers.MOST);
        lookUp = () -> {
            asking.countDown();
            await(found);
        };
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<JsonResponse>> slow = new ArrayList<>();
        for (int i = 0; i < UnknownCallers.MOST; i++) {
            slow.add(threads.submit(() -> endpoint.handle(request(id, headers, body))));
        }
        asking.await();

        JsonResponse refused = callBack(other, signed("m2", success(other)), success(other));
        JsonResponse withToken = endpoint.handle(withToken("Bearer " + tokens.tokenFor(id), body));
        found.countDown();

        assertThat(refused.status()).isEqualTo(503);
        assertThat(withToken.status()).isEqualTo(200);
        for (Future<JsonResponse> each : slow) {
            assertThat(each.get().status()).isEqualTo(200);
        }
        threads.shutdown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException x) {
            throw new AssertionError(x);
        }
    }
}
