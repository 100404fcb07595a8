package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.bounds.Bound;
import java.io.Serializable;
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
 * @param requesters ids of the users who requested the build, and so may reject and not approve; {@code null} if they may
 * @param inputs what the people who approve fill in; empty for nothing
 */
@Restricted(NoExternalUse.class)
public record ManualRequirement(
        @JsonProperty("message") String message,
        @JsonProperty("submitters") List<String> submitters,
        @JsonProperty("required") int required,
        @CheckForNull @JsonProperty("requesters") List<String> requesters,
        @JsonProperty("inputs") List<InputDefinition> inputs)
        implements Serializable {

    /** Bounds the size of a record, which has all approvals with their comments. */
    public static final int MAX_REQUIRED = 100;

    public ManualRequirement {
        Objects.requireNonNull(message, "message");
        submitters = List.copyOf(submitters);
        inputs = List.copyOf(inputs);
        requesters = requesters == null ? null : List.copyOf(requesters);
        Bound.TEXT.check("message", message);
        Bound.NAME.checkEach("submitters", submitters, Bound.LIST);
        Bound.LONG_LIST.check("requesters", requesters == null ? 0 : requesters.size());
        Bound.LIST.check("parameters", inputs.size());
        Bound.INPUTS.check(
                "parameters",
                inputs.stream().mapToLong(input -> input.definition().length()).sum());
        if (required < 1 || required > MAX_REQUIRED) {
            throw new IllegalArgumentException("required: must be from 1 to " + MAX_REQUIRED + ", and is " + required);
        }
    }

    public ManualRequirement(String message, List<String> submitters, int required) {
        this(message, submitters, required, null, List.of());
    }

    /** One person of these. */
    public ManualRequirement(String message, List<String> submitters) {
        this(message, submitters, 1);
    }

    /** Returns the same, with people who may reject and not approve. */
    public ManualRequirement notBy(List<String> users) {
        return new ManualRequirement(message, submitters, required, users, inputs);
    }

    /** Returns the same, with something to fill in. */
    public ManualRequirement filling(List<InputDefinition> definitions) {
        return new ManualRequirement(message, submitters, required, requesters, definitions);
    }

    /** Returns whether people have to be told apart, so that somebody who is not logged in may not approve. */
    public boolean needsIdentity() {
        return required > 1 || requesters != null;
    }
}
