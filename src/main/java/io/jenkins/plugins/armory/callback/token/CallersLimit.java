package io.jenkins.plugins.armory.callback.token;

import java.time.Duration;
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

    private final long patienceNanos;
    private final Semaphore places;
    private volatile long entered = System.nanoTime();

    /**
     * @param most the number of places
     * @param patience how long after the last caller got a place others wait for one. So what is quick refuses nobody, and what does not
     *     answer holds no more than its callers.
     */
    public CallersLimit(int most, Duration patience) {
        places = new Semaphore(most, true);
        patienceNanos = patience.toNanos();
    }

    /** Takes a place, to be given back with {@link #leave}; returns whether there was one. */
    public boolean enter() {
        try {
            if (!places.tryAcquire(patienceNanos - (System.nanoTime() - entered), TimeUnit.NANOSECONDS)) {
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
}
