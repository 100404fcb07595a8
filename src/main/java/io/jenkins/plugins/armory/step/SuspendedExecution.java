package io.jenkins.plugins.armory.step;

import com.google.common.util.concurrent.ListenableFuture;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.approval.DurationText;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.Deployment.Transition;
import io.jenkins.plugins.armory.environment.DeploymentEvent;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.runtime.ApprovalsUnavailableException;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.step.flow.EnclosingBody;
import io.jenkins.plugins.armory.step.flow.ProgramSaves;
import io.jenkins.plugins.armory.step.flow.Stages;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.store.BuildState;
import io.jenkins.plugins.armory.store.disk.UntilWritten;
import io.jenkins.plugins.armory.webhook.text.LogText;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The execution of a step that waits without a thread. The thread of the Pipeline engine only hands over work. The step
 * ends exactly once, and ends with an error if its work fails.
 */
@Restricted(NoExternalUse.class)
public abstract class SuspendedExecution extends StepExecution {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(SuspendedExecution.class.getName());

    /** How long a step tries to write something: what it begins, and what it learns. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /**
     * How long a step that is stopped tries to write that. With the time that a doubt takes, it ends within ten
     * seconds.
     */
    private static final int STOP_SECONDS = 7;

    /** The reason to stop the step, {@code null} for none. */
    @CheckForNull
    private transient volatile Throwable stopCause;

    /** Guarded by this. No I/O happens with this lock held, since the Pipeline engine's thread takes it. */
    private transient boolean over;

    protected SuspendedExecution(StepContext stepContext) {
        super(stepContext);
    }

    public final ArmoryRuntime armory() {
        return ArmoryRuntime.get();
    }

    /** Stands for what could not be written yet, {@code null} for nothing. */
    @CheckForNull
    private transient volatile Object unwritten;

    /** The highest number of commits of the build that the step has seen. */
    private volatile long seenCommits;

    /** Work of a step on another thread than the Pipeline engine's. It may be repeated from its beginning. */
    public interface Work {
        void run() throws Exception;
    }

    /** Does work on the executor, and ends the step if the work fails. */
    public final void later(Work work) {
        armory().buildExecutor().execute(() -> run(work));
    }

    /**
     * Does work on the executor once the approvals are open, as after a restart of Jenkins, and ends the step if the
     * work fails.
     */
    protected final void onceOpen(Work work) {
        if (armory().problem().isPresent()) {
            log("The webhook approvals are not available, see Jenkins's log. The step continues once they are.");
        }
        armory().whenOpen(() -> later(work));
    }

    /**
     * Does work on the executor once the program is saved with the step as it is now. The engine's thread calls this.
     */
    protected final void afterSave(Work work) throws IOException, InterruptedException {
        ListenableFuture<Void> save =
                ProgramSaves.save(getContext(), armory().runningBuilds().findOrCreate(build()));
        save.addListener(
                () -> run(() -> {
                    try {
                        save.get();
                    } catch (ExecutionException x) {
                        throw x.getCause() instanceof Exception cause ? cause : x;
                    }
                    work.run();
                }),
                armory().buildExecutor());
    }

    /** Does work on this thread, and ends the step if the work fails. */
    public final void run(Work work) {
        run(work, this::failedUnlessResumed);
    }

    /**
     * Does work on this thread with the rights of Jenkins itself. Repeats it while it cannot write something that other
     * steps wait for: if the step failed or went on instead, the others would wait for ever, or go on by mistake.
     *
     * @param failed takes whatever else the work throws
     */
    public final void run(Work work, Consumer<Exception> failed) {
        new UntilWritten(Timer.get(), armory().buildExecutor())
                .run(() -> runOnce(work, failed), x -> log(x.getMessage() + ". Trying again; the build waits for it."));
    }

