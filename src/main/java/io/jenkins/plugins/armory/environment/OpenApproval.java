package io.jenkins.plugins.armory.environment;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Verdict;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What a step waits for, an approval or several that all have to succeed, until it has ended. The Pipeline may not have reached its environment
 * yet.
 *
 * @param id of the step's first approval
 * @param name for people
 * @param definition what it is known by: a later success of the same makes up for a failure
 */
@Restricted(NoExternalUse.class)
public record OpenApproval(
        @JsonProperty("id") String id,
        @JsonProperty("name") String name,
        @JsonProperty("place") Place place,
        @JsonProperty("phase") Phase phase,
        @JsonProperty("definition") String definition) {

    boolean isOf(Environment environment) {
        return environment.name().equals(place.environment());
    }

    /**
     * Returns the event of its end.
     *
     * @param reason of a failure, for people
     */
    public ApprovalEnded ended(Verdict verdict, String reason) {
        return new ApprovalEnded(place, id, phase, definition, verdict, reason);
    }

    /** Returns the event of an end without a verdict. Its reason stands with the environment, which may have several approvals. */
    public ApprovalEnded stopped(String reason) {
        return ended(Verdict.STOPPED, "Approval '" + name + "': " + reason);
    }
}
