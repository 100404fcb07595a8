package io.jenkins.plugins.armory.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.callback.signed.CallerSecrets.CallerSecret;
import io.jenkins.plugins.armory.callback.signed.SignatureHeaders;
import io.jenkins.plugins.armory.callback.signed.SignatureVerifier;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.CallbackTokensTest;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.signature.SigningSecrets;
import io.jenkins.plugins.armory.signature.StandardWebhooks;
import io.jenkins.plugins.armory.storage.ApprovalStore;
import io.jenkins.plugins.armory.storage.UsedMessageLog;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
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
    private static final String SECRET_OF_B = "whsec_" + "B".repeat(32);
    private static final int ROOM = 100;
    private static final String SUCCESS = "{\"success\": true}";
    private static final String PROGRESS = "{\"percent\": 40}";

    @TempDir
    private Path folder;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final CallbackTokens tokens = CallbackTokensTest.withKey("test");
    private final MutableClock clock = new MutableClock(Instant.now());
    private final List<String> addresses = new ArrayList<>();
    private String secret = SECRET;
    private String secretOfB = SECRET_OF_B;
    private Approvals approvals;
    private CallbackEndpoint endpoint;
    private String id;
    private String other;

    @BeforeEach
    void create() throws IOException {
        approvals = new Approvals(
                ApprovalStore.open(folder.resolve("a"), jobId -> null).folding(timer, Runnable::run),
                timer,
                Runnable::run,
                Clock.systemUTC(),
                (approval, user) -> List.of(0),
                approval -> {});
        start();
        id = newApproval("ci");
        other = newApproval("ci");
    }

    /** Starts the endpoint, as after a restart of Jenkins. */
    private void start() throws IOException {
        endpoint = new CallbackEndpoint(
                approvals,
                tokens,
                new CallerIdentification(
                        List.of(TokenVerifier.ofApprovals(tokens)),
                        new SignatureVerifier(this::secrets, clock),
                        UsedMessageLog.open(folder.resolve("m"), clock, clock, ROOM)),
                () -> false,
                Clock.systemUTC());
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    /** Approvals with the credential "b" have a secret that the other team does not know. */
    private List<CallerSecret> secrets(Optional<Approval> approval) {
        boolean ofB = approval.filter(each -> "b".equals(each.callbackCredentialsId()))
                .isPresent();
        String name = ofB ? "b" : "ci";
        return List.of(new CallerSecret(
                ofB ? secretOfB : secret,
                Caller.of("credentials " + name, each -> name.equals(each.callbackCredentialsId()))));
    }

    private String newApproval(String credentialsId) throws IOException {
        String newId = tokens.newId();
        approvals.create(ApprovalTerms.of(newId, new BuildRef("deploy", 1))
                .webhook("tests")
                .callers(credentialsId, List.of())
                .timeout(Instant.now(), Duration.ofHours(1))
                .start());
        return newId;
    }

    private Approval found(String approval) throws IOException {
        return approvals.find(approval).orElseThrow();
    }

    private SignatureHeaders signed(String message, String body) {
        return signed(SECRET, message, body);
    }

    private SignatureHeaders signed(String key, String message, String body) {
        return new SignatureHeaders(
                List.of(message),
                List.of(Long.toString(clock.instant().getEpochSecond())),
                List.of(StandardWebhooks.sign(
                        SigningSecrets.of(key), message, clock.instant(), body.getBytes(StandardCharsets.UTF_8))),
                List.of());
    }

    private static SignatureHeaders gitHub(String text, String body) {
        byte[] mac = StandardWebhooks.mac(
                text.getBytes(StandardCharsets.UTF_8), new byte[0], body.getBytes(StandardCharsets.UTF_8));
        return new SignatureHeaders(
                List.of(),
                List.of(),
                List.of(),
                List.of("sha256=" + HexFormat.of().formatHex(mac)));
    }

    private CallbackRequest request(String approval, SignatureHeaders headers, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        addresses.add("192.0.2." + addresses.size()); // each of its own, so that none is rate-limited
        return new CallbackRequest(
                "POST",
                approval,
                List.of(),
                List.of(),
                headers,
                addresses.get(addresses.size() - 1),
                new RequestBody("application/json", bytes.length, new ByteArrayInputStream(bytes)));
    }

    private JsonResponse callBack(String approval, SignatureHeaders headers, String body) {
        return endpoint.handle(request(approval, headers, body));
    }

    private void assertReplayOf(String approval, JsonResponse response) {
        assertThat(response.status()).as("%s", response).isEqualTo(401);
        assertThat(endpoint.rejected().of(approval).get(0).reason()).contains("the message was used before");
    }

    @Test
    void decidesWithASignature() throws IOException {
        JsonResponse response = callBack(id, signed("m1", SUCCESS), SUCCESS);

        assertThat(response.status()).isEqualTo(200);
        assertThat(found(id).requireDecision().decidedBy()).isEqualTo("credentials ci");
        assertThat(found(id).requireDecision().isSuccess()).isTrue();
    }

    /** An approval's id is no secret, and what a service would naturally sign its one message with. */
    @Test
    void anIdIsFreeForEachSecretWhateverOthersSignWithTheirs() throws IOException {
        String approvalOfB = newApproval("b");

        assertThat(callBack(approvalOfB, signed(SECRET_OF_B, id, SUCCESS), SUCCESS)
                        .status())
                .isEqualTo(200);
        assertThat(callBack(id, signed(id, SUCCESS), SUCCESS).status()).isEqualTo(200);
        start();
        assertThat(callBack(approvalOfB, signed(SECRET_OF_B, other, SUCCESS), SUCCESS)
                        .status())
                .isEqualTo(200);
        assertThat(callBack(other, signed(other, SUCCESS), SUCCESS).status()).isEqualTo(200);
    }

    /** Each of two credentials with one secret would take what was signed for the other. */
    @Test
    void messageIsUsedOnceWhereTwoCredentialsHaveOneSecret() throws IOException {
        secretOfB = SECRET;
        SignatureHeaders headers = signed("m1", SUCCESS);
        assertThat(callBack(id, headers, SUCCESS).status()).isEqualTo(200);

        String approvalOfB = newApproval("b");
        assertReplayOf(approvalOfB, callBack(approvalOfB, headers, SUCCESS));
    }

    /** A message of the old secret is not new because there is another one beside it, or in another order. */
    @Test
    void messageIsUsedOnceWhileTheSecretIsRotated() throws IOException {
        SignatureHeaders headers = signed("m1", SUCCESS);
        assertThat(callBack(id, headers, SUCCESS).status()).isEqualTo(200);

        for (String rotated : List.of(SECRET_OF_B + " " + SECRET, SECRET + " " + SECRET_OF_B)) {
            secret = rotated;
            assertReplayOf(other, callBack(other, headers, SUCCESS));
        }
    }

    /** The sender signs with both secrets, and Jenkins learns of the new one when the message was used already. */
    @Test
    void messageOfBothSecretsIsUsedOnceWhileTheyAreRotated() throws IOException {
        SignatureHeaders headers = signed(SECRET + " " + SECRET_OF_B, "m1", SUCCESS);
        assertThat(callBack(id, headers, SUCCESS).status()).isEqualTo(200);
        secret = SECRET_OF_B + " " + SECRET;

        assertReplayOf(other, callBack(other, headers, SUCCESS));
    }

    @Test
    void whoHasNoRightSecretWritesNothing() throws IOException {
        for (SignatureHeaders headers : List.of(signed(SECRET_OF_B, "m1", SUCCESS), signed("m2", "{}"))) {
            assertThat(callBack(id, headers, SUCCESS).status()).isEqualTo(401);
            assertThat(endpoint.progress(request(id, headers, SUCCESS)).status())
                    .isEqualTo(401);
        }
        assertThat(callBack("invented", signed("m3", SUCCESS), SUCCESS).status())
                .isEqualTo(404);

        assertThat(folder.resolve("m")).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", SUCCESS})
    void whoSendsAllTheyCanTakesNoRoomFromOthers(String body) throws IOException {
        String approvalOfB = newApproval("b");
        JsonResponse last = null;
        for (int i = 0; i <= ROOM; i++) {
            last = callBack(approvalOfB, signed(SECRET_OF_B, "m" + i, body), body);
        }

        assertThat(last.status()).isEqualTo(503);
        assertThat(callBack(id, signed("m1", SUCCESS), SUCCESS).status()).isEqualTo(200);
        start();
        assertThat(callBack(other, signed("m2", SUCCESS), SUCCESS).status()).isEqualTo(200);
        assertThat(callBack(approvalOfB, signed(SECRET_OF_B, "m-last", body), body)
                        .status())
                .isEqualTo(503);
    }

    @Test
    void sameMessageAgainGetsTheSameAnswerAndChangesNothing() throws IOException {
        SignatureHeaders headers = signed("m1", SUCCESS);
        callBack(id, headers, SUCCESS);
        var decision = found(id).requireDecision();

        JsonResponse again = callBack(id, headers, SUCCESS);
        clock.set(clock.instant().plusSeconds(30));
        JsonResponse signedAgain = callBack(id, signed("m1", SUCCESS), SUCCESS);

        for (JsonResponse each : List.of(again, signedAgain)) {
            assertThat(each.status()).isEqualTo(200);
            assertThat(each.body().get("duplicate").booleanValue()).isTrue();
        }
        assertThat(found(id).requireDecision()).isEqualTo(decision);
    }

    @Test
    void messageIsOfNoUseForAnotherApproval() throws IOException {
        SignatureHeaders headers = signed("m1", SUCCESS);
        callBack(id, headers, SUCCESS);

        assertReplayOf(other, callBack(other, headers, SUCCESS));
        start();
        assertReplayOf(other, callBack(other, headers, SUCCESS));
        clock.set(clock.instant().plus(Duration.ofMinutes(5)));
        assertReplayOf(other, callBack(other, headers, SUCCESS));
        clock.set(clock.instant().plusSeconds(1));

        assertThat(callBack(other, headers, SUCCESS).status()).isEqualTo(401);
        assertThat(endpoint.rejected().of(other).get(0).reason()).startsWith("signed 301 s ago");
        assertThat(found(other).isDecided()).isFalse();
    }

    /** The approval that it was sent to names another credential, or its build is gone. */
    @Test
    void messageThatIsRefusedWhereItWasSentIsOfNoUseForAnotherApprovalEither() throws IOException {
        SignatureHeaders forbidden = signed("m1", SUCCESS);
        assertThat(callBack(newApproval("another"), forbidden, SUCCESS).status())
                .isEqualTo(403);
        SignatureHeaders gone = signed("m2", SUCCESS);
        assertThat(callBack(tokens.newId(), gone, SUCCESS).status()).isEqualTo(410);
        start();

        assertReplayOf(id, callBack(id, forbidden, SUCCESS));
        assertReplayOf(id, callBack(id, gone, SUCCESS));
        assertThat(found(id).isDecided()).isFalse();
    }

    @Test
    void rehearsalIsNoCallback() throws IOException {
        SignatureHeaders headers = signed("m1", SUCCESS);
        assertThat(endpoint.rehearse(request(id, headers, SUCCESS)).status()).isEqualTo(200);
        assertThat(endpoint.rehearse(request(id, headers, SUCCESS)).status()).isEqualTo(200);

        assertReplayOf(id, callBack(id, headers, SUCCESS));
        start();
        assertReplayOf(id, callBack(id, headers, SUCCESS));
        assertThat(found(id).isDecided()).isFalse();
    }

    /** Such a signature has neither a time nor an id, so the body alone can say that it is none of a callback. */
    @ParameterizedTest
    @ValueSource(strings = {"true", "\"true\"", "1", "{}"})
    void rehearsalThatIsSignedAsGitHubDoesIsNoCallback(String value) throws IOException {
        String body = "{\"success\": true, \"approvalId\": \"" + id + "\", \"rehearsal\": " + value + "}";
        SignatureHeaders headers = gitHub(SECRET, body);

        assertThat(endpoint.rehearse(request(id, headers, body)).status()).isEqualTo(value.equals("true") ? 200 : 400);
        JsonResponse replay = callBack(id, headers, body);

        assertThat(replay.status()).isEqualTo(400);
        assertThat(replay.body().get("message").textValue())
                .isEqualTo(
                        "The field \"rehearsal\" says that nothing is to be decided: send the body to /test, or leave"
                                + " the field out.");
        assertThat(found(id).isDecided()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", \"rehearsal\": false", ", \"rehearsal\": null"})
    void bodyThatIsSignedAsGitHubDoesIsForACallbackUnlessItIsARehearsal(String field) throws IOException {
        String body = "{\"success\": true, \"approvalId\": \"" + id + "\"" + field + "}";
        SignatureHeaders headers = gitHub(SECRET, body);

        JsonResponse rehearsal = endpoint.rehearse(request(id, headers, body));

        assertThat(rehearsal.status()).isEqualTo(400);
        assertThat(rehearsal.body().get("message").textValue())
                .startsWith("The field \"rehearsal\" is not true.")
                .endsWith("rehearse with \"rehearsal\": true, which no callback may have, or without a body.");
        assertThat(callBack(id, headers, body).status()).isEqualTo(200);
    }

    /** The id of a message belongs to its first use, and a token is not in the body. */
    @Test
    void fieldOfRehearsalsIsIgnoredWhereTheBodyIsNotAllThatIsSigned() {
        String body = "{\"success\": true, \"rehearsal\": true}";

        assertThat(endpoint.rehearse(request(id, signed("m1", body), body)).status())
                .isEqualTo(200);
        assertThat(callBack(id, signed("m1", body), body).status()).isEqualTo(401);
        assertThat(callBack(id, signed("m2", body), body).status()).isEqualTo(200);
    }

    @Test
    void rehearsalWithoutABodyIsNoCallbackHoweverItIsSigned() throws IOException {
        for (SignatureHeaders headers : List.of(gitHub(SECRET, ""), signed("m1", ""))) {
            assertThat(endpoint.rehearse(request(id, headers, "")).status()).isEqualTo(200);
            assertThat(callBack(id, headers, "").status()).isBetween(400, 401);
        }
        assertThat(found(id).isDecided()).isFalse();
    }

    @Test
    void progressCountsOnce() {
        SignatureHeaders headers = signed("m1", PROGRESS);
        assertThat(endpoint.progress(request(id, headers, PROGRESS)).status()).isEqualTo(200);

        assertReplayOf(id, endpoint.progress(request(id, headers, PROGRESS)));
        assertReplayOf(other, endpoint.progress(request(other, headers, PROGRESS)));
        clock.set(clock.instant().plusSeconds(1));
        assertThat(endpoint.progress(request(id, signed("m1", PROGRESS), PROGRESS))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"percent\": 40, \"success\": true}", "{\"success\": true, \"mdMessage\": \"\"}", SUCCESS})
    void progressIsNoCallbackAfterARestartEither(String body) throws IOException {
        SignatureHeaders headers = signed("m1", body);
        assertThat(endpoint.progress(request(id, headers, body)).status()).isEqualTo(400);

        assertReplayOf(id, callBack(id, headers, body));
        start();
        assertReplayOf(id, callBack(id, headers, body));
        assertReplayOf(other, callBack(other, headers, body));
        assertThat(found(id).isDecided()).isFalse();
        assertThat(found(other).isDecided()).isFalse();
    }

    /** Reports that are accepted are not written, so that thousands may come every second. None of them has {@code success}. */
    @Test
    void progressThatIsAcceptedHasNothingToDecideWith() throws IOException {
        SignatureHeaders headers = signed("m1", PROGRESS);
        assertThat(endpoint.progress(request(id, headers, PROGRESS)).status()).isEqualTo(200);
        start();

        JsonResponse response = callBack(id, headers, PROGRESS);

        assertThat(response.status()).isEqualTo(400);
        assertThat(response.body().get("message").textValue()).startsWith("The field \"success\" is missing");
        assertThat(found(id).isDecided()).isFalse();
    }

    @Test
    void signedIdOfAnApprovalBindsTheBodyToIt() throws IOException {
        String body = "{\"success\": true, \"approvalId\": \"" + id + "\"}";

        for (SignatureHeaders headers : List.of(signed("m1", body), gitHub(SECRET, body))) {
            JsonResponse elsewhere = callBack(other, headers, body);
            assertThat(elsewhere.status()).isEqualTo(400);
            assertThat(elsewhere.body().get("message").textValue()).contains("\"approvalId\" is signed");
        }
        String wrong = "{\"success\": true, \"approvalId\": null}";
        assertThat(callBack(id, gitHub(SECRET, wrong), wrong).status()).isEqualTo(400);
        JsonResponse unnamed = callBack(id, gitHub(SECRET, SUCCESS), SUCCESS);
        assertThat(unnamed.status()).isEqualTo(400);
        assertThat(unnamed.body().get("message").textValue()).contains("\"approvalId\" is missing");
        assertThat(found(other).isDecided()).isFalse();
        assertThat(callBack(id, gitHub(SECRET, body), body).status()).isEqualTo(200);
    }

    @Test
    void tokenNeedsNoApprovalIdInTheBody() {
        String body = "{\"success\": true, \"approvalId\": \"of the caller\"}";
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);

        assertThat(endpoint.handle(new CallbackRequest(
                                "POST",
                                id,
                                List.of("Bearer " + tokens.tokenFor(id)),
                                List.of(),
                                SignatureHeaders.NONE,
                                "192.0.2.1",
                                new RequestBody("application/json", bytes.length, new ByteArrayInputStream(bytes))))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void eachOfTwoSecretsCountsWhileOneIsRotated() throws IOException {
        secret = "whsec_" + "B".repeat(32) + " " + SECRET;
        assertThat(callBack(id, signed("m1", SUCCESS), SUCCESS).status()).isEqualTo(200);
        String named = "{\"success\": true, \"approvalId\": \"" + other + "\"}";
        assertThat(callBack(other, gitHub(SECRET, named), named).status()).isEqualTo(200);

        secret = "whsec_" + "B".repeat(32);
        String next = newApproval("ci");
        assertThat(callBack(next, signed("m2", SUCCESS), SUCCESS).status()).isEqualTo(401);
        assertThat(callBack(next, gitHub(SECRET, SUCCESS), SUCCESS).status()).isEqualTo(401);
    }

    /** Whatever is wrong, and whether or not the approval is there: one answer. */
    @Test
    void strangersLearnNothing() throws IOException {
        SignatureHeaders right = signed("m1", SUCCESS);
        clock.set(clock.instant().minusSeconds(400));
        SignatureHeaders old = signed("m1", SUCCESS);
        clock.set(clock.instant().plusSeconds(400));
        String wrongSignature = "v1," + "A".repeat(43) + "=";
        List<SignatureHeaders> all = List.of(
                old,
                new SignatureHeaders(right.id(), right.timestamp(), List.of(wrongSignature), List.of()),
                new SignatureHeaders(
                        right.id(),
                        right.timestamp(),
                        List.of(right.signature().get(0).substring(0, 20)),
                        List.of()),
                new SignatureHeaders(List.of("m2"), right.timestamp(), right.signature(), List.of()),
                new SignatureHeaders(List.of(), right.timestamp(), right.signature(), List.of()),
                new SignatureHeaders(right.id(), List.of("now"), right.signature(), List.of()),
                gitHub("another", SUCCESS),
                new SignatureHeaders(List.of(), List.of(), List.of(), List.of("sha256=")));
        String ended = newApproval("ci");
        approvals.remove(List.of(ended));
        JsonResponse first = callBack(id, all.get(0), SUCCESS);

        assertThat(first.status()).isEqualTo(401);
        assertThat(first.body().get("error").textValue()).isEqualTo("invalid_token");
        for (SignatureHeaders headers : all) {
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
        assertThat(callBack(id, signed("m4", SUCCESS), SUCCESS).status()).isEqualTo(200);
        String failure = "{\"success\": false}";
        assertThat(callBack(id, signed("m5", failure), failure).status()).isEqualTo(409);
    }

    @Test
    void refusesALargeBodyWithoutALookAtTheApproval() {
        String body = "x".repeat(RequestBody.MAX_BYTES + 1);

        JsonResponse response = callBack(id, signed("m1", body), body);

        assertThat(response.status()).isEqualTo(413);
        assertThat(callBack("invented", gitHub("another", body), body)).isEqualTo(response);
    }

    @Test
    void aTokenThatIsWrongIsNotMadeGoodByASignature() {
        CallbackRequest request = request(id, signed("m1", SUCCESS), SUCCESS);

        assertThat(endpoint.handle(new CallbackRequest(
                                "POST",
                                id,
                                List.of("Bearer wrong"),
                                List.of(),
                                request.signatures(),
                                "192.0.2.1",
                                request.body()))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void aSignatureCountsBesideTheCredentialsOfAProxy() {
        CallbackRequest request = request(id, signed("m1", SUCCESS), SUCCESS);

        assertThat(endpoint.handle(new CallbackRequest(
                                "POST",
                                id,
                                List.of("Basic dTpw"),
                                List.of(),
                                request.signatures(),
                                "192.0.2.1",
                                request.body()))
                        .status())
                .isEqualTo(200);
    }
}
