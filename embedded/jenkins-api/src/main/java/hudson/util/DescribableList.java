package hudson.util;

import hudson.model.Describable;
import hudson.model.Descriptor;

/**
 * Describable objects, one of each kind.
 *
 * @param <T> their type
 * @param <D> that of their descriptors
 */
public class DescribableList<T extends Describable<T>, D extends Descriptor<T>> {

    /** The one of that type, or null. */
    public <U extends T> U get(Class<U> type) {
        return null;
    }
}
