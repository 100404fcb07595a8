package io.jenkins.plugins.armory.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Approval.State;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApprovalTest {

    static final Instant START = Instant.parse("2026-01-31T10:00:00Z");
    static final Instant SOON = START.plusSeconds(60);
    static final Instant DEADLINE = START.plus(Duration.ofHours(24));

    static Approval start(String id) {
        return Approval.start(
                id, new BuildRef("team/deploy", 7), "staging", "tests", null, START, Duration.ofHours(24));
    }

    private final Approval sending = start("a1");
    private final Approval waiting = sending.on(new Event.Sent(), SOON).approval();

    private static Event callback(boolean success) {
        return new Event.Callback(success, "12 of 12 passed", "callback token");
    }

    @Test
    void waitsOnceTheWebhookHasAnswered() {
        assertThat(sending.state()).isEqualTo(State.SENDING);
        assertThat(waiting.state()).isEqualTo(State.WAITING);
        assertThat(waiting.on(new Event.Sent(), SOON)).isEqualTo(new Transition(waiting, Answer.IGNORED));
    }

    @Test
    void isDecidedByTheCallback() {
        Transition transition = waiting.on(callback(true), SOON);

        assertThat(transition.answer()).isEqualTo(Answer.ACCEPTED);
        assertThat(transition.approval().decision())
                .isEqualTo(new Decision(Outcome.SUCCESS, "12 of 12 passed", "callback token", SOON));
    }

    @Test
    void isDecidedByACallbackThatComesBeforeTheWebhooksAnswer() {
        Approval decided = sending.on(callback(false), SOON).approval();

        assertThat(decided.decision().outcome()).isEqualTo(Outcome.FAILURE);
        assertThat(decided.on(new Event.Sent(), SOON).approval()).isEqualTo(decided);
        assertThat(decided.on(new Event.NotSent("the answer was lost"), SOON).approval())
                .isEqualTo(decided);
    }

    @Test
    void tellsARepeatedCallbackFromAContradiction() {
        Approval decided = waiting.on(callback(true), SOON).approval();

        assertThat(decided.on(callback(true), DEADLINE)).isEqualTo(new Transition(decided, Answer.DUPLICATE));
        assertThat(decided.on(callback(false), SOON)).isEqualTo(new Transition(decided, Answer.CONFLICT));
    }

    @Test
    void timesOutAtTheDeadlineAndNotBefore() {
        assertThat(waiting.on(new Event.DeadlineCheck(), DEADLINE.minusMillis(1)).answer())
                .isEqualTo(Answer.IGNORED);

        Approval timedOut =
                waiting.on(new Event.DeadlineCheck(), DEADLINE.plusSeconds(5)).approval();
        assertThat(timedOut.decision().outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(timedOut.decision().decidedAt()).isEqualTo(DEADLINE);
        assertThat(timedOut.on(callback(true), DEADLINE).answer()).isEqualTo(Answer.ENDED);
    }

    @Test
    void aCallbackAtTheDeadlineIsTooLateEvenIfNobodyLookedAtTheClock() {
        Transition transition = waiting.on(callback(true), DEADLINE);

        assertThat(transition.answer()).isEqualTo(Answer.ENDED);
        assertThat(transition.approval().decision().outcome()).isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void endsWithTheBuildAndWithAWebhookThatFails() {
        Approval aborted = waiting.on(new Event.Aborted("stopped"), SOON).approval();
        Approval notSent = sending.on(new Event.NotSent("answered 500"), SOON).approval();

        assertThat(aborted.decision().outcome()).isEqualTo(Outcome.ABORTED);
        assertThat(notSent.decision()).isEqualTo(new Decision(Outcome.NOT_SENT, "answered 500", "webhook", SOON));
        assertThat(aborted.on(callback(true), SOON).answer()).isEqualTo(Answer.ENDED);
        assertThat(notSent.on(callback(true), SOON).answer()).isEqualTo(Answer.ENDED);
    }

    @Test
    void followsAMovedFolderButNotANamesake() {
        assertThat(waiting.moved("team", "group/team").build()).isEqualTo(new BuildRef("group/team/deploy", 7));
        assertThat(waiting.moved("team/deploy", "team/release").build()).isEqualTo(new BuildRef("team/release", 7));
        assertThat(waiting.moved("tea", "coffee").build()).isEqualTo(waiting.build());
    }

    @Test
    void cannotBeHalfBuilt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Approval(
                        "a1", sending.build(), null, "tests", null, List.of(), START, DEADLINE, State.DECIDED, null));
    }
}
