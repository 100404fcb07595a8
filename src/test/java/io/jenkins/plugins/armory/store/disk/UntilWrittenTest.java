package io.jenkins.plugins.armory.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UntilWrittenTest {

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final UntilWritten again = new UntilWritten(timer, executor);

    @AfterEach
    void end() {
        timer.shutdownNow();
        executor.shutdownNow();
    }

    /** As in the folder of a build on a file server that does not answer any more. */
    @Test
    void aRepeatThatHangsHoldsUpNoOtherWrite() throws InterruptedException {
        var hangs = new CountDownLatch(2);
        var written = new CountDownLatch(2);
        again.run(
                () -> {
                    hangs.countDown();
                    if (hangs.getCount() > 0) {
                        throw new IOException("disk full");
                    }
                    try {
                        written.await();
                    } catch (InterruptedException x) {
                        Thread.currentThread().interrupt();
                    }
                },
                x -> {});
        again.run(
                () -> {
                    written.countDown();
                    if (written.getCount() > 0) {
                        throw new IOException("disk full");
                    }
                },
                x -> {});

        assertThat(written.await(20, TimeUnit.SECONDS)).isTrue();
        assertThat(hangs.getCount()).isZero();
    }
}
