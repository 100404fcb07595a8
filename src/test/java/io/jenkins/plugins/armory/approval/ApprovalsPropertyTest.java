package io.jenkins.plugins.armory.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import io.jenkins.plugins.armory.approval.Notifications.Notice;
import io.jenkins.plugins.armory.approval.Notifications.Occasion;
import io.jenkins.plugins.armory.storage.ApprovalStore;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Properties of approvals for events in any order, with restarts in between: the first decision stands, its observer is
 * told once, and every 2xx answer is remembered. The state machine alone is tested with every order, and the store on a
 * real disk with random ones.
 */
class ApprovalsPropertyTest {

    private static final String ID = "a1";
    /** A stopped timer: the steps check the clock themselves. */
    private static final ScheduledExecutorService TIMER = stoppedTimer();

    private static final Duration HEARTBEAT = Duration.ofHours(1);
    /** The time at which the heartbeat is missed. */
    private static final Instant SILENT = ApprovalTest.START.plus(HEARTBEAT);

    /** The time from which the approval is about to time out. */
    private static final Instant NEARLY_OVER = ApprovalTest.DEADLINE.minus(Duration.ofHours(1));

    private static ScheduledExecutorService stoppedTimer() {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        timer.shutdown();
        return timer;
    }

    private static final Webhook WEBHOOK =
            Webhook.named("tests").uriTemplate("https://ci.example.com/").build();
    private static final StatusCheck STATUS = new StatusCheck(
            Webhook.named("status")
                    .uriTemplate("https://ci.example.com/")
                    .answer(AnswerRule.ofStatus("/state", List.of("passed"), List.of()))
                    .build(),
            Duration.ofSeconds(30));
    private static final OutgoingCalls CALLS = new OutgoingCalls(WEBHOOK, WEBHOOK, STATUS, null, Map.of(), null, null);
    private static final Notifications TOLD = Notifications.by(List.of(WEBHOOK));
    /** The channels of the terms, beside those that the most orders are tried with. */
    private static final List<Set<Channel>> OTHER_CHANNELS =
            List.of(Set.of(Channel.ANSWER), Set.of(Channel.STATUS), Set.of(Channel.CALLBACK, Channel.STATUS));
    /** The rows of the transition table that were visited. */
    private static final Set<Transitions> VISITED = EnumSet.noneOf(Transitions.class);

    private enum Step {
        FAILED,
        SENT,
        NOT_SENT,
        ANSWER_TRUE,
        ANSWER_FALSE,
        STATUS_TRUE,
        STATUS_FALSE,
        CALLBACK_TRUE,
        CALLBACK_FALSE,
        PROGRESS,
        ALICE_APPROVES,
        BOB_APPROVES,
        BOB_APPROVES_WITH_OTHER_INPUTS,
        CAROL_APPROVES,
        BOB_REJECTS,
        ALICE_TAKES_BACK,
        BOB_TAKES_BACK,
        ALICE_IS_LOST,
        OVERRIDE_APPROVES,
        OVERRIDE_REJECTS,
        OTHER_FAILED,
        CHANGE_LOST,
        DEADLINE_CHECK,
        EXPIRY_CHECK,
        TOLD_WAITING,
        TOLD_EXPIRING,
        TOLD_DECIDED,
        HEARTBEAT_CHECK,
        HEARTBEAT_PASSES,
        DEADLINE_PASSES,
        ABORT,
        SUPERSEDE,
        RUN_AGAIN,
        GIVE_UP,
        CANCEL_CALLED,
        CANCEL_NOT_NEEDED,
        ATTACH,
        RUN_EXECUTOR,
        ALICE_MAY_NOT_APPROVE,
        ALICE_MAY_APPROVE,
        RESTART;

