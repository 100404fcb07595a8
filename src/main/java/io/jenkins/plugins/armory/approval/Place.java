package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The place of an approval, a stage or an environment in the Pipeline. Approvals of one phase belong together if they
 * have the same environment, or no environment and the same enclosing stage. A stage is known by its flow node and not
 * by its name: two branches may each have a stage {@code verify}.
 *
 * @param environment name of the approval's environment, {@code null} for none
 * @param stage id of the flow node at which the body of the enclosing stage begins, {@code null} outside any stage
 * @param outermost name of the outermost stage around it, {@code null} outside any stage; see {@link
 *     Deployment#restarted}
 * @param branches the branches of {@code parallel} around it, outermost first
 * @param body id of the innermost {@code armoryEnvironment} or {@code armoryRollback} around it, {@code null} for none
 */
@Restricted(NoExternalUse.class)
@RecordBuilder
public record Place(
        @CheckForNull @JsonProperty("environment") String environment,
        @CheckForNull @JsonProperty("stage") String stage,
        @CheckForNull @JsonProperty("outermost") String outermost,
        @JsonProperty("branches") List<Branch> branches,
        @CheckForNull @JsonProperty("body") String body)
        implements PlaceBuilder.With {

    /** A place outside of any stage, branch and environment. */
    public static final Place OUTERMOST = new Place(null, null, null, List.of(), null);

    /**
     * A branch of a {@code parallel}.
     *
     * @param parallel id of the flow node of the {@code parallel}
     * @param branch id of the flow node at which the branch begins
     */
    public record Branch(
            @JsonProperty("parallel") String parallel,
            @JsonProperty("branch") String branch) {}

    public Place {
        branches = List.copyOf(branches);
        outermost = known(outermost);
    }

    /** Returns what a stage is known by: its name, if that is not longer than a line. */
    @CheckForNull
    public static String known(@CheckForNull String stage) {
        return Bound.LINE.cut(stage);
    }

    /**
     * Returns the key of all places whose approvals belong together, {@code null} outside any environment and stage.
     */
    @CheckForNull
    public String shared() {
        if (environment != null) {
            return "environment " + environment;
        }
        return stage == null ? null : "stage " + stage;
    }

    public boolean isShared(Place other) {
        String own = shared();
        return own != null && own.equals(other.shared());
    }

    /** Returns the place of what is in a stage that is here. */
    public Place inStage(String name) {
        return outermost == null ? withOutermost(name) : this;
    }

    /**
     * Returns the place as a build knows it that is restarted behind it: flow nodes of the other build mean nothing
     * there.
     */
    public Place ofOrigin() {
        return new Place(environment, null, outermost, List.of(), null);
    }

    /**
     * Returns whether something here, which began earlier, comes before something there: it is not in another branch.
     * In the body of an environment only that body counts.
     */
    public boolean comesBefore(Place there) {
        return !isBeside(there) && (there.body == null || there.body.equals(body));
    }

    /**
     * Returns whether this place and another are in different branches of one {@code parallel}. If not, one comes after
     * the other, for instance as a retry.
     */
    public boolean isBeside(Place other) {
        for (int i = 0; i < Math.min(branches.size(), other.branches.size()); i++) {
            Branch own = branches.get(i);
            Branch others = other.branches.get(i);
            if (!own.equals(others)) {
                return own.parallel().equals(others.parallel());
            }
        }
        return false;
    }
}
