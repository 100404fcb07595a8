package io.jenkins.plugins.armory.callback.token;

import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The result of a {@link TokenVerifier}. */
@Restricted(NoExternalUse.class)
public sealed interface Verification {

    /** The token is of another kind. */
    record Unknown() implements Verification {}

    /**
     * The token is of this kind, but it is not genuine or not valid now.
     *
     * @param reason the reason for those who may see the approval, not for the caller; it contains no secret part of
     *     the token
     */
    record Invalid(String reason) implements Verification {}

    /**
     * The token cannot be verified now.
     *
     * @param reason as for {@link Invalid}
     * @param message the message for the caller
     */
    record Undecided(String reason, String message) implements Verification {}

    /** The token is genuine. */
    record Genuine(Caller caller) implements Verification {}

    static Verification unknown() {
        return new Unknown();
    }

    static Verification invalid(String reason) {
        return new Invalid(reason);
    }

    static Verification of(Caller caller) {
        return new Genuine(caller);
    }
}
