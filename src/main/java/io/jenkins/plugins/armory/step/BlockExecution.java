package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The execution of a step with a body, which runs if the environments of the build allow it. This order makes a crash
 * harmless at any moment:
 * <ol>
 * <li>The program is saved with the step's id, where the environments know the step by it.
 * <li>{@link #begin} tells the environments, and starts the body or ends the step.
 * <li>The start and the end of the body become part of the program.
 * <li>{@link #end} tells the environments, and ends the step. </ol> After a restart the second or the fourth is
 * repeated with the same id, which the environments recognize.
 */
@Restricted(NoExternalUse.class)
public abstract class BlockExecution extends SuspendedExecution {

    private static final long serialVersionUID = 1L;

    /** How long a step tries to write how its body has ended. */
    private static final Duration PATIENCE_OF_END = Duration.ofMinutes(10);

    /** The unique id of this execution. */
    private final String id = UUID.randomUUID().toString();

    /** Guarded by this. */
    @CheckForNull
    private BodyExecution body;

    /** Set only on the thread of the Pipeline engine. */
    private volatile boolean started;

    @CheckForNull
    private volatile BlockEnd blockEnd;

    /** Whether the body was stopped in this run of Jenkins. */
    private transient volatile boolean cancelled;

    protected BlockExecution(StepContext stepContext) {
        super(stepContext);
    }

    /** Tells the environments that the Pipeline reached this step. May be called again after a restart. */
    protected abstract void begin() throws Exception;

    /** Tells the environments how the body ended, and ends the step. */
    protected abstract void end(BlockEnd end) throws Exception;

    /** Tells the environments that the step was stopped before its body started. */
    protected abstract void stopped(Throwable cause) throws IOException, InterruptedException;

    /** Called after a restart of Jenkins if the body goes on. */
    protected void bodyResumed() throws Exception {}

    public String id() {
        return id;
    }

    @Override
    public boolean isWaitingFor(String other) {
        return id.equals(other);
    }

    @Override
    protected Duration patience() {
        return blockEnd == null ? super.patience() : PATIENCE_OF_END;
    }

    @Override
    protected synchronized boolean isOver() {
        return super.isOver() || body != null;
    }

    /** Saves the program and then begins. Returns the result of {@link #start}. */
    protected final boolean beginOnceSaved() throws IOException, InterruptedException {
        afterSave(this::beginUnlessStopped);
        return false;
    }

    /**
     * Begins without saving the program, for a step that the environments know by another name than its {@link #id}.
     * Returns the result of {@link #start}.
     */
    protected final boolean beginAtOnce() {
        later(this::beginUnlessStopped);
        return false;
    }

    private void beginUnlessStopped() throws Exception {
        if (stopCause() == null) {
            begin();
        }
        Throwable cause = stopCause();
        if (cause != null) { // again: stop() may have called it before begin()
            stopped(cause);
        }
    }

    /**
     * Runs the body.
     *
     * @param invoker an invoker with the context of the body
     */
    protected final synchronized void startBody(BodyInvoker invoker) {
        if (stopCause() == null && !started && !isOver()) {
            body = invoker.withCallback(new Callback(this)).start();
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
            cancelled = true;
            running.cancel(cause);
        } else if (blockEnd == null) {
            later(() -> {
                stopped(cause);
                fail(cause);
            });
        } // otherwise the body has ended, and succeed() sees the reason to stop
    }

    @Override
    public void onResume() {
        BlockEnd known = blockEnd;
        if (known != null) {
            onceOpen(() -> end(known));
        } else if (!started) {
            forgetBody();
            onceOpen(this::beginUnlessStopped);
        } else {
            onceOpen(this::bodyResumed);
        }
    }

    /** Forgets a body that was not started before Jenkins stopped, or that is over, since it keeps what it returned. */
    private synchronized void forgetBody() {
        body = null;
    }

    /** The callback of the body. It runs on the thread of the Pipeline engine, so it only hands over work. */
    private static final class Callback extends BodyExecutionCallback {

        private static final long serialVersionUID = 1L;

        private final BlockExecution execution;

        Callback(BlockExecution execution) {
            this.execution = execution;
        }

        @Override
        public void onStart(StepContext context) {
            execution.started = true;
        }

        @Override
        public void onSuccess(StepContext context, Object result) {
            ended(BlockEnd.success(result));
        }

        @Override
        public void onFailure(StepContext context, Throwable thrown) {
            ended(BlockEnd.failure(thrown));
        }

        private void ended(BlockEnd end) {
            execution.blockEnd = end;
            execution.forgetBody();
            if (execution.cancelled) {
                execution.stopOnTime();
            }
            // Saved first: else Jenkins could die once the environments know, and do the last steps of the body again.
            execution.run(() -> execution.afterSave(() -> execution.end(end)));
        }
    }
}
