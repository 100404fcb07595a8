package io.jenkins.plugins.armory.callback.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CallersLimitTest {

    private static CallersLimit full(Duration patience) {
        var limit = new CallersLimit(CallersLimit.MOST, patience);
        assertThat(IntStream.range(0, CallersLimit.MOST)).allMatch(i -> limit.enter());
        return limit;
    }

    @Test
    void aPlaceThatIsGivenBackIsForTheNext() {
        CallersLimit limit = full(Duration.ZERO);
        assertThat(limit.enter()).isFalse();

        limit.leave();

        assertThat(limit.enter()).isTrue();
        assertThat(limit.enter()).isFalse();
    }

    @Test
    void whoComesWhileOthersAreServedWaits() {
        CallersLimit limit = full(Duration.ofMinutes(2));
        CompletableFuture<Boolean> next = CompletableFuture.supplyAsync(limit::enter);

        limit.leave();

        assertThat(next.join()).isTrue();
    }

    /** Else each caller would hold its thread for the whole patience. */
    @Test
    void nobodyWaitsForWhatHasServedNobodyForLong() {
        CallersLimit limit = full(Duration.ofMillis(200));
        assertThat(limit.enter()).isFalse();
        long before = System.nanoTime();

        assertThat(IntStream.range(0, 100)).noneMatch(i -> limit.enter());

        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
        limit.leave();
        await().until(limit::enter);
    }
}
