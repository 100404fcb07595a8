package io.jenkins.plugins.armory.sending;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ExtensionPoint;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.queue.CauseOfBlockage;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What Jenkins's queue asks about a node besides the node, and calls from agents too. */
@Restricted(NoExternalUse.class)
public interface AgentReservation extends ExtensionPoint {

    /** Returns why a node is not for a task, {@code null} if it is. */
    @CheckForNull
    CauseOfBlockage canTake(Node node, Queue.BuildableItem item);
}
