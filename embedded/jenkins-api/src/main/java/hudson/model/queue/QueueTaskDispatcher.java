package hudson.model.queue;

import hudson.ExtensionList;
import hudson.ExtensionPoint;
import hudson.model.Node;
import hudson.model.Queue;

/** Is asked where and when tasks run; the embedded controller has no queue. */
public abstract class QueueTaskDispatcher implements ExtensionPoint {

    public static ExtensionList<QueueTaskDispatcher> all() {
        return ExtensionList.lookup(QueueTaskDispatcher.class);
    }

    public CauseOfBlockage canTake(Node node, Queue.BuildableItem item) {
        return null;
    }

    public CauseOfBlockage canRun(Queue.Item item) {
        return null;
    }
}
