package io.jenkins.plugins.armory.approval;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Repeats a write that must not be given up, as while a disk is full, every five seconds. If Jenkins goes down before it can be written, the
 * next start makes up for it.
 */
@Restricted(NoExternalUse.class)
public final class UntilWritten {

    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final ScheduledExecutorService timer;
    private final Executor executor;

    /** A write that can be repeated from its beginning. */
    @FunctionalInterface
    public interface Write {
        void run() throws IOException;
    }

    /** @param executor repeats the writes */
    public UntilWritten(ScheduledExecutorService timer, Executor executor) {
        this.timer = timer;
        this.executor = executor;
    }

    /**
     * Writes, and repeats that until it can.
     *
     * @param failed takes the first failure: one line in the logs is enough
     */
    public void run(Write write, Consumer<IOException> failed) {
        try {
            write.run();
        } catch (IOException x) {
            failed.accept(x);
            later(timer, executor, PAUSE, () -> run(write, another -> {}));
        }
    }

    /** Runs work on an executor after a delay, unless Jenkins goes down before. */
    public static void later(ScheduledExecutorService timer, Executor executor, Duration delay, Runnable work) {
        try {
            timer.schedule(() -> executor.execute(work), Math.max(0, delay.toMillis()), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException x) {
            // Jenkins is going down
        }
    }
}
