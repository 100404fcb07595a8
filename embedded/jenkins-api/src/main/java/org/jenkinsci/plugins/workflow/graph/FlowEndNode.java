package org.jenkinsci.plugins.workflow.graph;

import hudson.model.Result;
import java.util.List;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;

/** The end of a Pipeline. */
public class FlowEndNode extends BlockEndNode<FlowStartNode> {

    public FlowEndNode(FlowExecution exec, String id, FlowStartNode start, Result result, FlowNode... parents) {
        super(exec, id, start, List.of(parents));
    }

    @Override
    protected String getTypeDisplayName() {
        return "End of Pipeline";
    }
}
