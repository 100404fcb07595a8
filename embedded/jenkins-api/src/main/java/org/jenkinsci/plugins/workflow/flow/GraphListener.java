package org.jenkinsci.plugins.workflow.flow;

import hudson.ExtensionPoint;
import org.jenkinsci.plugins.workflow.graph.FlowNode;

/** Hears where Pipelines have come to. */
public interface GraphListener extends ExtensionPoint {

    void onNewHead(FlowNode node);

    /** One that hears of it before the Pipeline goes on. */
    interface Synchronous extends GraphListener {}
}