        /** Returns the event of this step, {@code null} if it has none. */
        Event event() {
            return switch (this) {
                case FAILED -> new Event.Failed(ApprovalTest.attempt(1, 503));
                case SENT -> new Event.Sent(ApprovalTest.attempt(2, 200));
                case NOT_SENT -> new Event.NotSent("answered 500", ApprovalTest.attempt(2, 500));
                case ANSWER_TRUE -> new Event.Answered(ApprovalTest.attempt(2, 200), true, "yes", "answer");
                case ANSWER_FALSE -> new Event.Answered(ApprovalTest.attempt(2, 200), false, "no", "answer");
                case STATUS_TRUE -> new Event.StatusVerdict(true, "yes", "status");
                case STATUS_FALSE -> new Event.StatusVerdict(false, "no", "status");
                case CALLBACK_TRUE -> new Event.Callback(true, "yes", "callback token");
                case CALLBACK_FALSE -> new Event.Callback(false, "no", "callback token");
                case PROGRESS -> new Event.Progress();
                case ALICE_APPROVES -> new Event.ManualApproval("alice", "");
                case BOB_APPROVES -> new Event.ManualApproval("bob", "fine");
                case BOB_APPROVES_WITH_OTHER_INPUTS -> new Event.ManualApproval("bob", "", Map.of("region", "us"));
                case CAROL_APPROVES -> new Event.ManualApproval("carol", "");
                case BOB_REJECTS -> new Event.ManualRejection("bob", "not on a Friday");
                case ALICE_TAKES_BACK -> new Event.TakenBack("alice");
                case BOB_TAKES_BACK -> new Event.TakenBack("bob");
                case OVERRIDE_APPROVES -> new Event.Overridden(true, "root", "CI is down");
                case OVERRIDE_REJECTS -> new Event.Overridden(false, "root", "stop");
                case ALICE_IS_LOST -> new Event.VoteLost("alice");
                case OTHER_FAILED -> new Event.OtherFailed("'lint' failed");
                case CHANGE_LOST -> new Event.ChangeLost();
                case DEADLINE_CHECK -> new Event.DeadlineCheck();
                case EXPIRY_CHECK -> new Event.ExpiryCheck();
                case TOLD_WAITING -> told(Occasion.WAITING);
                case TOLD_EXPIRING -> told(Occasion.EXPIRING);
                case TOLD_DECIDED -> told(Occasion.DECIDED);
                case HEARTBEAT_CHECK -> new Event.HeartbeatCheck(ApprovalTest.START, "when the webhook answered");
                case CANCEL_CALLED -> new Event.CancelCalled(ApprovalTest.attempt(1, 200));
                case CANCEL_NOT_NEEDED -> new Event.CancelNotNeeded();
                case ABORT -> new Event.Aborted("stopped");
                case SUPERSEDE -> new Event.Superseded(8);
                case RUN_AGAIN -> new Event.RunAgain("alice", "once more", "next");
                case GIVE_UP -> new Event.GivenUp("bob", "enough");
                default -> null;
            };
        }
    }

    private static Event told(Occasion occasion) {
        return new Event.Notified(new Notice(occasion, 0), "");
    }

    /** An approval at a moment of its life. What happens next depends on these two values alone. */
    private record Moment(Approval approval, Instant now) {}

