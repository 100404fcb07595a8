package io.jenkins.plugins.armory.call;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Notifications.Occasion;
import java.time.temporal.ChronoUnit;

/** What a notification says to people: one line of plain text. */
final class NoticeText {

    /** The value of {@code {{armory.outcome}}} while the approval is pending. */
    private static final String PENDING = "PENDING";
    /** The longest message from outside, in characters. */
    private static final int MAX_MESSAGE = 500;

    private NoticeText() {}

    /** Returns the value of {@code {{armory.text}}}. */
    static String of(Approval approval, Occasion occasion) {
        String environment = approval.environment();
        String title = line(approval.title());
        String reason = reason(approval, occasion);
        String about =
                approval.build() + (environment == null ? "" : " (" + line(environment) + ")") + ": '" + title + "' ";
        return about
                + switch (occasion) {
                    case WAITING -> "waits for a person" + end(reason.equals(title) ? "" : reason);
                    case EXPIRING -> "is about to time out, at " + deadline(approval);
                    case DECIDED -> decided(approval.requireDecision());
                };
    }

    private static String decided(Decision decision) {
        String what =
                switch (decision.outcome()) {
                    case SUCCESS -> "succeeded";
                    case FAILURE -> "failed";
                    case REJECTED -> "was rejected";
                    case TIMED_OUT -> "timed out";
                    case NOT_HEARD -> "failed: nothing was heard of the external process";
                    case ABORTED -> "was stopped";
                    case LOST -> "is lost";
                    case OTHER_FAILED -> "ended";
                    case NOT_SENT -> "failed: the webhook could not be called";
                    case SENT -> "was sent";
                };
        return what + " (" + line(decision.decidedBy()) + ")" + end(line(decision.mdMessage()));
    }

    /** Returns the value of {@code {{armory.outcome}}}. */
    static String outcome(Approval approval) {
        return approval.isDecided() ? approval.requireDecision().outcome().name() : PENDING;
    }

    /** Returns the value of {@code {{armory.reason}}}: the question, or the message of the decision; may be empty. */
    static String reason(Approval approval, Occasion occasion) {
        if (approval.isDecided()) {
            return line(approval.requireDecision().mdMessage());
        }
        ManualRequirement manual = approval.manual();
        return occasion == Occasion.WAITING && manual != null
                ? line(manual.message())
                : "It times out at " + deadline(approval) + ".";
    }

    /** Returns the value of {@code {{armory.deadline}}}. */
    static String deadline(Approval approval) {
        return approval.deadline().truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private static String end(String message) {
        return message.isEmpty() ? "" : ": " + message;
    }

    /**
     * Returns a text from outside as one line of bounded length, without control and bidirectional characters. Unicode
     * has line breaks of its own: U+0085, U+2028 and U+2029.
     */
    private static String line(String text) {
        String line = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Z}]+", " ").strip();
        return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "...";
    }
}
