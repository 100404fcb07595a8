package hudson.model;

/** Something configurable: its {@link Descriptor} tells how. */
public interface Describable<T extends Describable<T>> {

    default Descriptor<T> getDescriptor() {
        throw new UnsupportedOperationException();
    }
}
