package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.queue.CauseOfBlockage;
import hudson.model.queue.QueueTaskDispatcher;
import hudson.model.queue.Tasks;
import hudson.security.ACL;
import java.util.Calendar;
import java.util.List;
import org.springframework.security.core.Authentication;

/**
 * A call from an agent as a task of Jenkins's queue: a part of the build that is tied to the agent, like a {@code node}
 * block of its Pipeline. It is never queued; nodes are only asked whether they would take it.
 */
record AgentTask(Run<?, ?> run, Label label) implements Queue.Task {

    /**
     * Returns why Jenkins would not let a part of the build run on a node, {@code null} if it would: a permission, a
     * job restriction, a node that takes no tasks, a cloud for some folders alone, or the agents of an environment. A
     * node that is reserved for jobs that name it takes the task.
     *
     * @param label the label of the node that the build asks for
     */
    @CheckForNull
    static CauseOfBlockage blockage(Node node, Run<?, ?> run, Label label) {
        var item = new Queue.BuildableItem(
                new Queue.WaitingItem(Calendar.getInstance(), new AgentTask(run, label), List.of()));
        CauseOfBlockage blockage = node.canTake(item);
        for (QueueTaskDispatcher each : QueueTaskDispatcher.all()) {
            blockage = blockage == null ? each.canTake(node, item) : blockage;
        }
        return blockage;
    }

    @Override
    public Label getAssignedLabel() {
        return label;
    }

    @Override
    public Queue.Task getOwnerTask() {
        return run.getParent() instanceof Queue.Task job ? job : this;
    }

    @Override
    @CheckForNull
    public Queue.Executable getOwnerExecutable() {
        return run instanceof Queue.Executable build ? build : null;
    }

    @Override
    public Authentication getDefaultAuthentication2() {
        Queue.Task owner = getOwnerTask();
        return owner == this ? ACL.SYSTEM2 : Tasks.getAuthenticationOf2(owner);
    }

    @Override
    public String getName() {
        return getDisplayName();
    }

    @Override
    public String getFullDisplayName() {
        return getDisplayName();
    }

    @Override
    public String getDisplayName() {
        return "webhook call of " + run.getFullDisplayName();
    }

    @Override
    public String getUrl() {
        return run.getUrl();
    }

    @Override
    public Queue.Executable createExecutable() {
        throw new UnsupportedOperationException("a webhook call is never queued");
    }
}
