package io.jenkins.plugins.armory.step;

import io.jenkins.plugins.armory.runtime.Work;
import io.jenkins.plugins.armory.flow.CancelledStages;
import io.jenkins.plugins.armory.flow.LogText;
import io.jenkins.plugins.armory.flow.cps.SavedProgram;
import io.jenkins.plugins.armory.flow.cps.StartedSteps;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.armory.runtime.ArmoryApprovals;
import io.jenkins.plugins.armory.runtime.ArmoryDeployments;
import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.DeploymentEvent;
import java.io.IOException;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * A step with a body that is run, or is not, as the environments of the build say. The Pipeline engine's thread is not held
 * up: whatever is to be written is passed on. In this order, so that a crash is harmless at any moment:
 * <ol>
 *   <li>the program is saved with the step's id in it,
 *   <li>{@link #begin} tells the environments, and starts the body or ends the step,
 *   <li>the body's start and end become part of the program at the same moment as they happen,
 *   <li>{@link #end} tells the environments, and ends the step.
 * </ol>
 * After a restart the second or the fourth is done again, under the same id, which they know already then.
 */
abstract class BlockExecution extends StepExecution {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(BlockExecution.class.getName());

    /** Tells this step from others of its kind. */
    private final String id = UUID.randomUUID().toString();

    @CheckForNull
    private BodyExecution body;

    /** Set by the engine's thread alone. */
    private volatile boolean started;

    @CheckForNull
    private volatile BlockEnd blockEnd;

    /** Why the step was stopped before its body was started, or after it had ended; guarded by this, as is {@link #body}. */
    @CheckForNull
    private transient Throwable stopped;

    private transient boolean over;

    BlockExecution(StepContext stepContext) {
        super(stepContext);
    }

    /** Tells the environments that the Pipeline has come here, for the first time or again. */
    abstract void begin() throws Exception;

    /** Tells the environments how the body ended, and ends the step. */
    abstract void end(BlockEnd end) throws Exception;

    /** Tells the environments that the step was stopped before it had come to its body. */
    abstract void stopped(Throwable cause) throws IOException, InterruptedException;

    String id() {
        return id;
    }

    /** Begins once the program is saved with this step in it. The engine is asked for that only where it has not done so yet. */
    final boolean beginOnceSaved() throws IOException, InterruptedException {
        Runnable next = () -> ArmoryApprovals.get().executor().execute(() -> run(this::beginIfSaved));
        if (!StartedSteps.tell(getContext(), next)) {
            saveAndBegin();
        }
        return false;
    }

    private void beginIfSaved() throws Exception {
        if (SavedProgram.has(build(), id)) {
            beginUnlessStopped();
        } else {
            saveAndBegin();
        }
    }

    private void saveAndBegin() {
        Work.afterSaving(getContext(), this::run, this::beginUnlessStopped);
    }

    private void beginUnlessStopped() throws Exception {
        if (stopCause() == null) {
            begin();
        }
        Throwable cause = stopCause();
        if (cause != null) { // it may have been told before the environments knew of the step
            stopped(cause);
        }
    }

    /**
     * Runs the body.
     *
     * @param invoker with whatever the body is to find in its context
     */
    final synchronized void startBody(BodyInvoker invoker) {
        if (stopped == null && !started && body == null) {
            body = invoker.withCallback(new Callback(this, null)).start();
        }
    }

    /**
     * Starts the body and ends it before anything in it is run, so that it is there for views to show as aborted. To the step
     * that is an end without an error.
     *
     * @param message says why it is not run
     */
    final synchronized void leaveOutBody(BodyInvoker invoker, String message) throws IOException, InterruptedException {
        if (stopped == null && !started && body == null) {
            CancelledStages.await(getContext(), message);
            body = invoker.withCallback(new Callback(this, CancelledStages.interruption(message))).start();
        }
    }

    /** The engine asks for that before it runs the first of what is in the body. */
    private synchronized void cancelBody(Throwable cause) {
        if (body != null) {
            body.cancel(cause);
        }
    }

    @Override
    public void stop(Throwable cause) {
        BodyExecution running;
        synchronized (this) {
            running = blockEnd == null ? body : null;
            if (running == null) {
                stopped = cause;
            }
        }
        if (running != null) {
            running.cancel(cause);
        } else if (blockEnd == null) {
            ArmoryApprovals.get().executor().execute(() -> run(() -> {
                stopped(cause);
                fail(cause);
            }));
        } // else the step is about to end, and sees that it was stopped
    }

    @Override
    public void onResume() {
        BlockEnd known = blockEnd;
        if (known != null) {
            ArmoryApprovals.get().executor().execute(() -> run(() -> end(known)));
        } else if (!started) {
            forgetBody();
            ArmoryApprovals.get().executor().execute(() -> run(this::beginUnlessStopped));
        }
    }

    /** It was to be started when Jenkins went down, and was not. */
    private synchronized void forgetBody() {
        body = null;
    }

    /** Does the work, see {@link Work#run}. Whatever goes wrong must end the step: nobody else would. */
    final void run(Work work) {
        Work.run(
                work,
                x -> {
                    LOGGER.log(Level.FINE, x, () -> "Step " + id + " ends with an error");
                    fail(x);
                },
                this::logIfPossible);
    }

    /** Ends the step without an error; but an order to stop that came meanwhile must not be lost. */
    final void succeed(@CheckForNull Object value) {
        Throwable cause = stopCause();
        if (cause != null) {
            fail(cause);
        } else if (finish()) {
            getContext().onSuccess(value);
        }
    }

    @CheckForNull
    private synchronized Throwable stopCause() {
        return stopped;
    }

    final void fail(Throwable cause) {
        if (finish()) {
            getContext().onFailure(cause);
        }
    }

    /** Whether it is for the caller to end the step; true once. */
    private synchronized boolean finish() {
        boolean first = !over;
        over = true;
        return first;
    }

    final Run<?, ?> build() throws IOException, InterruptedException {
        return getContext().get(Run.class);
    }

    final Transition tell(DeploymentEvent event) throws IOException, InterruptedException {
        return ArmoryDeployments.get().apply(build(), event);
    }

    /** @param text may have other people's lines in it */
    final void log(String text) throws IOException, InterruptedException {
        getContext().get(TaskListener.class).getLogger().println(LogText.PREFIX + LogText.continued(text));
    }

    final void logIfPossible(String text) {
        try {
            log(text);
        } catch (IOException x) {
            LOGGER.log(Level.FINE, "Cannot write to the log of the build", x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    /** Called on the engine's thread, which is why it does nothing but to remember and to pass on. */
    private static final class Callback extends BodyExecutionCallback {

        private static final long serialVersionUID = 1L;

        private final BlockExecution execution;

        /** Why the body is not run, {@code null} when it is. */
        @CheckForNull
        private final FlowInterruptedException leftOut;

        Callback(BlockExecution execution, @CheckForNull FlowInterruptedException leftOut) {
            this.execution = execution;
            this.leftOut = leftOut;
        }

        @Override
        public void onStart(StepContext context) {
            execution.started = true;
            if (leftOut != null) {
                execution.cancelBody(leftOut);
            }
        }

        @Override
        public void onSuccess(StepContext context, Object result) {
            ended(BlockEnd.success(result));
        }

        @Override
        public void onFailure(StepContext context, Throwable thrown) {
            boolean asMeant = leftOut != null && CancelledStages.isInterruption(thrown);
            ended(asMeant ? BlockEnd.success(null) : BlockEnd.failure(thrown));
        }

        private void ended(BlockEnd end) {
            execution.blockEnd = end;
            ArmoryApprovals.get().executor().execute(() -> execution.run(() -> execution.end(end)));
        }
    }
}
