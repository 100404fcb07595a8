package io.jenkins.plugins.armory.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Channel;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.ManualTimer;
import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.call.FakeRequests.Call;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.store.TestBuilds;
import io.jenkins.plugins.armory.store.disk.UntilWritten;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.Judgement;
import io.jenkins.plugins.armory.webhook.RetryRules;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallLoopTest {

    private static final String ID = "a1";

    @TempDir
    private Path folder;

    private final MutableClock clock = new MutableClock(Instant.now());
    private final ManualTimer timer = new ManualTimer(clock);
    private final FakeRequests requests = new FakeRequests(false);
    private final List<Call> calls = requests.calls;
    private final List<String> log = new ArrayList<>();
    private boolean chanceIsBroken;
    /** The names of jobs that were renamed, by their ids. */
    private Approvals approvals;

    private CallLoop loop;

    private static Webhook webhook(String name) {
        return Webhook.named(name)
                .uriTemplate("http://ci.example.com/")
                .retry(RetryRules.ofCount(1))
                .build();
    }

    @BeforeEach
    void create() throws IOException {
        open();
        create(ID, webhook("w"), Channel.CALLBACK);
        attach();
    }

    private void create(String id, Webhook webhook, Channel... channels) throws IOException {
        create("job", id, webhook, channels);
    }

    private void create(String job, String id, Webhook webhook, Channel... channels) throws IOException {
        TestBuilds.create(
                approvals,
                TestApproval.of(id, new BuildRef(job, 1))
                        .webhook(webhook.name())
                        .through(Set.of(channels))
                        .timeout(clock.instant(), Duration.ofHours(1))
                        .calls(TestApproval.calls(webhook, webhook("cancel"), Map.of()))
                        .start());
    }

    private void open() throws IOException {
        connect();
        loop.open();
    }

    private void connect() throws IOException {
        approvals = TestBuilds.below(folder).open(timer.service(), Runnable::run, clock, approval -> {});
        loop = new CallLoop(
                approvals,
                requests,
                requests.permits(),
                new UntilWritten(timer.service(), Runnable::run),
                this::chance,
                clock);
        approvals.takeUpAll(List.of());
    }

    private double chance() {
        if (chanceIsBroken) {
            throw new IllegalStateException("there is no chance");
        }
        return 0.99;
    }

    private void attach() throws IOException {
        approvals.attach(ID, new NotingObserver(log));
    }

    private void restart() throws IOException {
        stop();
        open();
    }

    private void stop() {
        approvals.close();
        calls.clear();
    }

    private void awaitNextAttempt() {
        assertThat(calls).isEmpty();
        timer.pass(Duration.ofSeconds(1));
        assertThat(calls).hasSize(1);
    }

    private Approval approval() throws IOException {
        return approvals.find(ID).orElseThrow();
    }

    private void assertClosed() throws IOException {
        assertThat(approval().isClosed()).isTrue();
    }

    private void assertOnlyCancelIsCalled() {
        assertThat(calls).extracting(Call::webhook).containsExactly("cancel");
    }

    private void assertDecided(String id, Decision.Outcome outcome, String mdMessage) throws IOException {
        assertThat(decision(id)).returns(outcome, Decision::outcome).returns(mdMessage, Decision::mdMessage);
    }

    /** Has the webhook take its call. */
    private void deliverAndTake() throws IOException {
        loop.deliver(ID);
        answer(OK);
    }

    private void abort() throws IOException {
        approvals.apply(ID, new Event.Aborted("stopped"));
    }

    private void answer(CallResult result) {
        calls.remove(0).answer(result);
    }

    /** Answers a call while nothing can be written, and lets a minute pass after that. */
    private void answerWhileTheDiskIsFull(CallResult result) throws IOException {
        TestBuilds.breakLogs(folder);
        answer(result);
        TestBuilds.mendLogs(folder);
        timer.pass(Duration.ofMinutes(1));
    }

    private void createJudged(String id) throws IOException {
        Webhook gate =
                webhook("gate").withAnswer(AnswerRule.ofAnswer(null, "/state", List.of("passed"), List.of("failed")));
        create(id, gate, Channel.ANSWER);
    }

    private static CallResult said(Judgement.Verdict verdict, String finding) {
        return CallResult.judged(200, "{}", new Judgement(verdict, finding), null, Map.of(), null);
    }

    @Test
    void theAnswerDecidesByItsRule() throws IOException {
        createJudged("g1");
        createJudged("g2");
        createJudged("g3");
        createJudged("g4");

        loop.deliver("g1");
        answer(said(Judgement.Verdict.SUCCESS, "/state is \"passed\""));
        loop.deliver("g2");
        answer(said(Judgement.Verdict.FAILURE, "/state is \"failed\""));
        loop.deliver("g3");
        answer(said(Judgement.Verdict.NEITHER, "/state is 7"));
        loop.deliver("g4");
        answer(CallResult.refused(422, "http://ci.example.com answered 422", false, null, ""));

        assertThat(decision("g1"))
                .returns(Decision.Outcome.SUCCESS, Decision::outcome)
                .returns("/state is \"passed\"", Decision::mdMessage)
                .returns("answer of http://ci.example.com", Decision::decidedBy);
        assertDecided("g2", Decision.Outcome.FAILURE, "/state is \"failed\"");
        assertDecided(
                "g3",
                Decision.Outcome.FAILURE,
                "/state is 7, which is neither success (\"passed\") nor failure (\"failed\")");
        assertDecided("g4", Decision.Outcome.FAILURE, "http://ci.example.com answered 422. Success is 200-299.");
        assertThat(calls).as("nothing is cancelled").isEmpty();
    }

    private Decision decision(String id) throws IOException {
        return approvals.find(id).orElseThrow().requireDecision();
    }

    @Test
    void anAnswerAfterWhichCallsAreRepeatedIsRepeatedBeforeAnythingIsDecided() throws IOException {
        createJudged("g1");
        loop.deliver("g1");
        answer(REFUSED);
        awaitNextAttempt();
        answer(said(Judgement.Verdict.SUCCESS, "/state is \"passed\""));
        assertThat(decision("g1").outcome()).isEqualTo(Decision.Outcome.SUCCESS);

        createJudged("g2");
        loop.deliver("g2");
        answer(REFUSED);
        awaitNextAttempt();
        answer(REFUSED);
        assertThat(decision("g2").outcome()).isEqualTo(Decision.Outcome.NOT_SENT);
    }

    /** Creates an approval whose time begins with its call. */
    private void createUncalled(String id) throws IOException {
        TestBuilds.create(
                approvals,
                TestApproval.of(id, new BuildRef("job", 1))
                        .webhook("w")
                        .timeout(clock.instant(), Duration.ofHours(1))
                        .terms(terms -> terms.fromCall(true))
                        .calls(TestApproval.calls(webhook("w"), null, Map.of()))
                        .start());
    }

    private void assertCalled(String... ids) {
        assertThat(calls).extracting(Call::approval).containsExactly(ids);
    }

    @Test
    void aTimeLimitFromTheCallBeginsOnceThatIsWritten() throws IOException {
        createUncalled("s1");
        TestBuilds.breakLogs(folder);
        loop.deliver("s1");
        assertThat(calls).isEmpty();
        TestBuilds.mendLogs(folder);
        timer.pass(Duration.ofSeconds(5));
        assertCalled("s1");
        assertThat(approvals.find("s1").orElseThrow().deadline())
                .isEqualTo(clock.instant().truncatedTo(ChronoUnit.MILLIS).plus(Duration.ofHours(1)));
    }

    private static final CallResult OK = CallResult.accepted(202, "queued", Map.of());
    private static final CallResult REFUSED = CallResult.refused(503, "answered 503", true, null, "busy");

    @Test
    void callsTheWebhookOnceItMayAndNotesThatItWasTaken() throws IOException {
        assertThat(calls).isEmpty();

        loop.deliver(ID);
        assertThat(calls).extracting(Call::key).containsExactly(ID);
        answer(OK);

        assertThat(approval().state()).isEqualTo(Approval.State.WAITING);
        assertThat(approval().lastAttempt().status()).isEqualTo(202);
        assertThat(log).containsExactly("Calling webhook 'w': POST http://ci.example.com/");
    }

    /** The service chooses the id itself, and says it in its answer alone. */
    @Test
    void whatTheStatusNeedsOfTheAnswerIsKeptOrEndsTheApproval() throws IOException {
        Webhook question = Webhook.named("status")
                .method("GET")
                .uriTemplate("http://ci.example.com/runs/{{answer.id}}")
                .disableCallback(true)
                .answer(AnswerRule.ofStatus("/state", null, List.of("passed"), List.of()))
                .build();
        for (String id : List.of("told", "untold")) {
            TestBuilds.create(
                    approvals,
                    TestApproval.of(id, new BuildRef("job", 1))
                            .webhook("w")
                            .through(Set.of(Channel.STATUS))
                            .timeout(clock.instant(), Duration.ofHours(1))
                            .calls(new OutgoingCalls(
                                    webhook("w"),
                                    webhook("cancel"),
                                    new StatusCheck(question, Duration.ofMinutes(1)),
                                    null,
                                    Map.of(),
                                    Map.of()))
                            .start());
        }

        loop.deliver("told");
        answer(CallResult.accepted(201, "{}", Map.of("answer.id", "47")));
        loop.deliver("untold");
        answer(CallResult.accepted(201, "{}", Map.of()));

        assertThat(TestBuilds.opened(folder).find("told").orElseThrow())
                .returns(Approval.State.WAITING, Approval::state)
                .extracting(approval -> approval.lastAttempt().found())
                .isEqualTo(Map.of("answer.id", "47"));
        assertThat(calls)
                .as("what it has begun is cancelled")
                .extracting(Call::webhook)
                .containsExactly("cancel");
        assertThat(decision("untold"))
                .returns(Decision.Outcome.NOT_SENT, Decision::outcome)
                .extracting(Decision::mdMessage)
                .asString()
                .contains("answered 201 without a value for {{answer.id}}, which status needs");
    }

    @Test
    void repeatsWhatDidNotGetThroughWithTheSameKeyUntilItHasTriedEnough() throws IOException {
        loop.deliver(ID);
        answer(REFUSED);
        awaitNextAttempt();
        assertThat(calls.get(0).key()).isEqualTo(ID);
        answer(REFUSED);

        assertDecided(ID, Decision.Outcome.NOT_SENT, "answered 503 (after 2 attempts)");
        assertClosed();
        assertThat(log).anyMatch(line -> line.contains(": Attempt 1 of 2 failed"));
    }

    @Test
    void aLongerRetryAfterIsFollowed() throws IOException {
        loop.deliver(ID);
        answer(CallResult.refused(429, "answered 429", true, Duration.ofMinutes(2), ""));

        timer.pass(Duration.ofSeconds(119));
        assertThat(calls).isEmpty();
        awaitNextAttempt();
    }

    /** A credential may be of a vault that does not answer. The threads that all share must not wait for it. */
    @Test
    void eachAttemptIsMadeOnAThreadOfItsOwn() throws IOException {
        requests.noThreadIsThere = true;
        loop.deliver(ID);
        create("s1", webhook("w"), Channel.CALLBACK);
        loop.deliver("s1");
        assertThat(calls).isEmpty();
        requests.withoutThread.remove().run();
        requests.withoutThread.remove().run();
        assertCalled(ID, "s1");

        answer(REFUSED);
        timer.pass(Duration.ofSeconds(1));
        assertCalled("s1");
        requests.withoutThread.remove().run();
        assertCalled("s1", ID);
    }

    @Test
    void anAttemptThatHadToWaitForItsPermitIsMadeOnAThreadOfItsOwnToo() throws IOException {
        deliverMany("noisy", 9);
        requests.noThreadIsThere = true;

        answer(OK);

        assertThat(approvals.find("noisy0").orElseThrow().state()).isEqualTo(Approval.State.WAITING);
        assertThat(callsOf("noisy")).isEqualTo(7);
        requests.withoutThread.remove().run();
        assertThat(callsOf("noisy")).isEqualTo(8);
    }

    @Test
    void aCallGoesOnOnceItsResultCanBeTaken() throws IOException {
        chanceIsBroken = true;
        loop.deliver(ID);
        answer(REFUSED);
        timer.pass(Duration.ofMinutes(1));
        assertThat(calls).as("nothing is known of the result yet").isEmpty();
        chanceIsBroken = false;

        timer.pass(Duration.ofSeconds(5));

        awaitNextAttempt();
        answer(OK);
        assertThat(approval().state()).isEqualTo(Approval.State.WAITING);
        assertThat(approval().attempts()).hasSize(2);
    }

    @Test
    void aCallThatCannotBeMadeAsItIsDefinedEndsTheApproval() throws IOException {
        requests.undeliverable = "webhook 'w': there is no secret";

        loop.deliver(ID);

        assertDecided(ID, Decision.Outcome.NOT_SENT, requests.undeliverable);
    }

    /** The secrets of the call may come from a plugin that fails in its own way. */
    @Test
    void anAttemptThatCannotBePreparedEndsTheApproval() throws IOException {
        loop.deliver(ID);
        answer(REFUSED);
        requests.vaultIsAway = true;

        timer.pass(Duration.ofSeconds(1));

        assertDecided(
                ID,
                Decision.Outcome.NOT_SENT,
                "the request cannot be made: the vault does not answer (after 2 attempts)");
        assertClosed();
    }

    /** A plugin that was updated under a running Jenkins may lack classes. */
    @Test
    void anErrorEndsTheApprovalAsAnExceptionDoes() throws IOException {
        requests.vaultIsHalfInstalled = true;

        loop.deliver(ID);

        assertDecided(ID, Decision.Outcome.NOT_SENT, "the request cannot be made: com/example/Vault");
        assertClosed();
    }

    @Test
    void aCancelWebhookThatCannotBePreparedIsCountedAsFailed() throws IOException {
        deliverAndTake();
        requests.vaultIsAway = true;

        abort();

        assertThat(loop.failedCancels()).isOne();
        assertClosed();
        assertThat(log)
                .contains(
                        "WARNING: The cancel webhook of 'w' could not be called: the request cannot be made: the vault does"
                                + " not answer");
    }

    @Test
    void aCallThatIsRefusedEndsTheApprovalOnceItCanBeWritten() throws IOException {
        loop.deliver(ID);

        answerWhileTheDiskIsFull(CallResult.refused(403, "answered 403", false, null, ""));

        assertDecided(ID, Decision.Outcome.NOT_SENT, "answered 403");
    }

    @Test
    void theAnswerOfACancelWebhookIsNotedOnceItCanBeWritten() throws IOException {
        deliverAndTake();
        abort();

        answerWhileTheDiskIsFull(OK);

        assertClosed();
        assertThat(approval().cancel().status()).isEqualTo(202);
    }

    @Test
    void nothingIsSentForAnApprovalThatEndedBeforeAndNothingIsCancelled() throws IOException {
        abort();

        loop.deliver(ID);

        assertThat(calls).isEmpty();
        assertClosed();
        assertThat(approval().cancel()).isNull();
    }

    @Test
    void anAttemptInFlightIsWaitedForBeforeAnythingIsCancelled() throws IOException {
        loop.deliver(ID);
        Call inFlight = calls.remove(0);
        abort();
        assertThat(calls).isEmpty();

        inFlight.answer(CallResult.lost("the answer was lost"));

        assertOnlyCancelIsCalled();
        assertThat(calls).extracting(Call::key).containsExactly(ID + "-cancel");
        answer(OK);
        assertThat(approval().cancel().status()).isEqualTo(202);
        assertClosed();
        assertThat(log).contains("The cancel webhook of 'w' answered 202.");
    }

    @Test
    void anAttemptThatWasRefusedLeavesNothingToCancel() throws IOException {
        loop.deliver(ID);
        answer(CallResult.notMade("refused", true));

        abort();

        assertThat(calls).isEmpty();
        assertClosed();
    }

    @Test
    void anAttemptThatStillWaitsForItsAgentIsNotMadeAnyMore() throws IOException {
        requests.agentIsAway = true;
        loop.deliver(ID);
        abort();
        assertThat(approval().isClosed()).isFalse();

        requests.drop.run();

        assertClosed();
    }

    @Test
    void aWebhookThatTookTheCallIsCancelledAlsoAfterARestart() throws IOException {
        deliverAndTake();
        restart();

        abort();

        assertOnlyCancelIsCalled();
    }

    @Test
    void aCancelWebhookThatARestartCutOffIsCalledAgainWithItsKey() throws IOException {
        deliverAndTake();
        abort();
        assertThat(calls).hasSize(1);

        restart();

        assertThat(calls).extracting(Call::key).containsExactly(ID + "-cancel");
        answer(OK);
        restart();
        assertThat(calls).isEmpty();
    }

    @Test
    void aCancelWebhookIsRepeatedAndItsFailureCounted() throws IOException {
        deliverAndTake();
        abort();
        answer(REFUSED);
        awaitNextAttempt();
        answer(REFUSED);

        assertThat(loop.failedCancels()).isOne();
        assertClosed();
        assertThat(log)
                .contains("WARNING: The cancel webhook of 'w' could not be called: answered 503 (after 2 attempts)");
    }

    @Test
    void anAttemptThatARestartCutOffMayHaveBeenTaken() throws IOException {
        loop.deliver(ID);
        restart();

        abort();

        assertOnlyCancelIsCalled();
    }

    @Test
    void anAttemptThatARestartCutOffAfterTheDecisionMayHaveBeenTaken() throws IOException {
        loop.deliver(ID);
        abort();
        assertThat(calls).as("the attempt in flight").hasSize(1);

        restart();

        assertOnlyCancelIsCalled();
    }

    @Test
    void anAttemptThatWasRefusedBeforeARestartLeavesNothingToCancel() throws IOException {
        loop.deliver(ID);
        abort();
        requests.reasonToWait = "its build is not there";
        answer(CallResult.refused(400, "answered 400", false, null, ""));
        stop();
        requests.reasonToWait = null;
        open();

        assertThat(calls).isEmpty();
        assertClosed();
    }

    /** The step is back, and looks at its approval, before Jenkins has loaded its jobs. */
    @Test
    void aStepThatIsBackBeforeTheDeliveryIsOpenTakesNoCancelWebhookAway() throws IOException {
        loop.deliver(ID);
        abort();
        stop();
        connect();

        loop.deliver(ID);
        loop.open();

        assertOnlyCancelIsCalled();
    }

    /** The deadline of a build passes while Jenkins loads its jobs. */
    @Test
    void whatEndsBeforeItsBuildIsThereIsCancelledOnceTheDeliveryIsOpen() throws IOException {
        deliverAndTake();
        stop();
        connect();
        requests.reasonToWait = "its build is not there";
        abort();
        requests.reasonToWait = null;

        loop.open();

        assertOnlyCancelIsCalled();
    }

    @Test
    void aCancelWebhookIsRepeatedForAJobThatIsRenamedMeanwhile() throws IOException {
        deliverAndTake();
        abort();
        answer(REFUSED);
        approvals.renamed("job", "renamed");

        awaitNextAttempt();

        assertThat(calls.get(0).build()).isEqualTo(new BuildRef("renamed", 1));
    }

    @Test
    void aCancelWebhookIsNotRepeatedForABuildThatIsDeletedMeanwhile() throws IOException {
        deliverAndTake();
        abort();
        answer(REFUSED);
        approvals.remove(build -> true);

        timer.pass(Duration.ofMinutes(1));

        assertThat(calls).isEmpty();
        assertThat(loop.failedCancels()).isZero();
    }

    @Test
    void nothingIsCalledWhereAPersonAloneDecides() throws IOException {
        String alone = "a2";
        TestBuilds.create(
                approvals,
                TestApproval.of(alone, new BuildRef("job", 1))
                        .timeout(clock.instant(), Duration.ofHours(1))
                        .manual(TestApproval.requirement("Go?", List.of(), 1))
                        .byPersonAlone()
                        .start());
        loop.deliver(alone);
        restart();
        loop.deliver(alone);
        approvals.apply(alone, new Event.ManualRejection("bob", ""));
        restart();

        assertThat(calls).isEmpty();
        assertThat(log).isEmpty();
        assertThat(approvals.find(alone).orElseThrow().isClosed()).isTrue();
    }

    @Test
    void nothingIsCalledAfterARestartUntilTheStepIsBack() throws IOException {
        loop.deliver(ID);
        restart();
        assertThat(calls).isEmpty();

        attach();
        loop.deliver(ID);

        assertThat(calls).extracting(Call::key).containsExactly(ID);
        assertThat(log).anyMatch(line -> line.startsWith("Jenkins went down while webhook 'w' was being called"));
    }

    @Test
    void aRetryThatWasOnlyDueIsNoCallThatARestartCutOff() throws IOException {
        loop.deliver(ID);
        answer(CallResult.refused(
                503, "answered 503", true, null, "<html>\n  <head>\n\n<title>Busy</title>" + " \n<p>".repeat(99)));
        restart();
        attach();
        loop.deliver(ID);
        assertThat(calls).isEmpty();
        timer.pass(Duration.ofSeconds(1));
        assertThat(calls).isNotEmpty();

        assertThat(log)
                .anyMatch(line -> line.startsWith("w: The answer began: <html> <head> <title>Busy</title> <p> <p>")
                        && line.endsWith("...")
                        && line.length() == "w: The answer began: ".length() + 200 + 3)
                .noneMatch(line -> line.contains("Jenkins"));
    }

    @Test
    void whetherAnAttemptThatWasDueMeanwhileWasUnderWayIsNotKnown() throws IOException {
        loop.deliver(ID);
        answer(REFUSED);
        stop();
        clock.set(clock.instant().plus(Duration.ofMinutes(1)));
        open();
        attach();
        loop.deliver(ID);
        timer.pass(Duration.ZERO);

        assertThat(calls).isNotEmpty();
        assertThat(log)
                .contains(
                        "Jenkins was down when attempt 2 of webhook 'w' was due or under way; calling it now, with the"
                                + " same Idempotency-Key.");
    }

    /** The store is open, and the step is back, before Jenkins has loaded its jobs. */
    @Test
    void whatEndsBeforeTheDeliveryIsOpenIsCancelled() throws IOException {
        stop();
        connect();
        loop.deliver(ID);
        assertThat(calls).isEmpty();
        abort();

        loop.open();

        assertOnlyCancelIsCalled();
    }

    @Test
    void aCopyOfAnotherJenkinsCallsNothing() throws IOException {
        loop.deliver(ID);
        restart();
        attach();
        requests.reasonToWait = "it was made elsewhere.";

        loop.deliver(ID);
        abort();

        assertThat(calls).isEmpty();
        assertThat(approval().isClosed()).as("left for a later start").isFalse();
        assertThat(log)
                .contains(
                        "WARNING: Webhook 'w' of approval a1 of job#1 is not called: it was made elsewhere. Jenkins looks"
                                + " again every minute.")
                .noneMatch(line -> line.startsWith("Jenkins went down"));
    }

    @Test
    void theNextAttemptComesInTimeThoughTheClockWasAheadAndIsSetBack() throws IOException {
        Instant ahead = Instant.now().plus(Duration.ofDays(1));
        approvals.apply(
                ID,
                new Event.Failed(new Attempt(
                        1,
                        ahead,
                        "http://ci.example.com",
                        503,
                        Duration.ZERO,
                        "answered 503",
                        "",
                        ahead.plusMillis(50),
                        Map.of())));
        restart();
        attach();

        loop.deliver(ID);

        awaitNextAttempt();
    }

    /** The settings of the proxy are another one's too, and Jenkins does not check all of them. */
    @Test
    void anAttemptThatCannotBeSentEndsTheApproval() throws IOException {
        requests.proxyIsMistyped = true;

        loop.deliver(ID);

        assertDecided(ID, Decision.Outcome.NOT_SENT, "the request cannot be made: port out of range: 80800");
        assertClosed();
    }

    @Test
    void anAttemptThatWouldComeAfterTheDeadlineIsNotWaitedFor() throws IOException {
        Webhook slow = Webhook.named("slow")
                .uriTemplate("http://ci.example.com/")
                .retry(RetryRules.of(5, List.of(), 24 * 60 * 60, 0))
                .build();
        create("slow", slow, Channel.CALLBACK);
        approvals.attach("slow", new NotingObserver(log));
        loop.deliver("slow");

        answer(REFUSED);

        assertThat(approvals.find("slow").orElseThrow().requireDecision().mdMessage())
                .isEqualTo("answered 503; the next attempt would be later than the deadline");
    }

    /** Creates many approvals of a job, and delivers their webhooks. */
    private void deliverMany(String job, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            String id = job + i;
            create(job, id, webhook("w"), Channel.CALLBACK);
            approvals.attach(id, new NotingObserver(log));
            loop.deliver(id);
        }
    }

    private long callsOf(String job) {
        return calls.stream().filter(call -> call.build().job().equals(job)).count();
    }

    @Test
    void callsBeyondTheLimitOfOneHostWait() throws IOException {
        deliverMany("noisy", 10);
        assertThat(callsOf("noisy")).isEqualTo(8);
        assertThat(log)
                .filteredOn(line -> line.startsWith("The call of webhook 'w' waits for its turn: "))
                .hasSize(2);

        while (!calls.isEmpty()) {
            answer(OK);
        }
        assertThat(approvals.pending())
                .noneMatch(each ->
                        each.state() == Approval.State.SENDING && !each.id().equals(ID));
    }

    /** An agent or a vault that does not answer holds the permit, and the secrets of no other call are read. */
    @Test
    void noRequestIsMadeBeforeItsPermitIsThere() throws IOException {
        deliverMany("noisy", 8);
        requests.vaultIsAway = true;
        deliverMany("late", 1);
        requests.vaultIsAway = false;

        answer(OK);

        assertThat(callsOf("late")).isEqualTo(1);
    }

    /** It was not sent, so there is nothing to await and nothing to cancel. */
    @Test
    void aCallThatWaitsForItsPermitIsNotMadeOnceItsApprovalIsDecided() throws IOException {
        deliverMany("noisy", 9);
        approvals.apply("noisy8", new Event.Aborted("stopped"));
        assertThat(approvals.find("noisy8").orElseThrow().isClosed()).isTrue();

        while (!calls.isEmpty()) {
            answer(OK);
        }
        assertThat(approvals.find("noisy8").orElseThrow().attempts()).isEmpty();
    }

    @Test
    void whatCannotBeSentGivesItsPermitBack() throws IOException {
        requests.proxyIsMistyped = true;
        deliverMany("noisy", 100);
        requests.proxyIsMistyped = false;
        requests.vaultIsHalfInstalled = true;
        deliverMany("worse", 100);
        requests.vaultIsHalfInstalled = false;

        deliverMany("job", 1);

        assertThat(calls).hasSize(1);
    }

    @Test
    void aResultCountsOnce() throws IOException {
        deliverMany("noisy", 80);
        Call first = calls.remove(0);
        first.answer(OK);
        first.answer(OK);

        assertThat(callsOf("noisy")).isEqualTo(8);
    }
}
