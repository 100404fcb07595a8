package io.jenkins.plugins.armory.environment;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.jenkins.plugins.armory.approval.Phase;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** An approval that is open and names an environment, or stands in one. The Pipeline may not have reached the environment yet. */
@Restricted(NoExternalUse.class)
public record OpenApproval(
        @JsonProperty("id") String id,
        @JsonProperty("place") Place place,
        @JsonProperty("phase") Phase phase) {

    boolean isOf(Environment environment) {
        return environment.name().equals(place.environment());
    }
}
