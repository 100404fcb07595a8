package io.jenkins.plugins.armory.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.webhook.RetryRules;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryPolicyTest {

    private static final CallResult BROKEN = CallResult.notMade("it broke", true);
    private static final RetryRules ENDLESS = RetryRules.ofCount(Integer.MAX_VALUE);
    private final RetryPolicy withoutChance = new RetryPolicy(() -> 0);

    @Test
    void waitsTwiceAsLongEachTimeUpToAMinute() {
        assertThat(IntStream.rangeClosed(1, 8)
                        .mapToObj(failed -> withoutChance
                                .delay(failed, RetryRules.ofCount(8), BROKEN)
                                .orElseThrow()))
                .extracting(Duration::toSeconds)
                .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
    }

    @Test
    void followsTheRulesOfTheWebhook() {
        RetryRules rules = RetryRules.of(5, List.of("503"), 7, 20);

        assertThat(IntStream.rangeClosed(1, 5)
                        .mapToObj(failed ->
                                withoutChance.delay(failed, rules, BROKEN).orElseThrow()))
                .extracting(Duration::toSeconds)
                .containsExactly(7L, 14L, 20L, 20L, 20L);
        assertThat(withoutChance.delay(6, rules, BROKEN)).isEmpty();
        assertThat(withoutChance.delay(1, rules, CallResult.refused(503, "busy", true, Duration.ofMinutes(2), "")))
                .contains(Duration.ofMinutes(2));
        // The longest rules do not overflow.
        assertThat(withoutChance.delay(1_000_000, RetryRules.of(2_000_000, List.of(), 86_400, 86_400), BROKEN))
                .contains(Duration.ofDays(1));
    }

    @Test
    void givesUpAfterTheRetriesAndAtOnceOnWhatWillNotPass() {
        assertThat(withoutChance.delay(3, RetryRules.ofCount(2), BROKEN)).isEmpty();
        assertThat(withoutChance.delay(1, RetryRules.ofCount(0), BROKEN)).isEmpty();
        assertThat(withoutChance.delay(1, RetryRules.ofCount(5), CallResult.notMade("it is refused", false)))
                .isEmpty();
    }

    @Test
    void takesOffUpToAHalfByChance() {
        Seeds.each(500, draw -> {
            int failed = draw.between(1, draw.any(10, 1_000_000));
            double chance = draw.oneIn(10) ? draw.any(0.0, Math.nextDown(1.0)) : draw.nextDouble();
            Duration whole = withoutChance.delay(failed, ENDLESS, BROKEN).orElseThrow();
            Duration delay =
                    new RetryPolicy(() -> chance).delay(failed, ENDLESS, BROKEN).orElseThrow();

            assertThat(delay).isBetween(whole.dividedBy(2), whole);
            assertThat(whole).isBetween(Duration.ofSeconds(1), Duration.ofMinutes(1));
        });
    }

    @Test
    void readsRetryAfterInBothForms() {
        Instant now = Instant.parse("2026-01-31T10:00:00Z");

        assertThat(WebhookClient.retryAfter("120", now)).isEqualTo(Duration.ofMinutes(2));
        assertThat(WebhookClient.retryAfter(" 0 ", now)).isEqualTo(Duration.ZERO);
        assertThat(WebhookClient.retryAfter("Sat, 31 Jan 2026 10:00:30 GMT", now))
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(WebhookClient.retryAfter("Sat, 31 Jan 2026 09:00:00 GMT", now))
                .isEqualTo(Duration.ZERO);
        assertThat(WebhookClient.retryAfter("soon", now)).isNull();
        assertThat(WebhookClient.retryAfter("-1", now)).isNull();
        assertThat(WebhookClient.retryAfter(null, now)).isNull();
    }
}
