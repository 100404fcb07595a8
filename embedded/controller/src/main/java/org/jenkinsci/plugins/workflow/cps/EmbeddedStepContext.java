package org.jenkinsci.plugins.workflow.cps;

import org.jenkinsci.plugins.workflow.steps.StepDescriptor;

/** The context of a step on the embedded controller, in the package that may ask which step its body belongs to. */
public abstract class EmbeddedStepContext extends CpsStepContext {
    private static final long serialVersionUID = 1;

    /** Whether a plugin has made its body one of the step {@code stage}. A label makes such a body a stage. */
    protected boolean hasBodyOfStage() {
        var descriptor = getStepDescriptor();
        return descriptor != null && descriptor == StepDescriptor.byFunctionName("stage");
    }
}