    /**
     * Visits every state that events lead to, in any number and order, and tries every event in each state, before the
     * deadline and from then on.
     */
    @Test
    void everyOrderOfEventsComesToTheFirstDecision() {
        for (Set<Channel> channels : List.of(Set.<Channel>of(), Set.of(Channel.CALLBACK))) {
            for (ManualRequirement manual : Arrays.asList(null, people(1))) {
                for (Duration heartbeat : Arrays.asList(null, HEARTBEAT)) {
                    for (OutgoingCalls calls : Arrays.asList(null, CALLS)) {
                        ApprovalTerms.Builder terms = ApprovalTest.terms(ID)
                                .manual(manual)
                                .heartbeat(heartbeat)
                                .supersede(heartbeat != null)
                                .calls(calls);
                        visitAll(terms.through(channels).start());
                    }
                }
            }
        }
        for (boolean withoutCallback : List.of(false, true)) {
            ApprovalTerms.Builder terms =
                    ApprovalTest.terms(ID).manual(people(2)).calls(CALLS);
            visitAll((withoutCallback ? terms.withoutCallback() : terms).start());
        }
        for (Set<Channel> channels : OTHER_CHANNELS) {
            for (ManualRequirement manual : Arrays.asList(null, people(1))) {
                visitAll(ApprovalTest.terms(ID)
                        .manual(manual)
                        .heartbeat(HEARTBEAT)
                        .calls(CALLS)
                        .through(channels)
                        .start());
            }
        }
        visitAll(ApprovalTest.terms(ID).calls(CALLS.with(TOLD)).start());
        visitAll(ApprovalTest.terms(ID)
                .manual(people(1))
                .withoutCallback()
                .calls(CALLS.with(TOLD))
                .start());
        visitAll(ApprovalTest.terms(ID)
                .manual(people(1))
                .calls(OutgoingCalls.notifying(TOLD))
                .byPersonAlone()
                .start());
        for (ManualRequirement manual : Arrays.asList(null, people(2))) {
            visitAll(ApprovalTest.terms(ID)
                    .manual(manual)
                    .heartbeat(HEARTBEAT)
                    .supersede(true)
                    .calls(CALLS)
                    .askAfterFailure(true)
                    .start());
        }
        for (int required : new int[] {1, 2, 3}) {
            visitAll(ApprovalTest.terms(ID)
                    .manual(people(required))
                    .byPersonAlone()
                    .start());
        }
        assertThat(VISITED)
                .as("rows of the transition table that no order leads to")
                .containsExactlyInAnyOrder(Transitions.values());
    }

    /** @param told whether somebody is told that the approval is about to time out */
    private static Instant later(Instant now, boolean told) {
        if (now.equals(ApprovalTest.START)) {
            return SILENT;
        }
        return told && now.equals(SILENT) ? NEARLY_OVER : ApprovalTest.DEADLINE;
    }

    private static ManualRequirement people(int required) {
        return new ManualRequirement("Go?", List.of(), required);
    }

    private static void visitAll(Approval first) {
        List<Step> events = Stream.of(Step.values())
                .filter(step -> step.event() != null)
                // A third person changes nothing but the number of states where there is a webhook.
                .filter(step -> step != Step.CAROL_APPROVES || !first.hasWebhook())
                .toList();
        var seen = new LinkedHashSet<Moment>();
        var open = new ArrayDeque<Moment>(List.of(new Moment(first, ApprovalTest.START)));
        while (!open.isEmpty()) {
            Moment moment = open.remove();
            if (seen.add(moment)) {
                open.add(new Moment(moment.approval, later(moment.now, Notifications.of(first) != null)));
                for (Step step : events) {
                    VISITED.add(Transitions.of(moment.approval, step.event(), moment.now));
                    Approval.Transition transition = moment.approval.on(step.event(), moment.now);
                    checkTransition(moment.approval, step, moment.now, transition);
                    open.add(new Moment(transition.approval(), moment.now));
                }
            }
        }
        Set<Outcome> outcomes = EnumSet.noneOf(Outcome.class);
        seen.stream()
                .filter(moment -> moment.approval.isDecided())
                .forEach(
                        moment -> outcomes.add(moment.approval.requireDecision().outcome()));
        Set<Outcome> expected = EnumSet.allOf(Outcome.class);
        if (first.channels().isEmpty()) {
            expected.remove(Outcome.FAILURE);
        }
        if (first.heartbeat() == null || !first.isHeard()) {
            expected.remove(Outcome.NOT_HEARD);
        }
        if (first.terms().tries() == null) {
            expected.remove(Outcome.RUN_AGAIN);
        }
        if (!first.channels().isEmpty() || first.manual() != null) {
            expected.remove(Outcome.SENT);
        }
        assertThat(outcomes).isEqualTo(expected);
    }

