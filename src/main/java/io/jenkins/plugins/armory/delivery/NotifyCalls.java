package io.jenkins.plugins.armory.delivery;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Deadlines;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.Notifications.Notice;
import io.jenkins.plugins.armory.approval.Notifications.Occasion;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The calls that tell people of approvals. What is to be told is in the record, so it is told at least once; a notice that
 * the decision overtakes is dropped. Each webhook gets its notices one after another, and no webhook waits for another one.
 * No approval waits for a notice.
 */
final class NotifyCalls {

    private static final Logger LOGGER = Logger.getLogger(NotifyCalls.class.getName());

    /** The number of calls in flight at once. */
    private static final int AT_ONCE = 64;

    private final Outbox outbox;
    private final Approvals approvals;
    private final CallQueue queue;
    private final Clock clock;
    /** The reminders that approvals are about to time out. */
    private final Deadlines reminders;
    /** The webhooks that are being called, see {@link #place}. */
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    private final AtomicLong failed = new AtomicLong();
    private volatile boolean open;

    /** @param clock the clock of the deadlines */
    NotifyCalls(Outbox outbox, Clock clock) {
        this.outbox = outbox;
        this.clock = clock;
        approvals = outbox.approvals();
        queue = new CallQueue(outbox, AT_ONCE);
        reminders = new Deadlines(outbox.timer(), clock, id -> outbox.executor().execute(() -> remind(id)));
    }

    /** Sends what the last run of Jenkins has left to be sent, and from then on what becomes due. */
    void open() {
        open = true;
        approvals.pending().forEach(approval -> changed(approval.id()));
        approvals.outstanding().forEach(approval -> changed(approval.id()));
    }

    void close() {
        open = false;
        reminders.close();
    }

    /** Returns the number of notices that could not be sent since Jenkins started. */
    long failed() {
        return failed.get();
    }

    /** Takes note of a change of an approval, which may have made notices due. */
    void changed(String id) {
        Approval approval = approvals.findInMemory(id).orElse(null);
        Notifications notifications = approval == null ? null : Notifications.of(approval);
        // After the deadline there is nothing to remind of, also if the end cannot be written yet.
        Optional<Instant> reminder = approval == null || !clock.instant().isBefore(approval.deadline())
                ? Optional.empty()
                : approval.reminderDue();
        reminder.ifPresentOrElse(at -> remindAt(id, at), () -> reminders.remove(id));
        if (open && notifications != null) {
            for (Notice notice : notifications.due()) {
                if (underWay.add(place(id, notice))) {
                    outbox.executor().execute(() -> attempt(id, notice, 1));
                }
            }
        }
    }

    private void remindAt(String id, Instant at) {
        if (open) {
            reminders.set(id, at);
        }
    }

    private void remind(String id) {
        outbox.write(id, new Event.ExpiryCheck(), "that approval " + id + " is about to time out", () -> {});
    }

    private static String place(String id, Notice notice) {
        return id + '/' + notice.webhook();
    }

    private void attempt(String id, Notice notice, int number) {
        Approval approval = approvals.findInMemory(id).orElse(null);
        if (!isDue(approval, notice)) {
            leave(id, notice);
            return;
        }
        Optional<String> reason = outbox.reasonToWait(approval);
        if (reason.isPresent()) { // it stays under way, so the next start of Jenkins tries again
            LOGGER.log(Level.WARNING, "Nobody is told of approval {0} of {1} now: {2}", new Object[] {
                id, approval.build(), reason.get()
            });
            return;
        }
        Requests.Order order = order(approval, notice);
        queue.make(order, new Telling(order, notice, number));
    }

    private boolean isDue(Approval approval, Notice notice) {
        Notifications notifications = approval == null || !open ? null : Notifications.of(approval);
        return notifications != null && notifications.due().contains(notice);
    }

    private static Requests.Order order(Approval approval, Notice notice) {
        Webhook webhook = Objects.requireNonNull(Notifications.of(approval), "a notice is due")
                .webhooks()
                .get(notice.webhook());
        return new Requests.Order(approval, webhook, notice.occasion());
    }

    /** An attempt to tell somebody. */
    private final class Telling implements CallQueue.Call {

        private final String id;
        private final Notice notice;
        private final int number;
        private Requests.Order order;

        Telling(Requests.Order order, Notice notice, int number) {
            this.order = order;
            this.notice = notice;
            this.number = number;
            id = order.approval().id();
        }

        @Override
        public Optional<Requests.Order> begin() {
            Approval approval = approvals.findInMemory(id).orElse(null);
            if (!isDue(approval, notice)) {
                leave(id, notice);
                return Optional.empty();
            }
            order = order(approval, notice);
            return Optional.of(order);
        }

        @Override
        public String key() {
            return NotifyCalls.key(order.approval(), notice);
        }

        @Override
        public boolean isWanted() {
            return isDue(approvals.findInMemory(id).orElse(null), notice);
        }

        @Override
        public void note(String line) {
            approvals.note(id, line);
        }

        @Override
        public void dropped() {
            leave(id, notice);
        }

        @Override
        public void ended(String host, CallResult result) {
            Optional<Duration> delay =
                    outbox.policy().delay(number, order.webhook().retry(), result);
            if (delay.isPresent()) {
                outbox.later(delay.get(), () -> attempt(id, notice, number + 1));
            } else {
                String failure = result.isAccepted() ? "" : result.failure() + Outbox.afterAttempts(number);
                over(order, notice, failure);
            }
        }
    }

    /**
     * Returns the {@code Idempotency-Key} of a notice, which is its {@code webhook-id} too. Two webhooks may call one host, and one approval
     * may wait for a person twice: as its terms say, and after a failure.
     */
    private static String key(Approval approval, Notice notice) {
        boolean asks = notice.occasion() == Occasion.WAITING && approval.failure() != null;
        return approval.id() + "-notify-" + notice.webhook() + "-"
                + (asks ? "asking" : notice.occasion().name().toLowerCase(Locale.ROOT));
    }

    /** @param failure why the notice could not be sent; empty if it was */
    private void over(Requests.Order order, Notice notice, String failure) {
        String id = order.approval().id();
        if (!failure.isEmpty()) {
            failed.incrementAndGet();
            String line = "Webhook '" + order.webhook().name() + "' could not be told that " + what(notice.occasion())
                    + ": " + failure;
            approvals.note(id, "WARNING: " + line);
            LOGGER.log(Level.WARNING, "{0}: {1}", new Object[] {order.approval().build(), line});
        }
        outbox.write(
                id, new Event.Notified(notice, failure), "that somebody was told of " + id, () -> leave(id, notice));
    }

    private static String what(Occasion occasion) {
        return switch (occasion) {
            case WAITING -> "the approval waits for a person";
            case EXPIRING -> "the approval is about to time out";
            case DECIDED -> "the approval is decided";
        };
    }

    /** Ends the turn of a notice that is not to be sent any more, and starts what has become due meanwhile. */
    private void leave(String id, Notice notice) {
        underWay.remove(place(id, notice));
        changed(id);
    }
}
