package org.jenkinsci.plugins.workflow.flow;

import hudson.ExtensionList;

/** The Pipelines that are under way. */
public abstract class FlowExecutionList implements Iterable<FlowExecution> {

    public static FlowExecutionList get() {
        return ExtensionList.lookupSingleton(FlowExecutionList.class);
    }
}
