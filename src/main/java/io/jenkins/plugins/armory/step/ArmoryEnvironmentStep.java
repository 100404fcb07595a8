package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
 * {@code armoryEnvironment(name: 'prod', dependsOn: ['staging']) { }}: deploys to an environment, once those that it depends
 * on are complete. What they are called is Armory's {@code targets}, and {@code dependsOn} is one of its constraints.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryEnvironmentStep extends Step {

    private final String name;
    private List<EnvironmentName> dependsOn = List.of();

    @DataBoundConstructor
    public ArmoryEnvironmentStep(String name) {
        this.name = Objects.requireNonNullElse(name, "").strip();
    }

    public String getName() {
        return name;
    }

    public List<EnvironmentName> getDependsOn() {
        return dependsOn;
    }

    @DataBoundSetter
    public void setDependsOn(@CheckForNull List<EnvironmentName> dependsOn) {
        this.dependsOn = dependsOn == null ? List.of() : List.copyOf(dependsOn);
    }

    /** @throws IllegalArgumentException naming the parameter and what to put there */
    LinkedHashSet<String> dependencies() {
        if (name.isEmpty()) {
            throw new IllegalArgumentException("name: is missing; name the environment that is deployed to");
        }
        LinkedHashSet<String> names = new LinkedHashSet<>();
        for (EnvironmentName each : dependsOn) {
            if (each.getName().isEmpty()) {
                throw new IllegalArgumentException("dependsOn: has an empty name; leave it out");
            }
            names.add(each.getName());
        }
        return names;
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

        /**
         * {@code dependsOn: ['a', 'b']}, or {@code dependsOn: 'a'}, becomes what a form has.
         *
         * @throws IllegalArgumentException naming an argument that the step does not have, or not so
         */
        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            Object given = arguments.get(DEPENDS_ON);
            List<?> names =
                    given instanceof List<?> list ? list : given instanceof CharSequence ? List.of(given) : null;
            if (names == null) {
                return StepArguments.checked(this, arguments);
            }
            List<Object> entries = new ArrayList<>();
            for (Object name : names) {
                entries.add(name instanceof CharSequence ? Map.of(NAME, name.toString()) : name);
            }
            Map<String, Object> result = new LinkedHashMap<>(arguments);
            result.put(DEPENDS_ON, entries);
            return StepArguments.checked(this, result);
        }

        /** The reverse, for the Snippet Generator. */
        @Override
        public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable step) {
            if (!(step.getArguments().get(DEPENDS_ON) instanceof List<?> entries)) {
                return step;
            }
            List<Object> names = new ArrayList<>();
            for (Object entry : entries) {
                names.add(
                        entry instanceof UninstantiatedDescribable each
                                ? each.getArguments().get(NAME)
                                : entry);
            }
            Map<String, Object> arguments = new LinkedHashMap<>(step.getArguments());
            arguments.put(DEPENDS_ON, names);
            return step.withArguments(arguments);
        }

        @POST
        public FormValidation doCheckName(@QueryParameter String value) {
            return Util.fixEmptyAndTrim(value) == null
                    ? FormValidation.error(Messages.ArmoryEnvironmentStep_name())
                    : FormValidation.ok();
        }
    }
}
