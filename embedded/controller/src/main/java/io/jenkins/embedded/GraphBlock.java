package io.jenkins.embedded;

import hudson.model.Action;
import hudson.model.Result;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.actions.LabelAction;
import org.jenkinsci.plugins.workflow.actions.ThreadNameAction;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.support.actions.PauseAction;

/**
 * A block of a Pipeline's graph, as Jenkins has them: the whole Pipeline, a step with a body, and each body of it. It is saved
 * with the program, so that its id stays the same after a restart. The actions of its node are not.
 */
final class GraphBlock implements Serializable {
    private static final long serialVersionUID = 1;

    private final String id;
    /** The one around it; null for the whole Pipeline. */
    private final GraphBlock outer;
    /** What views call it, or null. */
    private final String label;
    /** The name of the branch of {@code parallel} that it is the body of, or null. */
    private final String branch;
    /** The stage that it is the body of, or null. */
    private final Stage stage;

    private transient Start node;

    private GraphBlock(String id, GraphBlock outer, String label, String branch, Stage stage) {
        this.id = id;
        this.outer = outer;
        this.label = label;
        this.branch = branch;
        this.stage = stage;
    }

    /** The whole Pipeline. */
    static GraphBlock whole(int id) {
        return new GraphBlock(String.valueOf(id), null, null, null, null);
    }

    /** A step, or a body that has no label. */
    GraphBlock inner(int innerId) {
        return labelled(innerId, null);
    }

    /** @param innerLabel null for none */
    GraphBlock labelled(int innerId, String innerLabel) {
        return new GraphBlock(String.valueOf(innerId), this, innerLabel, null, null);
    }

    GraphBlock branch(int innerId, String name) {
        return new GraphBlock(String.valueOf(innerId), this, "Branch: " + name, name, null);
    }

    GraphBlock stage(Stage body) {
        return new GraphBlock(body.id(), this, body.name(), null, body);
    }

    /** Has all stages around show the result, if it is worse than theirs. */
    void warn(Result result) {
        Stream.iterate(this, block -> block != null, block -> block.outer)
                .filter(block -> block.stage != null)
                .forEach(block -> block.stage.warn(result));
    }

    /** The node that it starts with; always the same one, as plugins leave their actions on it. */
    synchronized BlockStartNode node(PipelineBuild build) {
        if (node == null) {
            node = new Start(build);
        }
        return node;
    }

    /** A node without a body in this block. */
    FlowNode atom(PipelineBuild build, String atomId) {
        return new Atom(build, atomId);
    }

    private List<BlockStartNode> fromInside(PipelineBuild build) {
        return Stream.iterate(this, block -> block != null, block -> block.outer)
                .map(block -> block.node(build))
                .toList();
    }

    /** Its start. */
    private final class Start extends BlockStartNode {
        private final PipelineBuild build;

        Start(PipelineBuild build) {
            super(build.execution(), id, List.of());
            this.build = build;
            if (branch != null) {
                addAction(new BranchAction(label, branch));
            } else if (label != null) {
                addAction(new LabelAction(label));
            }
        }

        @Override
        public String getEnclosingId() {
            return outer == null ? null : outer.id;
        }

        @Override
        public List<BlockStartNode> getEnclosingBlocks() {
            return outer == null ? List.of() : outer.fromInside(build);
        }

        @Override
        public void addAction(Action action) {
            super.addAction(action);
            if (action instanceof WarningAction warning) {
                warn(warning.getResult());
            } else if (action instanceof PauseAction pause && stage != null) {
                stage.pause(pause);
            }
        }

        @Override
        protected String getTypeDisplayName() {
            return label == null ? id : label;
        }
    }

    /** A step in it that has no body, or none under way. */
    private final class Atom extends FlowNode {
        private final PipelineBuild build;

        Atom(PipelineBuild build, String atomId) {
            super(build.execution(), atomId, List.of());
            this.build = build;
        }

        @Override
        public String getEnclosingId() {
            return id;
        }

        @Override
        public List<BlockStartNode> getEnclosingBlocks() {
            return fromInside(build);
        }

        @Override
        public void addAction(Action action) {
            super.addAction(action);
            if (action instanceof WarningAction warning) {
                warn(warning.getResult());
            }
        }

        @Override
        protected String getTypeDisplayName() {
            return getId();
        }
    }

    /** Marks a branch of {@code parallel}; a label too, as on Jenkins. */
    private static final class BranchAction extends LabelAction implements ThreadNameAction {
        private final String name;

        BranchAction(String label, String name) {
            super(label);
            this.name = name;
        }

        @Override
        public String getThreadName() {
            return name;
        }
    }
}
