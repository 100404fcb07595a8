package hudson.model;

/** A convenient base of {@link Describable}s. */
public abstract class AbstractDescribableImpl<T extends AbstractDescribableImpl<T>> implements Describable<T> {}
