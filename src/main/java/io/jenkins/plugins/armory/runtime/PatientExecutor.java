package io.jenkins.plugins.armory.runtime;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A pool of threads that end when there is nothing to do. So work on a quiet Jenkins needs a new thread, which the system may refuse for a
 * while, as at a limit of its processes. Such work is not lost: it is handed over again until there is a thread.
 */
final class PatientExecutor extends ThreadPoolExecutor {

    private static final Logger LOGGER = Logger.getLogger(PatientExecutor.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final ScheduledExecutorService timer;
    /** Whether the last work was refused: one line in the log is enough. */
    private final AtomicBoolean refused = new AtomicBoolean();

    /** @param timer hands work over again */
    PatientExecutor(int threads, ThreadFactory factory, ScheduledExecutorService timer) {
        this(threads, threads, new LinkedBlockingQueue<>(), factory, timer);
        allowCoreThreadTimeOut(true);
    }

    private PatientExecutor(
            int core, int most, BlockingQueue<Runnable> queue, ThreadFactory factory, ScheduledExecutorService timer) {
        super(core, most, 10, TimeUnit.SECONDS, queue, factory);
        this.timer = timer;
    }

    /** Returns a pool with as many threads as there is work. */
    static PatientExecutor unlimited(ThreadFactory factory, ScheduledExecutorService timer) {
        return new PatientExecutor(0, Integer.MAX_VALUE, new SynchronousQueue<>(), factory, timer);
    }

    @Override
    public void execute(Runnable work) {
        try {
            super.execute(work);
            refused.set(false);
        } catch (OutOfMemoryError x) { // of Thread.start
            remove(work); // it is queued if all threads ended meanwhile
            if (!refused.getAndSet(true)) {
                LOGGER.log(Level.WARNING, "No thread can be had; trying again until there is one", x);
            }
            try {
                timer.schedule(() -> execute(work), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException down) {
                // Jenkins is going down; the next start makes up for it
            }
        }
    }
}
