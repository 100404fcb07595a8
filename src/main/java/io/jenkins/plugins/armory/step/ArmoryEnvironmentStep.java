package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.flow.LeftOutCalls;
import io.jenkins.plugins.armory.flow.LogText;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * The step {@code armoryEnvironment(name: 'prod', dependsOn: ['staging']) { }}: runs its body once the environments in
 * {@code dependsOn} are complete. In Armory's deployment file, environments are {@code targets} and {@code dependsOn} is one
 * of their constraints.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryEnvironmentStep extends Step {

    private final String name;

    /** {@code null} for all environments that come before. */
    @CheckForNull
    private List<EnvironmentName> dependsOn;

    @CheckForNull
    private final String mistake;

    @DataBoundConstructor
    public ArmoryEnvironmentStep(String name) {
        this(name, null);
    }

    private ArmoryEnvironmentStep(@CheckForNull String name, @CheckForNull String mistake) {
        this.name = Objects.requireNonNullElse(name, "").strip();
        this.mistake = mistake;
    }

    /** Returns what is wrong with the parameters, {@code null} for nothing. */
    @CheckForNull
    String mistake() {
        if (mistake != null) {
            return mistake;
        }
        try {
            dependencies();
            return null;
        } catch (IllegalArgumentException x) {
            return "armoryEnvironment: " + x.getMessage();
        }
    }

    public String getName() {
        return name;
    }

    @CheckForNull
    public List<EnvironmentName> getDependsOn() {
        return dependsOn;
    }

    @DataBoundSetter
    public void setDependsOn(@CheckForNull List<EnvironmentName> dependsOn) {
        this.dependsOn = dependsOn == null ? null : List.copyOf(dependsOn);
    }

    /**
     * Returns the names of the environments to wait for, those that the step names.
     *
     * @throws IllegalArgumentException naming the parameter that is wrong
     */
    LinkedHashSet<String> dependencies() {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name: is missing; name the environment that is deployed to");
        }
        checkName("name", name);
        List<EnvironmentName> given = Objects.requireNonNullElse(dependsOn, List.of());
        Bound.LONG_LIST.check("dependsOn", given.size());
        LinkedHashSet<String> names = new LinkedHashSet<>();
        for (EnvironmentName each : given) {
            if (each.getName().isEmpty()) {
                throw new IllegalArgumentException("dependsOn: has an empty name; leave it out");
            }
            checkName("dependsOn", each.getName());
            names.add(each.getName());
        }
        return names;
    }

    /**
     * Checks the name of an environment. It stands in lines of the log, so no part of it may be taken for a line of Jenkins.
     *
     * @throws IllegalArgumentException naming the parameter
     */
    static void checkName(String parameter, String name) {
        if (name.equals("null")) { // "${env.TARGET}" of a variable that is not set
            throw new IllegalArgumentException(parameter + StepArguments.UNSET);
        } else if (!LogText.continued(name).equals(name)) {
            throw new IllegalArgumentException(
                    parameter + ": has a line break, a control character or a bidirectional one; take it out");
        }
        Bound.NAME.check(parameter, name);
    }

    @Override
    public StepExecution start(StepContext stepContext) {
        return new ArmoryEnvironmentExecution(stepContext, this);
    }

    @Extension
    public static final class DescriptorImpl extends StepDescriptor implements CustomDescribableModel {

        private static final String DEPENDS_ON = "dependsOn";
        private static final String NAME = "name";

        @Override
        public String getFunctionName() {
            return "armoryEnvironment";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ArmoryEnvironmentStep_displayName();
        }

        @Override
        public boolean takesImplicitBlockArgument() {
            LeftOutCalls.refuse(getFunctionName());
            return true;
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class, FlowNode.class, FlowExecution.class);
        }

        @Override
        public String argumentsToString(Map<String, Object> arguments) {
            return arguments.get(NAME) instanceof String text ? text : null;
        }

        /** Returns the step that the arguments ask for; if that cannot be, one that fails, see {@link StepArguments#instantiate}. */
        @Override
        public Step newInstance(Map<String, Object> arguments) throws Exception {
            return StepArguments.instantiate(
                    getFunctionName(),
                    () -> super.newInstance(arguments),
                    mistake -> new ArmoryEnvironmentStep(null, mistake));
        }

        /** @throws IllegalArgumentException naming an argument that the step does not have, or whose type is wrong */
        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            return StepArguments.checked(this, Shorthands.textsToObjects(arguments, DEPENDS_ON, NAME));
        }

        @Override
        public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable step) {
            return Shorthands.objectsToTexts(step, DEPENDS_ON, NAME);
        }

        @POST
        public FormValidation doCheckName(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.ArmoryEnvironmentStep_name())
                    : FormValidation.ok();
        }
    }
}
