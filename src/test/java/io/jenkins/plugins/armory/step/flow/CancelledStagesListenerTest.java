package io.jenkins.plugins.armory.step.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests what becomes of a step about which it cannot be told whether it is in a cancelled stage. */
class CancelledStagesListenerTest {

    /** A context from which nothing can be read. */
    private static final class BrokenContext extends DetachedContext {

        private static final long serialVersionUID = 1L;

        private final transient Problem problem;
        private final transient List<Throwable> failures = new ArrayList<>();

        private interface Problem {
            void happens() throws IOException, InterruptedException;
        }

        BrokenContext(Problem problem) {
            this.problem = problem;
        }

        @Override
        public <T> T get(Class<T> key) throws IOException, InterruptedException {
            problem.happens();
            return null;
        }

        @Override
        public void onFailure(Throwable cause) {
            failures.add(cause);
        }
    }

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    private static List<Throwable> failuresOfAStep(BrokenContext.Problem problem) {
        var context = new BrokenContext(problem);
        CancelledStages.begins(null, context);
        return context.failures;
    }

    /** The engine starts a step though its listener throws, and the flow graph wraps what it cannot read. */
    @Test
    void aStepFailsWhateverKeepsItFromBeingTold() {
        var unreadable = new IOException("Input/output error");
        var wrapped = new RuntimeException(unreadable);
        var interrupted = new InterruptedException();
        var unlinked = new NoClassDefFoundError("of a plugin that was changed");

        assertThat(failuresOfAStep(() -> {
                    throw unreadable;
                }))
                .containsExactly(unreadable);
        assertThat(failuresOfAStep(() -> {
                    throw wrapped;
                }))
                .containsExactly(wrapped);
        assertThat(failuresOfAStep(() -> {
                    throw unlinked;
                }))
                .containsExactly(unlinked);
        assertThat(failuresOfAStep(() -> {
                    throw interrupted;
                }))
                .containsExactly(interrupted);
        assertThat(Thread.interrupted()).isTrue();
    }

    /** As most builds of a controller are. */
    @Test
    void aStepOfABuildThatIsNotKnownToHaveAnApprovalGoesOn() {
        var context = new BrokenContext(() -> {
            throw new NoClassDefFoundError("of a plugin that was changed");
        });

        new CancelledStages().notifyOfNewStep(null, context);

        assertThat(context.failures).isEmpty();
    }
}
