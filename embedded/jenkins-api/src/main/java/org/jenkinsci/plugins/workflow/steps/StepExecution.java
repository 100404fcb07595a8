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

    /** Starts the step; true when it is already done and has told its context so. */
    public abstract boolean start() throws Exception;

    /** Ends the step early: sooner or later its context must hear of it. */
    public void stop(Throwable cause) throws Exception {
        context.onFailure(cause);
    }

    /** Called after a restart in place of {@link #start}. */
    public void onResume() {}

    /** What the step is doing, in a few words; null when it does not say. */
    public String getStatus() {
        return null;
    }
}
