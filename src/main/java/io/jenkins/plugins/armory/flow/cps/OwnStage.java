package io.jenkins.plugins.armory.flow.cps;

import java.lang.reflect.Field;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.cps.CpsStepContext;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Has the body of a step shown as a stage where the step stands in none. Views take a body for a stage when it has a label and
 * is of the step {@code stage}. Labels are for all steps to give, but whose step a body is of, Pipeline asks the step's
 * context; that has it in a private field, which is set. The body is no different otherwise.
 */
@Restricted(NoExternalUse.class)
public final class OwnStage {

    private static final Logger LOGGER = Logger.getLogger(OwnStage.class.getName());
    private static final Field DESCRIPTOR = ContextField.find(
            "stepDescriptor", "Environments that stand in no stage are therefore not shown as stages.");

    private OwnStage() {}

    /**
     * Has the body of the step, which is yet to be started, be that of a stage if the step stands in none. What names the stage
     * is then the body's label.
     *
     * @return whether it is one
     */
    public static boolean prepare(StepContext context) {
        if (DESCRIPTOR == null || !(context instanceof CpsStepContext)) {
            return false;
        }
        StepDescriptor stage = StepDescriptor.byFunctionName("stage");
        if (stage == null) {
            return false; // where there is no such step, there are no views of it either
        }
        try {
            DESCRIPTOR.set(context, stage);
            return true;
        } catch (IllegalAccessException | IllegalArgumentException x) {
            LOGGER.log(Level.WARNING, "The body of a step cannot be shown as a stage", x);
            return false;
        }
    }
}
