package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The notifications of an approval: who is told, and what they have not been told yet. A notification never decides
 * anything, and no decision waits for one.
 *
 * @param webhooks the webhooks that are called, each for every occasion
 * @param reminded whether it was noted that the approval is about to time out
 * @param due the notices to be sent, the oldest first
 */
@Restricted(NoExternalUse.class)
public record Notifications(
        @JsonProperty("webhooks") List<Webhook> webhooks,
        @JsonProperty("reminded") boolean reminded,
        @JsonProperty("due") List<Notice> due) {

    /** The occasions of a notice. The names are on disk, and in templates. */
    public enum Occasion {
        /** The approval waits for a person. */
        WAITING,
        /** The approval is about to time out. */
        EXPIRING,
        /** The approval is decided. */
        DECIDED
    }

    /**
     * A notice to be sent.
     *
     * @param webhook the index in {@link #webhooks}
     */
    public record Notice(
            @JsonProperty("occasion") Occasion occasion,
            @JsonProperty("webhook") int webhook) {
        public Notice {
            Objects.requireNonNull(occasion, "occasion");
        }
    }

    /**
     * A notice that could not be sent, after all attempts.
     *
     * @param webhook the name of the webhook
     * @param reason why the last attempt failed
     * @param at when it failed
     */
    public record Failure(
            @JsonProperty("occasion") Occasion occasion,
            @JsonProperty("webhook") String webhook,
            @JsonProperty("reason") String reason,
            @JsonProperty("at") Instant at) {
        public Failure {
            Objects.requireNonNull(occasion, "occasion");
            Objects.requireNonNull(webhook, "webhook");
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(at, "at");
            reason = Bound.LINE.cut(reason);
        }
    }

    public Notifications {
        webhooks = List.copyOf(webhooks);
        due = List.copyOf(due);
        Bound.LIST.check("notify", webhooks.size());
        if (webhooks.isEmpty()) {
            throw new IllegalArgumentException("nobody is to be told");
        }
        for (Notice notice : due) {
            Objects.checkIndex(notice.webhook(), webhooks.size());
        }
    }

    /** Returns notifications before anything has happened. */
    public static Notifications by(List<Webhook> webhooks) {
        return new Notifications(webhooks, false, List.of());
    }

    /** Returns the notifications with a notice for each webhook added. */
    private Notifications telling(Occasion occasion) {
        // What has not been told before the decision would be out of date after it.
        var all = new ArrayList<Notice>(occasion == Occasion.DECIDED ? List.of() : due);
        for (int i = 0; i < webhooks.size(); i++) {
            all.add(new Notice(occasion, i));
        }
        return new Notifications(webhooks, reminded || occasion == Occasion.EXPIRING, all);
    }

    /** Returns the approval after a notice was sent, or could not be sent for the last time. */
    static Approval afterNotice(Approval approval, Event.Notified event, Instant now) {
        Notifications notifications = Objects.requireNonNull(of(approval), "a notice is due");
        Notice notice = event.notice();
        Approval rest = approval.notifying(notifications.without(notice));
        return event.failure().isEmpty()
                ? rest
                : rest.withFailedNotice(
                        new Failure(notice.occasion(), notifications.nameOf(notice), event.failure(), now));
    }

    /** Returns the name of the webhook of a notice. */
    public String nameOf(Notice notice) {
        return webhooks.get(notice.webhook()).name();
    }

    /** Returns the notifications without a notice, {@code null} if nothing can follow it. */
    @CheckForNull
    private Notifications without(Notice notice) {
        var rest = new ArrayList<Notice>(due);
        rest.remove(notice);
        return notice.occasion() == Occasion.DECIDED && rest.isEmpty()
                ? null
                : new Notifications(webhooks, reminded, rest);
    }

    /**
     * Returns an approval with the notices that an event has made due: that it waits for a person, and that it is
     * decided.
     *
     * @param before the approval before the event, {@code null} if it is new
     * @param after the approval after the event
     */
    static Approval afterEvent(@CheckForNull Approval before, Approval after) {
        if (of(after) == null) {
            return after;
        }
        boolean wasDecided = before != null && before.isDecided();
        boolean wasWaiting = before != null && before.state() == Approval.State.WAITING;
        if (after.isDecided()) {
            return wasDecided ? after : told(after, Occasion.DECIDED);
        }
        boolean asksPerson = after.manual() != null && after.person() == null;
        return after.state() == Approval.State.WAITING && !wasWaiting && asksPerson
                ? told(after, Occasion.WAITING)
                : after;
    }

    static Approval told(Approval approval, Occasion occasion) {
        Notifications notifications = Objects.requireNonNull(of(approval), "nobody is to be told");
        return approval.notifying(notifications.telling(occasion));
    }

    /** Returns the notifications of an approval, {@code null} if there are none, or none can follow. */
    @CheckForNull
    public static Notifications of(Approval approval) {
        OutgoingCalls calls = approval.calls();
        return calls == null ? null : calls.notifications();
    }
}
