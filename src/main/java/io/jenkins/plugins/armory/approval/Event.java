package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** An event in the life of an approval. {@link Transitions} has its effect; its time is passed beside it. */
@Restricted(NoExternalUse.class)
public sealed interface Event {

    /** An attempt to call the webhook. */
    sealed interface Called extends Event {

        /** Returns the attempt, {@code null} if none was made. */
        @CheckForNull
        Attempt attempt();
    }

    /** The first call of the webhook begins, and with it the time of the approval. */
    record Begun() implements Event {}

    /** An attempt to call the webhook failed, and there will be another. */
    record Failed(Attempt attempt) implements Called {}

    /** The webhook took the call with a 2xx, and its answer decides nothing. */
    record Sent(Attempt attempt) implements Called {}

    /**
     * The webhook could not be called, or refused the call, for the last time.
     *
     * @param reason for people; holds no secret
     * @param attempt the last attempt, {@code null} if there was none
     */
    record NotSent(String reason, @CheckForNull Attempt attempt) implements Called {}

    /** A verdict of the external process or of a person. */
    sealed interface Verdict extends Event {}

    sealed interface ProcessVerdict extends Event {

        boolean success();

        /** Returns the message for people (Markdown, not to be trusted); may be empty. */
        String mdMessage();

        /** Returns who or what decided, see {@link Decision#decidedBy}. */
        String decidedBy();

        /** Returns the process's own data as the text of a JSON object, {@code null} if it has sent none. */
        @CheckForNull
        String data();
    }

    /**
     * An authenticated callback with a decision.
     *
     * @param data the callback's own data as the text of a JSON object, {@code null} if it has none
     */
    record Callback(
            boolean success, String mdMessage, @CheckForNull String data, String decidedBy)
            implements Verdict, ProcessVerdict {}

    /** An answer to the question for the status, with a decision. */
    record StatusVerdict(
            boolean success, String mdMessage, @CheckForNull String data, String decidedBy)
            implements Verdict, ProcessVerdict {}

    /** The webhook took the call, and its answer is the verdict. */
    record Answered(
            Attempt attempt,
            boolean success,
            String mdMessage,
            @CheckForNull String data,
            String decidedBy) implements Called, ProcessVerdict {}

    /**
     * The approval of a person who may decide.
     *
     * @param user id of the person
     * @param comment may be empty
     * @param inputs what the person filled in, by name
     * @param rules the rules that the person may count for
     */
    record ManualApproval(String user, String comment, Map<String, Object> inputs, List<Integer> rules)
            implements Verdict {}

    /**
     * The rejection of a person who may decide.
     *
     * @param user id of the person
     * @param comment may be empty
     */
    record ManualRejection(String user, String comment) implements Verdict {}

    /**
     * The decision of an administrator, whatever is missing.
     *
     * @param user id of the administrator
     * @param reason not empty
     * @param inputs what the administrator filled in, by name
     */
    record Overridden(boolean success, String user, String reason, Map<String, Object> inputs) implements Verdict {}

    /**
     * A callback was refused.
     *
     * @param answer the status and the code of the answer; nothing that the caller wrote
     */
    record Refused(String answer) implements Event {}

    /**
     * An answer to the question for the status has new values for further calls.
     *
     * @param found by the names of their variables
     */
    record Moved(Map<String, String> found) implements Event {}

    /** A report of progress by the external process, or a status that decides nothing. */
    record Progress() implements Event {}

    /** Another approval of the same group failed, so this one cannot succeed any more. */
    record OtherFailed(String reason) implements Event {

        /** Returns the reason of an approval that ends with another one; cut, since each of many has it. */
        public static String reason(String failure) {
            return Bound.LINE.cut("another approval of the same phase failed: " + failure);
        }
    }

    /**
     * A check of the clock: the deadline may have passed.
     *
     * @param lastHeard what was heard of the external process last, or why nothing was; empty if neither is known
     */
    record DeadlineCheck(String lastHeard) implements Event {}

    /**
     * A check of the clock: the heartbeat may have been missed.
     *
     * @param heardAt when the external process was heard last
     * @param what the occasion, for people: {@code when the webhook answered}
     */
    record HeartbeatCheck(Instant heardAt, String what) implements Event {}

    /** A check of the clock: the approval may be about to time out. */
    record ExpiryCheck() implements Event {}

    /**
     * A notice was sent, or could not be sent for the last time.
     *
     * @param failure why it could not be sent; empty if it was
     */
    record Notified(Notifications.Notice notice, String failure) implements Event {}

    /** The log of the build is in doubt, so the decision of the approval is not known. */
    record Lost(String reason) implements Event {}

    /** The end of the build, or of the part of it that waited. */
    record Aborted(String reason) implements Event {

        /** The reason of an approval that was pending when its build ended. */
        public static final String BUILD_ENDED = "The build ended.";
    }

    /**
     * The cancel webhook needs no further call.
     *
     * @param attempt the last attempt, {@code null} if it needed none: the approval's webhook never took a call
     */
    record CancelOver(@CheckForNull Attempt attempt) implements Event {}
}
