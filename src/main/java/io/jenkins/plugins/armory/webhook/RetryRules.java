package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * How often a call is repeated, after which answers, and how long the delays are. A call without an answer is always
 * repeated.
 *
 * @param count how many attempts there may be after the first
 * @param on the answers after which a call is repeated: {@code 429}, or {@code 5xx} for all of a class
 * @param delay the delay after the first attempt; it doubles each time
 * @param maxDelay the longest delay
 */
@Restricted(NoExternalUse.class)
public record RetryRules(
        @JsonProperty("count") int count,
        @JsonProperty("on") List<String> on,
        @JsonProperty("delay") Duration delay,
        @JsonProperty("maxDelay") Duration maxDelay)
        implements Serializable {

    /** The answers after which a call is repeated if nothing else is said. */
    public static final List<String> DEFAULT_ON = List.of("429", "5xx");

    /** The first delay if nothing else is said, in seconds. */
    public static final int DEFAULT_DELAY = 1;

    /** The longest delay if nothing else is said, in seconds. */
    public static final int DEFAULT_MAX_DELAY = 60;

    /** The longest delay that may be asked for, in seconds: a day, which is the default of the step's timeout. */
    static final int MOST_SECONDS = 24 * 60 * 60;

    private static final Pattern STATUS = Pattern.compile("[3-5]([0-9]{2}|xx)");
    private static final String FIELD = "retry";

    public RetryRules {
        on = List.copyOf(on);
        String tooMany = Bound.LIST.problemOf(on.size());
        if (tooMany != null) {
            throw new InvalidWebhookException(FIELD, "on: " + tooMany);
        }
    }

    /**
     * Returns the rules with everything but the number of retries as it is if nothing is said.
     *
     * @throws InvalidWebhookException if the number is negative
     */
    public static RetryRules ofCount(int retryCount) {
        if (retryCount < 0) {
            throw new InvalidWebhookException("retryCount", retryCount + " is less than 0");
        }
        return new RetryRules(
                retryCount, DEFAULT_ON, Duration.ofSeconds(DEFAULT_DELAY), Duration.ofSeconds(DEFAULT_MAX_DELAY));
    }

    /**
     * Returns rules.
     *
     * @param count how many attempts there may be after the first
     * @param on the answers after which a call is repeated: {@code 429}, or {@code 5xx} for all of a class; empty for
     *     the default
     * @param delay the first delay in seconds, 0 for the default
     * @param maxDelay the longest delay in seconds, 0 for the default
     * @throws InvalidWebhookException naming what is wrong
     */
    public static RetryRules of(int count, List<String> on, int delay, int maxDelay) {
        if (count < 0) {
            throw new InvalidWebhookException(FIELD, "count: " + count + " is less than 0");
        }
        for (String status : on) {
            if (!STATUS.matcher(status).matches()) {
                throw new InvalidWebhookException(
                        FIELD,
                        "on: \"" + status
                                + "\" is neither the status of a failure, such as 429, nor a class of them: 3xx, 4xx"
                                + " or 5xx");
            }
        }
        checkSeconds("delay", delay);
        checkSeconds("maxDelay", maxDelay);
        int first = delay == 0 ? DEFAULT_DELAY : delay;
        int longest = maxDelay == 0 ? Math.max(first, DEFAULT_MAX_DELAY) : maxDelay;
        if (longest < first) {
            throw new InvalidWebhookException(
                    FIELD, "maxDelay: " + longest + " seconds is less than the delay of " + first + " seconds");
        }
        return new RetryRules(
                count, on.isEmpty() ? DEFAULT_ON : on, Duration.ofSeconds(first), Duration.ofSeconds(longest));
    }

    private static void checkSeconds(String name, int seconds) {
        if (seconds < 0 || seconds > MOST_SECONDS) {
            throw new InvalidWebhookException(
                    FIELD, name + ": " + seconds + " is not a number of seconds from 1 to " + MOST_SECONDS);
        }
    }

    /**
     * Returns the delay before the next attempt. It is shortened at random by up to a half, so that builds that failed
     * together do not come back together. It depends only on what is on disk, so after a restart the attempts go on
     * where they were; the retry loop of a library cannot do that.
     *
     * @param failed number of attempts that failed, from 1
     * @param chance a number from 0 up to, but not including, 1
     */
    public Duration delayAfter(int failed, double chance) {
        Duration doubled = delay.multipliedBy(1L << Math.min(failed - 1, 30));
        Duration longest = doubled.compareTo(maxDelay) < 0 ? doubled : maxDelay;
        return Duration.ofMillis((long) (longest.toMillis() * (1 - chance / 2)));
    }

    public boolean repeatAfter(int status) {
        String text = String.valueOf(status);
        return on.contains(text) || on.contains(text.charAt(0) + "xx");
    }
}
