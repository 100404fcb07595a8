package jenkins.util;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;

/** The controller's threads for short work at a later time. */
public class Timer {
    private static final int THREADS = 4;
    private static final ScheduledThreadPoolExecutor EXECUTOR = new ScheduledThreadPoolExecutor(THREADS, daemons());

    static {
        EXECUTOR.setRemoveOnCancelPolicy(true);
    }

    private Timer() {}

    public static ScheduledExecutorService get() {
        return EXECUTOR;
    }

    private static ThreadFactory daemons() {
        return work -> {
            var thread = new Thread(work, "jenkins.util.Timer");
            thread.setDaemon(true);
            return thread;
        };
    }
}
