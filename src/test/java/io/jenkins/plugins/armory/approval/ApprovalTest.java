package io.jenkins.plugins.armory.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Approval.State;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

public class ApprovalTest {

    public static final Instant START = Instant.parse("2026-01-31T10:00:00Z");
    public static final Instant SOON = START.plusSeconds(60);
    public static final Instant DEADLINE = START.plus(Duration.ofHours(24));

    public static final Webhook WEBHOOK =
            Webhook.named("tests").uriTemplate("https://ci.example.com/").build();
    public static final OutgoingCalls CALLS = TestApproval.calls(WEBHOOK, WEBHOOK, Map.of());

    public static TestApproval terms(String id) {
        return TestApproval.of(id, new BuildRef("team/deploy", 7))
                .environment("staging")
                .webhook("tests")
                .timeout(START, Duration.ofHours(24));
    }

    public static Approval start(String id) {
        return terms(id).start();
    }

    public static Attempt attempt(int number, int status) {
        return new Attempt(
                number,
                START,
                "https://ci.example.com",
                status,
                Duration.ofMillis(12),
                status == 200 ? null : "https://ci.example.com answered " + status,
                "ok",
                null,
                Map.of());
    }

    public static Event sent() {
        return new Event.Sent(attempt(1, 200));
    }

    private final Approval sending = start("a1");
    private final Approval waiting = sending.on(sent(), SOON).approval();

    public static Event callback(boolean success) {
        return TestEvents.callback(success, "12 of 12 passed", "callback token");
    }

    /** As after the machine has slept: the answer is noted before the timer looks at the clock. */
    @Test
    void anAnswerOfTheWebhookAtTheDeadlineIsTooLateToo() {
        Approval alone = terms("a1").through(Set.of()).start();
        Approval approved = terms("a2")
                .through(Set.of())
                .manual(TestApproval.requirement("Go?", List.of(), 1))
                .start()
                .on(TestEvents.approval("alice", ""), SOON)
                .approval();

        for (Approval approval : List.of(alone, approved)) {
            Transition transition = approval.on(sent(), DEADLINE);

            assertThat(transition.answer()).isEqualTo(Answer.ENDED);
            assertThat(transition.approval().requireDecision().outcome()).isEqualTo(Outcome.TIMED_OUT);
            assertThat(transition.approval().attempts()).containsExactly(attempt(1, 200));
        }
    }

    @Test
    void keepsARecordOfItsAttempts() {
        Approval failedTwice = sending.on(new Event.Failed(attempt(1, 503)), SOON)
                .approval()
                .on(new Event.Failed(attempt(2, 0)), SOON)
                .approval();

        assertThat(failedTwice.state()).isEqualTo(State.SENDING);
        assertThat(failedTwice.attempts()).containsExactly(attempt(1, 503), attempt(2, 0));
        assertThat(failedTwice.lastAttempt()).isEqualTo(attempt(2, 0));
        assertThat(failedTwice.on(new Event.Failed(attempt(2, 0)), SOON).approval())
                .as("an attempt is noted once")
                .isEqualTo(failedTwice);
    }

    @Test
    void keepsTheNewestAttemptsOnly() {
        Approval approval = sending;
        for (int i = 1; i <= 100; i++) {
            approval = approval.on(new Event.Failed(attempt(i, 503)), SOON).approval();
        }

        assertThat(approval.attempts()).hasSize(Approval.MAX_ATTEMPTS);
        assertThat(approval.lastAttempt()).isEqualTo(attempt(100, 503));
    }

    @Test
    void isDecidedAtOnceWhereNoCallbackIsAwaited() {
        Approval alone = terms("a1").through(Set.of()).start();
        assertThat(alone.on(callback(false), SOON)).isEqualTo(new Transition(alone, Answer.NOT_AWAITED));

        Approval sent = alone.on(sent(), SOON).approval();

        assertThat(sent.decision().outcome()).isEqualTo(Outcome.SENT);
        assertThat(sent.decision().isSuccess()).isTrue();
        assertThat(sent.on(callback(false), SOON)).isEqualTo(new Transition(sent, Answer.NOT_AWAITED));
        assertThat(alone.on(new Event.DeadlineCheck(""), DEADLINE)
                        .approval()
                        .decision()
                        .outcome())
                .isEqualTo(Outcome.TIMED_OUT);
    }

