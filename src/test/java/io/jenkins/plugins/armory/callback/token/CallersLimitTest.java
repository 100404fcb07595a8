package io.jenkins.plugins.armory.callback.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.armory.callback.token.CallersLimit.LookUp;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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

    /** However many come at once, as when a batch of approvals is called back. */
    @Test
    void whatAnswersQuicklyRefusesNobody() {
        var limit = new CallersLimit(CallersLimit.MOST, Duration.ofSeconds(1));
        var together = new CyclicBarrier(120);
        ExecutorService threads = Executors.newCachedThreadPool();

        List<Future<Boolean>> callers = IntStream.range(0, 120)
                .mapToObj(i -> threads.submit(() -> {
                    together.await();
                    boolean entered = limit.enter();
                    if (entered) {
                        Thread.sleep(2); // the look-up
                        limit.leave();
                    }
                    return entered;
                }))
                .toList();

        assertThat(callers)
                .allSatisfy(each ->
                        assertThat(each).succeedsWithin(Duration.ofMinutes(1)).isEqualTo(true));
        threads.shutdown();
    }

    @Test
    void theFirstOfOneNeedsNoPlaceOfAll() throws IOException {
        var forAll = new CallersLimit(1, Duration.ZERO);
        assertThat(forAll.enter()).isTrue();
        List<CallersLimit> limits = List.of(new CallersLimit(CallersLimit.MOST, Duration.ZERO), forAll);

        String found = CallersLimit.within(limits, "quick", () -> {
            assertThatThrownBy(() -> CallersLimit.within(limits, "quick", () -> "also"))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the secret of quick is being read");
            return "found";
        });

        assertThat(found).isEqualTo("found");
    }

    /** Those of 40 things that do not answer leave the places of first callers to others, as long as there are others. */
    @Test
    void theFirstOfOneTakesAPlaceOfAllIfThereIsOne() throws IOException {
        var forAll = new CallersLimit(40, Duration.ZERO);
        LookUp<String> lookUp = () -> CallersLimit.within(
                List.of(new CallersLimit(1, Duration.ZERO), new CallersLimit(1, Duration.ZERO)),
                "quick",
                () -> "found");
        for (int i = 0; i < 40; i++) {
            LookUp<String> inner = lookUp;
            lookUp = () -> CallersLimit.within(List.of(new CallersLimit(1, Duration.ZERO), forAll), "slow", inner);
        }

        assertThat(lookUp.get()).isEqualTo("found");
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
