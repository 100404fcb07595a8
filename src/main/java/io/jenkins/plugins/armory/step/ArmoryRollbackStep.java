package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.flow.LeftOutCalls;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
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
 * The step {@code armoryRollback('prod') { }}: runs its body, at most once, if the deployment to the environment failed before it
 * was complete and after something may have been deployed.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryRollbackStep extends Step {

    private final String environment;

    @CheckForNull
    private final String mistake;

    @DataBoundConstructor
    public ArmoryRollbackStep(String environment) {
        this(environment, null);
    }

    private ArmoryRollbackStep(@CheckForNull String environment, @CheckForNull String mistake) {
        this.environment = Objects.requireNonNullElse(environment, "").strip();
        this.mistake = mistake;
    }

    /** Returns what is wrong with the arguments, {@code null} for nothing that was found yet. */
    @CheckForNull
    String mistake() {
        return mistake;
    }

    public String getEnvironment() {
        return environment;
    }

    @Override
    public StepExecution start(StepContext stepContext) {
        return new ArmoryRollbackExecution(stepContext, this);
    }

    @Extension
    public static final class DescriptorImpl extends StepDescriptor implements CustomDescribableModel {

        @Override
        public String getFunctionName() {
            return "armoryRollback";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ArmoryRollbackStep_displayName();
        }

        @Override
        public boolean takesImplicitBlockArgument() {
            LeftOutCalls.refuse(getFunctionName());
            return true;
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class, FlowNode.class);
        }

        @Override
        public String argumentsToString(Map<String, Object> arguments) {
            return arguments.get("environment") instanceof String text ? text : null;
        }

        /** Returns the step that the arguments ask for; if that cannot be, one that fails, see {@link StepArguments#instantiate}. */
        @Override
        public Step newInstance(Map<String, Object> arguments) throws Exception {
            return StepArguments.instantiate(
                    getFunctionName(),
                    () -> super.newInstance(arguments),
                    mistake -> new ArmoryRollbackStep(null, mistake));
        }

        /** @throws IllegalArgumentException naming an argument that the step does not have */
        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            return StepArguments.checked(this, arguments);
        }

        @POST
        public FormValidation doCheckEnvironment(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.ArmoryRollbackStep_environment())
                    : FormValidation.ok();
        }
    }
}
