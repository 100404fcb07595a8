package org.jenkinsci.plugins.workflow.cps;

import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;

/** The context of a step in a Pipeline of Jenkins; the embedded controller has its own. */
public abstract class CpsStepContext extends StepContext {
    private static final long serialVersionUID = 1;

    private BodyReference body;
    private transient volatile StepDescriptor stepDescriptor;
}
