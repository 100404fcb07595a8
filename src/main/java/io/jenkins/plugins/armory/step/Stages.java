package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.actions.LabelAction;
import org.jenkinsci.plugins.workflow.actions.ThreadNameAction;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;

/** The stages around a step, as the flow graph has them. */
final class Stages {

    private Stages() {}

    /** Where the body of the innermost stage begins, be it around a {@code parallel}; {@code null} outside of any. */
    @CheckForNull
    static FlowNode innermost(FlowNode step) {
        return innermost(step.getEnclosingBlocks().stream());
    }

    /** Whether the step stands in a stage of its own branch, or where there are no branches, in any. */
    static boolean isInOne(FlowNode step) {
        return innermost(step.getEnclosingBlocks().stream().takeWhile(Predicate.not(Stages::isBranch))) != null;
    }

    @CheckForNull
    private static FlowNode innermost(Stream<? extends BlockStartNode> blocks) {
        return blocks.filter(block -> !isBranch(block))
                .filter(block -> block.getAction(LabelAction.class) != null)
                .findFirst()
                .orElse(null);
    }

    private static boolean isBranch(FlowNode block) {
        return block.getAction(ThreadNameAction.class) != null;
    }
}
