package io.jenkins.plugins.armory.environment;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.webhook.text.Bound;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * An approval of a build that did not succeed, or a stage that was cancelled.
 *
 * @param definition what it is known by, see {@link OpenApproval#definition}
 * @param reason for people
 * @param verdict how it ended: it failed itself, another one of the phase failed, it was stopped or cancelled
 * @param cancels whether something that came after it was cancelled for it, so that nothing makes up for it any more
 */
@Restricted(NoExternalUse.class)
@RecordBuilder
public record Failure(
        @JsonProperty("place") Place place,
        @JsonProperty("phase") Phase phase,
        @JsonProperty("definition") String definition,
        @JsonProperty("reason") String reason,
        @JsonProperty("verdict") Verdict verdict,
        @JsonProperty("cancels") boolean cancels)
        implements FailureBuilder.With {

    /** About how many characters the times, ids and states take of a failure, an environment or a step of a plan. */
    static final int OVERHEAD = 200;

    public Failure {
        reason = Bound.TEXT.cut(reason);
    }

    /** Returns the cancellation of a stage or an environment. */
    static Failure cancellation(Place place, String name, String reason) {
        return new Failure(place, Phase.AFTER_DEPLOYMENT, name, reason, Verdict.CANCELLED, false);
    }

    /** Returns about how many characters it takes where it is kept. */
    long length() {
        return OVERHEAD + definition.length() + reason.length();
    }

    boolean isOwn() {
        return verdict == Verdict.FAILURE;
    }

    boolean isStop() {
        return verdict == Verdict.STOPPED;
    }

    boolean isCancellation() {
        return verdict == Verdict.CANCELLED;
    }

    /**
     * Returns whether the step threw, so that the Pipeline may have caught it, and may try again. Else it cancels what
     * depends on it.
     */
    boolean isThrown() {
        return phase != Phase.AFTER_DEPLOYMENT || isStop();
    }

    /** Returns whether both are known by the same. */
    public boolean isSame(Failure other) {
        return place.equals(other.place) && phase == other.phase && definition.equals(other.definition);
    }

    /** Returns the name of the environment or outermost stage that it is in, empty outside of both. */
    String source() {
        String name = place.environment() == null ? place.outermost() : place.environment();
        return name == null ? "" : name;
    }
}
