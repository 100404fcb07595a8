package hudson.model;

/**
 * Something configurable: its {@link Descriptor} tells how.
 *
 * @param <T> the kind of thing
 */
public interface Describable<T extends Describable<T>> {}
