package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.step.EnclosingAction;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The approvals of a deployment's plan, checked before anything is done as each is checked when its turn comes. */
@Restricted(NoExternalUse.class)
public final class PlannedApprovals {

    private final ArmoryRuntime armory;
    private final Surroundings now;
    private final Map<String, Optional<String>> refused = new HashMap<>();

    /** @param context that of the step that makes the plan */
    public PlannedApprovals(ArmoryRuntime armory, StepContext context) throws IOException, InterruptedException {
        this.armory = armory;
        now = Surroundings.of(context, line -> {}, false);
    }

    /**
     * Returns what is wrong with an approval, {@code null} for nothing that is known before its turn comes.
     *
     * @param arguments those of {@code armoryWebhookApproval}
     * @param at the step of the plan that it will stand in
     */
    @CheckForNull
    public String problemOf(Map<String, Object> arguments, String environment, EnclosingAction at)
            throws IOException, InterruptedException {
        try {
            new ApprovalStart(armory, now.planned(at, refused))
                    .check(new ApprovalDefinition(step(arguments), environment));
            return null;
        } catch (IllegalArgumentException | AbortException x) {
            return x.getMessage();
        }
    }

    /** @throws IllegalArgumentException naming the argument that is wrong */
    private static ArmoryWebhookApprovalStep step(Map<String, Object> arguments) {
        var descriptor = (ArmoryWebhookApprovalStep.DescriptorImpl)
                StepDescriptor.byFunctionName(ArmoryWebhookApprovalStep.FUNCTION);
        try {
            return (ArmoryWebhookApprovalStep) descriptor.instantiate(arguments);
        } catch (Exception x) { // as of Jenkins's data binding
            throw new IllegalArgumentException(x.getMessage(), x);
        }
    }
}
