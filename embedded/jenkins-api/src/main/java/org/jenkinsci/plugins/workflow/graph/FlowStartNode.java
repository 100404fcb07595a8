package org.jenkinsci.plugins.workflow.graph;

import java.util.List;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;

/** The start of a Pipeline. */
public class FlowStartNode extends BlockStartNode {

    public FlowStartNode(FlowExecution exec, String id) {
        super(exec, id, List.of());
    }

    @Override
    protected String getTypeDisplayName() {
        return "Start of Pipeline";
    }
}
