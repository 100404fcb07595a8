package hudson.model;

import hudson.model.labels.LabelAtom;
import hudson.model.queue.CauseOfBlockage;
import hudson.security.AccessControlled;

/** Where builds run; the embedded controller has no agents. */
public abstract class Node implements AccessControlled {

    public final Computer toComputer() {
        return null;
    }

    public LabelAtom getSelfLabel() {
        return new LabelAtom();
    }

    public CauseOfBlockage canTake(Queue.BuildableItem item) {
        return null;
    }
}
