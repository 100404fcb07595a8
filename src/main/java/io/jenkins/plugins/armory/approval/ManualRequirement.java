package io.jenkins.plugins.armory.approval;

import java.util.List;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The requirement that people approve too.
 *
 * @param message what the people are asked; may be empty
 * @param submitters ids of the users and names of the groups who may decide; empty for everybody whom the job permits
 *     to
 * @param required how many different people have to approve, from 1 to {@value #MAX_REQUIRED}; one who rejects ends the approval
 */
@Restricted(NoExternalUse.class)
public record ManualRequirement(String message, List<String> submitters, int required) {

    /** Bounds the size of a record, which has all approvals with their comments. */
    public static final int MAX_REQUIRED = 100;

    public ManualRequirement {
        Objects.requireNonNull(message, "message");
        submitters = List.copyOf(submitters);
        if (required < 1 || required > MAX_REQUIRED) {
            throw new IllegalArgumentException("required: must be from 1 to " + MAX_REQUIRED + ", not " + required);
        }
    }

    /** One person of these. */
    public ManualRequirement(String message, List<String> submitters) {
        this(message, submitters, 1);
    }
}
