package io.jenkins.plugins.armory.webhook;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A webhook that Jenkins polls for the status of the external process, at a fixed interval, until an answer decides the approval.
 *
 * <p>It is a class and not a record because it is kept in a build's {@code program.dat}, like {@link Webhook}.
 */
@Restricted(NoExternalUse.class)
public final class StatusCheck implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The shortest time between two questions. */
    public static final Duration SHORTEST = Duration.ofSeconds(5);

    private static final Duration LONGEST = Duration.ofDays(1);

    private final Webhook webhook;
    private final Duration every;

    /**
     * @param webhook the call that asks; it has a rule for its answer
     * @param every the time between two questions
     * @throws InvalidWebhookException if the time is out of range
     */
    public StatusCheck(Webhook webhook, Duration every) {
        Objects.requireNonNull(webhook.answer(), "the answer to a question needs a rule");
        checkEvery(every);
        this.webhook = webhook;
        this.every = every;
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
                    every.toMillis() + " ms is not between " + SHORTEST.toSeconds() + " SECONDS and "
                            + LONGEST.toHours() + " HOURS");
        }
    }

    public Webhook webhook() {
        return webhook;
    }

    public Duration every() {
        return every;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StatusCheck check && webhook.equals(check.webhook) && every.equals(check.every);
    }

    @Override
    public int hashCode() {
        return Objects.hash(webhook, every);
    }
}
