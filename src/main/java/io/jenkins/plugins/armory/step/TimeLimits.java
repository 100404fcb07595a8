package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** What ends the wait of {@code armoryWebhookApproval} without a verdict, as the step gives it: limits with their units. */
final class TimeLimits implements Serializable {

    private static final long serialVersionUID = 1L;

    /** Armory's <i>External Automation</i>: without a callback within 24 hours the process times out. */
    private static final long DEFAULT_TIMEOUT = 24;

    private static final TimeUnit DEFAULT_UNIT = TimeUnit.HOURS;
    private static final TimeUnit DEFAULT_HEARTBEAT_UNIT = TimeUnit.MINUTES;
    private static final String FAIL = "fail";
    private static final String ASK = "ask";
    /** The values of {@code onFailure}, the default first. */
    static final List<String> ON_FAILURE = List.of(FAIL, ASK);

    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(366);

    @CheckForNull
    private Long timeout;

    @CheckForNull
    private TimeUnit unit;

    /** 0 for none. */
    private long heartbeat;

    @CheckForNull
    private TimeUnit heartbeatUnit;

    private boolean supersede;
    private String onFailure = FAIL;

    long getTimeout() {
        return timeout == null ? DEFAULT_TIMEOUT : timeout;
    }

    void setTimeout(long timeout) {
        this.timeout = timeout;
    }

    TimeUnit getUnit() {
        return unit == null || isUnitOfHeartbeat() ? DEFAULT_UNIT : unit;
    }

    void setUnit(@CheckForNull TimeUnit unit) {
        this.unit = unit;
    }

    long getHeartbeat() {
        return heartbeat;
    }

    void setHeartbeat(long heartbeat) {
        this.heartbeat = heartbeat;
    }

    TimeUnit getHeartbeatUnit() {
        if (heartbeatUnit != null) {
            return heartbeatUnit;
        }
        return unit != null && isUnitOfHeartbeat() ? unit : DEFAULT_HEARTBEAT_UNIT;
    }

    void setHeartbeatUnit(@CheckForNull TimeUnit heartbeatUnit) {
        this.heartbeatUnit = heartbeatUnit;
    }

    boolean isSupersede() {
        return supersede;
    }

    void setSupersede(boolean supersede) {
        this.supersede = supersede;
    }

    String getOnFailure() {
        return onFailure;
    }

    void setOnFailure(@CheckForNull String onFailure) {
        this.onFailure = Objects.requireNonNullElse(Util.fixEmptyAndTrim(onFailure), FAIL);
    }

    /**
     * Returns whether a person is asked after a failure.
     *
     * @throws IllegalArgumentException naming the parameter and its values
     */
    boolean asksAfterFailure() {
        if (!ON_FAILURE.contains(onFailure)) {
            throw new IllegalArgumentException(
                    "onFailure: \"" + onFailure + "\" is not one of " + String.join(", ", ON_FAILURE));
        }
        return onFailure.equals(ASK);
    }

    /** Returns whether {@code unit} belongs to the heartbeat: in {@code heartbeat: 10, unit: 'MINUTES'} there is no timeout. */
    private boolean isUnitOfHeartbeat() {
        return heartbeat != 0 && timeout == null && heartbeatUnit == null;
    }

    /**
     * Returns the time from the call to the deadline.
     *
     * @throws IllegalArgumentException naming the parameter and a valid value
     */
    Duration timeout() {
        long millis = getTimeout() > 0 ? getUnit().toMillis(getTimeout()) : 0;
        if (millis < 1 || millis > LONGEST_TIMEOUT.toMillis()) {
            throw new IllegalArgumentException("timeout: " + getTimeout() + " " + getUnit()
                    + " is not between 1 millisecond and " + LONGEST_TIMEOUT.toDays() + " days; leave it out for "
                    + DEFAULT_TIMEOUT + " " + DEFAULT_UNIT);
        }
        return Duration.ofMillis(millis);
    }

    /**
     * Returns the longest time between two reports of progress, {@code null} for no limit.
     *
     * @throws IllegalArgumentException naming the parameter and a valid value
     */
    @CheckForNull
    Duration heartbeat() {
        if (heartbeat == 0) {
            return null;
        }
        long millis = getHeartbeatUnit().toMillis(heartbeat);
        if (millis < 1 || millis >= timeout().toMillis()) {
            throw new IllegalArgumentException("heartbeat: " + heartbeat + " " + getHeartbeatUnit()
                    + " is not between 1 millisecond and the timeout of " + getTimeout() + " " + getUnit()
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
        asksAfterFailure();
    }

    /** Sets the limits of an approval that starts now. */
    void addTo(ApprovalTerms.Builder terms, Instant now) {
        terms.timeout(now, timeout())
                .heartbeat(heartbeat())
                .supersede(supersede)
                .askAfterFailure(asksAfterFailure());
    }
}
