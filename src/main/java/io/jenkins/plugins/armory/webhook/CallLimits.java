package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** How long one attempt may take. A class and not a record for the reason that {@link Webhook} has. */
@Restricted(NoExternalUse.class)
public final class CallLimits implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The limits if nothing is said: long enough for a service that is slow, as Standard Webhooks 1.0.0 recommend. */
    public static final CallLimits DEFAULT = new CallLimits(0, 0);

    private static final int DEFAULT_CONNECT = 10;
    private static final int DEFAULT_REQUEST = 30;

    /** The longest time that an attempt may take. An attempt takes one of the calls that can be in flight at once. */
    static final int MOST_SECONDS = 300;

    private final int connect;
    private final int request;

    private CallLimits(int connect, int request) {
        this.connect = connect;
        this.request = request;
    }

    /**
     * Returns limits.
     *
     * @param connect for the connection, in seconds; 0 for the default
     * @param request for the whole attempt, in seconds; 0 for the default
     * @throws InvalidWebhookException naming what is wrong
     */
    public static CallLimits of(int connect, int request) {
        check("connectTimeout", connect);
        check("requestTimeout", request);
        if (request != 0 && connect > request) {
            throw new InvalidWebhookException(
                    "connectTimeout",
                    connect + " seconds is more than the whole call may take: requestTimeout is " + request);
        }
        if (request == 0 && connect > DEFAULT_REQUEST) {
            throw new InvalidWebhookException(
                    "connectTimeout",
                    connect + " seconds is more than the whole call may take, which is " + DEFAULT_REQUEST
                            + "; set requestTimeout too");
        }
        return new CallLimits(connect, request);
    }

    private static void check(String field, int seconds) {
        if (seconds < 0 || seconds > MOST_SECONDS) {
            throw new InvalidWebhookException(field, seconds + " is not a number of seconds from 1 to " + MOST_SECONDS);
        }
    }

    /** Returns the limit for the connection in seconds, 0 for the default. */
    public int connectSeconds() {
        return connect;
    }

    /** Returns the limit for the whole attempt in seconds, 0 for the default. */
    public int requestSeconds() {
        return request;
    }

    /** Returns the limit for the connection. */
    public Duration connect() {
        return Duration.ofSeconds(connect == 0 ? DEFAULT_CONNECT : connect);
    }

    /** Returns the limit for the whole attempt. */
    public Duration request() {
        return Duration.ofSeconds(request == 0 ? DEFAULT_REQUEST : request);
    }

    @Override
    public boolean equals(@CheckForNull Object other) {
        return other instanceof CallLimits limits && connect == limits.connect && request == limits.request;
    }

    @Override
    public int hashCode() {
        return Objects.hash(connect, request);
    }
}
