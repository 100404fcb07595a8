package org.jenkinsci.plugins.workflow.flow;

import hudson.ExtensionPoint;

/** Hears of the lives of Pipelines. */
public abstract class FlowExecutionListener implements ExtensionPoint {

    public void onCreated(FlowExecution execution) {}

    public void onResumed(FlowExecution execution) {}
}
