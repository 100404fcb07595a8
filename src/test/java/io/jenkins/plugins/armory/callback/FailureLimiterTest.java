package io.jenkins.plugins.armory.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.MutableClock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FailureLimiterTest {

    private static final Instant START = Instant.parse("2026-01-31T10:00:00Z");

    private final MutableClock clock = new MutableClock(START);
    private final FailureLimiter limiter = new FailureLimiter(clock);

    private void fail(String key, int times) {
        for (int i = 0; i < times; i++) {
            limiter.failed(key);
        }
    }

    @Test
    void letsAKeyFailManyTimesAndThenOnceASecond() {
        fail("a", FailureLimiter.BURST - 1);
        assertThat(limiter.isExhausted("a")).isFalse();
        limiter.failed("a");
        assertThat(limiter.isExhausted("a")).isTrue();

        clock.set(START.plusMillis(999));
        assertThat(limiter.isExhausted("a")).isTrue();
        clock.set(START.plusMillis(1000));
        assertThat(limiter.isExhausted("a")).isFalse();
        limiter.failed("a");
        assertThat(limiter.isExhausted("a")).isTrue();
    }

    @Test
    void isForgottenAfterAWhileHoweverOftenItFailed() {
        fail("a", 100 * FailureLimiter.BURST);

        clock.set(START.plus(FailureLimiter.REFILL));
        assertThat(limiter.isExhausted("a")).isFalse();
        clock.set(START.plus(FailureLimiter.REFILL.multipliedBy(FailureLimiter.BURST)));
        fail("a", FailureLimiter.BURST - 1);
        assertThat(limiter.isExhausted("a")).isFalse();
    }

    @Test
    void tellsKeysApart() {
        fail("a", FailureLimiter.BURST);

        assertThat(limiter.isExhausted("b")).isFalse();
    }

    @Test
    void isBounded() {
        fail("first", FailureLimiter.BURST);
        for (int i = 0; i < 10 * FailureLimiter.MAX_KEYS; i++) {
            limiter.failed("key " + i);
            limiter.isExhausted("first"); // looked at often, and so kept
        }

        assertThat(limiter.count()).isEqualTo(FailureLimiter.MAX_KEYS);
        assertThat(limiter.isExhausted("first")).isTrue();
    }

    @Test
    void takesTheAddressesOfOneIpv6NetworkForOne() {
        assertThat(FailureLimiter.keyOf("2001:db8:0:1::1")).isEqualTo(FailureLimiter.keyOf("2001:db8:0:1:ffff::2"));
        assertThat(FailureLimiter.keyOf("2001:db8:0:1::1")).isNotEqualTo(FailureLimiter.keyOf("2001:db8:0:2::1"));
        assertThat(FailureLimiter.keyOf("192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(FailureLimiter.keyOf("::ffff:192.0.2.1")).isEqualTo("::ffff:192.0.2.1");
        assertThat(FailureLimiter.keyOf("not:an:address")).isEqualTo("not:an:address");
    }
}
