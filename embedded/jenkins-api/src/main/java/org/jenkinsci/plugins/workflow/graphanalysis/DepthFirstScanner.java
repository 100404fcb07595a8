package org.jenkinsci.plugins.workflow.graphanalysis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.graph.FlowNode;

/** Finds what a Pipeline has come to. */
public class DepthFirstScanner {

    public List<FlowNode> allNodes(FlowExecution execution) {
        var nodes = new LinkedHashSet<FlowNode>();
        var open = new ArrayDeque<>(execution.getCurrentHeads());
        while (!open.isEmpty()) {
            var node = open.pop();
            if (nodes.add(node)) {
                open.addAll(node.getParents());
            }
        }
        return new ArrayList<>(nodes);
    }
}
