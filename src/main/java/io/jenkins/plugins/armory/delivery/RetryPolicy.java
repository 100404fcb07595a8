package io.jenkins.plugins.armory.delivery;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * When a call that did not get through is made again: after a second, and each further time after twice as long, a minute
 * at most; in each case less up to a half by chance, so that many builds that failed together do not come back together.
 * What the receiver asks for in {@code Retry-After} counts where it is longer (RFC 9110, section 10.2.3).
 *
 * <p>A pure function of what is on disk, which a retry loop of a library is not: after a restart it goes on where it was.
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
     * How long to wait for the next attempt.
     *
     * @param failed number of attempts that failed, from 1
     * @param retryCount how many there may be after the first
     * @param result what came of the last
     * @return empty when there is to be none
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