    private static void checkTransition(Approval before, Step step, Instant now, Approval.Transition transition) {
        Approval after = transition.approval();
        boolean status = step == Step.STATUS_TRUE || step == Step.STATUS_FALSE;
        boolean callback = status || step == Step.CALLBACK_TRUE || step == Step.CALLBACK_FALSE;
        boolean awaited = step == Step.PROGRESS
                ? before.isHeard()
                : before.channels().contains(status ? Channel.STATUS : Channel.CALLBACK);
        if (before.isDecided()) {
            assertThat(after.said()).isEqualTo(before.said());
        }
        assertThat(after.cancel() == null || after.isDecided()).isTrue();
        assertThat(after.calls() == null || before.calls() != null).isTrue();
        if (after.calls() != null && (after.end() != null || after.callback() != null)) {
            assertThat(after.calls().status()).as("nothing is left to ask").isNull();
            assertThat(after.calls().webhook()).as("nothing is left to start").isNull();
        }
        if (before.calls() != null && after.end() == null && after.callback() == null) {
            assertThat(after.calls()).isNotNull();
            assertThat(after.calls().status())
                    .as("there is no verdict yet")
                    .isEqualTo(before.calls().status());
        }
        if (before.calls() != null && after.isDecided() && !after.isCancelled()) {
            assertThat(after.calls() != null && after.calls().isForProcess())
                    .as("nothing is left to call")
                    .isFalse();
        }
        checkNotices(before, step.event(), now, after);
        if (before.calls() != null && !before.isDecided() && after.isCancelled()) {
            assertThat(after.calls()).as("the cancel webhook is not lost").isNotNull();
        }
        if (before.callback() != null) {
            assertThat(after.callback()).isEqualTo(before.callback());
        }
        assertThat(after.attempts().subList(0, before.attempts().size())).isEqualTo(before.attempts());
        if (step == Step.PROGRESS) {
            boolean heard = before.isHeard()
                    && before.callback() == null
                    && before.end() == null
                    && now.isBefore(before.deadline());
            assertThat(transition.answer() == Answer.ACCEPTED).isEqualTo(heard);
            assertThat(heard && !after.equals(before))
                    .as("progress changes nothing")
                    .isFalse();
        }
        boolean byProcess = callback || step == Step.PROGRESS;
        boolean byPerson = step.event() instanceof Event.ManualApproval
                || step.event() instanceof Event.ManualRejection
                || step.event() instanceof Event.TakenBack;
        if (byProcess && !awaited || byPerson && before.manual() == null) {
            assertThat(transition).isEqualTo(new Approval.Transition(before, Answer.NOT_AWAITED));
            return;
        }
        boolean answered = step == Step.ANSWER_TRUE || step == Step.ANSWER_FALSE;
        if (answered && transition.answer() == Answer.ACCEPTED) {
            assertThat(before.channels()).contains(Channel.ANSWER);
            assertThat(before.callback()).isNull();
            assertThat(now).isBefore(before.deadline());
            assertThat(after.callback().isSuccess()).isEqualTo(step == Step.ANSWER_TRUE);
            assertThat(after.end() != null || step == Step.ANSWER_TRUE).isTrue();
        } else if (answered) {
            assertThat(after.callback()).isEqualTo(before.callback());
        }
        if (callback) {
            checkAnswer(
                    before.isDecided(),
                    before.callback(),
                    after,
                    after.callback(),
                    step == Step.CALLBACK_TRUE || step == Step.STATUS_TRUE,
                    transition.answer());
        }
        if (step.event() instanceof Event.Overridden said) {
            checkOverride(before, said, now, transition);
        }
        checkPeople(before, step.event(), now, transition);
        checkFailure(before, step, now, transition);
        if (transition.answer() == Answer.ACCEPTED && (callback || byPerson)) {
            assertThat(now).isBefore(before.deadline());
        }
        if (!before.isDecided() && after.isDecided()) {
            Outcome outcome = after.requireDecision().outcome();
            boolean complete = (after.channels().isEmpty() || said(after.callback()))
                    && (after.manual() == null || approvedByAll(after));
            assertThat(after.requireDecision().isSuccess())
                    .isEqualTo(outcome == Outcome.SUCCESS || outcome == Outcome.SENT);
            assertThat(after.requireDecision().override())
                    .isEqualTo(step.event() instanceof Event.Overridden && now.isBefore(before.deadline()));
            if (after.requireDecision().isSuccess()) {
                assertThat(now).isBefore(before.deadline());
                assertThat(complete || after.requireDecision().override()).isTrue();
            }
            if (outcome == Outcome.NOT_HEARD && before.failure() == null) {
                assertThat(step).isEqualTo(Step.HEARTBEAT_CHECK);
                assertThat(before.state()).as("the webhook had answered").isEqualTo(Approval.State.WAITING);
                assertThat(before.callback()).isNull();
                assertThat(now).isAfterOrEqualTo(SILENT);
                assertThat(after.requireDecision().decidedAt()).isEqualTo(SILENT);
            }
            if (outcome == Outcome.ABORTED) {
                assertThat(step == Step.ABORT
                                || step == Step.SUPERSEDE
                                        && before.terms().limits().supersede())
                        .isTrue();
            }
            if (outcome == Outcome.TIMED_OUT) {
                assertThat(after.requireDecision().decidedAt()).isEqualTo(before.deadline());
            }
        }
    }

