package io.jenkins.plugins.armory.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.model.FreeStyleBuild;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class ReadersJenkinsTest {

    /** As of an agent that hangs. */
    @Test
    void whatDoesNotEndHoldsUpNoOtherJobAndTakesFewThreads(JenkinsRule j) throws Exception {
        FreeStyleBuild noisy = j.buildAndAssertSuccess(j.createFreeStyleProject("noisy"));
        FreeStyleBuild quiet = j.buildAndAssertSuccess(j.createFreeStyleProject("quiet"));
        var begun = new AtomicInteger();
        var waiting = new AtomicInteger();
        var over = new CountDownLatch(1);
        Executor ofNoisy = ArmoryRuntime.get().readers(noisy, "agent", waiting::incrementAndGet);
        try {
            for (int i = 0; i < 200; i++) {
                ofNoisy.execute(() -> {
                    begun.incrementAndGet();
                    try {
                        over.await();
                    } catch (InterruptedException x) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            await().until(() -> begun.get() == 16);
            assertThat(waiting).hasValue(184);

            var read = new CountDownLatch(1);
            ArmoryRuntime.get()
                    .readers(quiet, "agent", waiting::incrementAndGet)
                    .execute(read::countDown);
            await().until(() -> read.getCount() == 0);
            assertThat(begun).hasValue(16);
        } finally {
            over.countDown();
        }
        await().until(() -> begun.get() == 200);
        assertThat(waiting).hasValue(184);
    }
}
