package io.jenkins.plugins.armory.approval;

/** What can happen to an approval. When it happened is given beside it, see {@link Approval#on}. */
public sealed interface Event {

    /** The webhook was called, and its answer was a 2xx. */
    record Sent() implements Event {}

    /** The webhook could not be called, or refused the call; {@code reason} is for people and holds no secret. */
    record NotSent(String reason) implements Event {}

    /** An authenticated callback with a decision. */
    record Callback(boolean success, String mdMessage, String decidedBy) implements Event {}

    /** Somebody looked at the clock: the deadline may have passed. */
    record DeadlineCheck() implements Event {}

    /** The build, or the part of it that waited, ended. */
    record Aborted(String reason) implements Event {}
}
