package io.jenkins.plugins.armory.step.environment;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.step.ArmoryStepDescriptor;
import io.jenkins.plugins.armory.step.Messages;
import io.jenkins.plugins.armory.step.MistakenExecution;
import java.util.Objects;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * The step {@code armoryRollback('prod') { }}: runs its body, at most once, if the deployment to the environment failed
 * before it was complete and after something may have been deployed.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryRollbackStep extends Step {

    private final String environment;

    @DataBoundConstructor
    public ArmoryRollbackStep(String environment) {
        this.environment = Objects.requireNonNullElse(environment, "").strip();
    }

    public String getEnvironment() {
        return environment;
    }

    @Override
    public StepExecution start(StepContext stepContext) {
        String start = "armoryRollback: ";
        if (environment.isEmpty()) {
            return new MistakenExecution(
                    stepContext, start + "environment: is missing; name the environment to roll back");
        }
        try {
            ArmoryEnvironmentStep.checkName("environment", environment);
            return new ArmoryRollbackExecution(stepContext, environment);
        } catch (IllegalArgumentException x) {
            return new MistakenExecution(stepContext, start + x.getMessage());
        }
    }

    @Extension
    public static final class DescriptorImpl extends ArmoryStepDescriptor {

        public DescriptorImpl() {
            super("armoryRollback", true, "environment");
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ArmoryRollbackStep_displayName();
        }

        @POST
        public FormValidation doCheckEnvironment(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.ArmoryRollbackStep_environment())
                    : FormValidation.ok();
        }
    }
}
