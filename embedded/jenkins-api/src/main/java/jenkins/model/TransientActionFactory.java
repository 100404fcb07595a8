package jenkins.model;

import hudson.ExtensionPoint;
import hudson.model.Action;
import java.util.Collection;

/**
 * Adds actions to objects whenever they are asked for them.
 *
 * @param <T> the type of the objects
 */
public abstract class TransientActionFactory<T> implements ExtensionPoint {

    public abstract Class<T> type();

    /** What the actions have in common; whoever looks for others does not ask. */
    public Class<? extends Action> actionType() {
        return Action.class;
    }

    public abstract Collection<? extends Action> createFor(T target);
}
