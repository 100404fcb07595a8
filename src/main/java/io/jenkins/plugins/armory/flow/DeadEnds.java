package io.jenkins.plugins.armory.flow;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import io.jenkins.plugins.armory.deployment.Deployment;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.NobodyLeft;
import io.jenkins.plugins.armory.deployment.Environment;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.Work;
import io.jenkins.plugins.armory.storage.DeploymentStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.workflow.actions.ThreadNameAction;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.graph.BlockEndNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Finds out when environments wait for one that will not come: every branch of the Pipeline has ended or waits for an
 * environment itself, so nothing is left that could deploy to another one. Only the ends of blocks can bring that about,
 * and environments that begin to wait.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class DeadEnds implements GraphListener {

    private static final Logger LOGGER = Logger.getLogger(DeadEnds.class.getName());

    /**
     * The environments of one build that wait.
     *
     * @param nodes their ids, by the name of the environment
     * @param asked whether somebody is about to look already, so that a burst of ends is one look
     */
    private record Waiting(Run<?, ?> run, DeploymentStore store, Map<String, String> nodes, AtomicBoolean asked) {}

    private final Map<FlowExecution, Waiting> waiting = new ConcurrentHashMap<>();

    private static DeadEnds get() {
        return ExtensionList.lookupSingleton(DeadEnds.class);
    }

    /** An environment begins to wait. */
    public static void watch(StepContext context, DeploymentStore store, String name)
            throws IOException, InterruptedException {
        FlowExecution execution = context.get(FlowExecution.class);
        String node = context.get(FlowNode.class).getId();
        Run<?, ?> run = context.get(Run.class);
        get().waiting.compute(execution, (key, known) -> {
            if (!run.isBuilding()) {
                return null; // ended by force meanwhile
            }
            Waiting all =
                    known != null ? known : new Waiting(run, store, new ConcurrentHashMap<>(), new AtomicBoolean());
            all.nodes.put(name, node);
            return all;
        });
        get().ask(execution);
    }

    /** An environment waits no longer. */
    public static void forget(StepContext context, String name) throws IOException, InterruptedException {
        get().waiting.computeIfPresent(context.get(FlowExecution.class), (execution, known) -> {
            known.nodes.remove(name);
            return known.nodes.isEmpty() ? null : known;
        });
    }

    /** A build has ended, and with it whatever waited in it. */
    static void forget(Run<?, ?> run) {
        get().waiting.values().removeIf(known -> known.run.equals(run));
    }

    /** Whether environments of the build wait, as far as is known here. */
    static boolean knows(Run<?, ?> run) {
        return get().waiting.values().stream().anyMatch(known -> known.run.equals(run));
    }

    @Override
    public void onNewHead(FlowNode node) {
        if (node instanceof BlockEndNode) {
            ask(node.getExecution());
        }
    }

    private void ask(FlowExecution execution) {
        Waiting known = waiting.get(execution);
        if (known != null && known.asked.compareAndSet(false, true)) {
            ArmoryRuntime.get().executor().execute(() -> {
                known.asked.set(false); // before it is looked, so that nothing that comes later goes unseen
                check(execution, known);
            });
        }
    }

    private static void check(FlowExecution execution, Waiting known) {
        Deployment seen = known.store.deployment(); // before the heads: should it change meanwhile, nothing is given up
        Set<String> nodes = known.nodes.entrySet().stream()
                .filter(entry -> seen.find(entry.getKey())
                        .filter(it -> it.state() == Environment.State.WAITING_FOR_DEPENDENCIES)
                        .isPresent())
                .map(Map.Entry::getValue)
                .collect(Collectors.toSet());
        if (isDeadEnd(execution.getCurrentHeads(), nodes)) {
            NobodyLeft event = new NobodyLeft(seen, Stages.names(execution));
            Work.run(
                    () -> ArmoryRuntime.get().deployments().apply(known.run, event),
                    x -> LOGGER.log(Level.WARNING, "Cannot write that environments wait for one that does not come", x),
                    line -> LOGGER.log(Level.WARNING, line));
        }
    }

    /**
     * Whether the Pipeline does nothing any more but wait for environments: each of its branches does, or has ended, and another
     * branch of the same {@code parallel} does. Where all branches have ended, the Pipeline is about to go on behind them.
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

    /** The id of the {@code parallel} of which a branch has ended there, empty for any other node. */
    private static String parallelEndedIn(FlowNode head) {
        return head instanceof BlockEndNode<?> end
                        && end.getStartNode() != null
                        && end.getStartNode().getAction(ThreadNameAction.class) != null
                ? String.valueOf(end.getStartNode().getEnclosingId())
                : "";
    }
}
