package io.jenkins.plugins.armory.delivery;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The attempts to call one webhook: whether one is in flight, and whether one may have been taken. */
final class Sending {

    @CheckForNull
    private Future<?> next;

    private boolean stopped;
    private int inFlight;
    private boolean mayHaveBeenTaken;

    @CheckForNull
    private Consumer<Boolean> whenQuiet;

    /** @param mayHaveBeenTaken whether an earlier attempt may have been taken */
    Sending(boolean mayHaveBeenTaken) {
        this.mayHaveBeenTaken = mayHaveBeenTaken;
    }

    /** Schedules the next attempt, unless this is stopped. */
    synchronized void next(ScheduledExecutorService timer, Duration delay, Runnable attempt) {
        if (stopped) {
            return;
        }
        try {
            next = timer.schedule(attempt, Math.max(0, delay.toMillis()), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException x) {
            // Jenkins is going down; the next start goes on.
        }
    }

    /** Stops: no further attempt begins. */
    synchronized void stop() {
        stopped = true;
        if (next != null) {
            next.cancel(false);
        }
    }

    /** Begins an attempt, unless this is stopped. */
    synchronized boolean begin() {
        inFlight += stopped ? 0 : 1;
        return !stopped;
    }

    /** Ends the attempt in flight. */
    void end(boolean taken) {
        Consumer<Boolean> then;
        boolean result;
        synchronized (this) {
            inFlight--;
            mayHaveBeenTaken |= taken;
            result = mayHaveBeenTaken;
            then = inFlight > 0 ? null : whenQuiet;
            whenQuiet = inFlight > 0 ? whenQuiet : null;
        }
        if (then != null) {
            then.accept(result);
        }
    }

    /**
     * Tells whether an attempt may have been taken, once none is in flight. Called after {@link #stop}.
     *
     * @param then is called at once, or when the attempt in flight ends
     */
    void whenQuiet(Consumer<Boolean> then) {
        boolean result;
        synchronized (this) {
            if (inFlight > 0) {
                whenQuiet = whenQuiet == null ? then : whenQuiet.andThen(then);
                return;
            }
            result = mayHaveBeenTaken;
        }
        then.accept(result);
    }
}
