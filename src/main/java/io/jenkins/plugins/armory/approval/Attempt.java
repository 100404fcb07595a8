package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * One attempt to call the webhook, after it ended. An attempt that was in flight when Jenkins went down is not
 * recorded.
 *
 * @param number counts from 1
 * @param at when it began
 * @param host scheme, host and port that were called; never a path, which may hold a secret
 * @param status of the answer, 0 if there was none
 * @param duration how long it took
 * @param failure what went wrong, {@code null} after a 2xx
 * @param answer the start of the answer's body, without the secrets of the request; may be empty
 * @param nextAt when the next attempt is due, {@code null} if there is none
 * @param found the values that further calls take from the answer, by the names of their variables
 */
@Restricted(NoExternalUse.class)
public record Attempt(
        @JsonProperty("number") int number,
        @JsonProperty("at") Instant at,
        @JsonProperty("host") String host,
        @JsonProperty("status") int status,
        @JsonProperty("duration") Duration duration,
        @CheckForNull @JsonProperty("failure") String failure,
        @JsonProperty("answer") String answer,
        @CheckForNull @JsonProperty("nextAt") Instant nextAt,
        @JsonProperty("found") Map<String, String> found) {

    public Attempt {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(duration, "duration");
        Objects.requireNonNull(answer, "answer");
        host = Bound.LINE.cut(host);
        failure = Bound.LINE.cut(failure);
        answer = Bound.TEXT.cut(answer);
        found = found.isEmpty() ? Map.of() : Collections.unmodifiableMap(new TreeMap<>(found));
        found.values().forEach(value -> Bound.LINE.check("found", value));
    }

    /** Returns the same with values that were found later. */
    Attempt finding(Map<String, String> later) {
        var all = new TreeMap<>(found);
        all.putAll(later);
        return new Attempt(number, at, host, status, duration, failure, answer, nextAt, all);
    }
}
