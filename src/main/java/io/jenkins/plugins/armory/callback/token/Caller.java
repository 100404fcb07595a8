package io.jenkins.plugins.armory.callback.token;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.bounds.Bound;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
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
    public record Obstacle(String message, String scope) {}

    /** Returns a caller that may decide certain approvals. No scope that it could ask for would add others. */
    public static Caller of(String name, Predicate<Approval> mayDecide) {
        return new Caller(
                name,
                approval -> mayDecide.test(approval)
                        ? Optional.empty()
                        : Optional.of(new Obstacle(
                                "The token is valid, but not for this approval.", Scopes.ofApproval(approval.id()))));
    }
}
