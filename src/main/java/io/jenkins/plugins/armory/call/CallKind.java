package io.jenkins.plugins.armory.call;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.call.Requests.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A kind of outgoing call: when an approval's record has one due, what its results mean, and when the next attempt is. {@link CallLoop}
 * makes the calls. A new kind is a class of this in the list of {@link Delivery}.
 */
abstract class CallKind {

    private static final Logger LOGGER = Logger.getLogger(CallKind.class.getName());

    private final Approvals approvals;
    private final RetryPolicy policy;
    private final AtomicLong failed = new AtomicLong();

    CallKind(Approvals approvals, RetryPolicy policy) {
        this.approvals = approvals;
        this.policy = policy;
    }

    Approvals approvals() {
        return approvals;
    }

    /** Returns the calls that the record of an approval has due. A call is wanted for as long as it is one of them. */
    abstract List<Order> due(Approval approval);

    /** Returns the place of a call. Calls of an approval that have the same place are made one after another. */
    abstract String place(Order order);

    /** Returns the {@code Idempotency-Key} and {@code webhook-id} of an attempt. */
    abstract String key(Order order);

    /**
     * The first attempt of this run of Jenkins.
     *
     * @param number counts from 1
     */
    record First(int number, Duration delay) {}

    First first(Approval approval) {
        return new First(1, Duration.ZERO);
    }

    /** Returns the event that makes a call unnecessary; empty if it is to be made. */
    Optional<Event> insteadOf(Order order) {
        return Optional.empty();
    }

    /** Takes note that an attempt waits for its permit. */
    void waits(Order order, int number) {}

    /**
     * Takes note that an attempt begins.
     *
     * @throws IOException if that could not be written; it is tried again then
     */
    void begins(Order order) throws IOException {}

    /** Takes note that an attempt is being sent. */
    void sending(Order order, int number, Requests.Ready ready) {}

    /** Takes a line about a call for the build's log. */
    void note(String id, String line) {
        approvals.note(id, line);
    }

    /** Returns the delay before the next attempt; empty if a result is the last. */
    Optional<Duration> again(Order order, int number, CallResult result) {
        return policy.delay(number, order.webhook().retry(), result);
    }

    /** Takes note of a result that is not the last. */
    void repeated(Order order, Attempt attempt, CallResult result) {}

    /** Returns the event of the last result. */
    abstract Event over(Order order, Attempt attempt, CallResult result);

    /** Forgets an approval that has no call left to make. */
    void closed(String id) {}

    /** Counts a call that failed for good, and says so in the logs. */
    final void failed(Order order, String line) {
        failed.incrementAndGet();
        approvals.note(order.approval().id(), "WARNING: " + line);
        LOGGER.log(Level.WARNING, "{0}: {1}", new Object[] {order.approval().build(), line});
    }

    /** Returns the number of calls that failed for good since Jenkins started. */
    final long failed() {
        return failed.get();
    }

    /** Returns the end of a failure's reason: how many attempts were made, if there was more than one. */
    static String afterAttempts(int number) {
        return number == 1 ? "" : " (after " + number + " attempts)";
    }
}
