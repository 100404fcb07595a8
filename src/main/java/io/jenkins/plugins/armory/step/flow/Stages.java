package io.jenkins.plugins.armory.step.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.actions.LabelAction;
import org.jenkinsci.plugins.workflow.actions.ThreadNameAction;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The stages around a step in the flow graph. */
@Restricted(NoExternalUse.class)
public final class Stages {

    private Stages() {}

    /**
     * Returns the node that starts the body of the innermost stage, across branches; {@code null} outside of any stage.
     */
    @CheckForNull
    static FlowNode innermost(FlowNode step) {
        return step.getEnclosingBlocks().stream()
                .filter(block -> beginningWith(block) != null)
                .findFirst()
                .orElse(null);
    }

    /** Returns the name of the stage whose body begins with a node, {@code null} if it begins none. */
    @CheckForNull
    static String beginningWith(FlowNode node) {
        LabelAction label = isBranch(node) ? null : node.getAction(LabelAction.class);
        return label == null ? null : label.getDisplayName();
    }

    /**
     * Returns the place of a step.
     *
     * @param environment of the step, {@code null} for none
     */
    public static Place placeOf(StepContext context, @CheckForNull String environment)
            throws IOException, InterruptedException {
        return placeOf(context.get(FlowNode.class), environment, EnclosingBody.around(context));
    }

    /** Returns the place of a step that is in no {@link EnclosingBody}, also of one that is over. */
    static Place placeOutsideBodies(FlowNode step) {
        return placeOf(step, null, null);
    }

    private static Place placeOf(FlowNode step, @CheckForNull String environment, @CheckForNull String body) {
        FlowNode stage = innermost(step);
        List<Place.Branch> branches = new ArrayList<>();
        for (BlockStartNode block : step.getEnclosingBlocks()) { // from the inside
            if (isBranch(block)) {
                branches.add(0, new Place.Branch(String.valueOf(block.getEnclosingId()), block.getId()));
            }
        }
        return new Place(environment, stage == null ? null : stage.getId(), outermost(step), branches, body);
    }

    /** Returns the name of the outermost stage around a step, {@code null} outside of any stage. */
    @CheckForNull
    public static String outermost(FlowNode step) {
        return namesAround(step).stream().findFirst().orElse(null);
    }

    /** Returns the names of the stages around a step, outermost first. */
    static List<String> namesAround(FlowNode step) {
        List<String> names = new ArrayList<>();
        for (BlockStartNode block : step.getEnclosingBlocks()) { // from the inside
            String stage = beginningWith(block);
            if (stage != null) {
                names.add(0, stage);
            }
        }
        return names;
    }

    private static boolean isBranch(FlowNode block) {
        return block.getAction(ThreadNameAction.class) != null;
    }
}
