package io.jenkins.plugins.armory.delivery;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The calls of cancel webhooks. A cancel webhook is called when its approval ended without its external process, unless
 * it is certain that the webhook took no call. It needs no step: its build may be over.
 */
final class CancelCalls {

    private static final Logger LOGGER = Logger.getLogger(CancelCalls.class.getName());
    /**
     * The end of the {@code Idempotency-Key} of a cancel webhook, which is another call than the approval's webhook.
     */
    private static final String CANCEL_KEY_SUFFIX = "-cancel";

    /** The number of calls in flight at once. They are beside those of webhooks, which may all be waiting for their answers. */
    private static final int AT_ONCE = 64;

    private final Outbox outbox;
    private final Approvals approvals;
    private final CallQueue queue;
    private final WebhookCalls webhooks;
    /** The approvals whose cancel webhooks are being called. */
    private final Set<String> cancelling = ConcurrentHashMap.newKeySet();

    private final AtomicLong failed = new AtomicLong();
    private volatile boolean open;

    CancelCalls(Outbox outbox, WebhookCalls webhooks) {
        this.outbox = outbox;
        this.webhooks = webhooks;
        approvals = outbox.approvals();
        queue = new CallQueue(outbox, AT_ONCE);
    }

    /** Returns the number of cancel webhooks that could not be called since Jenkins started. */
    long failed() {
        return failed.get();
    }

    /** Calls for what the last run of Jenkins has left, and for what was decided since the start; and from then on at once. */
    void open() {
        open = true;
        approvals.outstanding().forEach(this::decided);
    }

    /** Starts the call of the cancel webhook of an approval that is decided, if there is one. */
    void decided(Approval approval) {
        if (!open) {
            return; // its build may not be loaded yet
        }
        OutgoingCalls calls = approval.calls();
        boolean cancels = calls != null && calls.cancel() != null && cancelling.add(approval.id());
        webhooks.stop(approval, taken -> {
            if (cancels) {
                outbox.executor().execute(() -> cancel(approval, taken));
            }
        });
    }

    private void cancel(Approval approval, boolean taken) {
        String id = approval.id();
        Optional<String> reason = outbox.reasonToWait(approval);
        if (!taken) {
            close(id, new Event.CancelNotNeeded());
        } else if (reason.isPresent()) {
            LOGGER.log(Level.WARNING, "The cancel webhook of approval {0} of {1} is not called now: {2}", new Object[] {
                id, approval.build(), reason.get()
            });
        } else {
            call(id, 1);
        }
    }

    private void call(String id, int number) {
        Requests.Order order = order(id);
        if (order == null) { // its build was deleted
            cancelling.remove(id);
        } else if (!queue.make(order, new Cancelling(order, number)) && number == 1) {
            approvals.note(id, title(order.approval()) + " waits for its turn.");
        }
    }

    /** Looked up each time: its job may have been renamed since the last attempt. */
    @CheckForNull
    private Requests.Order order(String id) {
        Approval approval = approvals.findInMemory(id).orElse(null);
        return approval == null || approval.calls() == null
                ? null
                : new Requests.Order(
                        approval,
                        Objects.requireNonNull(
                                Outbox.requireCalls(approval).cancel(), "only a cancel webhook is left"));
    }

    /** An attempt to call a cancel webhook. */
    private final class Cancelling implements CallQueue.Call {

        private final String id;
        private final int number;
        private Requests.Order order;
        private RunningAttempt attempt;

        Cancelling(Requests.Order order, int number) {
            this.order = order;
            this.number = number;
            id = order.approval().id();
        }

        @Override
        public Optional<Requests.Order> begin() {
            order = order(id);
            attempt = RunningAttempt.begin(number);
            if (order == null) {
                cancelling.remove(id);
            }
            return Optional.ofNullable(order);
        }

        @Override
        public String key() {
            return id + CANCEL_KEY_SUFFIX;
        }

        @Override
        public boolean isWanted() {
            return true;
        }

        @Override
        public void note(String line) {
            approvals.note(id, line);
        }

        @Override
        public void dropped() {
            cancelling.remove(id);
        }

        @Override
        public void ended(String host, CallResult result) {
            Optional<Duration> delay =
                    outbox.policy().delay(number, order.webhook().retry(), result);
            if (delay.isPresent()) {
                outbox.later(delay.get(), () -> call(id, number + 1));
            } else {
                called(order.approval(), attempt.ended(host, result, null));
            }
        }
    }

    private static String title(Approval approval) {
        return "The cancel webhook of '" + approval.webhook() + "'";
    }

    private void called(Approval approval, Attempt attempt) {
        String name = title(approval);
        if (attempt.failure() == null) {
            approvals.note(approval.id(), name + " answered " + attempt.status() + ".");
        } else {
            failed.incrementAndGet();
            String line = name + " could not be called: " + attempt.failure() + Outbox.afterAttempts(attempt.number());
            approvals.note(approval.id(), "WARNING: " + line);
            LOGGER.log(Level.WARNING, "{0}: {1}", new Object[] {approval.build(), line});
        }
        close(approval.id(), new Event.CancelCalled(attempt));
    }

    private void close(String id, Event event) {
        outbox.write(id, event, "the result of the cancel webhook of " + id, () -> cancelling.remove(id));
    }
}
