package io.jenkins.plugins.armory.step;

import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.armory.flow.LeftOutCalls;
import java.util.Map;
import java.util.Set;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;

/** The descriptor of a step of this plugin. */
abstract class ArmoryStepDescriptor extends StepDescriptor implements CustomDescribableModel {

    private final String function;
    private final boolean hasBody;
    private final String shown;

    /** @param shown the parameter that views show beside the step */
    ArmoryStepDescriptor(String function, boolean hasBody, String shown) {
        this.function = function;
        this.hasBody = hasBody;
        this.shown = shown;
    }

    @Override
    public String getFunctionName() {
        return function;
    }

    @Override
    public boolean takesImplicitBlockArgument() {
        LeftOutCalls.refuse(function);
        return hasBody;
    }

    @Override
    public Set<? extends Class<?>> getRequiredContext() {
        return Set.of(Run.class, TaskListener.class, FlowNode.class);
    }

    @Override
    public String argumentsToString(Map<String, Object> arguments) {
        return arguments.get(shown) instanceof String text ? text : null;
    }

    /** Returns the name of the step in messages. */
    String nameInMessages() {
        return function;
    }

    /** Returns the step that the arguments ask for; if that cannot be, one that fails, see {@link StepArguments#instantiate}. */
    @Override
    public final Step newInstance(Map<String, Object> arguments) throws Exception {
        return StepArguments.instantiate(
                nameInMessages(), () -> instantiate(arguments), mistake -> mistaken(mistake, arguments));
    }

    /** Returns the step that the arguments ask for. */
    Step instantiate(Map<String, Object> arguments) throws Exception {
        return super.newInstance(arguments);
    }

    /** Returns what stands for a step whose arguments are mistaken. */
    Step mistaken(String mistake, Map<String, Object> arguments) {
        return new MistakenStep(this, mistake);
    }

    /** @throws IllegalArgumentException naming an argument that the step does not have, or whose type is wrong */
    @Override
    public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
        return StepArguments.checked(nameInMessages(), clazz, arguments);
    }
}
