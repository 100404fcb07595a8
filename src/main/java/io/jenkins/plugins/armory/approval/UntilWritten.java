package io.jenkins.plugins.armory.approval;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Repeats writes that must not be given up, as while a disk is full. Of those that have failed, one is tried every five seconds, each in its
 * turn; once one succeeds, all others are tried too. If Jenkins goes down before, the next start makes up for it.
 */
@Restricted(NoExternalUse.class)
public final class UntilWritten {

    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final ScheduledExecutorService timer;
    private final Executor executor;

    /** The writes that have failed. While there is one, a timer is set, or the first of them is being tried. Guarded by itself. */
    private final Queue<Write> unwritten = new ArrayDeque<>();

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
     * Writes, and repeats that until it can, whatever is thrown.
     *
     * @param failed takes the first failure: one line in the logs is enough
     */
    public void run(Write write, Consumer<Throwable> failed) {
        try {
            write.run();
        } catch (IOException | RuntimeException | Error x) {
            failed.accept(x);
            repeat(write);
        }
    }

    private void repeat(Write write) {
        boolean first;
        synchronized (unwritten) {
            first = unwritten.isEmpty();
            unwritten.add(write);
        }
        if (first) {
            later(timer, executor, PAUSE, this::probe);
        }
    }

    private void probe() {
        Write first;
        synchronized (unwritten) {
            first = unwritten.element();
        }
        try {
            first.run();
        } catch (IOException | RuntimeException | Error x) {
            synchronized (unwritten) {
                unwritten.add(unwritten.remove()); // it may fail for a reason of its own
            }
            later(timer, executor, PAUSE, this::probe);
            return;
        }
        List<Write> others;
        synchronized (unwritten) {
            unwritten.remove();
            others = List.copyOf(unwritten);
            unwritten.clear();
        }
        others.forEach(write -> soon(() -> run(write, x -> {})));
    }

    /** Runs work on the executor. */
    public void soon(Runnable work) {
        executor.execute(work);
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
