package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A webhook that Jenkins polls for the status of the external process, at a fixed interval, until an answer decides the
 * approval.
 *
 * @param webhook the call that asks; it has a rule for its answer
 * @param every the time between two questions
 */
@Restricted(NoExternalUse.class)
public record StatusCheck(
        @JsonProperty("webhook") Webhook webhook,
        @JsonProperty("every") Duration every) implements Serializable {

    /** The shortest time between two questions. */
    public static final Duration SHORTEST = Duration.ofSeconds(5);

    private static final Duration LONGEST = Duration.ofDays(1);

    /**
     * @throws InvalidWebhookException if the time is out of range, or answers would change an address that is not asked
     */
    public StatusCheck {
        AnswerRule rule = Objects.requireNonNull(webhook.answer(), "the answer to a question needs a rule");
        if (rule.location() != null && !webhook.ofAnswer().contains(Variables.ANSWER_LOCATION)) {
            throw new InvalidWebhookException(
                    "location",
                    "is where an answer has the next {{" + Variables.ANSWER_LOCATION
                            + "}}, which uriTemplate does not have; write it there, or leave location out");
        }
        checkEvery(every);
    }

    /**
     * Checks the time between two questions.
     *
     * @throws InvalidWebhookException if it is out of range
     */
    public static void checkEvery(Duration every) {
        if (every.compareTo(SHORTEST) < 0 || every.compareTo(LONGEST) > 0) {
            throw new InvalidWebhookException(
                    "every",
                    every.toSeconds() + " s is not between " + SHORTEST.toSeconds() + " s and " + LONGEST.toHours()
                            + " h");
        }
    }
}
