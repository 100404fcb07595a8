package hudson.model.queue;

import hudson.model.Action;
import hudson.model.Queue;
import java.util.List;

/** An action that is told when its task is in the queue already. */
public interface FoldableAction extends Action {

    void foldIntoExisting(Queue.Item item, Queue.Task owner, List<Action> otherActions);
}
