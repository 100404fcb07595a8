package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The terms of an approval, as its step gives them. Approvals of one step that have the same terms share them.
 *
 * @param phase where it stands in the deployment
 * @param environment what is deployed to, or the stage; {@code null} if none is known
 * @param webhook name of the webhook, {@code null} if none is called and people alone decide
 * @param rule whether the settings ask for it, as a rule of the environment, and not the Pipeline
 * @param callbackCredentialsId id of the Secret text credential that may call back, {@code null} for none
 * @param allowedCallers the callers that the step admits of those that the settings admit; empty for all
 * @param manual the approval that people have to give too, {@code null} if nobody has to
 * @param timeout how long the approval may take
 * @param fromCall whether this time begins with the first call, since the many approvals of one step wait for each
 *     other
 * @param heartbeat the longest silence of the external process while its callback is awaited, {@code null} for any
 * @param opensAt when the window opens that is all that this approval waits for, {@code null} for any other approval
 */
@Restricted(NoExternalUse.class)
@RecordBuilder
public record Terms(
        @JsonProperty("phase") Phase phase,
        @CheckForNull @JsonProperty("environment") String environment,
        @CheckForNull @JsonProperty("webhook") String webhook,
        @JsonProperty("rule") boolean rule,

        @CheckForNull @JsonProperty("callbackCredentialsId") String callbackCredentialsId,

        @JsonProperty("allowedCallers") List<String> allowedCallers,
        @CheckForNull @JsonProperty("manual") ManualRequirement manual,
        @JsonProperty("timeout") Duration timeout,
        @JsonProperty("fromCall") boolean fromCall,
        @CheckForNull @JsonProperty("heartbeat") Duration heartbeat,
        @CheckForNull @JsonProperty("opensAt") Instant opensAt)
        implements TermsBuilder.With {

    /** The hours of an approval that names no limit, as in Armory's <i>External Automation</i>. */
    public static final long STANDARD_HOURS = 24;

    private static final Duration LONGEST = Duration.ofDays(366);

    public Terms {
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(timeout, "timeout");
        allowedCallers = List.copyOf(allowedCallers);
        Bound.LINE.check("environment", environment);
        Bound.LINE.check("webhook", webhook);
        Bound.LINE.check("callbackCredentialsId", callbackCredentialsId);
        Bound.TEXT.checkEach("allowedCallers", allowedCallers); // each a line, or a word and an id
        if (webhook == null && ((manual == null) == (opensAt == null) || heartbeat != null)) {
            throw new IllegalArgumentException("without a webhook, a person alone decides");
        }
    }

    /** Starts the terms of an approval in phase {@code strategy}. */
    public static TermsBuilder standard() {
        return TermsBuilder.builder()
                .phase(Phase.STRATEGY)
                .allowedCallers(List.of())
                .timeout(Duration.ofHours(STANDARD_HOURS));
    }

    /**
     * Returns a time limit.
     *
     * @throws IllegalArgumentException naming the field {@code timeout} and a valid value
     */
    public static Duration limit(long value, TimeUnit unit) {
        long millis = value > 0 ? unit.toMillis(value) : 0;
        if (millis < 1 || millis > LONGEST.toMillis()) {
            throw new IllegalArgumentException("timeout: " + value + " " + unit + " is not between 1 millisecond and "
                    + LONGEST.toDays() + " days; leave it out for " + STANDARD_HOURS + " " + TimeUnit.HOURS);
        }
        return Duration.ofMillis(millis);
    }

    /** Returns the rows that pages show of the terms. A term that is to be shown is one more. */
    List<Fact> facts() {
        return List.of(new Fact("phase", Messages.Terms_phase(), phase.toString(), null));
    }

    /** Returns whether the time of the approval begins with a call. */
    boolean waitsForCall() {
        return fromCall && webhook != null;
    }
}
