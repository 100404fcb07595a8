package org.jenkinsci.plugins.workflow.steps;

import java.io.Serializable;

/** A body of a step under way. */
public abstract class BodyExecution implements Serializable {
    private static final long serialVersionUID = 1;

    public abstract boolean cancel(Throwable t);
}
