package io.jenkins.plugins.armory.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.api.ApprovalListener;
import io.jenkins.plugins.armory.api.ApprovalView;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTest;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.approval.TestEvents;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.Test;

class ApprovalEventsTest {

    private final List<String> told = new ArrayList<>();

    @CheckForNull
    private Approval pending = ApprovalTest.start("a1");

    private final ApprovalEvents events = new ApprovalEvents(
            () -> List.of(new ApprovalListener() {
                @Override
                public void created(ApprovalView approval) {
                    told.add("created");
                }

                @Override
                public void waiting(ApprovalView approval) {
                    told.add("waiting");
                }

                @Override
                public void progressed(ApprovalView approval, @CheckForNull Double percent, String message) {
                    told.add("progressed");
                }

                @Override
                public void decided(ApprovalView approval) {
                    told.add("decided");
                }
            }),
            Runnable::run,
            id -> Optional.ofNullable(pending));

    /** A callback and the webhook's answer come at the same time, and the thread with the decision is faster. */
    @Test
    void nothingComesAfterTheDecision() {
        Approval before = ApprovalTest.start("a1");
        events.created(before);
        events.waiting(before);
        pending = null;
        events.decided(before.on(TestEvents.callback(true, "", "callback token"), ApprovalTest.SOON)
                .approval());
        events.waiting(before);
        events.progressed(before, new Progress(50.0, "half", Instant.EPOCH));

        assertThat(told).containsExactly("created", "waiting", "decided");
    }

    /** What waits for one that hangs must not fill the memory. */
    @Test
    void aListenerThatFallsFarBehindLosesTheOldestWithOneWarning() {
        var listener = new ApprovalListener() {
            @Override
            public void created(ApprovalView approval) {
                told.add(approval.id());
            }
        };
        List<Runnable> threads = new ArrayList<>();
        var queued = new ApprovalEvents(() -> List.of(listener), threads::add, id -> Optional.empty());
        List<String> logged = new ArrayList<>();
        var handler = new StreamHandler() {
            @Override
            public void publish(LogRecord line) {
                logged.add(line.getMessage());
            }
        };
        Logger logger = Logger.getLogger(ApprovalEvents.class.getName());
        logger.addHandler(handler);
        try {
            for (int i = 0; i < 10_003; i++) {
                queued.created(ApprovalTest.start("a" + i));
            }
        } finally {
            logger.removeHandler(handler);
        }

        threads.get(0).run();

        assertThat(told).hasSize(10_000).startsWith("a3").endsWith("a10002");
        assertThat(logged).singleElement().asString().contains("oldest");
    }

    @Test
    void allListenersOfAnEventShareAView() {
        List<ApprovalView> views = new ArrayList<>();
        Supplier<ApprovalListener> listener = () -> new ApprovalListener() {
            @Override
            public void created(ApprovalView approval) {
                views.add(approval);
            }

            @Override
            public void waiting(ApprovalView approval) {
                views.add(approval);
            }
        };
        List<ApprovalListener> two = List.of(listener.get(), listener.get());
        var both = new ApprovalEvents(() -> two, Runnable::run, id -> Optional.of(pending));
        both.created(pending);
        both.waiting(pending);

        assertThat(views).hasSize(4);
        assertThat(views.get(0)).isSameAs(views.get(1));
        assertThat(views.get(2)).isSameAs(views.get(3));
    }

    /** The thread would end, and what is behind it in the queue would wait for the next event, which may never come. */
    @Test
    void anErrorOfAListenerKeepsNothingFromIt() {
        var listener = new ApprovalListener() {
            @Override
            public void created(ApprovalView approval) {
                throw new AssertionError("a listener's own");
            }

            @Override
            public void decided(ApprovalView approval) {
                told.add("decided");
            }
        };
        List<Runnable> threads = new ArrayList<>();
        var queued = new ApprovalEvents(() -> List.of(listener), threads::add, id -> Optional.empty());
        queued.created(pending);
        queued.decided(pending.on(TestEvents.callback(true, "", "callback token"), ApprovalTest.SOON)
                .approval());

        assertThatCode(() -> threads.get(0).run()).doesNotThrowAnyException();
        assertThat(told).containsExactly("decided");
    }
}
