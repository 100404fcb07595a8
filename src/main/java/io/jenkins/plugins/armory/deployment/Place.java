package io.jenkins.plugins.armory.deployment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The place of an approval in the Pipeline. Two approvals of one phase belong together when they have the same environment, or
 * stand in the same stage where they have none. The names of stages say nothing: two branches may each have a stage
 * {@code verify}.
 *
 * @param environment name of the environment that the approval belongs to, {@code null} when it has none
 * @param stage id of the flow node at which the body of the enclosing stage begins, {@code null} outside of any
 * @param outermost name of the outermost stage around it, {@code null} outside of any; see {@link Deployment#restarted}
 * @param branches the branches of {@code parallel} around it, outermost first
 */
@Restricted(NoExternalUse.class)
public record Place(
        @CheckForNull String environment,
        @CheckForNull String stage,
        @CheckForNull String outermost,
        List<Branch> branches) {

    /**
     * A branch of a {@code parallel}.
     *
     * @param parallel id of the flow node of the {@code parallel}
     * @param branch id of the flow node at which the branch begins
     */
    public record Branch(String parallel, String branch) {}

    public Place {
        branches = List.copyOf(branches);
    }

    /** Equal for places whose approvals have their phases in common; {@code null} outside of environments and stages. */
    @CheckForNull
    public String shared() {
        if (environment != null) {
            return "environment " + environment;
        }
        return stage == null ? null : "stage " + stage;
    }

    boolean isShared(Place other) {
        String own = shared();
        return own != null && own.equals(other.shared());
    }

    /**
     * Whether the two stand in different branches of one {@code parallel}. If not, one comes after the other, as where an
     * approval is tried again.
     */
    boolean isBeside(Place other) {
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
