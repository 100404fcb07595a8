package io.jenkins.plugins.armory.callback.token;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A limit for the callers that wait for one thing outside Jenkins at once, as for the keys of an issuer or a secret of a vault. Each of them
 * holds a thread that answers requests, and nobody knows yet who the caller is.
 */
@Restricted(NoExternalUse.class)
public final class CallersLimit {

    /** The places of a limit for one thing. */
    public static final int MOST = 4;

    /** Others that wait for a place: each of them holds a thread too, of some 200 of Jenkins. */
    private static final int MOST_WAITING = 128;

    /** For first callers, see {@link #within}. */
    private static final CallersLimit FIRST = new CallersLimit(32, Duration.ofSeconds(1));

    /** Something that is looked up outside Jenkins. */
    @FunctionalInterface
    public interface LookUp<T> {
        T get() throws IOException;
    }

    private final int most;
    private final long patienceNanos;
    private final Semaphore places;
    private volatile long entered = System.nanoTime();

    /**
     * @param most the number of places
     * @param patience how long after the last caller got a place others wait for one. While callers get places, the others go on waiting;
     *     once a thing does not answer, only the callers that have a place are held.
     */
    public CallersLimit(int most, Duration patience) {
        this.most = most;
        places = new Semaphore(most, true);
        patienceNanos = patience.toNanos();
    }

    /** Takes a place, to be given back with {@link #leave}; returns whether there was one. */
    public boolean enter() {
        try {
            if (isFull() && places.getQueueLength() >= MOST_WAITING
                    || !places.tryAcquire(patienceNanos - (System.nanoTime() - entered), TimeUnit.NANOSECONDS)) {
                return false;
            }
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
            return false;
        }
        entered = System.nanoTime();
        return true;
    }

    public void leave() {
        places.release();
    }

    private boolean isFull() {
        return places.availablePermits() == 0;
    }

    private boolean isEmpty() {
        return places.availablePermits() == most;
    }

    /**
     * Looks up a secret of a credential, with a place of each of several limits. If the last one, which all share, is full, the first caller of
     * what has the limit before it takes a place that is kept for first callers: whoever has many that do not answer refuses nobody else.
     *
     * @param limits from the one of the credential to the one of all
     * @param id that of the credential, for messages
     * @throws IOException if there is no place, or the provider of the credential fails
     * @throws IllegalArgumentException as the look-up does
     */
    public static <T> T within(List<CallersLimit> limits, String id, LookUp<T> lookUp) throws IOException {
        return within(limits, false, id, lookUp);
    }

    private static <T> T within(List<CallersLimit> limits, boolean isFirst, String id, LookUp<T> lookUp)
            throws IOException {
        if (limits.isEmpty()) {
            try {
                return lookUp.get();
            } catch (IllegalArgumentException x) {
                throw x;
            } catch (RuntimeException x) {
                throw new IOException(
                        "the secret of " + id + " cannot be read; check the provider of that credential: " + x, x);
            }
        }
        CallersLimit next = isFirst && limits.size() == 1 && limits.get(0).isFull() ? FIRST : limits.get(0);
        boolean isAlone = next.isEmpty();
        if (!next.enter()) {
            throw new IOException(
                    "the secret of " + id + " is being read, and others wait for it, or for secrets beside it,"
                            + " already; check the providers of these credentials");
        }
        try {
            return within(limits.subList(1, limits.size()), isAlone, id, lookUp);
        } finally {
            next.leave();
        }
    }
}