    /** Checks that a failure is asked about where the terms say so, and comes out as it was. */
    private static void checkFailure(Approval before, Step step, Instant now, Approval.Transition transition) {
        Approval after = transition.approval();
        boolean asks = before.state() == Approval.State.ASKING;
        boolean overdue = !now.isBefore(before.deadline());
        if (step == Step.CHANGE_LOST && !before.isDecided() && !asks) {
            assertThat(after.state()).isEqualTo(Approval.State.ASKING);
            assertThat(after.failure().outcome()).isEqualTo(Outcome.LOST);
        }
        if (before.terms().tries() == null) {
            assertThat(after.failure() == null || after.failure().outcome() == Outcome.LOST)
                    .isTrue();
        } else if (!before.isDecided() && !asks && after.isDecided()) {
            assertThat(after.requireDecision().mayBeRunAgain())
                    .as("it is asked about")
                    .isFalse();
        }
        if (asks && after.isDecided() && !after.requireDecision().override()) {
            Outcome outcome = after.requireDecision().outcome();
            switch (step) {
                case RUN_AGAIN -> {
                    assertThat(outcome).isEqualTo(overdue ? before.failure().outcome() : Outcome.RUN_AGAIN);
                    assertThat(after.next()).isEqualTo(overdue ? null : "next");
                }
                case ABORT, SUPERSEDE -> assertThat(outcome).isEqualTo(Outcome.ABORTED);
                case OTHER_FAILED -> assertThat(outcome).isEqualTo(Outcome.OTHER_FAILED);
                default -> {
                    assertThat(step == Step.GIVE_UP && before.terms().tries() != null || overdue)
                            .isTrue();
                    assertThat(outcome).isEqualTo(before.failure().outcome());
                    assertThat(after.requireDecision().mdMessage())
                            .startsWith(before.failure().mdMessage());
                }
            }
        }
        if (after.next() != null) {
            Approval next = after.nextTry();
            assertThat(next.id()).isEqualTo("next");
            assertThat(next.deadline()).isEqualTo(after.deadline());
            assertThat(next.state()).isEqualTo(Approval.State.SENDING);
            assertThat(next.calls()).isEqualTo(CALLS);
            assertThat(next.terms().tries().number()).isEqualTo(2);
            assertThat(next.terms().tries().previous()).isEqualTo(ID);
        }
    }

