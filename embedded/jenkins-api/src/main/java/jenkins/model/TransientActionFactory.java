package jenkins.model;

import hudson.ExtensionPoint;
import hudson.model.Action;
import java.util.Collection;

/**
 * Adds actions to objects without their being saved.
 *
 * @param <T> what they are added to
 */
public abstract class TransientActionFactory<T> implements ExtensionPoint {

    public abstract Class<T> type();

    /** What the actions have in common; whoever looks for others does not ask. */
    public Class<? extends Action> actionType() {
        return Action.class;
    }

    public abstract Collection<? extends Action> createFor(T target);
}
