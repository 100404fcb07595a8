package io.jenkins.plugins.armory.approval;

import java.time.Instant;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * How an approval ended. Once there, it never changes.
 *
 * @param outcome what was decided
 * @param mdMessage the caller's message (Markdown, not to be trusted) or, where no caller decided, the reason; may be empty
 * @param decidedBy who or what decided, for people to read: {@code callback token}, {@code credentials ci-callback}, {@code deadline}
 * @param decidedAt when
 */
@Restricted(NoExternalUse.class)
public record Decision(Outcome outcome, String mdMessage, String decidedBy, Instant decidedAt) {

    /** What an approval can come to. */
    public enum Outcome {
        /** A callback said {@code "success": true}, and a person approved, where either is required. */
        SUCCESS,
        /** A callback said {@code "success": false}. */
        FAILURE,
        /** A person rejected. */
        REJECTED,
        /** What is required did not come before the deadline. */
        TIMED_OUT,
        /** Nothing was heard of the external process for longer than its heartbeat. */
        NOT_HEARD,
        /** The build, or the part of it that waited, ended first. */
        ABORTED,
        /** Another approval of the same phase failed first. */
        OTHER_FAILED,
        /** The webhook could not be called, or refused the call. */
        NOT_SENT,
        /** The webhook took the call, and no callback was awaited ({@code disableCallback}). */
        SENT;
    }

    public Decision {
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(mdMessage, "mdMessage");
        Objects.requireNonNull(decidedBy, "decidedBy");
        Objects.requireNonNull(decidedAt, "decidedAt");
    }

    /** Whether the build goes on. */
    public boolean isSuccess() {
        return outcome == Outcome.SUCCESS || outcome == Outcome.SENT;
    }

    /** Whether the approval failed by itself, so that others of its phase end with it. */
    boolean isFailure() {
        return !isSuccess() && outcome != Outcome.ABORTED && outcome != Outcome.OTHER_FAILED;
    }
}
