package org.jenkinsci.plugins.workflow.cps;

import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** A branch of a Pipeline of Jenkins; the embedded controller has its own. */
public final class CpsThread implements Serializable {
    private static final long serialVersionUID = 1;

    private CpsThread() {}

    public static CpsThread current() {
        return null;
    }

    public CpsFlowExecution getExecution() {
        throw new UnsupportedOperationException();
    }

    public StepExecution getStep() {
        throw new UnsupportedOperationException();
    }

    public CpsThreadGroup getGroup() {
        throw new UnsupportedOperationException();
    }
}
