package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.DeploymentEvent;
import io.jenkins.plugins.armory.flow.LogText;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.Work;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * The life of a step that waits without a thread. The Pipeline engine's thread only passes work on; the step ends once, and
 * no error leaves it waiting.
 */
abstract class SuspendedExecution extends StepExecution {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(SuspendedExecution.class.getName());

    /** Why the step was stopped, {@code null} while it was not; guarded by this. */
    @CheckForNull
    private transient Throwable stopCause;

    private transient boolean over;

    SuspendedExecution(StepContext stepContext) {
        super(stepContext);
    }

    /** Does work on the executor, and ends the step if that fails. */
    final void later(Work work) {
        ArmoryRuntime.get().executor().execute(() -> run(work));
    }

    /** Does work on this thread, and ends the step if that fails: nobody else would. */
    final void run(Work work) {
        Work.run(work, this::failed, this::log);
    }

    /** Ends the step, whose work has failed. */
    void failed(Exception thrown) {
        LOGGER.log(Level.FINE, thrown, () -> "Step '" + getStatus() + "' ends with an error");
        fail(thrown);
    }

    final synchronized void stopFor(Throwable cause) {
        stopCause = cause;
    }

    @CheckForNull
    final synchronized Throwable stopCause() {
        return stopCause;
    }

    /** Ends the step without an error, unless it was stopped meanwhile. */
    final void succeed(@CheckForNull Object value) {
        Throwable cause = stopCause();
        if (cause != null) {
            fail(cause);
        } else if (finish()) {
            getContext().onSuccess(value);
        }
    }

    final void fail(Throwable cause) {
        if (finish()) {
            getContext().onFailure(cause);
        }
    }

    /** Marks the step as over. Returns whether it was not, so that the caller has to end it. */
    private synchronized boolean finish() {
        boolean first = !over;
        over = true;
        if (first) {
            finished();
        }
        return first;
    }

    final synchronized boolean isOver() {
        return over;
    }

    /** Cleans up when the step ends. */
    void finished() {}

    final Run<?, ?> build() throws IOException, InterruptedException {
        return getContext().get(Run.class);
    }

    /** Tells the environments of the build. */
    final Transition tell(DeploymentEvent event) throws IOException, InterruptedException {
        return ArmoryRuntime.get().deployments().apply(build(), event);
    }

    /**
     * Writes to the build's log, if that takes it.
     *
     * @param text may hold other people's lines
     */
    final void log(String text) {
        print(LogText.continued(text));
    }

    /**
     * Writes to the build's log, if that takes it.
     *
     * @param line may hold links, and no other people's text that was not cleaned
     */
    final void print(String line) {
        try {
            getContext().get(TaskListener.class).getLogger().println(LogText.PREFIX + line);
        } catch (IOException x) {
            LOGGER.log(Level.FINE, "Cannot write to the log of the build", x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    /** @throws AbortException if the approvals are not open */
    static Approvals approvals() throws IOException {
        try {
            return ArmoryRuntime.get().approvals();
        } catch (IOException x) {
            throw failure("The folder armory-approvals in JENKINS_HOME cannot be used", x);
        }
    }

    /** Returns the error for the build's log; where it comes from is in Jenkins's log. */
    static AbortException failure(String message, IOException x) {
        LOGGER.log(Level.WARNING, message, x);
        return new AbortException(message + ": " + x.getMessage());
    }
}
