package io.jenkins.plugins.armory.call;

import io.jenkins.plugins.armory.webhook.RetryRules;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The delays between the attempts of a call: a second after the first, then each time twice as long, a minute at most, if the webhook
 * has no rules of its own. Each is shortened at random by up to a half, so that builds that failed together do not come back together. A longer
 * {@code Retry-After} of the receiver is followed instead (RFC 9110, section 10.2.3).
 *
 * <p>A delay depends only on what is on disk, so after a restart the attempts go on where they were. The retry loop of
 * a library cannot do that.
 */
@Restricted(NoExternalUse.class)
public final class RetryPolicy {

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
     * @param rules the rules of the webhook
     * @param result the result of the last attempt
     */
    public Optional<Duration> delay(int failed, RetryRules rules, CallResult result) {
        if (!result.mayBeRepeated() || failed > rules.count()) {
            return Optional.empty();
        }
        Duration doubled = rules.delay().multipliedBy(1L << Math.min(failed - 1, 30));
        Duration longest = doubled.compareTo(rules.maxDelay()) < 0 ? doubled : rules.maxDelay();
        Duration delay = Duration.ofMillis((long) (longest.toMillis() * (1 - chance.getAsDouble() / 2)));
        return Optional.of(result.atLeast(delay));
    }
}
