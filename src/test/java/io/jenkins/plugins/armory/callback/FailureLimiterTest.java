package io.jenkins.plugins.armory.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.MutableClock;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FailureLimiterTest {

    private static final Instant START = Instant.parse("2026-01-31T10:00:00Z");

    private final MutableClock clock = new MutableClock(START);
    private final FailureLimiter limiter = new FailureLimiter(clock);

    private void fail(String address, int times) {
        for (int i = 0; i < times; i++) {
            limiter.fails(address);
        }
    }

    @Test
    void letsAnAddressFailManyTimesAndThenOnceASecond() {
        for (int i = 0; i < FailureLimiter.BURST; i++) {
            assertThat(limiter.fails("a")).isFalse();
        }
        assertThat(limiter.fails("a")).isTrue();

        clock.set(START.plusMillis(1000));
        assertThat(limiter.fails("a")).isFalse();
        assertThat(limiter.fails("a")).isTrue();
        clock.set(START.plusMillis(1999));
        assertThat(limiter.fails("a")).isTrue();
    }

    @Test
    void isForgottenAfterAWhileHoweverOftenItFailed() {
        fail("a", 100 * FailureLimiter.BURST);

        clock.set(START.plus(FailureLimiter.REFILL.multipliedBy(FailureLimiter.BURST)));
        for (int i = 0; i < FailureLimiter.BURST; i++) {
            assertThat(limiter.fails("a")).isFalse();
        }
    }

    @Test
    void tellsAddressesApart() {
        fail("a", FailureLimiter.BURST);

        assertThat(limiter.fails("b")).isFalse();
    }

    @Test
    void isBounded() {
        fail("often", FailureLimiter.BURST);
        for (int i = 0; i < 10 * FailureLimiter.MAX_KEYS; i++) {
            limiter.fails("address " + i);
            if (i % 100 == 0) {
                limiter.fails("often");
            }
        }

        assertThat(limiter.count()).isEqualTo(FailureLimiter.MAX_KEYS);
        assertThat(limiter.fails("often")).isTrue();
    }

    @Test
    void takesTheAddressesOfOneIpv6NetworkForOne() {
        assertThat(FailureLimiter.keyOf("2001:db8:0:1::1")).isEqualTo(FailureLimiter.keyOf("2001:db8:0:1:ffff::2"));
        assertThat(FailureLimiter.keyOf("2001:db8:0:1::1")).isNotEqualTo(FailureLimiter.keyOf("2001:db8:0:2::1"));
        assertThat(FailureLimiter.keyOf("192.0.2.1")).isEqualTo("192.0.2.1");
        assertThat(FailureLimiter.keyOf("::ffff:192.0.2.1")).isEqualTo("::ffff:192.0.2.1");
        assertThat(FailureLimiter.keyOf("not:an:address")).isEqualTo("not:an:address");

        fail("2001:db8:0:1::1", FailureLimiter.BURST);
        assertThat(limiter.fails("2001:db8:0:1::2")).isTrue();
    }
}
