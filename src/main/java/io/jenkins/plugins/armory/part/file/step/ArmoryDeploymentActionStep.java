package io.jenkins.plugins.armory.part.file.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.config.form.Argument;
import io.jenkins.plugins.armory.config.form.KeyValue;
import io.jenkins.plugins.armory.config.form.ListField;
import io.jenkins.plugins.armory.step.ArmoryStepDescriptor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * The step {@code armoryDeploymentAction}: does one step of a deployment's plan once, and records when it began and how
 * it ended. Only {@code armoryDeployment} uses it.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryDeploymentActionStep extends Step {

    private final String environment;
    private final String planned;
    private String label = "";
    private String phase = Phase.STRATEGY.toString();
    private boolean approval;
    private List<KeyValue> variables = List.of();

    /**
     * @param environment the environment whose plan it is
     * @param planned the id in the plan
     */
    @DataBoundConstructor
    public ArmoryDeploymentActionStep(String environment, String planned) {
        this.environment = Objects.requireNonNull(environment, "environment");
        this.planned = Objects.requireNonNull(planned, "planned");
    }

    public String getEnvironment() {
        return environment;
    }

    public String getPlanned() {
        return planned;
    }

    /** Returns the name of the step for people. */
    public String getLabel() {
        return label;
    }

    @DataBoundSetter
    public void setLabel(String label) {
        this.label = label;
    }

    public String getPhase() {
        return phase;
    }

    @DataBoundSetter
    public void setPhase(String phase) {
        this.phase = phase;
    }

    /** Returns whether the body is an approval, which tells the environments of its end itself. */
    public boolean isApproval() {
        return approval;
    }

    @DataBoundSetter
    public void setApproval(boolean approval) {
        this.approval = approval;
    }

    /** Returns the environment variables of the body. */
    public List<KeyValue> getVariables() {
        return variables;
    }

    @DataBoundSetter
    @Argument(map = true)
    public void setVariables(@CheckForNull List<KeyValue> variables) {
        this.variables = ListField.copy(variables);
    }

    @Override
    public StepExecution start(StepContext stepContext) {
        return new ArmoryDeploymentActionExecution(stepContext, this);
    }

    @Extension
    public static final class DescriptorImpl extends ArmoryStepDescriptor {

        public DescriptorImpl() {
            super("armoryDeploymentAction", true, "planned");
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ArmoryDeploymentActionStep_displayName();
        }

        /** It is listed among the advanced steps, since nobody needs to write it. */
        @Override
        public boolean isAdvanced() {
            return true;
        }

        /**
         * @throws IllegalArgumentException naming an argument that is missing, that the step does not have, or whose
         *     type is wrong
         */
        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            for (String needed : List.of("environment", "planned")) {
                if (arguments.get(needed) == null) {
                    throw new IllegalArgumentException(
                            needed + " is missing; the step belongs to armoryDeployment, so write that instead");
                }
            }
            return super.customInstantiate(arguments);
        }
    }
}
