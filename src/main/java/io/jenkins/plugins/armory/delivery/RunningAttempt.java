package io.jenkins.plugins.armory.delivery;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Attempt;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * An attempt that has begun.
 *
 * @param number from 1 for the first
 * @param at when it began
 * @param nanos the same by the monotonic clock
 */
record RunningAttempt(int number, Instant at, long nanos) {

    static RunningAttempt begin(int number) {
        return new RunningAttempt(number, Instant.now().truncatedTo(ChronoUnit.MILLIS), System.nanoTime());
    }

    /**
     * Returns the attempt as it is kept, now that it is over.
     *
     * @param nextAt when the next is due, {@code null} if there will be none
     */
    Attempt ended(String host, CallResult result, @CheckForNull Instant nextAt) {
        Duration duration = Duration.ofNanos(System.nanoTime() - nanos).truncatedTo(ChronoUnit.MILLIS);
        return new Attempt(number, at, host, result.status(), duration, result.failure(), result.answer(), nextAt);
    }

    /** Returns the attempt as it is kept, if no call could be made. */
    Attempt notMade(String reason) {
        return new Attempt(number, at, "", 0, Duration.ZERO, reason, "", null);
    }
}