    private final Approval needsBoth = needsBoth("a1").start().on(sent(), SOON).approval();

    private static Event approve() {
        return TestEvents.approval("alice", "looks good");
    }

    private static Event reject() {
        return new Event.ManualRejection("bob", "not on a Friday");
    }

    @Test
    void needsCallbackAndPersonWhereBothAreRequired() {
        Approval calledBack = needsBoth.on(callback(true), SOON).approval();
        assertThat(calledBack.state()).isEqualTo(State.WAITING);
        assertThat(calledBack.on(callback(true), SOON).answer()).isEqualTo(Answer.DUPLICATE);
        assertThat(calledBack.on(callback(false), SOON).answer()).isEqualTo(Answer.CONFLICT);

        assertThat(calledBack.on(approve(), SOON).approval().decision())
                .isEqualTo(new Decision(Outcome.SUCCESS, "12 of 12 passed", "callback token and user alice", SOON));
        assertThat(needsBoth
                        .on(approve(), SOON)
                        .approval()
                        .on(callback(true), SOON)
                        .approval()
                        .decision())
                .isEqualTo(new Decision(Outcome.SUCCESS, "12 of 12 passed", "callback token and user alice", SOON));
    }

    private static TestApproval needsBoth(String id) {
        return terms(id).manual(TestApproval.requirement("Go?", List.of(), 1));
    }

    private static Event approve(String user) {
        return TestEvents.approval(user, user.equals("carol") ? "" : "fine");
    }

    private static Approval after(Approval approval, Event... events) {
        Approval result = approval;
        for (Event event : events) {
            result = result.on(event, SOON).approval();
        }
        return result;
    }

    private static Approval byPeople(int required) {
        return terms("a1")
                .manual(TestApproval.requirement("Go?", List.of(), required))
                .byPersonAlone()
                .start();
    }

    @Test
    void needsAsManyDifferentPeopleAsAreRequired() {
        Approval one = after(byPeople(2), approve("alice"));
        assertThat(one)
                .returns(false, Approval::isDecided)
                .returns(null, Approval::person)
                .returns(List.of(new Vote("alice", "fine", SOON, List.of(0))), Approval::votes);
        assertThat(one.on(approve("alice"), SOON)).isEqualTo(new Transition(one, Answer.DUPLICATE));

        assertThat(after(one, approve("bob")).decision())
                .isEqualTo(new Decision(Outcome.SUCCESS, "alice: fine\n\nbob: fine", "users alice and bob", SOON));
        assertThat(after(byPeople(3), approve("carol"), approve("bob"), approve("alice"))
                        .decision()
                        .decidedBy())
                .isEqualTo("users carol, bob and alice");
    }

    private static Event approveWith(String user, String region) {
        return new Event.ManualApproval(user, "", Map.of("region", region), List.of(0));
    }

    @Test
    void theFirstWhoApprovesFillsInAndTheOthersAgree() {
        Approval one = after(byPeople(2), approveWith("alice", "eu"));
        assertThat(one.inputs()).isEqualTo(Map.of("region", "eu"));
        assertThat(one.on(approveWith("bob", "us"), SOON)).isEqualTo(new Transition(one, Answer.OTHER_INPUTS));
        assertThat(after(one, approveWith("bob", "eu")))
                .returns(true, Approval::isDecided)
                .returns(Map.of("region", "eu"), Approval::inputs);
    }

    @Test
    void anOverrideFillsInToo() {
        Approval decided = after(
                after(byPeople(2), approveWith("alice", "eu")),
                new Event.Overridden(true, "root", "CI is down", Map.of("region", "us")));

        assertThat(decided.inputs()).isEqualTo(Map.of("region", "us"));
    }

