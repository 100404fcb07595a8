package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.DurationText;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.webhook.Judgement;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The questions for the statuses of external processes. An approval is asked about from the webhook's answer until
 * there is a verdict of the external process, through whichever channel. An answer that decides nothing, and a question
 * that fails, change nothing: the next question makes up for it, until the deadline.
 */
final class StatusPolls extends CallKind {

    private static final Logger LOGGER = Logger.getLogger(StatusPolls.class.getName());

    /** The part of the interval by which a question is late at most, at random: what began together spreads out. */
    private static final double SPREAD = 0.1;

    private final Instant started;
    /** The last failure that was logged of each approval whose last question failed. */
    private final Map<String, String> failures = new ConcurrentHashMap<>();

    StatusPolls(Approvals approvals, Clock clock) {
        super(approvals);
        started = clock.instant();
    }

    @Override
    List<Order> due(Approval approval) {
        return approval.state() == Approval.State.WAITING && approval.callback() == null
                ? Order.of(approval, StatusPolls::question)
                : List.of();
    }

    @Override
    List<Order> later(Approval approval) {
        return Order.sample(approval, StatusPolls::question);
    }

    /** None: it is asked again soon. */
    @Override
    Duration patience() {
        return Duration.ZERO;
    }

    @CheckForNull
    private static Webhook question(OutgoingCalls calls) {
        StatusCheck status = calls.status();
        return status == null ? null : status.webhook();
    }

    @Override
    String place(Order order) {
        return "status";
    }

    /**
     * Each question is a message of its own: a receiver that refuses replays, or repeats its answer to a known key,
     * would never say anything new.
     */
    @Override
    String key(Order order) {
        return order.id() + "-status-" + UUID.randomUUID();
    }

    /**
     * An interval after the webhook's answer; at once after a restart, since the process may have decided meanwhile.
     */
    @Override
    Duration delay(Order order) {
        Attempt sent = order.approval().lastAttempt();
        boolean isRestored = sent == null || sent.at().isBefore(started);
        return isRestored ? Duration.ZERO : every(order);
    }

    private static Duration every(Order order) {
        return Objects.requireNonNull(order.calls().status(), "an approval that is asked about")
                .every();
    }

    /** Nothing: it would be said again and again. */
    @Override
    void note(Order order, String line) {}

    @Override
    Optional<Duration> again(Order order, int number, CallResult result, double chance) {
        Judgement judgement = result.judged();
        if (judgement != null && judgement.isDecided()) {
            return Optional.empty();
        }
        Duration every = every(order);
        return Optional.of(result.atLeast(every.plusMillis((long) (every.toMillis() * SPREAD * chance))));
    }

    @Override
    void repeated(Order order, Attempt attempt, CallResult result) {
        Judgement judgement = result.judged();
        try {
            if (judgement == null) {
                unread(order, String.valueOf(result.failure()));
            } else if (judgement.verdict() == Judgement.Verdict.NEITHER) {
                if (failures.remove(order.id()) != null) {
                    approvals().note(order.approval(), "The status can be read again.");
                }
                approvals().report(order.id(), null, judgement.finding());
            } else {
                unread(order, attempt.host() + ": " + judgement.finding());
            }
            if (!order.found().entrySet().containsAll(result.found().entrySet())) { // where to ask from now on
                approvals().apply(order.id(), new Event.Moved(result.found()));
            }
        } catch (IOException x) {
            LOGGER.log(
                    Level.WARNING,
                    "Cannot write what the status of " + order.id() + " said; the next answer says it again",
                    x);
        }
    }

    /** Logs that a question failed, unless the last one failed in the same way. */
    private void unread(Order order, String failure) {
        String id = order.id();
        approvals().statusUnread(id, failure);
        if (!failure.equals(failures.put(id, failure))) {
            approvals()
                    .note(
                            order.approval(),
                            "WARNING: The status cannot be read: " + failure.replaceFirst("\\.$", "")
                                    + ". Jenkins asks again every " + DurationText.of(every(order)) + ".");
        }
    }

    @Override
    Event over(Order order, Attempt attempt, CallResult result) {
        Judgement judgement = Objects.requireNonNull(result.judged(), "it decides");
        boolean success = judgement.verdict() == Judgement.Verdict.SUCCESS;
        return new Event.StatusVerdict(success, judgement.finding(), result.data(), "status of " + attempt.host());
    }

    @Override
    void closed(String id) {
        failures.remove(id);
    }
}
