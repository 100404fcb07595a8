package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalObserver;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.deployment.Failure;
import io.jenkins.plugins.armory.deployment.Place;
import io.jenkins.plugins.armory.flow.LogText;
import io.jenkins.plugins.armory.flow.ProgramSaves;
import io.jenkins.plugins.armory.flow.StagePause;
import io.jenkins.plugins.armory.flow.Stages;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.BuildRecord;
import io.jenkins.plugins.armory.runtime.Work;
import java.io.IOException;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.actions.ErrorAction;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The execution of {@code armoryWebhookApproval}: creates the approval, waits, and hands the decision to the Pipeline. A
 * crash is harmless at any moment, because of this order:
 * <ol>
 *   <li>the program is saved with the approval's id in it,
 *   <li>the approval is written, and with it all that it may call,
 *   <li>{@link io.jenkins.plugins.armory.delivery.Delivery} calls the webhook.
 * </ol>
 * After a restart {@link #resume} goes on from what is written.
 */
final class ArmoryWebhookApprovalExecution extends SuspendedExecution implements ApprovalObserver {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(ArmoryWebhookApprovalExecution.class.getName());
    private static final String OTHER_FAILED = "another one of the same phase failed: ";

    private final transient ArmoryWebhookApprovalStep step;

    private String approvalId;

    /** Name of the environment that the approval belongs to if the build comes to it, {@code null} for the stage. */
    @CheckForNull
    private String placeEnvironment;

    private Phase phase;
    private String webhook;

    /** {@code null} once the approval is written. */
    @CheckForNull
    private volatile ApprovalDefinition definition;

    ArmoryWebhookApprovalExecution(StepContext stepContext, ArmoryWebhookApprovalStep step) {
        super(stepContext);
        this.step = step;
    }

    @Override
    public boolean start() throws Exception {
        EnclosingEnvironment enclosing = getContext().get(EnclosingEnvironment.class);
        String enclosingName = enclosing == null ? null : enclosing.name();
        ApprovalDefinition defined = new ApprovalDefinition(step, enclosingName, getContext());
        definition = defined;
        placeEnvironment = step.getEnvironment() != null ? step.getEnvironment() : enclosingName;
        phase = defined.phase();
        webhook = defined.reference().name();
        approvalId = ArmoryRuntime.get().tokens().newId();
        later(this::pause);
        ProgramSaves.afterSave(getContext(), this::run, this::begin);
        return false;
    }

    /** Creates the approval, on a thread that may wait for an agent if something has to be read. */
    private void begin() throws Exception {
        ApprovalDefinition defined = definition;
        if (defined == null || defined.reference().isInline()) {
            create();
        } else {
            ArmoryRuntime.get().waitingExecutor().execute(() -> run(this::create));
        }
    }

    private void create() throws Exception {
        ApprovalDefinition defined = definition;
        if (stopCause() != null || defined == null) {
            return;
        }
        new ApprovalStart(approvalId, defined, place(), getContext(), this::print).create();
        definition = null;
        waitForDecision();
    }

    private Place place() throws IOException, InterruptedException {
        return Stages.placeOf(getContext().get(FlowNode.class), placeEnvironment);
    }

    private void waitForDecision() throws Exception {
        approvals().attach(approvalId, this);
        Throwable stopped = stopCause();
        if (stopped != null) { // before there was an approval to end
            abort(stopped);
        } else if (!endIfOtherFailed()) {
            ArmoryRuntime.get().delivery().deliver(approvalId);
        }
    }

    /**
     * Ends this approval if one of the same phase has failed in a branch beside it. For after this one is attached: one that
     * fails later finds it.
     */
    private boolean endIfOtherFailed() throws IOException, InterruptedException {
        Optional<Failure> failed =
                ArmoryRuntime.get().deployments().deploymentOf(build()).failedBeside(place(), phase);
        if (failed.isPresent()) {
            approvals()
                    .apply(
                            approvalId,
                            new Event.OtherFailed(OTHER_FAILED + failed.get().reason()));
        }
        return failed.isPresent();
    }

    @Override
    public void onResume() {
        ArmoryRuntime runtime = ArmoryRuntime.get();
        runtime.executor().execute(() -> {
            run(this::pause);
            if (runtime.problem().isPresent()) {
                log("The webhook approvals are not open, and Jenkins's log says why; the step goes on when they are.");
            }
            runtime.whenOpen(() -> run(this::resume));
        });
    }

    private void resume() throws Exception {
        Throwable stopped = stopCause();
        if (stopped != null) { // while the approvals were not open
            abort(stopped);
            return;
        }
        Run<?, ?> run = build();
        Optional<Approval> approval;
        try {
            approval = approvals().find(approvalId);
        } catch (IOException x) { // it may have been decided: then the webhook must not be called once more
            throw failure("The approval cannot be read, so what was decided is not known", x);
        }
        if (approval.isEmpty()) {
            if (BuildRecord.has(run, approvalId)) {
                throw new AbortException(
                        "The approval of this step is not in JENKINS_HOME/armory-approvals any more, so what was"
                                + " decided is not known. Its webhook is not called a second time; run the build again.");
            }
            begin();
            return;
        }
        definition = null;
        BuildRecord.add(run, approvalId);
        if (approval.get().state() == Approval.State.WAITING) {
            log("Jenkins was restarted; still waiting for the callback until "
                    + approval.get().deadline() + ".");
        }
        waitForDecision();
    }

    @Override
    public void stop(Throwable cause) {
        stopFor(cause);
        later(() -> abort(cause));
    }

    /** Ends the approval; if it was pending, {@link #decided} then ends the step. */
    private void abort(Throwable cause) {
        boolean known = false;
        try {
            known = approvals()
                    .apply(approvalId, new Event.Aborted("The build, or this part of it, was stopped."))
                    .isPresent();
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot write that " + approvalId + " was stopped; the next start finds out", x);
        }
        if (!known) {
            fail(cause);
        }
    }

    @Override
    void failed(Exception thrown) {
        if (Jenkins.get().isTerminating()) {
            return; // the approvals are closed; the next start takes up where this one stands
        }
        super.failed(thrown);
        Work.run(
                () -> {
                    tell(Verdict.STOPPED, "The step failed.");
                    approvals().apply(approvalId, new Event.Aborted("The step failed."));
                },
                x -> LOGGER.log(
                        Level.WARNING,
                        "Cannot write that " + approvalId + " is over; the build's end will try again",
                        x),
                this::log);
    }

    @Override
    public void note(String line) {
        log(line);
    }

    @Override
    public void sent(Approval approval, Attempt attempt) {
        run(() -> words().sent(approval, attempt, build()));
    }

    @Override
    public void progressed(Progress progress) {
        words().progressed(progress);
    }

    @Override
    public void heard(Approval approval) {
        words().heard(approval);
    }

    @Override
    public void decided(Approval approval) {
        run(() -> {
            Decision decision = approval.requireDecision();
            if (decision.isSuccess()) {
                tell(Verdict.SUCCESS, "");
                words().succeeded(approval);
                succeed(ApprovalResult.of(approval));
            } else if (decision.outcome() == Decision.Outcome.ABORTED) {
                tell(Verdict.STOPPED, decision.mdMessage());
                Throwable stopped = stopCause();
                fail(stopped != null ? stopped : new FlowInterruptedException(Result.ABORTED, false));
            } else {
                fail(approval);
            }
        });
    }

    /**
     * Ends the step after a failure, as the phase demands: after the deployment it is no reason to stop the stage, which has
     * deployed what it should. The reason is in the log in any case: the Pipeline may catch what is thrown, and of what several
     * branches throw, {@code parallel} tells one.
     */
    private void fail(Approval approval) throws IOException, InterruptedException {
        boolean own = approval.requireDecision().outcome() != Decision.Outcome.OTHER_FAILED;
        String reason = ApprovalLog.failure(approval);
        String plain = LogText.withoutPrefixes(reason);
        // Before the others are looked for: one that starts later asks the environments.
        Transition transition = tell(own ? Verdict.FAILURE : Verdict.OTHER_FAILED, plain);
        if (own) {
            approvals().endOthers(approval, OTHER_FAILED + plain);
        }
        print("ERROR: " + reason);
        if (phase != Phase.AFTER_DEPLOYMENT) {
            fail(new AbortException(reason));
            return;
        }
        words().cancels(transition.deployment().resolved(place()).environment());
        // As of an error that is caught: the step is shown as failed, and its stage is not. A warning would be of both.
        getContext().get(FlowNode.class).addAction(new ErrorAction(new AbortException(reason)));
        succeed(ApprovalResult.of(approval));
    }

    private ApprovalLog words() {
        return new ApprovalLog(this::print);
    }

    /** Tells the environments of the build how the approval ended. */
    private Transition tell(Verdict verdict, String reason) throws IOException, InterruptedException {
        return tell(new ApprovalEnded(place(), approvalId, phase, webhook, verdict, reason));
    }

    private synchronized void pause() throws IOException, InterruptedException {
        if (!isOver()) {
            StagePause.begin(getContext(), approvalId);
        }
    }

    @Override
    void finished() {
        try {
            StagePause.end(getContext(), approvalId);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot write that " + approvalId + " waits no longer", x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String getStatus() {
        return "waiting for the approval of webhook " + webhook;
    }
}
