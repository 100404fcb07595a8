package io.jenkins.plugins.armory.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.support.actions.PauseAction;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Shows a stage as paused while steps in it wait, and those steps too. Views look for that at the start of the stage's body,
 * and for one pause there, so steps that wait at the same time share it. In branches of {@code parallel} they look at the step
 * alone.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class StagePause {

    /** Ids of the steps of a build that wait, by the start of their stage; what is of one build is guarded by itself. */
    private final Map<Run<?, ?>, Map<FlowNode, Set<String>>> waiting = new ConcurrentHashMap<>();

    private static StagePause get() {
        return ExtensionList.lookupSingleton(StagePause.class);
    }

    /** A step begins to wait. It writes files, so it is not for the Pipeline engine's thread. */
    public static void begin(StepContext context, String step) throws IOException, InterruptedException {
        FlowNode node = context.get(FlowNode.class);
        if (!(node instanceof BlockStartNode)) { // views show no blocks but stages
            pause(node);
        }
        FlowNode stage = Stages.innermost(node);
        if (stage != null) {
            get().begin(context.get(Run.class), stage, step);
        }
    }

    /** A step waits no longer, if it did. */
    public static void end(StepContext context, String step) throws IOException, InterruptedException {
        FlowNode node = context.get(FlowNode.class);
        goOn(node);
        FlowNode stage = Stages.innermost(node);
        if (stage != null) {
            get().end(context.get(Run.class), stage, step);
        }
    }

    private static void pause(FlowNode node) throws IOException {
        PauseAction pause = node.getAction(PauseAction.class);
        if (pause == null) {
            node.addAction(new PauseAction("Armory"));
        } else if (!pause.isPaused()) {
            pause.setEndTime(0);
            node.save();
        }
    }

    private static void goOn(FlowNode node) throws IOException {
        PauseAction pause = node.getAction(PauseAction.class);
        if (pause != null && pause.isPaused()) {
            PauseAction.endCurrentPause(node);
        }
    }

    /** A build has ended, and with it whatever waited in it. */
    static void forget(Run<?, ?> run) {
        get().waiting.remove(run);
    }

    /** Whether steps of the build wait, as far as is known here. */
    static boolean knows(Run<?, ?> run) {
        return get().waiting.containsKey(run);
    }

    /** What waits in a build; {@code null} once the build is over, which some steps may not have heard yet. */
    @CheckForNull
    private Map<FlowNode, Set<String>> stagesOf(Run<?, ?> run) {
        return waiting.computeIfAbsent(run, key -> run.isBuilding() ? new HashMap<>() : null);
    }

    private void begin(Run<?, ?> run, FlowNode stage, String step) throws IOException {
        Map<FlowNode, Set<String>> stages = stagesOf(run);
        if (stages == null) {
            return;
        }
        synchronized (stages) {
            Set<String> steps = stages.computeIfAbsent(stage, key -> new HashSet<>());
            if (steps.add(step) && steps.size() == 1) {
                pause(stage);
            }
        }
    }

    private void end(Run<?, ?> run, FlowNode stage, String step) throws IOException {
        Map<FlowNode, Set<String>> stages = stagesOf(run);
        if (stages == null) {
            goOn(stage);
            return;
        }
        synchronized (stages) {
            Set<String> steps = stages.getOrDefault(stage, Set.of()); // empty after a restart, until it begins again
            if (steps.isEmpty() || steps.remove(step) && steps.isEmpty()) {
                stages.remove(stage);
                goOn(stage);
            }
        }
    }
}
