package io.jenkins.plugins.armory.flow.cps;

import java.lang.reflect.Field;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Shows the body of a step as a stage. Views take a body for a stage if it has a label and belongs to the step {@code stage}.
 * Any step can give its body a label. The engine reads from a private field of the step's context which step the body belongs
 * to, so this sets that field. Nothing else about the body changes.
 */
@Restricted(NoExternalUse.class)
public final class OwnStage {

    private static final Logger LOGGER = Logger.getLogger(OwnStage.class.getName());
    private static final ContextField DESCRIPTOR =
            new ContextField("stepDescriptor", "Environments outside of any stage are therefore not shown as stages.");

    private OwnStage() {}

    /**
     * Makes the body of a step, which has not started yet, one of the step {@code stage}. The body's label names the stage.
     *
     * @return whether it is one now
     */
    public static boolean prepare(StepContext context) {
        Field descriptor = DESCRIPTOR.in(context);
        StepDescriptor stage = StepDescriptor.byFunctionName("stage");
        if (descriptor == null || stage == null) { // without the step stage, there are no views of stages either
            return false;
        }
        try {
            descriptor.set(context, stage);
            return true;
        } catch (IllegalAccessException | IllegalArgumentException x) {
            LOGGER.log(Level.WARNING, "Cannot show the body of a step as a stage", x);
            return false;
        }
    }
}
