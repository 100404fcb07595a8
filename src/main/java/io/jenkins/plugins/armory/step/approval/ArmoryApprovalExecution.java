package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The execution of {@code armoryApproval}: waits as {@code armoryWebhookApproval} does, and then runs the body. The
 * start of the body becomes part of the program, so it is run once: if Jenkins goes down before that, the step finds
 * the decision again.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryApprovalExecution extends ArmoryWebhookApprovalExecution {

    private static final long serialVersionUID = 1L;

    /** Guarded by this. */
    @CheckForNull
    private BodyExecution body;

    /** Set only on the thread of the Pipeline engine. */
    private volatile boolean started;

    ArmoryApprovalExecution(StepContext stepContext, ArmoryApprovalStep step) {
        super(stepContext, step);
    }

    @Override
    protected void passed(@CheckForNull Object value) {
        finished(); // the stage is not paused any more
        Throwable stopped;
        synchronized (this) {
            stopped = stopCause();
            if (stopped == null && !isOver()) {
                body = getContext()
                        .newBodyInvoker()
                        .withContext(this)
                        .withCallback(new Callback(this))
                        .start();
            }
        }
        if (stopped != null) {
            fail(stopped);
        }
    }

    @Override
    protected synchronized boolean isOver() {
        return super.isOver() || body != null || started;
    }

    @Override
    public void stop(Throwable cause) {
        BodyExecution running;
        synchronized (this) {
            running = body;
            if (running == null) {
                stopFor(cause);
            }
        }
        if (running == null) {
            super.stop(cause);
        } else {
            running.cancel(cause);
        }
    }

    @Override
    public void onResume() {
        if (!started) {
            synchronized (this) {
                body = null; // it was not started before Jenkins stopped
            }
            super.onResume();
        }
    }

    /** Ends the step with its body, on the thread of the Pipeline engine. */
    private static final class Callback extends BodyExecutionCallback {

        private static final long serialVersionUID = 1L;

        private final ArmoryApprovalExecution execution;

        Callback(ArmoryApprovalExecution execution) {
            this.execution = execution;
        }

        @Override
        public void onStart(StepContext context) {
            execution.started = true;
        }

        @Override
        public void onSuccess(StepContext context, Object result) {
            execution.getContext().onSuccess(result);
        }

        @Override
        public void onFailure(StepContext context, Throwable thrown) {
            execution.getContext().onFailure(thrown);
        }
    }
}
