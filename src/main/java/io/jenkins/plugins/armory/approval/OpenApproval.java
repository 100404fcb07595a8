package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The approvals that a step waits for, until the wait ends. All of them have to succeed. The Pipeline may not have
 * reached their environment yet.
 *
 * @param id of the step's first approval
 * @param name for people
 * @param definition what it is known by: a later success of the same makes up for a failure
 * @param failFast whether the first failure ends the wait; else it ends once all are decided
 */
@Restricted(NoExternalUse.class)
public record OpenApproval(
        @JsonProperty("id") String id,
        @JsonProperty("name") String name,
        @JsonProperty("place") Place place,
        @JsonProperty("phase") Phase phase,
        @JsonProperty("definition") String definition,
        @JsonProperty("failFast") boolean failFast) {

    public OpenApproval(String id, String name, Place place, Phase phase, String definition) {
        this(id, name, place, phase, definition, true);
    }

    public boolean isOf(String environment) {
        return environment.equals(place.environment());
    }

    /**
     * Returns the reason of an end without a verdict. It stands with the environment, which may have several approvals.
     */
    public String reason(String why) {
        return "Approval '" + name + "': " + why;
    }
}
