package io.jenkins.plugins.armory.step.flow;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.AbortException;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.junit.jupiter.api.Test;

class StagePauseTest {

    private static final class BrokenContext extends DetachedContext {

        private static final long serialVersionUID = 1L;
        private final transient List<Throwable> failures = new ArrayList<>();

        @Override
        public <T> T get(Class<T> key) {
            throw new RuntimeException(new IOException("Input/output error")); // as the flow graph wraps it
        }

        @Override
        public void onFailure(Throwable cause) {
            failures.add(cause);
        }
    }

    /** Cleans up as ArmoryWebhookApprovalExecution does. */
    private static final class Step extends SuspendedExecution {

        private static final long serialVersionUID = 1L;

        Step(StepContext context) {
            super(context);
        }

        @Override
        public boolean start() {
            return false;
        }

        @Override
        public void stop(Throwable cause) {}

        @Override
        protected void finished() {
            StagePause.end(getContext(), "seed");
        }
    }

    @Test
    void aStepEndsAlthoughItsPauseCannotBeEnded() {
        var context = new BrokenContext();
        var step = new Step(context);
        var rejected = new AbortException("rejected");

        step.fail(rejected);

        assertThat(context.failures).containsExactly(rejected);
    }
}
