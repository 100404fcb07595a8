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
 * Has the store bring its files up to date in the background, also with the names of jobs that were moved: soon after a change, but not while more of them come, unless
 * the journal grows large. When there is nothing to do, no timer is set.
 */
final class Folding {

    private static final Logger LOGGER = Logger.getLogger(Folding.class.getName());

    /** From a change to its being folded; more changes meanwhile are folded with it. */
    private static final Duration DELAY = Duration.ofMillis(500);
    /** While the last change is not longer ago than that, more are likely to come. */
    private static final Duration QUIET = Duration.ofMillis(100);

    private static final Duration RETRY = Duration.ofMinutes(1);
    /** What an orderly stop waits for it at most. */
    private static final Duration LAST = Duration.ofSeconds(2);
    /** Bytes of the journal from which it is folded whatever goes on: some ten thousands of changes. */
    private static final long LARGE = 16 << 20;

    private final ApprovalStore store;
    private final ScheduledExecutorService timer;
    private final Executor executor;
    private final AtomicBoolean scheduled = new AtomicBoolean();
    private volatile boolean finishing;

    /**
     * Begins with what the store has in its journal, and sees to all that is to come.
     *
     * @param executor runs the file I/O
     */
    Folding(ApprovalStore store, ScheduledExecutorService timer, Executor executor) {
        this.store = store;
        this.timer = timer;
        this.executor = executor;
        store.onChange(() -> schedule(DELAY));
        if (store.journalSize() > 0 || store.isMoving()) {
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
        scheduled.set(false); // before it looks, so that a change that it does not see is seen to later
        try {
            boolean moved = store.finishMoves(() -> finishing);
            if (!store.fold(this::isBusy) || !moved) {
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

    /** Leaves nothing in the journal, if that is a matter of seconds. */
    void finish() {
        finishing = true; // what is under way in the background stops at the next file
        long start = System.nanoTime();
        try {
            store.fold(() -> System.nanoTime() - start > LAST.toNanos());
        } catch (IOException x) {
            LOGGER.log(Level.FINE, "Cannot fold the journal; it is read again at the next start", x);
        }
    }
}
