package io.jenkins.plugins.armory.approval;

import io.jenkins.plugins.armory.approval.Decision.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/** The ends of an approval other than a failed verdict, with their messages for people. */
final class Endings {

    private Endings() {}

    /** Decides for success if all that is required is there. */
    static Approval settledOrWaiting(Approval approval, Instant now) {
        return approval.awaitsPersonAlone() && (approval.manual() == null || approval.person() != null)
                ? settled(approval, now)
                : approval;
    }

    /** Decides for success, once all that is required is there. */
    private static Approval settled(Approval approval, Instant now) {
        Decision callback = approval.callback();
        Decision person = approval.namedPerson();
        if (callback != null && person != null) {
            return approval.decided(
                    Outcome.SUCCESS, callback.mdMessage(), callback.decidedBy() + " and " + person.decidedBy(), now);
        } else if (person != null) {
            return approval.decided(Outcome.SUCCESS, person.mdMessage(), person.decidedBy(), now);
        } else if (callback != null) {
            return approval.decided(callback);
        }
        return approval.decided(Outcome.SENT, "No callback is awaited.", "webhook", now);
    }

    /**
     * Ends the approval as of its deadline, even if that was noticed later.
     *
     * @param lastHeard see {@link Event.DeadlineCheck}
     */
    static Approval timedOut(Approval approval, String lastHeard) {
        String missing = approval.missing();
        return approval.decided(
                Outcome.TIMED_OUT,
                Character.toUpperCase(missing.charAt(0)) + missing.substring(1) + " before the deadline."
                        + (lastHeard.isEmpty() || approval.awaitsPersonAlone()
                                ? ""
                                : " The last that is known: " + lastHeard.replaceFirst("\\.?$", ".")),
                "deadline",
                approval.deadline());
    }

    /** Returns whether the window has opened that an approval waits for, and the deadline has not passed. */
    static boolean hasOpened(Approval approval, Instant now) {
        Instant opensAt = approval.opensAt();
        return opensAt != null && !now.isBefore(opensAt) && !approval.isOverdue(now);
    }

    static Approval heartbeatMissed(Approval approval, Event.HeartbeatCheck check) {
        Duration interval = Objects.requireNonNull(approval.heartbeat(), "nothing is due without a heartbeat");
        String message = "Nothing was heard of the external process for " + DurationText.of(interval) + ": since "
                + check.heardAt().truncatedTo(ChronoUnit.SECONDS) + ", " + check.what() + ".";
        return approval.decided(
                Outcome.NOT_HEARD, message, "heartbeat", check.heardAt().plus(interval));
    }
}
