package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.flow.CancelledStages;
import io.jenkins.plugins.armory.flow.ProgramSaves;
import java.io.IOException;
import java.util.UUID;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A step with a body that runs, or does not, as the environments of the build say. A crash is harmless at any moment,
 * because of this order:
 * <ol>
 *   <li>the program is saved with the step's id in it,
 *   <li>{@link #begin} tells the environments, and starts the body or ends the step,
 *   <li>the start and the end of the body become part of the program as they happen,
 *   <li>{@link #end} tells the environments, and ends the step.
 * </ol>
 * After a restart the second or the fourth is done again, under the same id, which the environments know by then.
 */
abstract class BlockExecution extends SuspendedExecution {

    private static final long serialVersionUID = 1L;

    /** Tells this step from others of its kind. */
    private final String id = UUID.randomUUID().toString();

    /** Guarded by this. */
    @CheckForNull
    private BodyExecution body;

    /** Set by the engine's thread alone. */
    private volatile boolean started;

    @CheckForNull
    private volatile BlockEnd blockEnd;

    BlockExecution(StepContext stepContext) {
        super(stepContext);
    }

    /** Tells the environments that the Pipeline has come here, for the first time or again. */
    abstract void begin() throws Exception;

    /** Tells the environments how the body ended, and ends the step. */
    abstract void end(BlockEnd end) throws Exception;

    /** Tells the environments that the step was stopped before its body started. */
    abstract void stopped(Throwable cause) throws IOException, InterruptedException;

    String id() {
        return id;
    }

    /** Begins once the program is saved with this step in it. For {@link #start}. */
    final boolean beginOnceSaved() throws IOException, InterruptedException {
        ProgramSaves.afterSave(getContext(), this::run, this::beginUnlessStopped);
        return false;
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
     * @param invoker with all that the body is to find in its context
     */
    final synchronized void startBody(BodyInvoker invoker) {
        if (stopCause() == null && !started && body == null) {
            body = invoker.withCallback(new Callback(this, null)).start();
        }
    }

    /**
     * Starts the body and ends it before anything in it runs, so that views can show it as aborted. For the step that is an
     * end without an error.
     *
     * @param message says why it does not run
     */
    final synchronized void leaveOutBody(BodyInvoker invoker, String message) throws IOException, InterruptedException {
        if (stopCause() == null && !started && body == null) {
            CancelledStages.await(getContext(), message);
            body = invoker.withCallback(new Callback(this, CancelledStages.interruption(message)))
                    .start();
        }
    }

    /** Cancels the body. The engine asks for that before it runs the first step of the body. */
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
                stopFor(cause);
            }
        }
        if (running != null) {
            running.cancel(cause);
        } else if (blockEnd == null) {
            later(() -> {
                stopped(cause);
                fail(cause);
            });
        } // else the step is about to end, and sees that it was stopped
    }

    @Override
    public void onResume() {
        BlockEnd known = blockEnd;
        if (known != null) {
            later(() -> end(known));
        } else if (!started) {
            forgetBody();
            later(this::beginUnlessStopped);
        }
    }

    /** Forgets a body that was to be started when Jenkins went down, and was not. */
    private synchronized void forgetBody() {
        body = null;
    }

    /** Hears of the body on the engine's thread, so it only remembers and passes on. */
    private static final class Callback extends BodyExecutionCallback {

        private static final long serialVersionUID = 1L;

        private final BlockExecution execution;

        /** Why the body does not run, {@code null} if it does. */
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
            execution.later(() -> execution.end(end));
        }
    }
}
