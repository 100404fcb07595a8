package io.jenkins.plugins.armory.delivery;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.http.WebhookCaller.Result;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * An attempt to call a webhook that has begun.
 *
 * @param number which attempt it is, from 1
 * @param at when it began
 * @param nanos the same by the clock that nobody sets
 */
public record AttemptUnderWay(int number, Instant at, long nanos) {

    public static AttemptUnderWay begin(int number) {
        return new AttemptUnderWay(number, Instant.now().truncatedTo(ChronoUnit.MILLIS), System.nanoTime());
    }

    /**
     * The attempt as it is kept, now that it is over.
     *
     * @param nextAt when the next is due, {@code null} when there is to be none
     */
    public Attempt ended(String host, Result result, @CheckForNull Instant nextAt) {
        Duration duration = Duration.ofNanos(System.nanoTime() - nanos).truncatedTo(ChronoUnit.MILLIS);
        return new Attempt(
                number, at, host, result.status(), duration, result.failure(), result.answer(), nextAt);
    }

    /** The attempt as it is kept, when no call could be made. */
    public Attempt notMade(String reason) {
        return new Attempt(number, at, "", 0, Duration.ZERO, reason, "", null);
    }
}
