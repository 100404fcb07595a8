package io.jenkins.plugins.armory.runtime;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
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
        super(threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        this.timer = timer;
        allowCoreThreadTimeOut(true);
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
