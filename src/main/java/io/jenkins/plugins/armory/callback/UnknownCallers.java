package io.jenkins.plugins.armory.callback;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The requests of one kind whose bodies are read before their callers are known. Each holds a thread of Jenkins, of
 * some 200. A body that does not come makes room for one that may.
 */
@Restricted(NoExternalUse.class)
public final class UnknownCallers {

    /** The most requests at once. */
    public static final int MOST = 32;

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** The oldest first. */
    private final Set<BodyReading> admitted = new LinkedHashSet<>();

    /** Returns whether a request may go on; then it has to {@link #leave}. */
    public synchronized boolean admit(RequestBody body) {
        if (admitted.size() == MOST) {
            long now = System.nanoTime(); // the same for all, or a later one would be found first
            admitted.stream()
                    .filter(each -> each.interruptIfLongerThan(PATIENCE, now))
                    .findFirst()
                    .ifPresent(admitted::remove);
        }
        return admitted.size() < MOST && admitted.add(body.reading());
    }

    public synchronized void leave(RequestBody body) {
        admitted.remove(body.reading());
    }
}
