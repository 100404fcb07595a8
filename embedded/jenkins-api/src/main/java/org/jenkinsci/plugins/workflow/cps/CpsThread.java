package org.jenkinsci.plugins.workflow.cps;

import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** A branch of a Pipeline, or the body of a step. */
public abstract class CpsThread implements Serializable {
    private static final long serialVersionUID = 1;

    public final int id;

    CpsThread(int id) {
        this.id = id;
    }

    public abstract StepExecution getStep();

    public abstract void stop(Throwable t);
}
