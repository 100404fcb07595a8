package io.jenkins.plugins.armory.acceptance.generator;

/** What an approval comes to. All but the first are failures. */
enum Outcome {
    SUCCESS,
    /** The callback says so. */
    FAILURE,
    /** A person says no. */
    REJECTION,
    /** Nobody says anything. */
    TIME_OUT,
    /** The webhook is answered 404. */
    REFUSED,
    /** Nobody listens where the webhook calls. */
    UNREACHABLE;

    /** What is said otherwise, by whom something is said at all. */
    Outcome opposite(boolean person) {
        return switch (this) {
            case SUCCESS -> person ? REJECTION : FAILURE;
            case FAILURE, REJECTION, REFUSED -> SUCCESS;
            case TIME_OUT, UNREACHABLE -> this;
        };
    }
}
