package io.jenkins.plugins.armory.flow;

import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A node of the flow graph among those of all builds. Nodes themselves do not do for a key: they are equal when their ids are,
 * and builds of one job have the same ids.
 */
@Restricted(NoExternalUse.class)
public record NodeKey(FlowExecution execution, String id) {

    public static NodeKey of(FlowNode node) {
        return new NodeKey(node.getExecution(), node.getId());
    }
}
