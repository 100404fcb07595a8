package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * How many people of which groups have to approve.
 *
 * @param submitters ids of the users and names of the groups who may decide; empty for everybody whom the job permits
 *     to
 * @param required how many different people have to approve, from 1 to {@value ManualRequirement#MAX_REQUIRED}
 */
@Restricted(NoExternalUse.class)
public record PeopleRule(
        @JsonProperty("submitters") List<String> submitters,
        @JsonProperty("required") int required) {

    public PeopleRule {
        submitters = List.copyOf(submitters);
        ManualRequirement.checkRequired(required);
    }

    /** Returns who may decide, for a sentence: {@code ops, oncall}. */
    String people() {
        return submitters.isEmpty() ? "all with the permission" : String.join(", ", submitters);
    }
}
