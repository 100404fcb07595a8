package io.jenkins.plugins.armory.step;

import hudson.model.Run;
import hudson.model.TaskListener;
import java.util.Map;
import java.util.Set;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * The descriptor of a step of this plugin. Arguments that the step cannot have, or that mean nothing, give a step that
 * fails and says why. An exception would be thrown before there is a step, and the environments would not hear of it:
 * what depends on them would be deployed where the Pipeline catches the error.
 */
@Restricted(NoExternalUse.class)
public abstract class ArmoryStepDescriptor extends StepDescriptor implements CustomDescribableModel {

    private final String function;
    private final boolean hasBody;
    private final String shown;

    /** @param shown the parameter that views show beside the step */
    protected ArmoryStepDescriptor(String function, boolean hasBody, String shown) {
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
    protected String nameInMessages() {
        return function;
    }

    @Override
    public final Step newInstance(Map<String, Object> arguments) throws Exception {
        try {
            return instantiate(arguments);
        } catch (Exception x) { // also of a toString() of the Pipeline
            return mistaken(String.valueOf(x.getMessage()), arguments);
        } catch (Error x) {
            // CpsCallableInvocation, of a toString() that only the engine can call. The engine would call that instead
            // of the step.
            return mistaken(
                    "an argument is an object of a class of the Pipeline; give a text, such as the result of its"
                            + " toString()",
                    arguments);
        }
    }

    /** @throws IllegalArgumentException naming a number in the form of the Snippet Generator that is none */
    @Override
    public final Step newInstance(StaplerRequest2 request, JSONObject form) throws FormException {
        StepArguments.checkNumbers(clazz, form, "");
        return super.newInstance(request, form);
    }

    /** Returns the step that the arguments ask for. */
    protected Step instantiate(Map<String, Object> arguments) throws Exception {
        return super.newInstance(arguments);
    }

    /** Returns what stands for a step whose arguments are mistaken. */
    protected Step mistaken(String mistake, Map<String, Object> arguments) {
        return new MistakenStep(this, nameInMessages() + ": " + mistake);
    }

    /**
     * @throws IllegalArgumentException naming an argument that the step does not have, that is empty, or whose type is
     *     wrong
     */
    @Override
    public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
        Map<String, Object> inFull = Shorthands.inFull(clazz, arguments);
        StepArguments.check(clazz, inFull);
        return inFull;
    }

    @Override
    public final UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable step) {
        return Shorthands.shortened(clazz, step);
    }
}
