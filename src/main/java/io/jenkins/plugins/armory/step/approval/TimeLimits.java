package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * What ends the wait of {@code armoryWebhookApproval} without a verdict, as the step gives it: limits with their units.
 *
 * @param givenTimeout {@code null} for the default
 * @param givenUnit as {@code givenTimeout}
 * @param givenHeartbeat 0 for none
 * @param givenHeartbeatUnit as {@code givenTimeout}
 * @param fromCall whether the time of an approval begins with its call, since the many of one step wait for each other
 */
record TimeLimits(
        @CheckForNull Long givenTimeout,
        @CheckForNull TimeUnit givenUnit,
        long givenHeartbeat,
        @CheckForNull TimeUnit givenHeartbeatUnit,
        boolean fromCall)
        implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final TimeUnit DEFAULT_UNIT = TimeUnit.HOURS;
    private static final TimeUnit DEFAULT_HEARTBEAT_UNIT = TimeUnit.MINUTES;

    /** The time that an approval may wait for its call. */
    private static final Duration MOST_BEFORE_CALL = Duration.ofHours(24);

    long timeoutOrDefault() {
        return givenTimeout == null ? ApprovalTerms.Limits.STANDARD_HOURS : givenTimeout;
    }

    TimeUnit unit() {
        return givenUnit == null || isUnitOfHeartbeat() ? DEFAULT_UNIT : givenUnit;
    }

    TimeUnit heartbeatUnit() {
        if (givenHeartbeatUnit != null) {
            return givenHeartbeatUnit;
        }
        return givenUnit != null && isUnitOfHeartbeat() ? givenUnit : DEFAULT_HEARTBEAT_UNIT;
    }

    /** Returns whether {@code unit} belongs to the heartbeat: in {@code heartbeat: 10, unit: 'MINUTES'} there is no timeout. */
    private boolean isUnitOfHeartbeat() {
        return givenHeartbeat != 0 && givenTimeout == null && givenHeartbeatUnit == null;
    }

    /**
     * Returns the time from the call to the deadline.
     *
     * @throws IllegalArgumentException naming the parameter and a valid value
     */
    Duration timeout() {
        return ApprovalTerms.Limits.checked(
                "timeout", timeoutOrDefault(), unit(), ApprovalTerms.Limits.STANDARD_HOURS + " " + DEFAULT_UNIT);
    }

    /**
     * Returns the longest time between two reports of progress, {@code null} for no limit.
     *
     * @throws IllegalArgumentException naming the parameter and a valid value
     */
    @CheckForNull
    Duration heartbeat() {
        if (givenHeartbeat == 0) {
            return null;
        }
        long millis = heartbeatUnit().toMillis(givenHeartbeat);
        if (millis < 1 || millis >= timeout().toMillis()) {
            throw new IllegalArgumentException("heartbeat: " + givenHeartbeat + " " + heartbeatUnit()
                    + " is not between 1 millisecond and the timeout of " + timeoutOrDefault() + " " + unit()
                    + "; give its unit with heartbeatUnit, or leave it out");
        }
        return Duration.ofMillis(millis);
    }

    /**
     * Checks all of them.
     *
     * @throws IllegalArgumentException naming the parameter and a valid value
     */
    void check() {
        timeout();
        heartbeat();
    }

    /**
     * Sets the limits of an approval that starts now.
     *
     * @param isCalled whether it has a webhook
     */
    void addTo(ApprovalTerms.Builder terms, Instant now, boolean isCalled) {
        Duration own = timeout();
        boolean waitsForCall = fromCall && isCalled;
        terms.timeout(now, waitsForCall ? own.plus(MOST_BEFORE_CALL) : own)
                .fromCall(waitsForCall ? own : null)
                .heartbeat(heartbeat());
    }
}
