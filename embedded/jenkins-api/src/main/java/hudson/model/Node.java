package hudson.model;

import hudson.model.labels.LabelAtom;
import hudson.model.queue.CauseOfBlockage;
import hudson.remoting.VirtualChannel;
import hudson.security.AccessControlled;

/** Where builds run; the embedded controller has no agents. */
public abstract class Node implements AccessControlled {

    /** The way to it, or null while it is offline. */
    public final VirtualChannel getChannel() {
        return null;
    }

    /** The label that it alone has. */
    public LabelAtom getSelfLabel() {
        return new LabelAtom();
    }

    /** Why it does not run that, or null when it does. */
    public CauseOfBlockage canTake(Queue.BuildableItem item) {
        return null;
    }
}
