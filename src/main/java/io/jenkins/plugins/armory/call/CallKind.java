package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.Notifications.Notice;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.webhook.RetryRules;
import io.jenkins.plugins.armory.webhook.UndeliverableException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A kind of outgoing call: when an approval has one due, what its request says, what its results mean, and when the
 * next attempt is. {@link CallLoop} makes the calls, and lists the kinds.
 */
abstract class CallKind {

    private static final Logger LOGGER = Logger.getLogger(CallKind.class.getName());

    private final Approvals approvals;
    private final AtomicLong failed = new AtomicLong();

    CallKind(Approvals approvals) {
        this.approvals = approvals;
    }

    /**
     * A call to be made.
     *
     * @param webhook one of the approval's calls
     * @param notice the notice that it sends, {@code null} for another call
     * @param found the values that the approval's webhook has answered for this call
     */
    record Order(
            Approval approval,
            Webhook webhook,
            @CheckForNull Notice notice,
            Map<String, String> found) {

        /** Returns one of an approval's calls, if the approval has it. */
        static List<Order> of(Approval approval, Function<OutgoingCalls, Webhook> which) {
            Attempt last = approval.lastAttempt();
            Map<String, String> found = last == null ? Map.of() : last.found();
            return Stream.ofNullable(approval.calls())
                    .map(which)
                    .filter(Objects::nonNull)
                    .map(webhook -> new Order(approval, webhook, null, found))
                    .toList();
        }

        /**
         * Returns such a call with sample values, for trying its templates before the approval's webhook has answered.
         */
        static List<Order> sample(Approval approval, Function<OutgoingCalls, Webhook> which) {
            return of(approval, which).stream()
                    .map(order -> new Order(
                            approval,
                            order.webhook,
                            null,
                            order.webhook.ofAnswer().stream()
                                    .collect(Collectors.toMap(Function.identity(), Variables::sampleOf))))
                    .toList();
        }

        String id() {
            return approval.id();
        }

        OutgoingCalls calls() {
            return Objects.requireNonNull(approval.calls(), "an approval with a call to make has calls");
        }
    }

    Approvals approvals() {
        return approvals;
    }

    /** Returns the calls that an approval has due. A call is wanted for as long as it is one of them. */
    abstract List<Order> due(Approval approval);

    /** Returns the calls that an approval which is about to be written may have due later. */
    abstract List<Order> later(Approval approval);

    /** Returns the values of a call's templates: by default those of the external process. */
    Variables values(Order order, Run<?, ?> run, ApprovalRequests requests) throws UndeliverableException {
        return requests.ofProcess(order, run);
    }

    /** Returns the variables that further calls take from the answer. */
    Set<String> wanted(Order order) {
        return Set.of();
    }

    /** Returns the longest time that an attempt waits for an agent that is offline. */
    Duration patience() {
        return AgentSender.PATIENCE;
    }

    /** Returns the place of a call. Calls of an approval that have the same place are made one after another. */
    abstract String place(Order order);

    /** Returns the {@code Idempotency-Key} and {@code webhook-id} of an attempt. */
    abstract String key(Order order);

    /** Returns the number of the first attempt of this run of Jenkins, from 1. */
    int first(Order order) {
        return 1;
    }

    /** Returns the delay before that attempt. */
    Duration delay(Order order) {
        return Duration.ZERO;
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

    /**
     * Takes note that an attempt is being sent.
     *
     * @param from see {@link Sender#description}
     */
    void sending(Order order, int number, WebhookRequest request, String from) {}

    /** Takes a line about a call for the build's log. */
    void note(Order order, String line) {
        approvals.note(order.approval(), line);
    }

    /**
     * Returns the delay before the next attempt; empty if a result is the last.
     *
     * @param chance a number from 0 up to, but not including, 1
     */
    Optional<Duration> again(Order order, int number, CallResult result, double chance) {
        RetryRules rules = order.webhook().retry();
        return result.mayBeRepeated() && number <= rules.count()
                ? Optional.of(result.atLeast(rules.delayAfter(number, chance)))
                : Optional.empty();
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
        approvals.note(order.approval(), "WARNING: " + line);
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
