package io.jenkins.plugins.armory.callback;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The reading of one body, which other threads may end. A servlet container bounds the wait for each byte alone, and
 * nothing but an interrupt ends such a wait.
 */
final class BodyReading {

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private long begun;
    private boolean interrupted;

    /** {@code null} before and after the reading. */
    @CheckForNull
    private Thread reader;

    /** Begins the reading on this thread. */
    synchronized void begin(Duration most) {
        reader = Thread.currentThread();
        begun = System.nanoTime();
        ended.orTimeout(most.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((nothing, timeout) -> interruptIfLongerThan(most, System.nanoTime()));
    }

    /**
     * Ends the reading if it takes longer. Returns whether it does.
     *
     * @param now of {@link System#nanoTime}
     */
    synchronized boolean interruptIfLongerThan(Duration time, long now) {
        if (reader == null || now - begun < time.toNanos()) {
            return false;
        }
        interrupted = true;
        reader.interrupt();
        return true;
    }

    /**
     * Ends the reading on its own thread. Returns whether it was interrupted; then nothing is left of the interrupt.
     */
    synchronized boolean end() {
        reader = null;
        ended.complete(null);
        if (interrupted) {
            Thread.interrupted();
        }
        return interrupted;
    }
}