    private static boolean approvedByAll(Approval approval) {
        return approval.votes().stream().map(Vote::user).distinct().count()
                        == approval.manual().required()
                && approval.said().rejection() == null;
    }

    /** Checks what a person, or the loss of their permission, has changed, and the answer. */
    private static void checkPeople(Approval before, Event event, Instant now, Approval.Transition transition) {
        Approval after = transition.approval();
        boolean ended = before.end() != null || !now.isBefore(before.deadline());
        Set<String> votersBefore = voters(before);
        Set<String> voters = voters(after);
        if (event instanceof Event.ManualApproval said) {
            Decision standing = before.person();
            if (standing != null) {
                assertThat(transition.answer()).isEqualTo(standing.isSuccess() ? Answer.DUPLICATE : Answer.CONFLICT);
            } else if (ended) {
                assertThat(transition.answer()).isEqualTo(Answer.ENDED);
            } else if (!votersBefore.isEmpty()
                    && !votersBefore.contains(said.user())
                    && !before.inputs().equals(said.inputs())) {
                assertThat(transition).isEqualTo(new Approval.Transition(before, Answer.OTHER_INPUTS));
            } else {
                assertThat(transition.answer())
                        .isEqualTo(votersBefore.contains(said.user()) ? Answer.DUPLICATE : Answer.ACCEPTED);
                assertThat(voters).contains(said.user()).containsAll(votersBefore);
            }
        } else if (event instanceof Event.ManualRejection) {
            Decision standing = before.isDecided() ? before.person() : null;
            if (standing != null) {
                assertThat(transition.answer()).isEqualTo(standing.isSuccess() ? Answer.CONFLICT : Answer.DUPLICATE);
            } else if (ended) {
                assertThat(transition.answer()).isEqualTo(Answer.ENDED);
            } else {
                assertThat(transition.answer()).isEqualTo(Answer.ACCEPTED);
                assertThat(after.requireDecision().outcome()).isEqualTo(Outcome.REJECTED);
            }
        } else if (event instanceof Event.TakenBack said) {
            Answer open = votersBefore.contains(said.user()) ? Answer.ACCEPTED : Answer.DUPLICATE;
            assertThat(transition.answer()).isEqualTo(ended ? Answer.ENDED : open);
            assertThat(!ended && voters.contains(said.user())).isFalse();
        } else if (event instanceof Event.VoteLost lost) {
            boolean counted = before.end() == null && votersBefore.contains(lost.user());
            assertThat(transition.answer()).isEqualTo(counted ? Answer.ACCEPTED : Answer.IGNORED);
            assertThat(before.end() == null && voters.contains(lost.user())).isFalse();
        } else {
            assertThat(after.votes())
                    .as("nothing else changes who has approved")
                    .isEqualTo(before.votes());
        }
    }

    private static void checkOverride(
            Approval before, Event.Overridden said, Instant now, Approval.Transition transition) {
        if (before.isDecided() && before.requireDecision().override()) {
            boolean same = before.requireDecision().isSuccess() == said.success();
            assertThat(transition.answer()).isEqualTo(same ? Answer.DUPLICATE : Answer.CONFLICT);
        } else if (before.isDecided() || !now.isBefore(before.deadline())) {
            assertThat(transition.answer()).isEqualTo(Answer.ENDED);
        } else {
            assertThat(transition.answer()).isEqualTo(Answer.ACCEPTED);
            assertThat(transition.approval().requireDecision())
                    .returns(said.success(), Decision::isSuccess)
                    .returns(true, Decision::override);
        }
    }

    private static Set<String> voters(Approval approval) {
        assertThat(approval.votes()).extracting(Vote::user).doesNotHaveDuplicates();
        return approval.votes().stream().map(Vote::user).collect(Collectors.toSet());
    }

