package io.jenkins.plugins.armory.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import io.jenkins.plugins.armory.approval.Notifications.Notice;
import io.jenkins.plugins.armory.approval.Notifications.Occasion;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.store.TestBuilds;
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
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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
                    .answer(AnswerRule.ofStatus("/state", null, List.of("passed"), List.of()))
                    .build(),
            Duration.ofSeconds(30));
    private static final OutgoingCalls CALLS = new OutgoingCalls(WEBHOOK, WEBHOOK, STATUS, null, Map.of(), Map.of());
    private static final Notifications TOLD = Notifications.by(List.of(WEBHOOK));
    /** The channels of the terms, beside those that the most orders are tried with. */
    private static final List<Set<Channel>> OTHER_CHANNELS =
            List.of(Set.of(Channel.ANSWER), Set.of(Channel.STATUS), Set.of(Channel.CALLBACK, Channel.STATUS));
    /** The rows of the transition table that were visited. */
    private static final Set<Transitions> VISITED = EnumSet.noneOf(Transitions.class);

    private enum Step {
        BEGUN,
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
        MOVED,
        REFUSED,
        ALICE_APPROVES,
        BOB_APPROVES,
        BOB_APPROVES_WITH_OTHER_INPUTS,
        CAROL_APPROVES,
        BOB_REJECTS,
        OVERRIDE_APPROVES,
        OVERRIDE_REJECTS,
        OTHER_FAILED,
        LOST,
        DEADLINE_CHECK,
        EXPIRY_CHECK,
        TOLD_WAITING,
        TOLD_EXPIRING,
        TOLD_DECIDED,
        HEARTBEAT_CHECK,
        HEARTBEAT_PASSES,
        DEADLINE_PASSES,
        ABORT,
        CANCEL_CALLED,
        CANCEL_NOT_NEEDED,
        ATTACH,
        RUN_EXECUTOR,
        RESTART;

        /** Returns the event of this step, {@code null} if it has none. */
        Event event() {
            return switch (this) {
                case BEGUN -> new Event.Begun();
                case FAILED -> new Event.Failed(ApprovalTest.attempt(1, 503));
                case SENT -> new Event.Sent(ApprovalTest.attempt(2, 200));
                case NOT_SENT -> new Event.NotSent("answered 500", ApprovalTest.attempt(2, 500));
                case ANSWER_TRUE -> new Event.Answered(ApprovalTest.attempt(2, 200), true, "yes", null, "answer");
                case ANSWER_FALSE -> new Event.Answered(ApprovalTest.attempt(2, 200), false, "no", null, "answer");
                case STATUS_TRUE -> new Event.StatusVerdict(true, "yes", null, "status");
                case STATUS_FALSE -> new Event.StatusVerdict(false, "no", null, "status");
                case CALLBACK_TRUE -> TestEvents.callback(true, "yes", "callback token");
                case CALLBACK_FALSE -> TestEvents.callback(false, "no", "callback token");
                case PROGRESS -> new Event.Progress();
                case MOVED -> new Event.Moved(Map.of("armory.answerLocation", "https://ci.example.com/2"));
                case REFUSED -> new Event.Refused("the token is wrong");
                case ALICE_APPROVES -> TestEvents.approval("alice", "");
                case BOB_APPROVES -> TestEvents.approval("bob", "fine");
                case BOB_APPROVES_WITH_OTHER_INPUTS ->
                    new Event.ManualApproval("bob", "", Map.of("region", "us"), List.of(0));
                case CAROL_APPROVES -> TestEvents.approval("carol", "");
                case BOB_REJECTS -> new Event.ManualRejection("bob", "not on a Friday");
                case OVERRIDE_APPROVES -> TestEvents.override(true, "root", "CI is down");
                case OVERRIDE_REJECTS -> TestEvents.override(false, "root", "stop");
                case LOST -> new Event.Lost("a line is missing");
                case OTHER_FAILED -> new Event.OtherFailed("'lint' failed");
                case DEADLINE_CHECK -> new Event.DeadlineCheck("");
                case EXPIRY_CHECK -> new Event.ExpiryCheck();
                case TOLD_WAITING -> told(Occasion.WAITING);
                case TOLD_EXPIRING -> told(Occasion.EXPIRING);
                case TOLD_DECIDED -> told(Occasion.DECIDED);
                case HEARTBEAT_CHECK -> new Event.HeartbeatCheck(ApprovalTest.START, "when the webhook answered");
                case CANCEL_CALLED -> new Event.CancelOver(ApprovalTest.attempt(1, 200));
                case CANCEL_NOT_NEEDED -> new Event.CancelOver(null);
                case ABORT -> new Event.Aborted("stopped");
                default -> null;
            };
        }
    }

    private static Event told(Occasion occasion) {
        return new Event.Notified(new Notice(occasion, 0), "");
    }

    /** Returns the verdicts on an approval. */
    private static List<Object> saidIn(Approval approval) {
        return Arrays.asList(
                approval.callback(),
                approval.data(),
                approval.votes(),
                approval.inputs(),
                approval.rejection(),
                approval.decision());
    }

    /** An approval at a moment of its life. What happens next depends on these two values alone. */
    private record Moment(Approval approval, Instant now) {

        /** Without the terms: they are long, and most moments share them. */
        @Override
        public int hashCode() {
            return Objects.hash(
                    now,
                    approval.state(),
                    saidIn(approval),
                    approval.attempts(),
                    approval.calls(),
                    approval.cancel(),
                    approval.failedNotices());
        }
    }

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
                        TestApproval terms = ApprovalTest.terms(ID)
                                .manual(manual)
                                .heartbeat(heartbeat)
                                .calls(calls);
                        visitAll(terms.through(channels).start());
                    }
                }
            }
        }
        for (boolean withoutCallback : List.of(false, true)) {
            TestApproval terms = ApprovalTest.terms(ID).manual(people(2)).calls(CALLS);
            visitAll((withoutCallback ? terms.through(Set.of()) : terms).start());
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
        visitAll(ApprovalTest.terms(ID).calls(CALLS.notifying(TOLD)).start());
        visitAll(ApprovalTest.terms(ID)
                .manual(people(1))
                .through(Set.of())
                .calls(CALLS.notifying(TOLD))
                .start());
        visitAll(ApprovalTest.terms(ID)
                .manual(people(1))
                .calls(OutgoingCalls.NONE.notifying(TOLD))
                .byPersonAlone()
                .start());
        for (int required : new int[] {1, 2, 3}) {
            visitAll(ApprovalTest.terms(ID)
                    .manual(people(required))
                    .byPersonAlone()
                    .start());
        }
        visitAll(ApprovalTest.terms(ID)
                .manual(TestApproval.requirement("Go?", GROUPS))
                .byPersonAlone()
                .start());
        visitAll(ApprovalTest.terms(ID)
                .opensAt(SILENT)
                .terms(terms -> terms.rule(true))
                .start());
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
        return TestApproval.requirement("Go?", List.of(), required);
    }

    /** One of qa, to which all belong, and one of ops, to which alice belongs. */
    private static final List<PeopleRule> GROUPS =
            List.of(new PeopleRule(List.of("qa"), 1), new PeopleRule(List.of("ops"), 1));

    /** Returns the event as it is for the groups. */
    private static Event byGroups(Event event) {
        return event instanceof Event.ManualApproval said && said.user().equals("alice")
                ? new Event.ManualApproval(said.user(), said.comment(), said.inputs(), List.of(0, 1))
                : event;
    }

    private static void visitAll(Approval first) {
        boolean groups = first.manual() != null && first.manual().rules().size() > 1;
        var events = new EnumMap<Step, Event>(Step.class);
        Stream.of(Step.values())
                .filter(step -> step.event() != null)
                // A third person changes nothing but the number of states where there is a webhook.
                .filter(step -> step != Step.CAROL_APPROVES || !first.hasWebhook())
                // Nor does an answer with another address where the status cannot decide, or people decide too.
                .filter(step ->
                        step != Step.MOVED || first.channels().contains(Channel.STATUS) && first.manual() == null)
                .forEach(step -> events.put(step, groups ? byGroups(step.event()) : step.event()));
        var seen = new LinkedHashSet<Moment>();
        var open = new ArrayDeque<Moment>(List.of(new Moment(first, ApprovalTest.START)));
        while (!open.isEmpty()) {
            Moment moment = open.remove();
            if (seen.add(moment)) {
                open.add(new Moment(moment.approval, later(moment.now, Notifications.of(first) != null)));
                events.forEach((step, event) -> {
                    VISITED.add(Transitions.of(moment.approval, event, moment.now));
                    Approval.Transition transition = moment.approval.on(event, moment.now);
                    new Change(moment.approval, step, event, moment.now, transition).check();
                    if (transition.approval() != moment.approval) {
                        open.add(new Moment(transition.approval(), moment.now));
                    }
                });
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
        if (!first.channels().isEmpty() || first.manual() != null || first.opensAt() != null) {
            expected.remove(Outcome.SENT);
        }
        assertThat(outcomes).isEqualTo(expected);
    }

    private static boolean approvedByAll(Approval approval) {
        return voters(approval).size() == approval.manual().required() && approval.rejection() == null;
    }

    private static Set<String> voters(Approval approval) {
        var voters = new HashSet<String>();
        for (Vote vote : approval.votes()) {
            voters.add(vote.user());
        }
        return voters;
    }

    /** What an event has made of an approval. */
    private record Change(Approval before, Step step, Event event, Instant now, Approval.Transition transition) {

        /** Throws for a condition that does not hold. AssertJ takes too long for millions of them. */
        private void require(boolean condition, String what) {
            if (!condition) {
                throw new AssertionError(what + "\n" + this);
            }
        }

        private void requireAnswer(Answer answer) {
            require(transition.answer() == answer, "the answer is " + answer);
        }

        private Approval after() {
            return transition.approval();
        }

        private boolean isOverdue() {
            return !now.isBefore(before.deadline());
        }

        private boolean isOf(Step... steps) {
            for (Step each : steps) {
                if (each == step) {
                    return true;
                }
            }
            return false;
        }

        void check() {
            checkCalls();
            checkNotices();
            require(before.callback() == null || before.callback().equals(after().callback()), "a verdict stands");
            require(!before.isDecided() || saidIn(before).equals(saidIn(after())), "a decision stands");
            List<Attempt> attempts = after().attempts();
            require(
                    step == Step.MOVED && transition.answer() == Answer.ACCEPTED
                            || attempts.size() >= before.attempts().size()
                                    && attempts.subList(0, before.attempts().size())
                                            .equals(before.attempts()),
                    "attempts stay");
            if (step == Step.PROGRESS) {
                checkProgress();
            }
            boolean status = isOf(Step.STATUS_TRUE, Step.STATUS_FALSE);
            boolean callback = status || isOf(Step.CALLBACK_TRUE, Step.CALLBACK_FALSE);
            boolean awaited = step == Step.PROGRESS
                    ? before.isHeard()
                    : before.channels().contains(status ? Channel.STATUS : Channel.CALLBACK);
            boolean byPerson = event instanceof Event.ManualApproval || event instanceof Event.ManualRejection;
            if ((callback || step == Step.PROGRESS) && !awaited || byPerson && before.manual() == null) {
                require(
                        transition.equals(new Approval.Transition(before, Answer.NOT_AWAITED)),
                        "nobody asked for that");
                return;
            }
            checkAnswered();
            if (callback) {
                checkCallback(isOf(Step.CALLBACK_TRUE, Step.STATUS_TRUE));
            }
            checkOverride();
            checkPeople();
            require(
                    transition.answer() != Answer.ACCEPTED || !callback && !byPerson || !isOverdue(),
                    "nothing is accepted after the deadline");
            if (!before.isDecided() && after().isDecided()) {
                checkDecision(after().requireDecision());
            }
        }

        private void checkCalls() {
            OutgoingCalls was = before.calls();
            OutgoingCalls is = after().calls();
            boolean verdict = after().isDecided() || after().callback() != null;
            require(after().cancel() == null || after().isDecided(), "nothing is cancelled before the decision");
            require(is == null || was != null, "no call comes from nowhere");
            require(is == null || !verdict || is.status() == null, "nothing is left to ask");
            require(is == null || !verdict || is.webhook() == null, "nothing is left to start");
            if (was != null) {
                require(
                        verdict || is != null && Objects.equals(is.status(), was.status()),
                        "the status is asked for until there is a verdict");
                require(
                        !after().isDecided() || after().isCancelled() || is == null || !is.isForProcess(),
                        "nothing is left to call");
                require(before.isDecided() || !after().isCancelled() || is != null, "the cancel webhook is not lost");
            }
        }

        private void checkProgress() {
            boolean heard = before.isHeard() && before.callback() == null && !before.isDecided() && !isOverdue();
            require(transition.answer() == Answer.ACCEPTED == heard, "progress is heard while it counts");
            require(!heard || after().equals(before), "progress changes nothing");
        }

        private void checkAnswered() {
            if (!isOf(Step.ANSWER_TRUE, Step.ANSWER_FALSE)) {
                return;
            }
            Decision verdict = after().callback();
            if (transition.answer() == Answer.ACCEPTED) {
                require(before.channels().contains(Channel.ANSWER), "the answer decides");
                require(before.callback() == null && !isOverdue(), "the first verdict in time counts");
                require(verdict.isSuccess() == (step == Step.ANSWER_TRUE), "the verdict is that of the answer");
                require(after().isDecided() || step == Step.ANSWER_TRUE, "a failure waits for nothing");
            } else {
                require(Objects.equals(verdict, before.callback()), "an answer that does not count is no verdict");
            }
        }

        private void checkCallback(boolean success) {
            Decision standing = before.callback();
            Decision verdict = after().callback();
            if (standing != null) {
                requireAnswer(standing.isSuccess() == success ? Answer.DUPLICATE : Answer.CONFLICT);
            } else if (verdict == null) {
                requireAnswer(Answer.ENDED);
                require(after().isDecided(), "it has ended");
            } else {
                requireAnswer(Answer.ACCEPTED);
                require(!before.isDecided(), "a decision stands");
                require(verdict.isSuccess() == success, "the verdict is that of the callback");
                require(after().isDecided() || success, "a failure waits for nothing");
            }
        }

        private void checkDecision(Decision decision) {
            Outcome outcome = decision.outcome();
            require(
                    decision.isSuccess() == (outcome == Outcome.SUCCESS || outcome == Outcome.SENT),
                    "the outcome says whether it is a success");
            require(
                    decision.override() == (event instanceof Event.Overridden && !isOverdue()),
                    "an override alone is one");
            if (decision.isSuccess()) {
                Decision verdict = after().callback();
                boolean complete = (after().channels().isEmpty() || verdict != null && verdict.isSuccess())
                        && (after().manual() == null || approvedByAll(after()))
                        && (after().opensAt() == null || !now.isBefore(after().opensAt()));
                require(!isOverdue() && (complete || decision.override()), "all have said yes in time");
            }
            if (outcome == Outcome.NOT_HEARD) {
                require(step == Step.HEARTBEAT_CHECK, "a check finds the silence");
                require(before.state() == Approval.State.WAITING, "the webhook had answered");
                require(before.callback() == null && !now.isBefore(SILENT), "it was silent");
                require(decision.decidedAt().equals(SILENT), "it ends when the heartbeat is missed");
            }
            require(outcome != Outcome.ABORTED || step == Step.ABORT, "somebody aborts it");
            require(
                    outcome != Outcome.TIMED_OUT || decision.decidedAt().equals(before.deadline()),
                    "it times out at its deadline");
        }

        /** Checks what a person has changed, and the answer. */
        private void checkPeople() {
            boolean ended = before.isDecided() || isOverdue();
            Set<String> were = voters(before);
            Set<String> are = voters(after());
            require(are.size() == after().votes().size(), "nobody counts twice");
            if (event instanceof Event.ManualApproval said) {
                checkManualApproval(said, ended, were, are);
            } else if (event instanceof Event.ManualRejection) {
                Decision standing = before.isDecided() ? before.person() : null;
                if (standing != null) {
                    requireAnswer(standing.isSuccess() ? Answer.CONFLICT : Answer.DUPLICATE);
                } else if (ended) {
                    requireAnswer(Answer.ENDED);
                } else {
                    requireAnswer(Answer.ACCEPTED);
                    require(after().requireDecision().outcome() == Outcome.REJECTED, "one rejection is enough");
                }
            } else {
                require(after().votes().equals(before.votes()), "nothing else changes who has approved");
            }
        }

        private void checkManualApproval(Event.ManualApproval said, boolean ended, Set<String> were, Set<String> are) {
            Decision standing = before.person();
            boolean voted = were.contains(said.user());
            if (standing != null) {
                requireAnswer(standing.isSuccess() ? Answer.DUPLICATE : Answer.CONFLICT);
            } else if (ended) {
                requireAnswer(Answer.ENDED);
            } else if (!voted && !isNeeded(said)) {
                require(
                        transition.equals(new Approval.Transition(before, Answer.NOT_AWAITED)),
                        "the group has its people");
            } else if (!were.isEmpty() && !voted && !before.inputs().equals(said.inputs())) {
                require(
                        transition.equals(new Approval.Transition(before, Answer.OTHER_INPUTS)),
                        "people agree to the same inputs");
            } else {
                requireAnswer(voted ? Answer.DUPLICATE : Answer.ACCEPTED);
                require(are.contains(said.user()) && are.containsAll(were), "it counts");
            }
        }

        /** Returns whether a person would count: bob and carol cannot both, since both are in qa alone. */
        private boolean isNeeded(Event.ManualApproval said) {
            return before.manual().rules().size() == 1
                    || said.user().equals("alice")
                    || before.votes().stream().allMatch(vote -> vote.user().equals("alice"));
        }

        private void checkOverride() {
            if (!(event instanceof Event.Overridden said)) {
                return;
            }
            if (before.isDecided() && before.requireDecision().override()) {
                boolean same = before.requireDecision().isSuccess() == said.success();
                requireAnswer(same ? Answer.DUPLICATE : Answer.CONFLICT);
            } else if (before.isDecided() || isOverdue()) {
                requireAnswer(Answer.ENDED);
            } else {
                requireAnswer(Answer.ACCEPTED);
                Decision decision = after().requireDecision();
                require(decision.isSuccess() == said.success() && decision.override(), "an override decides");
            }
        }

        private void checkNotices() {
            Approval after = after();
            Notifications told = Notifications.of(before);
            Notifications left = Notifications.of(after);
            if (told == null) {
                require(left == null, "nobody is to be told");
                return;
            }
            List<Occasion> due = left == null
                    ? List.of()
                    : left.due().stream().map(Notice::occasion).toList();
            if (event instanceof Event.Notified) {
                require(saidIn(after).equals(saidIn(before)), "a notice decides nothing");
                require(after.state() == before.state(), "a notice changes no state");
                return;
            }
            if (after.isDecided() && !before.isDecided()) {
                require(due.equals(List.of(Occasion.DECIDED)), "what is out of date is not told");
            } else if (after.state() == Approval.State.WAITING
                    && before.state() == Approval.State.SENDING
                    && after.manual() != null
                    && after.person() == null) {
                require(due.contains(Occasion.WAITING), "people are told that they are awaited");
            } else if (event instanceof Event.ExpiryCheck && !before.isDecided() && !now.isBefore(NEARLY_OVER)) {
                require(left.reminded() == (told.reminded() || !isOverdue()), "people are reminded once, in time");
            } else {
                require(told.equals(left), "nothing else is to be told");
            }
            require(due.size() == Set.copyOf(due).size(), "nothing is told twice");
        }
    }

    @Test
    void nothingIsLostOrTakenTwiceAcrossRestarts() {
        Seeds.each(60, draw -> {
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
        private Decision promised;

        /** @param required the number of people, 0 for none */
        Life(Path folder, int required) throws IOException {
            this.folder = folder;
            open();
            TestBuilds.create(
                    approvals,
                    ApprovalTest.terms(ID)
                            .manual(required == 0 ? null : people(required))
                            .heartbeat(HEARTBEAT)
                            .calls(CALLS.notifying(TOLD))
                            .start());
        }

        private void open() throws IOException {
            executor = new ManualExecutor();
            approvals = TestBuilds.below(folder).open(TIMER, executor, clock, approval -> {});
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
                }
            }
        }

        private void check() throws IOException {
            Approval approval = approvals.find(ID).orElseThrow();
            assertThat(approval.decision()).isEqualTo(promised);
            assertThat(told.size()).isLessThanOrEqualTo(1);
            assertThat(told).allSatisfy(decision -> assertThat(decision).isEqualTo(promised));
            assertThat(TestBuilds.opened(folder).find(ID)).contains(approval);
            assertThat(approvals.list()).containsExactly(approval);
            assertThat(approval.isDecided() && approvals.progressOf(ID).isPresent())
                    .as("progress is of no account once it is decided")
                    .isFalse();
        }
    }
}
