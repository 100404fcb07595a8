package hudson;

import java.util.AbstractList;
import jenkins.model.Jenkins;

/** The extensions of one type, in order. */
public abstract class ExtensionList<T> extends AbstractList<T> {
    public final Class<T> extensionType;

    protected ExtensionList(Jenkins jenkins, Class<T> extensionType) {
        this.extensionType = extensionType;
    }

    public static <T> ExtensionList<T> lookup(Class<T> type) {
        return Jenkins.get().getExtensionList(type);
    }

    public static <U> U lookupSingleton(Class<U> type) {
        var all = lookup(type);
        if (all.size() != 1) {
            throw new IllegalStateException("Expected 1 instance of " + type.getName() + " but got " + all.size());
        }
        return all.get(0);
    }

    public static <U> U lookupFirst(Class<U> type) {
        var all = lookup(type);
        if (all.isEmpty()) {
            throw new IllegalStateException("Found no instance of " + type.getName());
        }
        return all.get(0);
    }
}