    private static Event override(boolean success) {
        return TestEvents.override(success, "root", "CI is down");
    }

    @Test
    void anOverrideDecidesWhateverIsMissing() {
        Decision approved = new Decision(Outcome.SUCCESS, "CI is down", "override by user root", SOON, true);
        Decision rejected = new Decision(Outcome.REJECTED, "CI is down", "override by user root", SOON, true);
        for (Approval pending : List.of(
                terms("a1").start(),
                waiting,
                needsBoth,
                after(needsBoth, callback(true)),
                byPeople(2),
                byPersonAlone)) {
            Approval decided = after(pending, override(true));
            assertThat(decided.decision()).isEqualTo(approved);
            assertThat(after(pending, override(false)).decision()).isEqualTo(rejected);
            assertThat(decided.on(override(true), SOON)).isEqualTo(new Transition(decided, Answer.DUPLICATE));
            assertThat(decided.on(override(false), SOON)).isEqualTo(new Transition(decided, Answer.CONFLICT));
            assertThat(pending.on(override(true), DEADLINE))
                    .returns(Answer.ENDED, Transition::answer)
                    .returns(
                            Outcome.TIMED_OUT,
                            each -> each.approval().decision().outcome());
        }
        Approval failed = after(waiting, callback(false));
        assertThat(failed.on(override(true), SOON)).isEqualTo(new Transition(failed, Answer.ENDED));
        assertThat(after(waiting, override(true)).on(callback(true), SOON).answer())
                .isEqualTo(Answer.ENDED);
    }

    @Test
    void anOverrideCallsTheCancelWebhookUnlessTheExternalProcessIsDone() {
        OutgoingCalls calls = TestApproval.calls(WEBHOOK, WEBHOOK, Map.of());
        for (boolean success : List.of(true, false)) {
            Approval pending = terms("a1").calls(calls).start();
            assertThat(after(pending, override(success)))
                    .returns(true, Approval::isCancelled)
                    .returns(false, Approval::isClosed);
            assertThat(after(pending, sent(), override(success)).isCancelled()).isTrue();
            Approval calledBack =
                    after(needsBoth("a1").calls(calls).start(), sent(), callback(true), override(success));
            assertThat(calledBack.isClosed()).isTrue();
        }
        Approval notAwaited =
                after(needsBoth("a1").calls(calls).through(Set.of()).start(), sent(), override(true));
        assertThat(notAwaited.isClosed())
                .as("nobody stops what nobody waits for, as without an override")
                .isTrue();
    }

    @Test
    void saysHowManyApprovedInTime() {
        assertThat(after(byPeople(2), approve("alice"))
                        .on(new Event.DeadlineCheck(""), DEADLINE)
                        .approval()
                        .decision()
                        .mdMessage())
                .isEqualTo("Only 1 of 2 people approved before the deadline.");
    }

