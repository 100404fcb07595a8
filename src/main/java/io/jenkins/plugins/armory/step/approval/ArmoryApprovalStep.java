package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.step.Messages;
import java.util.List;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;

/**
 * The step {@code armoryApproval}: runs its body once an approval has succeeded. It has the parameters of {@code
 * armoryWebhookApproval}. As a step with a body that needs no node, it may also be an option of a Declarative stage.
 * The approval then comes before the stage's agent.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryApprovalStep extends ArmoryWebhookApprovalStep {

    static final String FUNCTION = "armoryApproval";

    @DataBoundConstructor
    public ArmoryApprovalStep() {
        setPhase(Phase.BEFORE_DEPLOYMENT.toString());
    }

    @Override
    public StepExecution start(StepContext stepContext) {
        return new ArmoryApprovalExecution(stepContext, this);
    }

    @Override
    String functionName() {
        return FUNCTION;
    }

    @Override
    Phase requirePhase() {
        Phase phase = super.requirePhase();
        if (phase == Phase.AFTER_DEPLOYMENT) {
            throw new IllegalArgumentException("phase: " + phase
                    + " comes after what this step guards; leave it out, or use" + " armoryWebhookApproval");
        }
        return phase;
    }

    @Extension
    public static final class DescriptorImpl extends ArmoryWebhookApprovalStep.DescriptorImpl {

        public DescriptorImpl() {
            super(FUNCTION, true);
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ArmoryApprovalStep_displayName();
        }

        @Override
        ArmoryWebhookApprovalStep newStep() {
            return new ArmoryApprovalStep();
        }

        @Override
        List<Phase> phases() {
            return List.of(Phase.BEFORE_DEPLOYMENT, Phase.STRATEGY);
        }

        @Override
        public String getDefaultPhase() {
            return Phase.BEFORE_DEPLOYMENT.toString();
        }
    }
}
