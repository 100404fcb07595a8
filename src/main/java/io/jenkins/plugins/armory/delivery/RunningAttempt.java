package io.jenkins.plugins.armory.delivery;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Attempt;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * An attempt that has begun.
 *
 * @param number counts from 1
 * @param at when it began
 * @param nanos the same by the monotonic clock
 */
record RunningAttempt(int number, Instant at, long nanos) {

    static RunningAttempt begin(int number) {
        return new RunningAttempt(number, Instant.now().truncatedTo(ChronoUnit.MILLIS), System.nanoTime());
    }

    /**
     * Returns the record of the attempt, which has ended.
     *
     * @param nextAt when the next attempt is due, {@code null} if there is none
     */
    Attempt ended(String host, CallResult result, @CheckForNull Instant nextAt) {
        Duration duration = Duration.ofNanos(System.nanoTime() - nanos).truncatedTo(ChronoUnit.MILLIS);
        return new Attempt(number, at, host, result.status(), duration, result.failure(), result.answer(), nextAt);
    }
}