    private static void runOnce(Work work, Consumer<Exception> failed) throws BuildState.UnwrittenException {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            work.run();
        } catch (BuildState.UnwrittenException x) {
            throw x;
        } catch (Exception x) {
            failed.accept(x);
        } catch (Error x) { // as of a plugin that was changed under a running Jenkins, or of a key that cannot be read
            failed.accept(new IllegalStateException(x)); // else the step would wait for ever
        }
    }

    /** Leaves a step alone whose work fails while Jenkins goes down: the approvals are closed, and agents are gone. */
    private void failedUnlessResumed(Exception thrown) {
        if (armory().isGoingDown()) {
            LOGGER.log(Level.FINE, thrown, () -> "Step '" + getStatus() + "' is resumed by the next start");
        } else {
            failed(thrown);
        }
    }

    /** Ends the step after its work failed. */
    protected void failed(Exception thrown) {
        endWithError(thrown);
    }

    /**
     * Ends the step after its work failed, once the environment around it knows. The work of the
     * environment is not done, so its dependents must not be deployed to, even if the Pipeline catches the error.
     */
    protected final void failedInEnvironment(Exception thrown) {
        run(
                () -> {
                    tellEnvironments(String.valueOf(thrown.getMessage()));
                    endWithError(thrown);
                },
                x -> {
                    LOGGER.log(Level.WARNING, "Cannot write that a step in an environment failed", x);
                    endWithError(thrown);
                });
    }

    /** Returns what the templates of the step know of the deployment, by the full names of variables. */
    public Map<String, String> variables() throws IOException, InterruptedException {
        return EnclosingBody.variables(getContext());
    }

    /** Tells the environment around the step, if there is one, that the step has not done what it was to do in it. */
    protected void tellEnvironments(String reason) throws IOException, InterruptedException {
        String environment = EnclosingBody.environment(null, getContext());
        if (environment != null) {
            String id = getContext().get(FlowNode.class).getId();
            Place place = Stages.placeOf(getContext(), environment);
            tell(new ApprovalEnded(
                    new OpenApproval(id, getStatus(), place, Phase.STRATEGY, getStatus()), Verdict.STOPPED, reason));
        }
    }

    public final void endWithError(Exception thrown) {
        LOGGER.log(Level.FINE, thrown, () -> "Step '" + getStatus() + "' ends with an error");
        if (thrown instanceof AbortException) {
            thrown.setStackTrace(new StackTraceElement[0]); // Declarative prints it in post; it would hide the message
        }
        fail(thrown);
    }

    protected final void stopFor(Throwable cause) {
        stopCause = cause;
        stopOnTime();
    }

    /** Sees to it that the step ends within ten seconds. */
    protected final void stopOnTime() {
        inSeconds(STOP_SECONDS, this::endOnTime);
    }

    @CheckForNull
    public final Throwable stopCause() {
        return stopCause;
    }

    /** Ends the step with a value, or with the reason to stop it if there is one. */
    protected final void succeed(@CheckForNull Object value) {
        Throwable cause = stopCause();
        if (cause != null) {
            fail(cause);
        } else if (finish()) {
            getContext().onSuccess(value);
        }
    }

    /** Continues after the wait. A step without a body ends with the value. */
    protected void passed(@CheckForNull Object value) {
        succeed(value);
    }

    public final void fail(Throwable cause) {
        if (finish()) {
            getContext().onFailure(cause);
        }
    }

    /** Marks the step as over and returns whether this was the first call. */
    private boolean finish() {
        boolean first;
        synchronized (this) {
            first = !over;
            over = true;
        }
        if (first) {
            try {
                finished();
            } catch (RuntimeException | Error x) { // else the engine would never hear of the end
                LOGGER.log(Level.WARNING, "Cannot clean up behind '" + getStatus() + "'", x);
            }
        }
        return first;
    }

    /** Returns whether the step waits no longer. */
    protected synchronized boolean isOver() {
        return over;
    }

    /** Cleans up when the step ends. */
    protected void finished() {}

    public final Run<?, ?> build() throws IOException, InterruptedException {
        return getContext().get(Run.class);
    }

    /** Returns the place of the approvals that the step waits for, in an environment or, for {@code null}, in none. */
    public Place placeOfApprovals(@CheckForNull String environment) throws IOException, InterruptedException {
        return Stages.placeOf(getContext(), environment);
    }

    /** Returns a new id of an approval of the build. Looks at memory alone. */
    public final String newId() {
        try {
            return armory().tokens().newId(armory().deployments().keyOf(build()));
        } catch (IOException | InterruptedException x) { // of the context, which has the build in memory
            throw new IllegalStateException(x);
        }
    }

    /** Applies an event to the environments of the build. */
    public final Transition tell(DeploymentEvent event) throws IOException, InterruptedException {
        Run<?, ?> run = build();
        Transition transition = written(() -> armory().deployments().apply(run, event));
        noteSeen();
        return transition;
    }

    /** What writes to the log of the build. */
    public interface LogWrite<T> {
        T run() throws IOException;
    }

    /**
     * Writes to the log of the build. If that cannot be done for too long, also by repeating it, the build is in doubt
     * and the step fails.
     */
    public final <T> T written(LogWrite<T> write) throws IOException {
        if (unwritten == null) {
            var token = new Object();
            unwritten = token;
            Duration limit = patience();
            inSeconds(limit.toSeconds(), () -> {
                if (unwritten == token) {
                    giveUp("'" + getStatus() + "' could not be written for " + DurationText.of(limit));
                }
            });
        }
        boolean isUnwritten = false;
        try {
            return write.run();
        } catch (ApprovalsUnavailableException x) {
            throw new AbortException(x.getMessage());
        } catch (BuildState.UnwrittenException x) {
            isUnwritten = true;
            throw x;
        } finally {
            if (!isUnwritten) {
                unwritten = null;
            }
        }
    }

    /** Returns how long the step tries to write something. */
    protected Duration patience() {
        return PATIENCE;
    }

    /** Ends a step that is stopped and cannot write that. */
    private void endOnTime() {
        if (!isOver()) {
            try {
                if (armory().deployments().isStuck(build())) {
                    giveUp("that '" + getStatus() + "' was stopped could not be written");
                } else {
                    inSeconds(1, this::endOnTime); // it is being written
                }
            } catch (IOException x) {
                LOGGER.log(Level.FINE, "The build is gone", x);
            } catch (InterruptedException x) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Does what waits for no disk on a timer's thread. */
    private static void inSeconds(long seconds, Runnable work) {
        try {
            Timer.get().schedule(work, seconds, TimeUnit.SECONDS);
        } catch (RejectedExecutionException x) {
            LOGGER.log(Level.FINE, "Jenkins is going down", x);
        }
    }

    /** Ends the step although the log has no end of it. The build is in doubt before. */
    private void giveUp(String reason) {
        if (isOver() || armory().isGoingDown()) {
            return;
        }
        try {
            armory().deployments().doubt(build(), reason).thenRun(() -> {
                synchronized (this) {
                    if (isOver()) {
                        return;
                    }
                    over = true;
                }
                Throwable cause = stopCause();
                getContext().onFailure(cause != null ? cause : new AbortException(reason + "; the build is in doubt"));
                later(this::finished);
            });
        } catch (IOException x) {
            LOGGER.log(Level.FINE, "The build is gone", x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes note of how many commits the build has now; the program has it with its next save. */
    public final void noteSeen() throws IOException, InterruptedException {
        seenCommits = armory().deployments().of(build()).commits();
    }

    public final long seenCommits() {
        return seenCommits;
    }

    /** Returns whether the step has begun something that the log knows by that id, and has not ended it. */
    public boolean isWaitingFor(String id) {
        return false;
    }

    /** Applies the end of what the step waits for without a verdict. */
    public final void tellStopped(OpenApproval approval, String why) throws IOException, InterruptedException {
        tell(new ApprovalEnded(approval, Verdict.STOPPED, approval.reason(why)));
    }

    /**
     * Writes to the build's log.
     *
     * @param text text that may come from outside
     */
    public final void log(String text) {
        print(LogText.continued(text));
    }

    /** Has the views show the stage around the step with this result, though nothing is thrown. */
    protected final void warn(Result result, String message) throws IOException, InterruptedException {
        getContext().get(FlowNode.class).addAction(new WarningAction(result).withMessage(message));
    }

    /**
     * Writes to the build's log.
     *
     * @param line a line that may have links; text from outside must be cleaned with {@link LogText} before
     */
    public final void print(String line) {
        try {
            getContext().get(TaskListener.class).getLogger().println(LogText.PREFIX + line);
        } catch (IOException x) {
            LOGGER.log(Level.FINE, "Cannot write to the log of the build", x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    /** @throws AbortException if the approvals are not open */
    public final Approvals approvals() throws IOException {
        try {
            return armory().approvals();
        } catch (IOException x) {
            throw failure("The folder armory-approvals in JENKINS_HOME cannot be used", x);
        }
    }

    /** Logs an exception in Jenkins's log and returns its short form for the build's log. */
    public static AbortException failure(String message, IOException x) {
        LOGGER.log(Level.WARNING, message, x);
        return new AbortException(message + ": " + x.getMessage());
    }
}
