package hudson.model;

/**
 * A convenient base of {@link Describable}s.
 *
 * @param <T> the kind of thing
 */
public abstract class AbstractDescribableImpl<T extends AbstractDescribableImpl<T>> implements Describable<T> {}