    private static void checkNotices(Approval before, Event event, Instant now, Approval after) {
        Notifications told = Notifications.of(before);
        Notifications left = Notifications.of(after);
        if (told == null) {
            assertThat(left).as("nobody is to be told").isNull();
            return;
        }
        List<Occasion> due = left == null
                ? List.of()
                : left.due().stream().map(Notice::occasion).toList();
        if (event instanceof Event.Notified) {
            assertThat(after.said()).as("a notice decides nothing").isEqualTo(before.said());
            assertThat(after.state()).isEqualTo(before.state());
            return;
        }
        if (after.failure() != null && before.failure() == null) {
            assertThat(due).as("somebody has to decide").contains(Occasion.WAITING);
            return;
        }
        if (after.isDecided() && !before.isDecided()) {
            assertThat(due).as("what is out of date is not told").containsExactly(Occasion.DECIDED);
        } else if (after.state() == Approval.State.WAITING
                && before.state() == Approval.State.SENDING
                && after.manual() != null
                && after.person() == null) {
            assertThat(due).contains(Occasion.WAITING);
        } else if (event instanceof Event.ExpiryCheck && !before.isDecided() && !now.isBefore(NEARLY_OVER)) {
            assertThat(left.reminded()).isEqualTo(told.reminded() || now.isBefore(before.deadline()));
        } else {
            assertThat(left).isEqualTo(told);
        }
        if (before.failure() == null) { // else WAITING may be due once for the question and once for the failure
            assertThat(due).doesNotHaveDuplicates();
        }
    }

    private static boolean said(@CheckForNull Decision decision) {
        return decision != null && decision.isSuccess();
    }

    private static void checkAnswer(
            boolean wasDecided,
            @CheckForNull Decision standing,
            Approval after,
            @CheckForNull Decision now,
            boolean success,
            Answer answer) {
        if (standing != null) {
            assertThat(answer).isEqualTo(standing.isSuccess() == success ? Answer.DUPLICATE : Answer.CONFLICT);
        } else if (now == null) {
            assertThat(answer).isEqualTo(Answer.ENDED);
            assertThat(after.end()).isNotNull();
        } else {
            assertThat(answer).isEqualTo(Answer.ACCEPTED);
            assertThat(wasDecided).isFalse();
            assertThat(now.isSuccess()).isEqualTo(success);
            assertThat(after.end() != null || success)
                    .as("a failure waits for nothing")
                    .isTrue();
        }
    }

    @Test
    void nothingIsLostOrTakenTwiceAcrossRestarts() {
        Seeds.each(500, draw -> {
            List<Step> steps = draw.list(1, 20, () -> draw.any(Step.values()));
            int required = draw.nextInt(3);
            Throwable failure = failure(steps, required);
            if (failure != null) {
                List<Step> fewer = withoutThoseThatMatterNot(steps, required);
                throw new AssertionError(required + " people, " + fewer, failure(fewer, required));
            }
        });
    }

    private static List<Step> withoutThoseThatMatterNot(List<Step> steps, int required) {
        for (int i = 0; i < steps.size(); i++) {
            var fewer = new ArrayList<Step>(steps);
            fewer.remove(i);
            if (failure(fewer, required) != null) {
                return withoutThoseThatMatterNot(fewer, required);
            }
        }
        return steps;
    }

    @CheckForNull
    private static Throwable failure(List<Step> steps, int required) {
        return catchThrowable(() -> live(steps, required));
    }

