package jenkins.util;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/** The controller's threads for short work at a later time. */
public class Timer {
    private static final int THREADS = 4;
    private static final ScheduledThreadPoolExecutor EXECUTOR = new ScheduledThreadPoolExecutor(
            THREADS,
            new ThreadFactoryBuilder()
                    .setNameFormat("jenkins.util.Timer")
                    .setDaemon(true)
                    .build());

    static {
        EXECUTOR.setRemoveOnCancelPolicy(true);
    }

    private Timer() {}

    public static ScheduledExecutorService get() {
        return EXECUTOR;
    }
}
