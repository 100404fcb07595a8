package io.jenkins.plugins.armory.step.flow;

import hudson.model.Run;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.RunningBuild;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.support.actions.PauseAction;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Shows waiting steps and their stages as paused. Views look for one pause at the start of the stage's body, so steps
 * that wait at the same time share it. In branches of {@code parallel}, views look at the step alone.
 */
@Restricted(NoExternalUse.class)
public final class StagePause {

    private static final Logger LOGGER = Logger.getLogger(StagePause.class.getName());

    private StagePause() {}

    /**
     * Pauses a step that begins to wait. Writes files, so the Pipeline engine's thread must not call it. A problem is
     * only logged, since the pause is for views alone.
     *
     * @param waits whether the step still waits, since it may end meanwhile
     */
    public static void begin(StepContext context, String step, BooleanSupplier waits) {
        if (waits.getAsBoolean()) {
            change(context, step, StagePause::pause);
        }
        if (!waits.getAsBoolean()) {
            end(context, step);
        }
    }

    private static void pause(StepContext context, String step) throws IOException, InterruptedException {
        FlowNode node = context.get(FlowNode.class);
        if (!(node instanceof BlockStartNode)) { // stages are the only blocks in views
            pause(node);
        }
        FlowNode stage = Stages.innermost(node);
        if (stage == null) {
            return;
        }
        RunningBuild build = ArmoryRuntime.get().runningBuilds().findOrCreate(context.get(Run.class));
        if (build != null) {
            build.findOrCreate(Waiting.class, Waiting::new).add(stage, step);
        }
    }

    /** Ends the pause of a step, if it has one. A problem is only logged. */
    public static void end(StepContext context, String step) {
        change(context, step, StagePause::goOn);
    }

    private interface Change {
        void make(StepContext context, String step) throws IOException, InterruptedException;
    }

    private static void change(StepContext context, String step, Change change) {
        try {
            change.make(context, step);
        } catch (IOException | RuntimeException x) { // of a flow graph that cannot be read
            LOGGER.log(Level.WARNING, "Cannot change the pause that shows that " + step + " waits", x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    private static void goOn(StepContext context, String step) throws IOException, InterruptedException {
        FlowNode node = context.get(FlowNode.class);
        goOn(node);
        FlowNode stage = Stages.innermost(node);
        if (stage == null) {
            return;
        }
        RunningBuild build = ArmoryRuntime.get().runningBuilds().findOrCreate(context.get(Run.class));
        if (build == null) {
            goOn(stage);
        } else {
            build.findOrCreate(Waiting.class, Waiting::new).remove(stage, step);
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

    /** The waiting steps of one build. */
    private static final class Waiting {

        /** Ids of steps, by the id of the node that starts their stage. */
        private final Map<String, Set<String>> steps = new HashMap<>();

        synchronized void add(FlowNode stage, String step) throws IOException {
            Set<String> inStage = steps.computeIfAbsent(stage.getId(), key -> new HashSet<>());
            if (inStage.add(step) && inStage.size() == 1) {
                pause(stage);
            }
        }

        synchronized void remove(FlowNode stage, String step) throws IOException {
            Set<String> inStage =
                    steps.getOrDefault(stage.getId(), Set.of()); // empty after a restart, until steps wait again
            if (inStage.isEmpty() || inStage.remove(step) && inStage.isEmpty()) {
                steps.remove(stage.getId());
                goOn(stage);
            }
        }
    }
}
