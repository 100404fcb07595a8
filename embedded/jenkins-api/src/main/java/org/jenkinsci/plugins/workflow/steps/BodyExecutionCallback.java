package org.jenkinsci.plugins.workflow.steps;

import java.io.Serializable;

/** Hears of the start and the end of a body, on the Pipeline's own thread. It is saved with the program. */
public abstract class BodyExecutionCallback implements Serializable {
    private static final long serialVersionUID = 1;

    public void onStart(StepContext context) {}

    public abstract void onSuccess(StepContext context, Object result);

    public abstract void onFailure(StepContext context, Throwable t);
}
