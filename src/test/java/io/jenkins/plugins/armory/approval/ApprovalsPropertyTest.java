package io.jenkins.plugins.armory.approval;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Whatever happens in whatever order, with restarts in between: one decision, the first one; told once to whoever waits;
 * every 2xx answer remembered. The orders are tried exhaustively in the state machine alone, and at random with the store
 * on a real disk.
 */
class ApprovalsPropertyTest {

    private static final String ID = "a1";
    /** Nothing is due on this one: the steps look at the clock themselves. */
    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor();

    @AfterContainer
    static void stopTimer() {
        TIMER.shutdownNow();
    }

    private enum Step {
        FAILED,
        SENT,
        NOT_SENT,
        CALLBACK_TRUE,
        CALLBACK_FALSE,
        DEADLINE_CHECK,
        DEADLINE_PASSES,
        ABORT,
        ATTACH,
        RUN_EXECUTOR,
        RESTART;

        /** The event that this step is, or null for the others. */
        Event event() {
            return switch (this) {
                case FAILED -> new Event.Failed(ApprovalTest.attempt(1, 503));
                case SENT -> new Event.Sent(ApprovalTest.attempt(2, 200));
                case NOT_SENT -> new Event.NotSent("answered 500", ApprovalTest.attempt(2, 500));
                case CALLBACK_TRUE -> new Event.Callback(true, "yes", "callback token");
                case CALLBACK_FALSE -> new Event.Callback(false, "no", "callback token");
                case DEADLINE_CHECK -> new Event.DeadlineCheck();
                case ABORT -> new Event.Aborted("stopped");
                default -> null;
            };
        }
    }

    /** Every order of six steps out of those that mean something to the state machine. */
    @Property(tries = 1)
    void everyOrderOfEventsComesToTheFirstDecision() {
        List<Step> events = Stream.of(Step.values())
                .filter(step -> step.event() != null || step == Step.DEADLINE_PASSES)
                .toList();
        int[] orders = {0};
        tryAll(ApprovalTest.start(ID), ApprovalTest.START, events, 6, orders);
        tryAll(ApprovalTest.start(ID).withoutCallback(), ApprovalTest.START, events, 6, orders);
        assertThat(orders[0]).isEqualTo(2 * (int) Math.pow(events.size(), 6));
    }

    private static void tryAll(Approval approval, Instant now, List<Step> events, int depth, int[] orders) {
        if (depth == 0) {
            orders[0]++;
            return;
        }
        for (Step step : events) {
            if (step == Step.DEADLINE_PASSES) {
                tryAll(approval, ApprovalTest.DEADLINE, events, depth - 1, orders);
            } else {
                Approval.Transition transition = approval.on(step.event(), now);
                checkTransition(approval, step, now, transition);
                tryAll(transition.approval(), now, events, depth - 1, orders);
            }
        }
    }

    private static void checkTransition(Approval before, Step step, Instant now, Approval.Transition transition) {
        Approval after = transition.approval();
        boolean callback = step == Step.CALLBACK_TRUE || step == Step.CALLBACK_FALSE;
        if (before.isDecided()) {
            assertThat(after.decision()).isEqualTo(before.decision());
        }
        assertThat(after.attempts().subList(0, before.attempts().size())).isEqualTo(before.attempts());
        if (callback && !before.awaitsCallback()) {
            assertThat(transition).isEqualTo(new Approval.Transition(before, Answer.NOT_AWAITED));
            return;
        }
        if (transition.answer() == Answer.ACCEPTED && callback) {
            assertThat(now).isBefore(before.deadline());
            assertThat(after.decision().isSuccess()).isEqualTo(step == Step.CALLBACK_TRUE);
        }
        if (callback) {
            assertThat(after.isDecided()).isTrue();
            assertThat(transition.answer()).isNotEqualTo(Answer.IGNORED);
            assertThat(transition.answer() == Answer.ENDED)
                    .isEqualTo(!after.decision().outcome().isByCallback());
        }
        if (after.isDecided() && after.decision().outcome() == Outcome.TIMED_OUT) {
            assertThat(after.decision().decidedAt()).isEqualTo(before.deadline());
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Arbitraries.of(Step.class).list().ofMinSize(1).ofMaxSize(20);
    }

    @Property(tries = 500)
    void nothingIsLostOrTakenTwiceAcrossRestarts(@ForAll("steps") List<Step> steps) throws IOException {
        Path folder = Files.createTempDirectory("approvals");
        try {
            new Life(folder).live(steps);
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

    /** One approval through all its steps, and what was promised about it on the way. */
    private static final class Life {

        private final Path folder;
        private final MutableClock clock = new MutableClock(ApprovalTest.START);
        private ManualExecutor executor;
        private Approvals approvals;
        /** What was told to the waiter of the present process. */
        private final List<Decision> told = new ArrayList<>();

        private boolean attached;
        private Decision promised;

        Life(Path folder) throws IOException {
            this.folder = folder;
            open();
            approvals.create(ApprovalTest.start(ID));
        }

        private void open() throws IOException {
            executor = new ManualExecutor();
            approvals = new Approvals(ApprovalStore.open(folder), TIMER, executor, clock);
            told.clear();
            attached = false;
        }

        void live(List<Step> steps) throws IOException {
            for (Step step : steps) {
                take(step);
                check();
            }
            // Whatever came before: a step that attaches now hears of a decision that stands.
            take(Step.ATTACH);
            take(Step.RUN_EXECUTOR);
            check();
            assertThat(told).hasSize(promised == null ? 0 : 1);
            approvals.close();
        }

        private void take(Step step) throws IOException {
            switch (step) {
                case DEADLINE_PASSES -> clock.set(ApprovalTest.DEADLINE.plusSeconds(1));
                case RUN_EXECUTOR -> executor.runAll();
                case RESTART -> {
                    approvals.close(); // and whatever the executor had not done yet is never done
                    open();
                }
                case ATTACH -> {
                    if (!attached) { // a step does so once in the life of a process
                        attached = true;
                        approvals.attach(ID, approval -> told.add(approval.decision()));
                    }
                }
                default -> {
                    Approval.Transition transition =
                            approvals.apply(ID, step.event()).orElseThrow();
                    if (promised == null) {
                        promised = transition.approval().decision();
                    }
                }
            }
            if (promised == null) { // a restart times out what is overdue by itself
                promised = approvals.find(ID).orElseThrow().decision();
            }
        }

        private void check() throws IOException {
            Approval approval = approvals.find(ID).orElseThrow();
            assertThat(approval.decision()).isEqualTo(promised);
            assertThat(told.size()).isLessThanOrEqualTo(1);
            assertThat(told).allSatisfy(decision -> assertThat(decision).isEqualTo(promised));
            assertThat(ApprovalStore.open(folder).find(ID)).contains(approval);
            assertThat(approvals.list()).containsExactly(approval);
        }
    }
}
