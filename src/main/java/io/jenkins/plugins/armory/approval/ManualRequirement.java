package io.jenkins.plugins.armory.approval;

import java.util.List;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The requirement that a person approves too.
 *
 * @param message what the person is asked; may be empty
 * @param submitters ids of the users and names of the groups who may decide; empty for everybody whom the job permits
 *     to
 */
@Restricted(NoExternalUse.class)
public record ManualRequirement(String message, List<String> submitters) {

    public ManualRequirement {
        Objects.requireNonNull(message, "message");
        submitters = List.copyOf(submitters);
    }
}
