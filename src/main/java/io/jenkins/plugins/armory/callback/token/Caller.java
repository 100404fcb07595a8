package io.jenkins.plugins.armory.callback.token;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.bounds.Bound;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The owner of a genuine token.
 *
 * @param name the name for people, shown as {@code decidedBy}
 * @param obstacle returns why the caller may not decide an approval, or nothing if it may
 */
@Restricted(NoExternalUse.class)
public record Caller(String name, Function<Approval, Optional<Obstacle>> obstacle) {

    public Caller {
        name = Bound.LINE.cut(name); // it may have a subject of an outside issuer in it
    }

    /**
     * The reason why a genuine token cannot decide an approval.
     *
     * @param message the message for the caller
     * @param scope the scope that the token would need (RFC 6750, section 3)
     */
    public record Obstacle(String message, String scope) {

        /**
         * Returns an obstacle with all reasons, nothing if there is none.
         *
         * @param ofToken why the token may not decide for the approval's job, {@code null} if it may
         * @param ofStep why it may not decide this approval of the job, {@code null} if it may
         */
        public static Optional<Obstacle> of(
                Approval approval, @CheckForNull String ofToken, @CheckForNull String ofStep) {
            String reasons = Stream.of(ofToken, ofStep).filter(Objects::nonNull).collect(Collectors.joining("; and "));
            return reasons.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Obstacle(
                            "The token is valid, but " + reasons + ".",
                            ofToken == null
                                    ? Scopes.ofApproval(approval.id())
                                    : Scopes.ofJobs(approval.build().job())));
        }
    }

    /** Returns a caller that may decide certain approvals. No scope that it could ask for would add others. */
    public static Caller of(String name, Predicate<Approval> mayDecide) {
        return new Caller(
                name,
                approval -> Obstacle.of(approval, null, mayDecide.test(approval) ? null : "not for this approval"));
    }
}
