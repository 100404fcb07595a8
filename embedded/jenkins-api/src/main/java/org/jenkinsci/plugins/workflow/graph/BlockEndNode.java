package org.jenkinsci.plugins.workflow.graph;

import java.util.List;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;

/** The end of a block. */
public abstract class BlockEndNode<START extends BlockStartNode> extends FlowNode {
    private final transient START start;

    public BlockEndNode(FlowExecution exec, String id, START start, List<FlowNode> parents) {
        super(exec, id, parents);
        this.start = start;
    }

    public START getStartNode() {
        return start;
    }
}
