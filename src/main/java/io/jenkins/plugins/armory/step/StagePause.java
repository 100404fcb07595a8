package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.ExtensionList;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jenkinsci.plugins.workflow.actions.LabelAction;
import org.jenkinsci.plugins.workflow.actions.ThreadNameAction;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.support.actions.PauseAction;

/**
 * Shows a stage as paused while steps in it wait. Views look for that at the start of the stage's body, and for one pause
 * there, so steps that wait at the same time share it.
 */
@Extension
public final class StagePause {

    /** Ids of the steps that wait, by the start of their stage; guarded by this. */
    private final Map<FlowNode, Set<String>> waiting = new HashMap<>();

    private static StagePause get() {
        return ExtensionList.lookupSingleton(StagePause.class);
    }

    /** A step begins to wait. It writes a file, so it is not for the Pipeline engine's thread. */
    static void begin(StepContext context, String step) throws IOException, InterruptedException {
        FlowNode stage = stage(context);
        if (stage != null) {
            get().begin(stage, step);
        }
    }

    /** A step waits no longer, if it did. */
    static void end(StepContext context, String step) throws IOException, InterruptedException {
        FlowNode stage = stage(context);
        if (stage != null) {
            get().end(stage, step);
        }
    }

    private synchronized void begin(FlowNode stage, String step) throws IOException {
        Set<String> steps = waiting.computeIfAbsent(stage, key -> new HashSet<>());
        if (!steps.add(step) || steps.size() > 1) {
            return;
        }
        PauseAction pause = stage.getAction(PauseAction.class);
        if (pause == null) {
            stage.addAction(new PauseAction("Armory"));
        } else if (!pause.isPaused()) {
            pause.setEndTime(0);
            stage.save();
        }
    }

    private synchronized void end(FlowNode stage, String step) throws IOException {
        Set<String> steps = waiting.get(stage);
        if (steps == null) {
            PauseAction pause = stage.getAction(PauseAction.class);
            if (pause != null && pause.isPaused()) { // since before Jenkins was restarted
                PauseAction.endCurrentPause(stage);
            }
        } else if (steps.remove(step) && steps.isEmpty()) {
            waiting.remove(stage);
            PauseAction.endCurrentPause(stage);
        }
    }

    /** Where the body of the innermost stage begins; {@code null} outside of any. */
    @CheckForNull
    private static FlowNode stage(StepContext context) throws IOException, InterruptedException {
        return context.get(FlowNode.class).getEnclosingBlocks().stream()
                .filter(block -> block.getAction(LabelAction.class) != null)
                .filter(block -> block.getAction(ThreadNameAction.class) == null)
                .findFirst()
                .orElse(null);
    }
}
