package io.jenkins.embedded;

import hudson.model.Action;
import hudson.model.InvisibleAction;
import hudson.model.Result;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.actions.LabelAction;
import org.jenkinsci.plugins.workflow.actions.PersistentAction;
import org.jenkinsci.plugins.workflow.actions.ThreadNameAction;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.graph.BlockEndNode;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.support.actions.PauseAction;

/**
 * A block of a Pipeline's graph, as on Jenkins: the whole Pipeline, a step with a body, or a body. It is saved with the
 * program, so its id survives a restart. Of the actions of its node those do that plugins want to be kept and nobody to
 * be seen.
 */
final class GraphBlock implements Serializable {
    private static final long serialVersionUID = 1;

    private final String id;
    /** Null for the whole Pipeline. */
    private final GraphBlock outer;
    /** What views call it, or null. */
    private final String label;
    /** The name of a branch of {@code parallel}, or null. */
    private String branch;
    /** The stage whose body this is, or null. */
    private Stage stage;
    /** What the blocks add to the environment. */
    private final HashMap<String, String> variables = new HashMap<>();

    /** The actions of its node that are kept, as of the last time that the program was saved, or null. */
    private String kept;

    private transient Start node;

    private GraphBlock(String id, GraphBlock outer, String label) {
        this.id = id;
        this.outer = outer;
        this.label = label;
        if (outer != null) {
            variables.putAll(outer.variables);
        }
    }

    private synchronized void writeObject(ObjectOutputStream out) throws IOException {
        if (node != null) {
            kept = PipelineBuild.toXml(node.getActions().stream()
                    .filter(action -> action instanceof InvisibleAction && action instanceof PersistentAction)
                    .toList());
        }
        out.defaultWriteObject();
    }

    /** The whole Pipeline. */
    static GraphBlock whole(int id) {
        return new GraphBlock(String.valueOf(id), null, null);
    }

    /** @param innerLabel null for none */
    GraphBlock inner(int innerId, String innerLabel) {
        return new GraphBlock(String.valueOf(innerId), this, innerLabel);
    }

    GraphBlock branch(int innerId, String name) {
        var block = inner(innerId, "Branch: " + name);
        block.branch = name;
        return block;
    }

    GraphBlock stage(Stage body) {
        var block = new GraphBlock(body.id(), this, body.name());
        block.stage = body;
        return block;
    }

    GraphBlock outer() {
        return outer;
    }

    int number() {
        return Integer.parseInt(id);
    }

    /** The stage whose body this is, or null. */
    Stage stage() {
        return stage;
    }

    /**
     * Called around the start of the body's thread: before it for the synchronous listeners, behind it for the others.
     */
    void begin(Program program, Predicate<GraphListener> who) {
        EmbeddedJenkins.fire(GraphListener.class, listener -> {
            if (who.test(listener)) {
                listener.onNewHead(node(program));
            }
        });
    }

    /**
     * Called when the body ends. What listeners leave on its last node counts for the stage.
     *
     * @param failure what ended it, null for a good end
     */
    void end(Program program, Throwable failure) {
        var node = new End(program, String.valueOf(program.nextId()));
        EmbeddedJenkins.fire(GraphListener.class, listener -> listener.onNewHead(node));
        if (stage != null) {
            stage.end(failure);
        }
    }

    Map<String, String> variables() {
        return variables;
    }

    /** Shows the result of a warning on all stages around. */
    private void noticed(Action action) {
        if (action instanceof WarningAction warning) {
            warn(warning.getResult());
        }
    }

    /** Shows the result on all stages around, if it is worse than theirs. */
    void warn(Result result) {
        Stream.iterate(this, block -> block != null, block -> block.outer)
                .filter(block -> block.stage != null)
                .forEach(block -> block.stage.warn(result));
    }

    /** Returns always the same node, as plugins leave their actions on it. */
    synchronized BlockStartNode node(Program program) {
        if (node == null) {
            node = new Start(program);
        }
        return node;
    }

    /** A node without a body in this block. */
    FlowNode atom(Program program, String atomId) {
        return new Atom(program, atomId);
    }

    private List<BlockStartNode> fromInside(Program program) {
        return Stream.iterate(this, block -> block != null, block -> block.outer)
                .map(block -> block.node(program))
                .toList();
    }

    private final class Start extends BlockStartNode {
        private final Program program;

        Start(Program program) {
            super(program.build().execution(), id, List.of());
            this.program = program;
            if (branch != null) {
                addAction(new BranchAction(label, branch));
            } else if (label != null) {
                addAction(new LabelAction(label));
            }
            if (kept != null) {
                PipelineBuild.actions(kept).forEach(this::addAction);
            }
        }

        @Override
        public List<FlowNode> getParents() {
            return program.before(getId());
        }

        @Override
        public String getEnclosingId() {
            return outer == null ? null : outer.id;
        }

        @Override
        public List<BlockStartNode> getEnclosingBlocks() {
            return outer == null ? List.of() : outer.fromInside(program);
        }

        @Override
        public void addAction(Action action) {
            super.addAction(action);
            noticed(action);
            if (action instanceof PauseAction pause && stage != null) {
                stage.pause(pause);
            }
        }

        @Override
        protected String getTypeDisplayName() {
            return label == null ? id : label;
        }
    }

    private final class Atom extends FlowNode {
        private final Program program;

        Atom(Program program, String atomId) {
            super(program.build().execution(), atomId, List.of());
            this.program = program;
        }

        @Override
        public List<FlowNode> getParents() {
            return program.before(getId());
        }

        @Override
        public String getEnclosingId() {
            return id;
        }

        @Override
        public List<BlockStartNode> getEnclosingBlocks() {
            return fromInside(program);
        }

        @Override
        public void addAction(Action action) {
            super.addAction(action);
            noticed(action);
        }

        @Override
        protected String getTypeDisplayName() {
            return getId();
        }
    }

    private final class End extends BlockEndNode<BlockStartNode> {

        End(Program program, String endId) {
            super(program.build().execution(), endId, node(program), List.of());
        }

        @Override
        public void addAction(Action action) {
            super.addAction(action);
            noticed(action);
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
