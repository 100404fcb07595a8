package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.flow.LogText;
import java.util.Map;
import java.util.Set;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * The step {@code armoryEnvironmentReady 'staging'}: returns whether the environment is complete and no approval after its deployment failed. In
 * {@code when} of a Declarative Pipeline, {@link ArmoryEnvironmentReady} has this name. Without the step, the name would stand for an
 * object everywhere else, and Groovy takes every object for {@code true}.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryEnvironmentReadyStep extends Step {

    private final EnvironmentReadiness readiness;

    @DataBoundConstructor
    public ArmoryEnvironmentReadyStep(String environment) {
        readiness = new EnvironmentReadiness(environment);
    }

    public String getEnvironment() {
        return readiness.environment();
    }

    @Override
    public StepExecution start(StepContext stepContext) {
        return new Execution(stepContext, readiness);
    }

    private static final class Execution extends StepExecution {

        private static final long serialVersionUID = 1L;

        private final EnvironmentReadiness readiness;

        Execution(StepContext context, EnvironmentReadiness readiness) {
            super(context);
            this.readiness = readiness;
        }

        @Override
        public boolean start() throws Exception {
            Run<?, ?> run = getContext().get(Run.class);
            boolean ready = readiness.holds(run);
            String unknown = readiness.whyUnknown(run);
            if (unknown != null) {
                getContext().get(TaskListener.class).getLogger().println(LogText.PREFIX + unknown);
            }
            getContext().onSuccess(ready);
            return true;
        }
    }

    @Extension
    public static final class DescriptorImpl extends StepDescriptor implements CustomDescribableModel {

        @Override
        public String getFunctionName() {
            return "armoryEnvironmentReady";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ArmoryEnvironmentReadyStep_displayName();
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class);
        }

        @Override
        public String argumentsToString(Map<String, Object> arguments) {
            return arguments.get("environment") instanceof String text ? text : null;
        }

        /** @throws IllegalArgumentException naming an argument that the step does not have */
        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            return StepArguments.checked(this, arguments);
        }

        @POST
        public FormValidation doCheckEnvironment(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.ArmoryEnvironmentReadyStep_environment())
                    : FormValidation.ok();
        }
    }
}
