package org.jenkinsci.plugins.workflow.graph;

import hudson.model.Actionable;
import hudson.model.Saveable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;

/** Something that a Pipeline has come to. */
public abstract class FlowNode extends Actionable implements Saveable {
    private final transient FlowExecution exec;
    private final String id;

    protected FlowNode(FlowExecution exec, String id, List<FlowNode> parents) {
        this.exec = exec;
        this.id = id;
    }

    public FlowExecution getExecution() {
        return exec;
    }

    public String getId() {
        return id;
    }

    /** What the Pipeline came to just before. */
    public List<FlowNode> getParents() {
        return List.of();
    }

    public String getEnclosingId() {
        return null;
    }

    public List<? extends BlockStartNode> getEnclosingBlocks() {
        return new ArrayList<>();
    }

    protected abstract String getTypeDisplayName();

    @Override
    public String getDisplayName() {
        return getTypeDisplayName();
    }

    @Override
    public void save() throws IOException {}

    /** Of the same id: nodes of different builds may be equal. */
    @Override
    public boolean equals(Object that) {
        return that instanceof FlowNode node && id.equals(node.id);
    }

    @Override
    public int hashCode() {
        return id.hashCode();
    }
}
