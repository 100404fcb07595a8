package org.jenkinsci.plugins.workflow.steps;

import java.io.Serializable;
import java.util.Collection;
import java.util.concurrent.Future;

/** A body of a step under way. */
public abstract class BodyExecution implements Future<Object>, Serializable {
    private static final long serialVersionUID = 1;

    public abstract Collection<StepExecution> getCurrentExecutions();

    /** Ends the body early. */
    public boolean cancel(Throwable t) {
        return false;
    }
}
