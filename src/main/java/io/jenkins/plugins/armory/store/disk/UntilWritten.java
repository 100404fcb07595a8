package io.jenkins.plugins.armory.store.disk;

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
 * Repeats writes that have failed until they succeed, as while a disk is full. Every five seconds it tries one of them,
 * each in its turn; once one succeeds, it tries all others. A slow write holds up no other. If Jenkins goes down
 * before, its next start does what is left.
 */
@Restricted(NoExternalUse.class)
public final class UntilWritten {

    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final ScheduledExecutorService timer;
    private final Executor executor;

    /** The writes that have failed and are not being tried. While there is one, a timer is set. Guarded by itself. */
    private final Queue<Unwritten> unwritten = new ArrayDeque<>();

    /** Guarded by {@link #unwritten}. */
    private boolean timed;

    private record Unwritten(Write write, Executor executor) {}

    /** A write that can be repeated from its beginning. */
    @FunctionalInterface
    public interface Write {
        void run() throws IOException;
    }

    /** @param executor repeats the writes for which no other one is given */
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
        run(write, failed, executor);
    }

    /** @param executor repeats the write */
    public void run(Write write, Consumer<Throwable> failed, Executor executor) {
        try {
            write.run();
        } catch (IOException | RuntimeException | Error x) {
            failed.accept(x);
            repeat(new Unwritten(write, executor));
        }
    }

    private void repeat(Unwritten failed) {
        synchronized (unwritten) {
            unwritten.add(failed);
            setTimer();
        }
    }

    /** The caller holds the lock. */
    private void setTimer() {
        if (!timed && !unwritten.isEmpty()) {
            timed = true;
            schedule(PAUSE, this::tryFirst);
        }
    }

    private void tryFirst() {
        Unwritten first;
        synchronized (unwritten) {
            timed = false;
            first = unwritten.poll();
            setTimer();
        }
        if (first != null) {
            first.executor.execute(() -> probe(first));
        }
    }

    private void probe(Unwritten first) {
        try {
            first.write.run();
        } catch (IOException | RuntimeException | Error x) {
            repeat(first); // behind the others: it may fail for a reason of its own
            return;
        }
        List<Unwritten> others;
        synchronized (unwritten) {
            others = List.copyOf(unwritten);
            unwritten.clear();
        }
        others.forEach(each -> each.executor.execute(() -> run(each.write, x -> {}, each.executor)));
    }

    /** Runs work on the executor. */
    public void soon(Runnable work) {
        executor.execute(work);
    }

    /** Runs work on the executor after a delay, unless Jenkins goes down before. */
    public void later(Duration delay, Runnable work) {
        schedule(delay, () -> soon(work));
    }

    private void schedule(Duration delay, Runnable work) {
        try {
            timer.schedule(work, Math.max(0, delay.toMillis()), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException x) {
            // Jenkins is going down
        }
    }
}
