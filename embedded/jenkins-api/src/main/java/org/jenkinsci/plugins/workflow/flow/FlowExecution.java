package org.jenkinsci.plugins.workflow.flow;

import com.google.common.util.concurrent.ListenableFuture;
import java.util.List;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** A Pipeline under way. */
public abstract class FlowExecution {

    public abstract FlowExecutionOwner getOwner();

    /** Where it has come to: the last node of each of its branches. */
    public abstract List<FlowNode> getCurrentHeads();

    /** Its steps that are not over. */
    public abstract ListenableFuture<List<StepExecution>> getCurrentExecutions(boolean innermostOnly);

    /** The embedded controller saves each program with every step. */
    public FlowDurabilityHint getDurabilityHint() {
        return FlowDurabilityHint.MAX_SURVIVABILITY;
    }
}
