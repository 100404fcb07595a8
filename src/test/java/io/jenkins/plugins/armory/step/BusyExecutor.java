package io.jenkins.plugins.armory.step;

import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;

/** Occupies all threads for the work of builds, so that a test can delay the work of steps. */
public final class BusyExecutor implements AutoCloseable {

    private final CountDownLatch end = new CountDownLatch(1);

    private BusyExecutor() {}

    /** Occupies all threads and returns once they are occupied. */
    public static BusyExecutor occupy() throws InterruptedException {
        BusyExecutor busy = new BusyExecutor();
        ThreadPoolExecutor executor = (ThreadPoolExecutor) ArmoryRuntime.get().buildExecutor();
        CountDownLatch occupied = new CountDownLatch(executor.getMaximumPoolSize());
        for (int i = 0; i < executor.getMaximumPoolSize(); i++) {
            executor.execute(() -> {
                occupied.countDown();
                busy.await();
            });
        }
        occupied.await();
        return busy;
    }

    private void await() {
        try {
            end.await();
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        end.countDown();
    }
}
