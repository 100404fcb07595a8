package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.model.Result;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import io.jenkins.plugins.armory.step.flow.EnclosingBody;
import io.jenkins.plugins.armory.step.flow.StagePause;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The execution of {@code armoryWebhookApproval} and {@code armoryWebhookApprovals}: waits, see {@link ApprovalWait},
 * and hands the decisions to the Pipeline.
 */
class ArmoryWebhookApprovalExecution extends SuspendedExecution {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(ArmoryWebhookApprovalExecution.class.getName());

    private final transient ArmoryWebhookApprovalStep step;
    private StepApprovals approvals;

    /** What is wrong with the parameters, {@code null} for nothing. */
    @CheckForNull
    private String mistake;

    @CheckForNull
    private transient ApprovalWait wait;

    ArmoryWebhookApprovalExecution(StepContext stepContext, ArmoryWebhookApprovalStep step) {
        super(stepContext);
        this.step = step;
    }

    @Override
    public boolean start() throws Exception {
        String environment = EnclosingBody.environment(step.getEnvironment(), getContext());
        try {
            List<Approval> asked = step.approvals(
                    new ApprovalFactory(this, false),
                    environment != null
                            ? environment
                            : getContext().get(EnvVars.class).get("STAGE_NAME"));
            approvals = approvals(newId(), environment, asked);
        } catch (AbortException x) {
            mistake = x.getMessage(); // thrown by begin(), since the environments must know before the step ends
        } catch (Exception | Error x) { // as of a parameter of another plugin, or of a key that cannot be read
            LOGGER.log(Level.WARNING, "Cannot read the parameters of " + step.functionName(), x);
            mistake = step.functionName() + ": " + x;
        }
        if (mistake != null) {
            approvals = approvals(UUID.randomUUID().toString(), environment, List.of());
        }
        later(this::pause);
        afterSave(this::begin);
        return false;
    }

    private StepApprovals approvals(String seed, @CheckForNull String environment, List<Approval> asked) {
        Phase phase = Phase.of(step.getPhase()).orElse(Phase.STRATEGY);
        return new StepApprovals(seed, phase, environment, step.asked(), asked);
    }

    private void begin() throws Exception {
        if (mistake != null) {
            throw new AbortException(mistake);
        }
        awaiting().begin();
    }

    @Override
    public void onResume() {
        later(() -> {
            pause();
            onceOpen(mistake == null ? awaiting()::resume : this::begin);
        });
    }

    /** Returns the wait of this run of Jenkins. */
    private synchronized ApprovalWait awaiting() {
        if (wait == null) {
            wait = new ApprovalWait(this, approvals, () -> passed(result()), this::failed);
        }
        return wait;
    }

    @Override
    public void stop(Throwable cause) {
        stopFor(cause);
        later(() -> awaiting().stop(cause));
    }

    @Override
    protected void failed(Exception thrown) {
        awaiting().fail(thrown);
    }

    /**
     * Ends the step after a failure. In the phase {@code afterDeployment} the stage continues, because its deployment
     * is done. The reason was logged: the Pipeline may catch the exception, and {@code parallel} reports the exception
     * of one branch only.
     */
    private void failed(String reason) throws IOException, InterruptedException {
        if (approvals.phase() != Phase.AFTER_DEPLOYMENT) {
            fail(new AbortException(reason));
            return;
        }
        warn(Result.UNSTABLE, reason);
        succeed(result());
    }

    private Object result() {
        List<Approval> all = awaiting().ended();
        return approvals.isListed()
                ? ApprovalResult.listOf(all.subList(0, approvals.listed()))
                : ApprovalResult.of(all.get(0));
    }

    private void pause() throws IOException, InterruptedException {
        StagePause.begin(getContext(), approvals.seed(), () -> !isOver());
    }

    @Override
    protected void finished() {
        StagePause.end(getContext(), approvals.seed());
    }

    @Override
    public boolean isWaitingFor(String id) {
        return approvals.seed().equals(id);
    }

    @Override
    public String getStatus() {
        return "waiting for " + (approvals.isListed() ? "" : "approval ") + approvals.name();
    }
}
