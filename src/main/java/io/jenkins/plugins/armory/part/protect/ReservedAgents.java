package io.jenkins.plugins.armory.part.protect;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.labels.LabelAtom;
import hudson.model.queue.CauseOfBlockage;
import hudson.model.queue.QueueTaskDispatcher;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.durabletask.executors.ContinuedTask;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Reserves the agents of environments: a node with one of their labels is for builds that are deploying there, whatever
 * label they ask for. The queue asks for each item and node while it holds its lock, so this looks at memory alone.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class ReservedAgents extends QueueTaskDispatcher {

    @Override
    @CheckForNull
    public CauseOfBlockage canTake(Node node, Queue.BuildableItem item) {
        return refusal(item.task, label -> label.getNodes().contains(node));
    }

    /**
     * Holds what could run only on reserved nodes. If {@link #canTake} alone refused it, it would be in the load for
     * which clouds start nodes, and each of them would be refused. What other nodes of a cloud may take is not held.
     */
    @Override
    @CheckForNull
    public CauseOfBlockage canRun(Queue.Item item) {
        Label asked = item.getAssignedLabel();
        Set<LabelAtom> reserved =
                UnderWay.environments().stream().flatMap(ReservedAgents::labels).collect(Collectors.toSet());
        return asked == null || reserved.isEmpty() || !isHeld(item.task, asked, reserved)
                ? null
                : refusal(
                        item.task,
                        label -> asked.listAtoms().contains(label)
                                || !Collections.disjoint(label.getNodes(), asked.getNodes()));
    }

    private static boolean isHeld(Queue.Task task, Label asked, Set<LabelAtom> reserved) {
        Set<Node> nodes = asked.getNodes();
        Predicate<Node> isReserved =
                node -> reserved.stream().anyMatch(label -> label.getNodes().contains(node));
        if (task instanceof Queue.FlyweightTask) { // canTake is not asked; each Pipeline is one, on the built-in node
            return nodes.stream().anyMatch(node -> !node.equals(Jenkins.get()) && isReserved.test(node));
        }
        var others = new HashSet<>(asked.listAtoms());
        boolean needsReserved = others.removeAll(reserved) && !asked.matches(others);
        return needsReserved
                || !nodes.isEmpty()
                        && nodes.stream().allMatch(isReserved)
                        && asked.getClouds().isEmpty();
    }

    private static Stream<LabelAtom> labels(EnvironmentDefinition environment) {
        return environment.getAgents().stream().map(Jenkins.get()::getLabelAtom);
    }

    /**
     * @param which the labels of what a task asks for; it may run there if a build is deploying to an environment with
     *     one of them
     */
    @CheckForNull
    private static CauseOfBlockage refusal(Queue.Task task, Predicate<LabelAtom> which) {
        Predicate<EnvironmentDefinition> owns = each -> labels(each).anyMatch(which);
        List<String> names = UnderWay.environments().stream()
                .filter(owns)
                .map(EnvironmentDefinition::getName)
                .distinct()
                .toList();
        return names.isEmpty()
                        || isContinued(task)
                        || task.getOwnerExecutable() instanceof Run<?, ?> run
                                && names.stream().anyMatch(name -> UnderWay.isAt(run, name, owns))
                ? null
                : CauseOfBlockage.fromMessage(
                        Messages._ReservedAgents_reserved(String.join(", ", names), names.get(0)));
    }

    /** Returns whether a task goes on after a restart where it began. If it did not, its block would be killed. */
    private static boolean isContinued(Queue.Task task) {
        try {
            return task instanceof ContinuedTask continued && continued.isContinued();
        } catch (NoClassDefFoundError x) { // the plugin of that class is not there
            return false;
        }
    }
}
