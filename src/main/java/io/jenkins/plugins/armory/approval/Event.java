package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;

/** What can happen to an approval. When it happened is given beside it, see {@link Approval#on}. */
public sealed interface Event {

    /** An attempt to call the webhook failed, and there will be another. */
    record Failed(Attempt attempt) implements Event {}

    /** The webhook was called, and its answer was a 2xx. */
    record Sent(Attempt attempt) implements Event {}

    /**
     * The webhook could not be called, or refused the call, for the last time.
     *
     * @param reason is for people and holds no secret
     * @param attempt the last one, {@code null} when there was none
     */
    record NotSent(String reason, @CheckForNull Attempt attempt) implements Event {}

    /** An authenticated callback with a decision. */
    record Callback(boolean success, String mdMessage, String decidedBy) implements Event {}

    /** The external process said how far it has come. It changes nothing, but is heard only while a callback is awaited. */
    record Progress() implements Event {}

    /**
     * A person who may decide has approved.
     *
     * @param user id of the person
     * @param comment may be empty
     */
    record ManualApproval(String user, String comment) implements Event {}

    /** A person who may decide has rejected, see {@link ManualApproval}. */
    record ManualRejection(String user, String comment) implements Event {}

    /** Another approval of the same phase failed, so that this one cannot help any more. */
    record OtherFailed(String reason) implements Event {}

    /** Somebody looked at the clock: the deadline may have passed. */
    record DeadlineCheck() implements Event {}

    /**
     * Somebody looked at the clock: nothing may have been heard of the external process for too long.
     *
     * @param heardAt when something was heard last
     * @param what was heard then, for people: {@code when the webhook answered}
     */
    record HeartbeatCheck(Instant heardAt, String what) implements Event {}

    /**
     * The cancel webhook of an approval that had ended was called for the last time.
     *
     * @param attempt the last one
     */
    record CancelCalled(Attempt attempt) implements Event {}

    /** The build, or the part of it that waited, ended. */
    record Aborted(String reason) implements Event {}
}
