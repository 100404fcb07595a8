package org.jenkinsci.plugins.workflow.steps;

import java.io.Serializable;
import java.util.Objects;

/** A step under way. It is written to disk with the Pipeline's program and read back when Jenkins restarts. */
public abstract class StepExecution implements Serializable {
    private static final long serialVersionUID = 1;

    private final StepContext context;

    protected StepExecution(StepContext context) {
        this.context = Objects.requireNonNull(context);
    }

    public StepContext getContext() {
        return context;
    }

    public abstract boolean start() throws Exception;

    public void stop(Throwable cause) throws Exception {
        context.onFailure(cause);
    }

    /** Called after a restart in place of {@link #start}. */
    public void onResume() {}

    public String getStatus() {
        return null;
    }
}
