package io.jenkins.plugins.armory.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.deployment.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.actions.LabelAction;
import org.jenkinsci.plugins.workflow.actions.ThreadNameAction;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The stages around a step, as the flow graph has them. */
@Restricted(NoExternalUse.class)
public final class Stages {

    private Stages() {}

    /** Where the body of the innermost stage begins, be it around a {@code parallel}; {@code null} outside of any. */
    @CheckForNull
    static FlowNode innermost(FlowNode step) {
        return innermost(step.getEnclosingBlocks().stream());
    }

    /** Whether the step stands in a stage of its own branch, or where there are no branches, in any. */
    public static boolean isInOne(FlowNode step) {
        return innermost(step.getEnclosingBlocks().stream().takeWhile(Predicate.not(Stages::isBranch))) != null;
    }

    @CheckForNull
    private static FlowNode innermost(Stream<? extends BlockStartNode> blocks) {
        return blocks.filter(block -> !isBranch(block))
                .filter(block -> block.getAction(LabelAction.class) != null)
                .findFirst()
                .orElse(null);
    }

    /**
     * The place of a step.
     *
     * @param environment that it belongs to, {@code null} for none
     */
    public static Place placeOf(FlowNode step, @CheckForNull String environment) {
        FlowNode stage = innermost(step);
        List<Place.Branch> branches = new ArrayList<>();
        for (BlockStartNode block : step.getEnclosingBlocks()) { // from the inside
            if (isBranch(block)) {
                branches.add(0, new Place.Branch(String.valueOf(block.getEnclosingId()), block.getId()));
            }
        }
        return new Place(environment, stage == null ? null : stage.getId(), outermost(step), branches);
    }

    /** The name of the outermost stage around a step, {@code null} outside of any. */
    @CheckForNull
    public static String outermost(FlowNode step) {
        String name = null;
        for (BlockStartNode block : step.getEnclosingBlocks()) { // from the inside
            LabelAction label = isBranch(block) ? null : block.getAction(LabelAction.class);
            name = label == null ? name : label.getDisplayName();
        }
        return name;
    }

    /** The names of the stages that the Pipeline has come to. Walks over all of the graph. */
    static Set<String> names(FlowExecution execution) {
        Set<String> names = new HashSet<>();
        Set<String> seen = new HashSet<>();
        Deque<FlowNode> open = new ArrayDeque<>(execution.getCurrentHeads());
        while (!open.isEmpty()) {
            FlowNode node = open.remove();
            if (seen.add(node.getId())) {
                LabelAction label = node.getAction(LabelAction.class);
                if (label != null && node instanceof BlockStartNode && !isBranch(node)) {
                    names.add(label.getDisplayName());
                }
                open.addAll(node.getParents());
            }
        }
        return names;
    }

    private static boolean isBranch(FlowNode block) {
        return block.getAction(ThreadNameAction.class) != null;
    }
}
