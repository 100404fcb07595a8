package io.jenkins.plugins.armory.delivery;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The delays between the attempts of a call: a second after the first, then each time twice as long, a minute at most.
 * Each is shortened at random by up to a half, so that builds that failed together do not come back together. A longer
 * {@code Retry-After} of the receiver is followed instead (RFC 9110, section 10.2.3).
 *
 * <p>A delay depends only on what is on disk, so after a restart the attempts go on where they were. The retry loop of
 * a library cannot do that.
 */
@Restricted(NoExternalUse.class)
public final class RetryPolicy {

    static final Duration FIRST_DELAY = Duration.ofSeconds(1);
    static final Duration LONGEST_DELAY = Duration.ofMinutes(1);

    private final DoubleSupplier chance;

    public RetryPolicy() {
        this(() -> ThreadLocalRandom.current().nextDouble());
    }

    /** @param chance numbers from 0 up to, but not including, 1 */
    RetryPolicy(DoubleSupplier chance) {
        this.chance = chance;
    }

    /**
     * Returns the delay before the next attempt; empty if there is none.
     *
     * @param failed number of attempts that failed, from 1
     * @param retryCount how many attempts there may be after the first
     * @param result the result of the last attempt
     */
    public Optional<Duration> delay(int failed, int retryCount, CallResult result) {
        if (!result.mayBeRepeated() || failed > retryCount) {
            return Optional.empty();
        }
        Duration doubled = FIRST_DELAY.multipliedBy(1L << Math.min(failed - 1, 30));
        Duration longest = doubled.compareTo(LONGEST_DELAY) < 0 ? doubled : LONGEST_DELAY;
        Duration delay = Duration.ofMillis((long) (longest.toMillis() * (1 - chance.getAsDouble() / 2)));
        return Optional.of(
                result.retryAfter().filter(asked -> asked.compareTo(delay) > 0).orElse(delay));
    }
}
