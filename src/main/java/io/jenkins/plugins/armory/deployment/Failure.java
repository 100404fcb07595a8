package io.jenkins.plugins.armory.deployment;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Verdict;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * An approval of a build that did not succeed.
 *
 * @param definition what it is known by, see {@link ApprovalEnded#definition}
 * @param reason for people
 * @param verdict how it ended: it failed itself, another one of the phase failed, or it was stopped
 */
@Restricted(NoExternalUse.class)
public record Failure(
        @JsonProperty("place") Place place,
        @JsonProperty("phase") Phase phase,
        @JsonProperty("definition") String definition,
        @JsonProperty("reason") String reason,
        @JsonProperty("verdict") Verdict verdict) {

    public Failure {
        reason = Bound.TEXT.cut(reason);
    }

    boolean isOwn() {
        return verdict == Verdict.FAILURE;
    }

    boolean isStop() {
        return verdict == Verdict.STOPPED;
    }

    /** Returns whether the step threw, so that the Pipeline may have caught it, and may try again. */
    boolean isThrown() {
        return phase != Phase.AFTER_DEPLOYMENT || isStop();
    }

    boolean isOf(Place otherPlace, Phase otherPhase, String otherDefinition) {
        return phase == otherPhase && definition.equals(otherDefinition) && place.isShared(otherPlace);
    }
}