    @Test
    void requiresBetweenOnePersonAndAHundred() {
        for (int required : new int[] {0, -1, 101}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> TestApproval.requirement("", List.of(), required))
                    .withMessage("required: must be from 1 to 100, and is " + required);
        }
    }

    private final Approval byPersonAlone = needsBoth("a1").byPersonAlone().start();

    @Test
    void waitsForAPersonAloneFromTheStart() {
        assertThat(byPersonAlone)
                .returns(State.WAITING, Approval::state)
                .returns(false, Approval::hasWebhook)
                .returns("manual approval", Approval::webhook)
                .returns(false, Approval::awaitsCallback)
                .returns(null, Approval::calls);

        Approval approved = byPersonAlone.on(approve(), SOON).approval();
        assertThat(approved.decision()).isEqualTo(new Decision(Outcome.SUCCESS, "looks good", "user alice", SOON));
        assertThat(approved.isClosed()).isTrue();
        assertThat(byPersonAlone.on(reject(), SOON).approval().decision())
                .isEqualTo(new Decision(Outcome.REJECTED, "not on a Friday", "user bob", SOON));
        assertThat(byPersonAlone.on(callback(true), SOON)).isEqualTo(new Transition(byPersonAlone, Answer.NOT_AWAITED));
    }

    @Test
    void needsAPersonAndNothingElseWithoutAWebhook() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> terms("a1").byPersonAlone().start());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> needsBoth("a1")
                        .webhook(null)
                        .through(Set.of(Channel.CALLBACK))
                        .start());
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        needsBoth("a1").byPersonAlone().heartbeat(HEARTBEAT).start());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> needsBoth("a1")
                        .byPersonAlone()
                        .calls(TestApproval.calls(null, WEBHOOK, Map.of()))
                        .start());
    }

    @Test
    void saysWhomItWaitedForWhenItTimesOut() {
        Approval calledBack = needsBoth.on(callback(true), SOON).approval();

        assertThat(calledBack
                        .on(new Event.DeadlineCheck(""), DEADLINE)
                        .approval()
                        .decision()
                        .mdMessage())
                .isEqualTo("Nobody approved before the deadline.");
        assertThat(calledBack.on(approve(), DEADLINE).answer()).isEqualTo(Answer.ENDED);
        assertThat(needsBoth
                        .on(new Event.DeadlineCheck(""), DEADLINE)
                        .approval()
                        .decision()
                        .mdMessage())
                .isEqualTo("No callback arrived before the deadline.");
    }

    @Test
    void saysThatItsWebhookTookNoCallWhenItTimesOut() {
        var failed = new Event.Failed(attempt(1, 503));
        for (Approval unsent : List.of(
                sending,
                sending.on(failed, SOON).approval(),
                needsBoth("a1").start(),
                terms("a1").through(Set.of()).start())) {
            assertThat(unsent.on(new Event.DeadlineCheck(""), DEADLINE)
                            .approval()
                            .requireDecision()
                            .mdMessage())
                    .startsWith("No call of the webhook was taken")
                    .endsWith(" before the deadline.");
        }
    }

    private static Event silence() {
        return new Event.HeartbeatCheck(SOON, "when it last reported progress (40 %)");
    }

    private static final Duration HEARTBEAT = Duration.ofMinutes(10);
    private static final Instant SILENT = SOON.plus(HEARTBEAT);

    @Test
    void endsWhenNothingIsHeardForTooLongAndSaysSinceWhen() {
        Approval listened =
                terms("a1").heartbeat(HEARTBEAT).start().on(sent(), START).approval();

        assertThat(listened.on(silence(), SILENT.minusMillis(1))).isEqualTo(new Transition(listened, Answer.IGNORED));
        Approval ended = listened.on(silence(), SILENT.plusSeconds(3)).approval();
        assertThat(ended.decision())
                .isEqualTo(new Decision(
                        Outcome.NOT_HEARD,
                        "Nothing was heard of the external process for 10 minutes: since 2026-01-31T10:01:00Z, when it last"
                                + " reported progress (40 %).",
                        "heartbeat",
                        SILENT));
        assertThat(ended.on(callback(true), SILENT.plusSeconds(4)).answer()).isEqualTo(Answer.ENDED);
    }

    @Test
    void nothingHasToBeHeardBeforeTheWebhookHasAnsweredOrAfterTheCallback() {
        Approval unsent = terms("a1").heartbeat(HEARTBEAT).start();
        Approval forAPerson = needsBoth("a1")
                .heartbeat(HEARTBEAT)
                .start()
                .on(sent(), START)
                .approval()
                .on(callback(true), SOON)
                .approval();

        assertThat(unsent.heartbeatDue(START)).isEmpty();
        assertThat(unsent.on(silence(), SILENT).answer()).isEqualTo(Answer.IGNORED);
        assertThat(forAPerson.on(silence(), SILENT).answer()).isEqualTo(Answer.IGNORED);
        assertThat(waiting.on(silence(), SILENT).answer())
                .as("without a heartbeat")
                .isEqualTo(Answer.IGNORED);
    }

    @Test
    void cannotBeHalfBuilt() {
        assertThatIllegalArgumentException().isThrownBy(() -> sending.withState(State.DECIDED));
    }
}
