package io.jenkins.plugins.armory.callback.token;

import io.jenkins.plugins.armory.approval.Approval;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Somebody whose token is genuine.
 *
 * @param name for people to read, as {@code decidedBy}
 * @param obstacle what keeps the caller from deciding an approval; empty when nothing does
 */
public record Caller(String name, Function<Approval, Optional<Obstacle>> obstacle) {

    /**
     * Why a genuine token is not good for an approval.
     *
     * @param message for the caller
     * @param scope what the token would have to be good for (RFC 6750, section 3)
     */
    public record Obstacle(String message, String scope) {}

    /** Somebody whose token is good for certain approvals, and for nothing that could be asked for beside them. */
    public static Caller of(String name, Predicate<Approval> mayDecide) {
        return new Caller(
                name,
                approval -> mayDecide.test(approval)
                        ? Optional.empty()
                        : Optional.of(new Obstacle(
                                "The token is valid, but not for this approval.", Scopes.ofApproval(approval.id()))));
    }
}
