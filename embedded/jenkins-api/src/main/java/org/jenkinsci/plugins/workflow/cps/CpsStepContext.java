package org.jenkinsci.plugins.workflow.cps;

import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;

/** The context of a step in a Pipeline. */
public abstract class CpsStepContext extends StepContext {
    private static final long serialVersionUID = 1;

    private BodyReference body;
    private transient volatile StepDescriptor stepDescriptor;

    /** The step that a body of this step belongs to. On the embedded controller null, until a plugin sets the field. */
    StepDescriptor getStepDescriptor() {
        return stepDescriptor;
    }
}
