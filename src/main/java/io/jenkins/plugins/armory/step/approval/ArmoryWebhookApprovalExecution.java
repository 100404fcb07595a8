package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Result;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalObserver;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.deployment.Place;
import io.jenkins.plugins.armory.flow.EnclosingBody;
import io.jenkins.plugins.armory.flow.LeftOutCalls;
import io.jenkins.plugins.armory.flow.LogText;
import io.jenkins.plugins.armory.flow.StagePause;
import io.jenkins.plugins.armory.flow.Stages;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.Work;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The execution of {@code armoryWebhookApproval}: creates the approval, waits, and hands the decision to the Pipeline. This order
 * makes a crash harmless at any moment:
 * <ol>
 *   <li>The program is saved with the approval's id.
 *   <li>The approval is written with all its outgoing calls.
 *   <li>{@link io.jenkins.plugins.armory.delivery.Delivery} calls the webhook, if there is one.
 * </ol>
 * After a restart, {@link #resume} continues from what is on disk.
 */
class ArmoryWebhookApprovalExecution extends SuspendedExecution implements ApprovalObserver {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(ArmoryWebhookApprovalExecution.class.getName());

    private final transient ArmoryWebhookApprovalStep step;

    /** The id of the first try, by which the environments know the approval. */
    private String approvalId;

    /** The id of the present try, {@code null} until it is known. */
    @CheckForNull
    private transient volatile String tryId;

    /** The environment that the approval belongs to, {@code null} for the enclosing stage. */
    @CheckForNull
    private String placeEnvironment;

    private Phase phase = Phase.STRATEGY;
    private String name = "";

    /** What the environments know the step by, beside the name; {@code null} in a build that an older version began. */
    @CheckForNull
    private String argumentsKey;

    /** What is wrong with the parameters, {@code null} for nothing. */
    @CheckForNull
    private String mistake;

    /** {@code null} once the approval is written. */
    @CheckForNull
    private volatile ApprovalDefinition definition;

    ArmoryWebhookApprovalExecution(StepContext stepContext, ArmoryWebhookApprovalStep step) {
        super(stepContext);
        this.step = step;
    }

    @Override
    public boolean start() throws Exception {
        placeEnvironment = EnclosingBody.environment(step.getEnvironment(), getContext());
        approvalId = armory().tokens().newId();
        phase = Phase.of(step.getPhase()).orElse(phase);
        argumentsKey = step.argumentsKey();
        try {
            ApprovalDefinition defined = new ApprovalDefinition(step, placeEnvironment, getContext());
            definition = defined;
            name = defined.name();
        } catch (AbortException x) {
            mistake = x.getMessage(); // thrown by begin(), since the environments must know before the step ends
        } catch (Exception | LinkageError x) { // as of a parameter of another plugin
            LOGGER.log(Level.WARNING, "Cannot read the parameters of " + step.functionName(), x);
            mistake = step.functionName() + ": " + x;
        }
        later(this::pause);
        afterSave(this::begin);
        return false;
    }

    /** Creates the approval, on a thread that may wait for an agent if files must be read. */
    private void begin() throws Exception {
        LeftOutCalls.requireWhole(getContext());
        if (mistake != null) {
            throw new AbortException(mistake);
        }
        ApprovalDefinition defined = definition;
        if (defined == null || defined.isInline()) {
            create();
        } else {
            readLater(this::create);
        }
    }

    private void create() throws Exception {
        ApprovalDefinition defined = definition;
        if (stopCause() != null || defined == null) {
            return; // stop() ends the step
        }
        new ApprovalStart(
                        approvals(),
                        armory().deployments(),
                        armory().requests(),
                        armory().jobIds(),
                        getContext(),
                        this::print)
                .create(approvalId, defined, place());
        definition = null;
        waitForDecision();
    }

    private Place place() throws IOException, InterruptedException {
        return Stages.placeOf(getContext(), placeEnvironment);
    }

    /** Waits for the decision on the present try, which is created first if a person had the approval run again. */
    private void waitForDecision() throws Exception {
        Approval approval = ResumedApproval.presentTry(approvals(), approvalId, build());
        tryId = approval.id();
        approvals().attach(approval.id(), this);
        if (stopCause() != null) { // before the approval existed
            abort(stopCause());
        } else {
            new Rivals(approvals(), armory().deployments(), build(), this::print).meet(approval, place());
            armory().delivery().deliver(approval.id()); // if it still waits for its call
        }
    }

    @Override
    public void onResume() {
        ArmoryRuntime armory = armory();
        armory.executor().execute(() -> {
            run(this::pause);
            if (armory.problem().isPresent()) {
                log("The webhook approvals are not available, see Jenkins's log. The step continues once they are.");
            }
            armory.whenOpen(() -> run(this::resume));
        });
    }

    private void resume() throws Exception {
        Optional<Approval> approval = ResumedApproval.find(approvals(), approvalId, build());
        if (approval.isEmpty()) {
            begin();
            return;
        }
        // A step that was stopped before it came here attaches too: else nobody tells it that its approval has ended.
        definition = null;
        texts().resumed(ResumedApproval.presentTry(approvals(), approvalId, build()));
        waitForDecision();
    }

    @Override
    public void stop(Throwable cause) {
        stopFor(cause);
        later(() -> abort(cause));
    }

    /** Ends the approval. If it was pending, {@link #decided} then ends the step. */
    private void abort(Throwable cause) throws IOException, InterruptedException {
        boolean known = false;
        try {
            known = approvals()
                    .apply(presentId(), new Event.Aborted("The build, or this part of it, was stopped."))
                    .isPresent();
        } catch (IOException x) {
            unwritten(x, "the end of the build tries again");
        }
        if (!known) {
            tell(place(), Verdict.STOPPED, titled("It was stopped before it began."));
            fail(cause);
        }
    }

    private String presentId() {
        return Objects.requireNonNullElse(tryId, approvalId);
    }

    private void unwritten(Exception x, String next) {
        LOGGER.log(Level.WARNING, "Cannot write that " + approvalId + " is over; " + next, x);
    }

    @Override
    protected void failed(Exception thrown) {
        if (Jenkins.get().isTerminating()) {
            return; // the approvals are closed, and the next start resumes the step
        }
        Work.run(
                () -> {
                    // Before the step ends: what follows in the Pipeline asks the environments.
                    for (Place place : guardedPlaces()) {
                        if (phase == Phase.AFTER_DEPLOYMENT) {
                            // Else a mistake in its definition would roll back what is deployed.
                            tell(new ApprovalStarted(place, approvalId, phase));
                        }
                        tell(place, Verdict.STOPPED, titled("The step failed: " + thrown.getMessage()));
                    }
                    super.failed(thrown);
                    approvals().apply(presentId(), new Event.Aborted("The step failed."));
                },
                x -> {
                    unwritten(x, "the end of the build tries again");
                    super.failed(thrown);
                },
                this::log);
    }

    /** Returns the place of the approval, and the environment around it if the step names another one, which it may have misspelt. */
    private List<Place> guardedPlaces() throws IOException, InterruptedException {
        String enclosing = EnclosingBody.environment(null, getContext());
        return enclosing == null || enclosing.equals(placeEnvironment)
                ? List.of(place())
                : List.of(place(), Stages.placeOf(getContext(), enclosing));
    }

    @Override
    public void note(String line) {
        log(line);
    }

    @Override
    public void sent(Approval approval, Attempt attempt) {
        run(() -> texts().sent(approval, attempt, build()));
    }

    @Override
    public void progressed(Approval approval, Progress progress) {
        texts().progressed(progress);
    }

    @Override
    public void heard(Approval approval, Event.Verdict event) {
        texts().heard(approval, event);
    }

    @Override
    public void asked(Approval approval) {
        run(() -> texts().failed(approval, build()));
    }

    @Override
    public void decided(Approval approval) {
        run(() -> {
            Decision decision = approval.requireDecision();
            if (decision.isSuccess()) {
                tell(place(), Verdict.SUCCESS, "");
                texts().succeeded(approval);
                passed(ApprovalResult.of(approval));
            } else if (decision.outcome() == Decision.Outcome.RUN_AGAIN) {
                texts().runAgain(approval);
                waitForDecision();
            } else if (decision.outcome() == Decision.Outcome.ABORTED) {
                tell(place(), Verdict.STOPPED, titled(decision.mdMessage()));
                texts().stopped(approval, stopCause() == null);
                fail(stopCause() != null ? stopCause() : EndedWithoutVerdict.exception(decision));
            } else {
                fail(approval);
            }
        });
    }

    /**
     * Ends the step after a failure. In the phase {@code afterDeployment} the stage continues, because its deployment is done. The
     * reason is always logged: the Pipeline may catch the exception, and {@code parallel} reports the exception of one branch only.
     */
    private void fail(Approval approval) throws IOException, InterruptedException {
        boolean own = approval.requireDecision().outcome() != Decision.Outcome.OTHER_FAILED;
        String reason = ApprovalLog.failure(approval);
        String plain = LogText.withoutPrefixes(reason);
        // Before the others are ended: an approval that starts later asks the environments.
        Transition transition = tell(place(), own ? Verdict.FAILURE : Verdict.OTHER_FAILED, plain);
        if (own) {
            approvals().endOthers(approval, Rivals.OTHER_FAILED + plain);
        }
        print("ERROR: " + reason);
        if (phase != Phase.AFTER_DEPLOYMENT) {
            fail(new AbortException(reason));
            return;
        }
        texts().cancels(transition.deployment(), place());
        warn(Result.UNSTABLE, reason);
        succeed(ApprovalResult.of(approval));
    }

    private ApprovalLog texts() {
        return new ApprovalLog(this::print);
    }

    /** Returns the reason of an end without a verdict. It stands with the environment, which may have several approvals. */
    private String titled(String reason) {
        return name.isEmpty() ? reason : "Approval '" + name + "': " + reason;
    }

    /** Applies the end of the approval to the environments of the build. */
    private Transition tell(Place place, Verdict verdict, String reason) throws IOException, InterruptedException {
        return tell(new ApprovalEnded(
                place, approvalId, phase, name + Objects.requireNonNullElse(argumentsKey, ""), verdict, reason));
    }

    private void pause() throws IOException, InterruptedException {
        StagePause.begin(getContext(), approvalId, () -> !isOver());
    }

    @Override
    protected void finished() {
        StagePause.end(getContext(), approvalId);
    }

    @Override
    public String getStatus() {
        return "waiting for approval " + name;
    }
}
