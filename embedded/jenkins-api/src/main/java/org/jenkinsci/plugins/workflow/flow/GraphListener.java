package org.jenkinsci.plugins.workflow.flow;

import hudson.ExtensionPoint;
import org.jenkinsci.plugins.workflow.graph.FlowNode;

/** Hears where Pipelines have come to. */
public interface GraphListener extends ExtensionPoint {

    void onNewHead(FlowNode node);

    interface Synchronous extends GraphListener {}
}