    private static void live(List<Step> steps, int required) throws IOException {
        Path folder = Files.createTempDirectory("approvals");
        try {
            new Life(folder, required).live(steps);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> {
                    try {
                        Files.delete(file);
                    } catch (IOException x) {
                        throw new UncheckedIOException(x);
                    }
                });
            }
        }
    }

    /** One approval through all its steps, and the answers that it gave on the way. */
    private static final class Life {

        private final Path folder;
        private final MutableClock clock = new MutableClock(ApprovalTest.START);
        private ManualExecutor executor;
        private Approvals approvals;
        /** The decisions that the observer of the present process was told. */
        private final List<Decision> told = new ArrayList<>();

        private boolean attached;
        private boolean aliceMayApprove = true;
        private Decision promised;

        /** @param required the number of people, 0 for none */
        Life(Path folder, int required) throws IOException {
            this.folder = folder;
            open();
            approvals.create(ApprovalTest.terms(ID)
                    .manual(required == 0 ? null : people(required))
                    .heartbeat(HEARTBEAT)
                    .supersede(true)
                    .calls(CALLS.with(TOLD))
                    .start());
        }

        private void open() throws IOException {
            executor = new ManualExecutor();
            approvals = new Approvals(
                    ApprovalStore.open(folder, TIMER, executor),
                    TIMER,
                    executor,
                    clock,
                    (approval, user) -> aliceMayApprove || !user.equals("alice"));
            told.clear();
            attached = false;
        }

        void live(List<Step> steps) throws IOException {
            for (Step step : steps) {
                take(step);
                check();
            }
            // After any steps, an observer that attaches is told of the decision.
            take(Step.ATTACH);
            take(Step.RUN_EXECUTOR);
            check();
            assertThat(told).hasSize(promised == null ? 0 : 1);
            approvals.close();
        }

        private void take(Step step) throws IOException {
            switch (step) {
                case HEARTBEAT_PASSES -> clock.set(clock.instant().plus(HEARTBEAT));
                case DEADLINE_PASSES -> clock.set(ApprovalTest.DEADLINE.plusSeconds(1));
                case RUN_EXECUTOR -> executor.runAll();
                case ALICE_MAY_NOT_APPROVE -> aliceMayApprove = false;
                case ALICE_MAY_APPROVE -> aliceMayApprove = true;
                case ALICE_APPROVES -> {
                    if (aliceMayApprove) { // else the page does not let her
                        apply(step);
                    }
                }
                case RESTART -> {
                    approvals.close(); // tasks that the executor has not run are lost
                    open();
                }
                case ATTACH -> {
                    if (!attached) { // a step attaches once in the life of a process
                        attached = true;
                        approvals.attach(ID, approval -> told.add(approval.decision()));
                    }
                }
                case PROGRESS -> {
                    Approval.Transition transition =
                            approvals.report(ID, 40.0, "testing").orElseThrow();
                    // The last report stays while people are awaited.
                    assertThat(approvals.progressOf(ID).isPresent() || transition.answer() != Answer.ACCEPTED)
                            .isTrue();
                    if (promised == null) {
                        promised = transition.approval().decision();
                    }
                }
                default -> apply(step);
            }
            if (promised == null) { // a restart times out an overdue approval
                promised = approvals.find(ID).orElseThrow().decision();
            }
        }

        private void apply(Step step) throws IOException {
            Approval after = approvals.apply(ID, step.event()).orElseThrow().approval();
            if (promised == null) {
                promised = after.decision();
                if (promised != null && promised.isSuccess() && !promised.override()) {
                    assertThat(after.manual() == null || approvedByAll(after)).isTrue();
                    assertThat(aliceMayApprove || !after.hasVoteOf("alice"))
                            .as("whoever may not approve any more does not count")
                            .isTrue();
                }
            }
        }

        private void check() throws IOException {
            Approval approval = approvals.find(ID).orElseThrow();
            assertThat(approval.decision()).isEqualTo(promised);
            assertThat(told.size()).isLessThanOrEqualTo(1);
            assertThat(told).allSatisfy(decision -> assertThat(decision).isEqualTo(promised));
            assertThat(ApprovalStore.open(folder).find(ID)).contains(approval);
            assertThat(approvals.list()).containsExactly(approval);
            assertThat(approval.isDecided() && approvals.progressOf(ID).isPresent())
                    .as("progress is of no account once it is decided")
                    .isFalse();
        }
    }
}
