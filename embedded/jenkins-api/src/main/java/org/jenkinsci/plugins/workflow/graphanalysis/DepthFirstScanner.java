package org.jenkinsci.plugins.workflow.graphanalysis;

import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.List;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.graph.FlowNode;

/** Finds what a Pipeline has come to, as far as the nodes know of each other. */
public class DepthFirstScanner {

    public List<FlowNode> allNodes(FlowExecution execution) {
        var all = new LinkedHashSet<FlowNode>();
        var next = new ArrayDeque<>(execution.getCurrentHeads());
        while (!next.isEmpty()) {
            var node = next.pop();
            if (all.add(node)) {
                next.addAll(node.getParents());
                next.addAll(node.getEnclosingBlocks());
            }
        }
        return List.copyOf(all);
    }
}
