package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The state of one running build in memory: at most one part of each type. */
@Restricted(NoExternalUse.class)
public final class RunningBuild {

    private final Map<Class<?>, Object> parts = new ConcurrentHashMap<>();

    RunningBuild() {}

    /** Returns the part of that type, {@code null} if there is none. */
    @CheckForNull
    public <T> T find(Class<T> type) {
        return type.cast(parts.get(type));
    }

    /** Returns the part of that type, and creates it if there is none. */
    public <T> T findOrCreate(Class<T> type, Supplier<T> initial) {
        return type.cast(parts.computeIfAbsent(type, key -> initial.get()));
    }

    /** Puts a part in the place of the one of the same type, if there is one. */
    public void put(Object part) {
        parts.put(part.getClass(), part);
    }
}
