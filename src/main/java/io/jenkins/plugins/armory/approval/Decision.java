package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.time.Instant;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The end of an approval. It never changes.
 *
 * @param outcome the kind of end
 * @param mdMessage the caller's message (Markdown, not to be trusted) or, where no caller decided, the reason; may be
 *     empty
 * @param decidedBy who or what decided, for people to read: {@code callback token}, {@code credentials ci-callback},
 *     {@code deadline}
 * @param decidedAt when it was decided
 * @param override whether an administrator decided, whatever was missing; the message is the reason then
 */
@Restricted(NoExternalUse.class)
public record Decision(
        @JsonProperty("outcome") Outcome outcome,
        @JsonProperty("mdMessage") String mdMessage,
        @JsonProperty("decidedBy") String decidedBy,
        @JsonProperty("decidedAt") Instant decidedAt,
        @JsonProperty("override") boolean override) {

    public enum Outcome {
        /**
         * A callback said {@code "success": true}, and people approved, where either is required; or an administrator
         * decided so.
         */
        SUCCESS,
        /** A callback said {@code "success": false}. */
        FAILURE,
        /** A person or an administrator rejected. */
        REJECTED,
        /** A required verdict did not come before the deadline. */
        TIMED_OUT,
        /** Neither progress nor a callback came within the heartbeat interval. */
        NOT_HEARD,
        /** The build, or the part of it that waited, ended first. */
        ABORTED,
        /** The log of the build is in doubt, so the decision is not known. */
        LOST,
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
        mdMessage = Bound.TEXT.cut(mdMessage);
    }

    /** A decision that is no override. */
    public Decision(Outcome outcome, String mdMessage, String decidedBy, Instant decidedAt) {
        this(outcome, mdMessage, decidedBy, decidedAt, false);
    }

    /** Returns whether the build goes on. */
    public boolean isSuccess() {
        return outcome == Outcome.SUCCESS || outcome == Outcome.SENT;
    }
}
