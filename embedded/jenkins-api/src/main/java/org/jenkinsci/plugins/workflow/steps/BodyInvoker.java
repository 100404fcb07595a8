package org.jenkinsci.plugins.workflow.steps;

/** Runs the body of a step. */
public abstract class BodyInvoker {

    /** An object that the steps of the body find in their contexts. */
    public abstract BodyInvoker withContext(Object override);

    /** What views call the body. */
    public abstract BodyInvoker withDisplayName(String name);

    public abstract BodyInvoker withCallback(BodyExecutionCallback callback);

    public abstract BodyExecution start();
}
