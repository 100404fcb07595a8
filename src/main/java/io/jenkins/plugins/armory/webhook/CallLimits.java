package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.time.Duration;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * How long one attempt may take.
 *
 * @param connectSeconds for the connection, in seconds; 0 for the default
 * @param requestSeconds for the whole attempt, in seconds; 0 for the default
 */
@Restricted(NoExternalUse.class)
public record CallLimits(
        @JsonProperty("connectTimeout") int connectSeconds,
        @JsonProperty("requestTimeout") int requestSeconds) implements Serializable {

    /** The limits if nothing is said: long enough for a service that is slow, as Standard Webhooks 1.0.0 recommend. */
    public static final CallLimits DEFAULT = new CallLimits(0, 0);

    private static final int DEFAULT_CONNECT = 10;
    private static final int DEFAULT_REQUEST = 30;

    /** The longest time that an attempt may take. An attempt takes one of the calls that can be in flight at once. */
    static final int MOST_SECONDS = 300;

    /** @throws InvalidWebhookException naming what is wrong */
    public CallLimits {
        check("connectTimeout", connectSeconds);
        check("requestTimeout", requestSeconds);
        if (requestSeconds != 0 && connectSeconds > requestSeconds) {
            throw new InvalidWebhookException(
                    "connectTimeout",
                    connectSeconds + " seconds is more than the whole call may take: requestTimeout is "
                            + requestSeconds);
        }
        if (requestSeconds == 0 && connectSeconds > DEFAULT_REQUEST) {
            throw new InvalidWebhookException(
                    "connectTimeout",
                    connectSeconds + " seconds is more than the whole call may take, which is " + DEFAULT_REQUEST
                            + "; set requestTimeout too");
        }
    }

    private static void check(String field, int seconds) {
        if (seconds < 0 || seconds > MOST_SECONDS) {
            throw new InvalidWebhookException(field, seconds + " is not a number of seconds from 1 to " + MOST_SECONDS);
        }
    }

    public Duration connect() {
        return Duration.ofSeconds(connectSeconds == 0 ? DEFAULT_CONNECT : connectSeconds);
    }

    public Duration request() {
        return Duration.ofSeconds(requestSeconds == 0 ? DEFAULT_REQUEST : requestSeconds);
    }
}
