package io.jenkins.plugins.armory.callback;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A deadline for reading a body on the present thread. A servlet container bounds the wait for each byte alone, and nothing but an interrupt
 * ends such a wait.
 */
final class ReadDeadline {

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private boolean passed;

    /** {@code null} once the reading is over. */
    @CheckForNull
    private Thread reader = Thread.currentThread();

    ReadDeadline(Duration time) {
        ended.orTimeout(time.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((nothing, timeout) -> pass(timeout != null));
    }

    private synchronized void pass(boolean isTimeout) {
        if (isTimeout && reader != null) {
            passed = true;
            reader.interrupt();
        }
    }

    /** Ends the reading. Returns whether the deadline has passed; then nothing is left of the interrupt. */
    synchronized boolean end() {
        reader = null;
        ended.complete(null);
        if (passed) {
            Thread.interrupted();
        }
        return passed;
    }
}
