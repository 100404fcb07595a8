package io.jenkins.plugins.armory.callback.token;

/** What a {@link TokenVerifier} has to say of a token. */
public sealed interface Verification {

    /** It is not of the kind that the verifier knows. */
    record Unknown() implements Verification {}

    /**
     * It is of that kind, but not genuine, or not valid now.
     *
     * @param reason for those who may see the approval, not for the sender; holds nothing of the token that could be a secret
     */
    record Rejected(String reason) implements Verification {}

    /**
     * It cannot be told now.
     *
     * @param reason as above
     * @param message for the sender
     */
    record Undecided(String reason, String message) implements Verification {}

    /** It is genuine. */
    record Genuine(Caller caller) implements Verification {}

    static Verification unknown() {
        return new Unknown();
    }

    static Verification rejected(String reason) {
        return new Rejected(reason);
    }

    static Verification of(Caller caller) {
        return new Genuine(caller);
    }
}
