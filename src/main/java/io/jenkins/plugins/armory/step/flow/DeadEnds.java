package io.jenkins.plugins.armory.step.flow;

import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.DeploymentEvent.NobodyLeft;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.RunningBuild;
import io.jenkins.plugins.armory.store.BuildState;
import io.jenkins.plugins.armory.store.disk.UntilWritten;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.actions.ThreadNameAction;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.graph.BlockEndNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Detects environments that wait for one that will not come: every branch of the Pipeline has ended or waits for an
 * environment itself, so nothing is left that could deploy to another one. Only the end of a block or an environment
 * that begins to wait can lead there, so it looks then.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class DeadEnds implements GraphListener {

    private static final Logger LOGGER = Logger.getLogger(DeadEnds.class.getName());
    private static final int ASK_AGAIN_SECONDS = 5;

    /**
     * The waiting environments of one build.
     *
     * @param nodes ids of their steps' nodes, by name
     * @param asked whether a check is to come, so that many ends at once lead to one check
     */
    private record Waiting(Run<?, ?> run, BuildState store, Map<String, String> nodes, AtomicBoolean asked) {}

    /** Watches an environment that begins to wait. */
    public static void watch(StepContext context, BuildState store, String name)
            throws IOException, InterruptedException {
        Run<?, ?> run = context.get(Run.class);
        RunningBuild build = ArmoryRuntime.get().runningBuilds().findOrCreate(run);
        if (build != null) { // else it was ended by force meanwhile
            Waiting waiting = build.findOrCreate(
                    Waiting.class, () -> new Waiting(run, store, new ConcurrentHashMap<>(), new AtomicBoolean()));
            waiting.nodes.put(name, context.get(FlowNode.class).getId());
            ask(context.get(FlowExecution.class), waiting);
        }
    }

    /** Forgets an environment that does not wait any more. */
    public static void forget(StepContext context, String name) throws IOException, InterruptedException {
        Waiting waiting = Builds.partOf(context.get(FlowExecution.class), Waiting.class);
        if (waiting != null) {
            waiting.nodes.remove(name);
        }
    }

    @Override
    public void onNewHead(FlowNode node) {
        if (node instanceof BlockEndNode) {
            Waiting waiting = Builds.partOf(node.getExecution(), Waiting.class);
            if (waiting != null && !waiting.nodes.isEmpty()) {
                ask(node.getExecution(), waiting);
            }
        }
    }

    private static void ask(FlowExecution execution, Waiting waiting) {
        if (waiting.asked.compareAndSet(false, true)) {
            answer(execution, waiting);
        }
    }

    private static void answer(FlowExecution execution, Waiting waiting) {
        ArmoryRuntime.get().buildExecutor().execute(() -> {
            waiting.asked.set(false); // before the check, so that what comes later leads to another one
            try {
                check(execution, waiting);
            } catch (RuntimeException x) { // of a flow graph that cannot be read
                boolean isOver = ArmoryRuntime.get().runningBuilds().find(waiting.run) == null;
                if (!isOver && waiting.asked.compareAndSet(false, true)) {
                    LOGGER.log(
                            Level.WARNING,
                            "Cannot see whether an environment of " + waiting.run + " waits for ever",
                            x);
                    Timer.get().schedule(() -> answer(execution, waiting), ASK_AGAIN_SECONDS, TimeUnit.SECONDS);
                }
            }
        });
    }

    private static void check(FlowExecution execution, Waiting waiting) {
        // Read before the heads: if it changes meanwhile, the event has no effect. Also what is not on disk yet, since
        // nothing asks again once it is.
        Deployment seen = waiting.store.newest();
        Set<String> nodes = waiting.nodes.entrySet().stream()
                .filter(entry -> seen.find(entry.getKey())
                        .filter(it -> it.state() == Environment.State.WAITING_FOR_DEPENDENCIES)
                        .isPresent())
                .map(Map.Entry::getValue)
                .collect(Collectors.toSet());
        if (isDeadEnd(execution.getCurrentHeads(), nodes)) {
            NobodyLeft event = new NobodyLeft(seen);
            new UntilWritten(Timer.get(), ArmoryRuntime.get().buildExecutor())
                    .run(
                            () -> write(waiting.run, event),
                            x -> LOGGER.log(Level.WARNING, x.getMessage() + "; trying again", x));
        }
    }

    private static void write(Run<?, ?> run, NobodyLeft event) throws BuildState.UnwrittenException {
        try {
            ArmoryRuntime.get().deployments().apply(run, event);
        } catch (BuildState.UnwrittenException x) {
            throw x;
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot write that environments wait for one that will not come", x);
        }
    }

    /**
     * Returns whether the Pipeline does nothing but wait for environments: each branch waits, or has ended beside one
     * that waits. Where all branches of a {@code parallel} have ended, the Pipeline is about to go on behind them.
     */
    private static boolean isDeadEnd(List<FlowNode> heads, Set<String> waiting) {
        Set<String> around = heads.stream()
                .filter(head -> waiting.contains(head.getId()))
                .flatMap(head -> head.getEnclosingBlocks().stream())
                .map(FlowNode::getId)
                .collect(Collectors.toSet());
        return heads.stream()
                .allMatch(head -> waiting.contains(head.getId()) || around.contains(parallelEndedIn(head)));
    }

    /** Returns the id of the {@code parallel} whose branch ends with that node, empty for any other node. */
    private static String parallelEndedIn(FlowNode head) {
        return head instanceof BlockEndNode<?> end
                        && end.getStartNode() != null
                        && end.getStartNode().getAction(ThreadNameAction.class) != null
                ? String.valueOf(end.getStartNode().getEnclosingId())
                : "";
    }
}
