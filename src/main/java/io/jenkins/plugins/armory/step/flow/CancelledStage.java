package io.jenkins.plugins.armory.step.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.InvisibleAction;
import hudson.model.Result;
import java.util.List;
import java.util.Objects;
import org.jenkinsci.plugins.workflow.actions.PersistentAction;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The mark of a cancelled stage, on the node that starts it. Jenkins writes that node before the program that is in the
 * stage, so the stage is cancelled after a crash too.
 */
@Restricted(NoExternalUse.class)
public final class CancelledStage extends InvisibleAction implements PersistentAction {

    private final String stage;
    private final String reason;
    private final boolean fatal;

    /** @param fatal whether it fails what is around it */
    CancelledStage(String stage, String reason, boolean fatal) {
        this.stage = stage;
        this.reason = reason;
        this.fatal = fatal;
    }

    /** Returns the cancelled stage around a step, {@code null} for none. */
    @CheckForNull
    static CancelledStage around(FlowNode step) {
        return step.getEnclosingBlocks().stream()
                .map(block -> block.getAction(CancelledStage.class))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** Returns the node that starts a cancelled stage, {@code null} for a block that is not the body of one. */
    @CheckForNull
    static BlockStartNode startOf(BlockStartNode body) {
        List<? extends BlockStartNode> around = body.getEnclosingBlocks();
        BlockStartNode start = around.isEmpty() ? null : around.get(0);
        return start == null || start.getAction(CancelledStage.class) == null ? null : start;
    }

    String stage() {
        return stage;
    }

    String reason() {
        return reason;
    }

    boolean isFatal() {
        return fatal;
    }

    String message() {
        return "Stage '" + stage + "' is cancelled: " + reason;
    }

    /**
     * Returns what its body ends with, and the stage too if it is fatal. Declarative makes the result of that the one
     * of the build.
     */
    FlowInterruptedException interruption() {
        return TextCause.interruption(fatal ? Result.FAILURE : Result.ABORTED, message());
    }
}
