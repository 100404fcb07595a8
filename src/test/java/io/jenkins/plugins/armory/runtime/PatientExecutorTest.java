package io.jenkins.plugins.armory.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.approval.ManualTimer;
import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.client.AllowedHosts;
import io.jenkins.plugins.armory.client.WebhookClient;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class PatientExecutorTest {

    private final ManualTimer timer = new ManualTimer(new MutableClock(Instant.EPOCH));
    private final AtomicBoolean refuses = new AtomicBoolean(true);
    private final List<Integer> done = new CopyOnWriteArrayList<>();
    private final PatientExecutor executor = new PatientExecutor(2, this::thread, timer.service());

    private Thread thread(Runnable work) {
        if (refuses.get()) {
            throw new OutOfMemoryError("unable to create native thread"); // as Thread.start does
        }
        var thread = new Thread(work);
        thread.setDaemon(true);
        return thread;
    }

    private void awaitEnd() throws InterruptedException {
        awaitEndOf(executor);
    }

    private static void awaitEndOf(PatientExecutor executor) throws InterruptedException {
        executor.shutdown();
        assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void noWorkIsLostOrDoneTwiceWhileNoThreadCanBeHad() throws Exception {
        for (int i = 0; i < 5; i++) {
            int number = i;
            executor.execute(() -> done.add(number));
        }
        timer.pass(Duration.ofMinutes(1));
        assertThat(done).isEmpty();

        refuses.set(false);
        timer.pass(Duration.ofMinutes(1));
        awaitEnd();

        assertThat(done).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
    }

    @Test
    void aWebhookIsCalledOnceThereIsAThread() throws Exception {
        PatientExecutor calls = PatientExecutor.unlimited(this::thread, timer.service());
        WebhookRequest request = WebhookRequest.of(
                Webhook.named("w")
                        .uriTemplate("http://127.0.0.1:1/")
                        .disableCallback(true)
                        .build(),
                new Variables(),
                new WebhookRequest.Defaults("id", "strategy", null));
        new WebhookClient(calls)
                .call(request, "id", AllowedHosts.of(List.of("127.0.0.1")), null, result -> done.add(result.status()));
        timer.pass(Duration.ofMinutes(1));
        assertThat(done).isEmpty();

        refuses.set(false);
        timer.pass(Duration.ofSeconds(1));
        awaitEndOf(calls);

        assertThat(done).as("nobody listens there").containsExactly(0);
    }

    @Test
    void takesNothingOnceItIsShutDown() throws Exception {
        refuses.set(false);
        awaitEnd();

        assertThatThrownBy(() -> executor.execute(() -> done.add(0))).isInstanceOf(RejectedExecutionException.class);
        timer.pass(Duration.ofMinutes(1));
        assertThat(done).isEmpty();
    }
}
