package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.armory.config.KeyValue;
import io.jenkins.plugins.armory.flow.LeftOutCalls;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * The step {@code armoryDeploymentPlan}: reads a deployment file and checks all of it before anything is done. Only
 * {@code armoryDeployment} uses it, and its parameters are those of {@code armoryDeployment}.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryDeploymentPlanStep extends Step {

    /** The name that messages have, since nobody writes this step. */
    static final String SHOWN_AS = "armoryDeployment";

    @CheckForNull
    private String config;

    @CheckForNull
    private String configFile;

    private List<KeyValue> context = List.of();
    private List<String> targets = List.of();
    private List<String> secrets = List.of();
    private List<String> agents = List.of();

    @CheckForNull
    private String mistake;

    @DataBoundConstructor
    public ArmoryDeploymentPlanStep() {
        this(null);
    }

    private ArmoryDeploymentPlanStep(@CheckForNull String mistake) {
        this.mistake = mistake;
    }

    /** Returns what is wrong with the arguments, {@code null} for nothing that was found yet. */
    @CheckForNull
    public String getMistake() {
        return mistake;
    }

    /** Has the step fail. For {@code armoryDeployment} without a body, or with arguments that are no map. */
    @DataBoundSetter
    public void setMistake(@CheckForNull String mistake) {
        this.mistake = mistake;
    }

    /** Returns the text of the deployment file. */
    @CheckForNull
    public String getConfig() {
        return config;
    }

    @DataBoundSetter
    public void setConfig(@CheckForNull String config) {
        this.config = config;
    }

    /** Returns the path of the deployment file in the workspace. */
    @CheckForNull
    public String getConfigFile() {
        return configFile;
    }

    @DataBoundSetter
    public void setConfigFile(@CheckForNull String configFile) {
        this.configFile = Util.fixEmptyAndTrim(configFile);
    }

    /** Returns values of {@code {{context.*}}} for all webhooks. */
    public List<KeyValue> getContext() {
        return context;
    }

    @DataBoundSetter
    public void setContext(@CheckForNull List<KeyValue> context) {
        this.context = context == null ? List.of() : List.copyOf(context);
    }

    /** Returns the targets to deploy to; empty for all of the file. */
    public List<String> getTargets() {
        return targets;
    }

    @DataBoundSetter
    public void setTargets(@CheckForNull List<String> targets) {
        this.targets = targets == null ? List.of() : List.copyOf(targets);
    }

    /** Returns ids of the Secret texts that templates from the workspace may use. */
    public List<String> getSecrets() {
        return secrets;
    }

    @DataBoundSetter
    public void setSecrets(@CheckForNull List<String> secrets) {
        this.secrets = secrets == null ? List.of() : List.copyOf(secrets);
    }

    /** Returns the names and labels of the agents that a file of the workspace may call from. */
    public List<String> getAgents() {
        return agents;
    }

    @DataBoundSetter
    public void setAgents(@CheckForNull List<String> agents) {
        this.agents = agents == null ? List.of() : List.copyOf(agents);
    }

    Map<String, String> contextMap() {
        return KeyValue.toMap(context);
    }

    @Override
    public StepExecution start(StepContext stepContext) {
        return new ArmoryDeploymentPlanExecution(stepContext, this);
    }

    @Extension
    public static final class DescriptorImpl extends StepDescriptor implements CustomDescribableModel {

        private static final String CONTEXT = "context";

        @Override
        public String getFunctionName() {
            return "armoryDeploymentPlan";
        }

        @Override
        public boolean takesImplicitBlockArgument() {
            LeftOutCalls.refuse(getFunctionName());
            return false;
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ArmoryDeploymentPlanStep_displayName();
        }

        /** It is listed among the advanced steps, since nobody needs to write it. */
        @Override
        public boolean isAdvanced() {
            return true;
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class);
        }

        /** Returns the step that the arguments ask for; if that cannot be, one that fails, see {@link StepArguments#instantiate}. */
        @Override
        public Step newInstance(Map<String, Object> arguments) throws Exception {
            return StepArguments.instantiate(
                    SHOWN_AS, () -> super.newInstance(arguments), ArmoryDeploymentPlanStep::new);
        }

        /** @throws IllegalArgumentException naming an argument that the step does not have, or whose type is wrong */
        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            // A variable that is not set must not deploy to all targets.
            StepArguments.checkNotEmpty(SHOWN_AS, arguments, "config", "configFile", "targets");
            StepArguments.checkSet(SHOWN_AS, arguments, CONTEXT);
            return StepArguments.checked(SHOWN_AS, clazz, Shorthands.mapToEntries(SHOWN_AS, arguments, CONTEXT));
        }

        @Override
        public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable step) {
            return Shorthands.entriesToMap(step, CONTEXT);
        }
    }
}
