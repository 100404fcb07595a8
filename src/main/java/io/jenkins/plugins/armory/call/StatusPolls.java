package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.DurationText;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
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
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The questions for the statuses of external processes. An approval is asked about from the webhook's answer until there
 * is a verdict of the external process, through whichever channel. An answer that decides nothing, and a question that fails, change
 * nothing: the next question makes up for it, until the deadline.
 */
final class StatusPolls extends CallKind {

    private static final Logger LOGGER = Logger.getLogger(StatusPolls.class.getName());

    /** The part of the interval by which a question is late at most, at random: what began together spreads out. */
    private static final double SPREAD = 0.1;

    private final Instant started;
    /** The last failure that was logged of each approval whose last question failed. */
    private final Map<String, String> failures = new ConcurrentHashMap<>();

    StatusPolls(Approvals approvals, DoubleSupplier chance, Clock clock) {
        super(approvals, chance);
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
     * Each question is a message of its own: a receiver that refuses replays, or repeats its answer to a known key, would never say
     * anything new.
     */
    @Override
    String key(Order order) {
        return order.approval().id() + "-status-" + UUID.randomUUID();
    }

    /** An interval after the webhook's answer; at once after a restart, since the process may have decided meanwhile. */
    @Override
    Duration delay(Approval approval) {
        Attempt sent = approval.lastAttempt();
        boolean isRestored = sent == null || sent.at().isBefore(started);
        return isRestored ? Duration.ZERO : every(approval);
    }

    private static Duration every(Approval approval) {
        StatusCheck check = Objects.requireNonNull(approval.calls(), "an approval that is asked about")
                .status();
        return Objects.requireNonNull(check, "an approval that is asked about").every();
    }

    /** Nothing: it would be said again and again. */
    @Override
    void note(String id, String line) {}

    @Override
    Optional<Duration> again(Order order, int number, CallResult result) {
        if (result.judgement().filter(Judgement::isDecided).isPresent()) {
            return Optional.empty();
        }
        Duration every = every(order.approval());
        Duration delay = every.plusMillis(
                (long) (every.toMillis() * SPREAD * ThreadLocalRandom.current().nextDouble()));
        return Optional.of(result.atLeast(delay));
    }

    @Override
    void repeated(Order order, Attempt attempt, CallResult result) {
        String id = order.approval().id();
        moved(order.approval(), result.found());
        Judgement judgement = result.judgement().orElse(null);
        if (judgement == null) {
            unread(order, String.valueOf(result.failure()));
        } else if (judgement.verdict() == Judgement.Verdict.NEITHER) {
            if (failures.remove(id) != null) {
                approvals().note(id, "The status can be read again.");
            }
            report(id, judgement.finding());
        } else {
            unread(order, attempt.host() + ": " + judgement.finding());
        }
    }

    /** Writes where to ask from now on. Unless that is on disk, the next answer says it again. */
    private void moved(Approval approval, Map<String, String> found) {
        Attempt sent = approval.lastAttempt();
        if (sent != null && !sent.found().entrySet().containsAll(found.entrySet())) {
            try {
                approvals().apply(approval.id(), new Event.Moved(found));
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot write where the status of " + approval.id() + " is now", x);
            }
        }
    }

    private void report(String id, String finding) {
        try {
            approvals().report(id, null, finding);
        } catch (IOException x) { // of the timeout, which is checked again
            LOGGER.log(Level.WARNING, "Cannot write what the status of " + id + " said; asking again", x);
        }
    }

    /** Logs that a question failed, unless the last one failed in the same way. */
    private void unread(Order order, String failure) {
        String id = order.approval().id();
        approvals().unheard(id, failure);
        if (!failure.equals(failures.put(id, failure))) {
            approvals()
                    .note(
                            id,
                            "WARNING: The status cannot be read: " + failure.replaceFirst("\\.$", "")
                                    + ". Jenkins asks again every " + DurationText.of(every(order.approval())) + ".");
        }
    }

    @Override
    Event over(Order order, Attempt attempt, CallResult result) {
        Judgement judgement = result.judgement().orElseThrow();
        boolean success = judgement.verdict() == Judgement.Verdict.SUCCESS;
        return new Event.StatusVerdict(success, judgement.finding(), "status of " + attempt.host());
    }

    @Override
    void closed(String id) {
        failures.remove(id);
    }
}
