package org.jenkinsci.plugins.workflow.flow;

import java.util.List;
import org.jenkinsci.plugins.workflow.graph.FlowNode;

/** A Pipeline under way. */
public abstract class FlowExecution {

    public abstract FlowExecutionOwner getOwner();

    /** Where it has come to: the last node of each of its branches. */
    public abstract List<FlowNode> getCurrentHeads();

    /** The embedded controller saves each program with every step. */
    public FlowDurabilityHint getDurabilityHint() {
        return FlowDurabilityHint.MAX_SURVIVABILITY;
    }
}
