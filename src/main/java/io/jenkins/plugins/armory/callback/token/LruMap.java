package io.jenkins.plugins.armory.callback.token;

import java.util.LinkedHashMap;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A map with a maximum size, which drops the least recently used entry. It is not thread-safe. */
@Restricted(NoExternalUse.class)
public final class LruMap {

    private LruMap() {}

    /** Returns an empty map that never has more than the given number of entries. */
    public static <K, V> Map<K, V> ofAtMost(int entries) {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > entries;
            }
        };
    }
}
