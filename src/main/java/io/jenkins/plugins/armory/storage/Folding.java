package io.jenkins.plugins.armory.storage;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Brings the files of a store up to date with its journal, in the background. It runs soon after a
 * change, but not while more changes come, unless the journal grows large. While there is nothing to do, no timer is
 * set.
 */
final class Folding {

    private static final Logger LOGGER = Logger.getLogger(Folding.class.getName());

    /** The time from a change until it is folded, together with those that come meanwhile. */
    private static final Duration DELAY = Duration.ofMillis(500);
    /** The age of the last change from which on no more changes are expected. */
    private static final Duration QUIET = Duration.ofMillis(100);

    private static final Duration RETRY = Duration.ofMinutes(1);
    /** The longest time that the last folding of an orderly stop takes. */
    private static final Duration LAST = Duration.ofSeconds(2);
    /**
     * The size of the journal from which on it is folded in any case, in bytes: some forty thousand changes. A step with 10,000 approvals
     * makes thirty thousand; folding them meanwhile would sync a file for each, beside its calls.
     */
    private static final long LARGE = 64 << 20;

    private final ApprovalStore store;
    private final ScheduledExecutorService timer;
    private final Executor executor;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean finishing;

    /**
     * Folds what the store has in its journal, and whatever comes.
     *
     * @param executor runs the file I/O
     */
    Folding(ApprovalStore store, ScheduledExecutorService timer, Executor executor) {
        this.store = store;
        this.timer = timer;
        this.executor = executor;
        store.onChange(() -> schedule(DELAY));
        if (store.journalSize() > 0) {
            schedule(DELAY);
        }
    }

    private void schedule(Duration delay) {
        if (finishing || !scheduled.compareAndSet(false, true)) {
            return;
        }
        try {
            timer.schedule(() -> executor.execute(this::run), delay.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException x) {
            // Jenkins is going down; the journal is read again when it starts.
        }
    }

    private void run() {
        scheduled.set(false); // first, so that a change that comes too late for this run schedules another
        try {
            if (!store.fold(this::isBusy)) {
                schedule(DELAY);
            }
        } catch (IOException x) {
            LOGGER.log(
                    Level.WARNING,
                    "Cannot write approvals to their files; they are in the journal. Trying again in a minute",
                    x);
            schedule(RETRY);
        }
    }

    private boolean isBusy() {
        return finishing || store.idleNanos() < QUIET.toNanos() && store.journalSize() < LARGE;
    }

    /** Folds what is left in the journal, for two seconds at most. */
    void finish() {
        finishing = true; // a run in the background stops at its next file
        long start = System.nanoTime();
        try {
            store.fold(() -> System.nanoTime() - start > LAST.toNanos());
        } catch (IOException x) {
            LOGGER.log(Level.FINE, "Cannot fold the journal; it is read again at the next start", x);
        }
    }
}
