package io.jenkins.plugins.armory.delivery;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Deadlines;
import io.jenkins.plugins.armory.approval.DurationText;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.SteadyClock;
import io.jenkins.plugins.armory.webhook.Judgement;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The questions for the statuses of external processes. An approval is asked about from the webhook's answer until there
 * is a verdict of the external process, through whichever channel. What to ask is in the record; when it was asked last
 * is in memory alone, since each start of Jenkins asks at once.
 *
 * <p>One timer is set for the next question of all. An answer that decides nothing, and a question that fails, change
 * nothing: the next question makes up for it, until the deadline.
 */
final class StatusPolls {

    private static final Logger LOGGER = Logger.getLogger(StatusPolls.class.getName());
    /**
     * The middle of the {@code Idempotency-Key} and {@code webhook-id} of a question: the id of the approval, this, and
     * a random end. Each question has a key of its own, because a receiver may refuse a known key, or repeat its old
     * answer.
     */
    private static final String STATUS_KEY = "-status-";
    /** The number of questions in flight at once. */
    private static final int AT_ONCE = 64;
    /** The part of the interval by which a question is late at most, at random: what began together spreads out. */
    private static final double SPREAD = 0.1;

    private final Outbox outbox;
    private final Approvals approvals;
    private final Clock steady;
    private final Deadlines due;
    private final CallQueue queue;
    private final Map<String, Poll> polls = new ConcurrentHashMap<>();
    private volatile boolean open;

    /** What is known in memory of the questions for one approval. */
    private static final class Poll {
        /** The last failure that was logged, {@code null} if the last question was answered. */
        @CheckForNull
        private volatile String failure;
    }

    StatusPolls(Outbox outbox) {
        this(outbox, new SteadyClock());
    }

    /** @param steady a clock for durations */
    StatusPolls(Outbox outbox, Clock steady) {
        this.outbox = outbox;
        this.steady = steady;
        approvals = outbox.approvals();
        due = new Deadlines(outbox.timer(), steady, id -> outbox.executor().execute(() -> ask(id)));
        queue = new CallQueue(outbox, AT_ONCE);
    }

    /** Asks about all approvals of the last run of Jenkins at once, and from then on about new ones. */
    void open() {
        open = true;
        approvals.pending().forEach(approval -> watch(approval, Duration.ZERO));
    }

    void close() {
        open = false;
        due.close();
    }

    /** Takes note of a change of an approval, which may have to be asked about from now on, or not any more. */
    void changed(String id) {
        Optional<Approval> approval = approvals.findInMemory(id);
        if (approval.filter(StatusPolls::isAsked).isPresent()) {
            watch(approval.get(), statusOf(approval.get()).every());
        } else {
            forget(id);
        }
    }

    private void watch(Approval approval, Duration delay) {
        if (open && isAsked(approval) && polls.putIfAbsent(approval.id(), new Poll()) == null) {
            next(approval.id(), delay);
        }
    }

    private void forget(String id) {
        if (polls.remove(id) != null) {
            due.remove(id);
        }
    }

    private static boolean isAsked(Approval approval) {
        OutgoingCalls calls = approval.calls();
        return approval.state() == Approval.State.WAITING
                && approval.callback() == null
                && calls != null
                && calls.status() != null;
    }

    private static StatusCheck statusOf(Approval approval) {
        return Objects.requireNonNull(Outbox.requireCalls(approval).status(), "an approval that is asked about");
    }

    /** Schedules the next question, unless nothing is to be asked any more. */
    private void next(String id, Duration delay) {
        if (open && polls.containsKey(id)) {
            due.set(id, steady.instant().plus(delay));
        }
    }

    private Duration delay(Approval approval, Duration atLeast) {
        Duration every = statusOf(approval).every();
        Duration delay = every.plusMillis(
                (long) (every.toMillis() * SPREAD * ThreadLocalRandom.current().nextDouble()));
        return delay.compareTo(atLeast) < 0 ? atLeast : delay;
    }

    private void ask(String id) {
        Approval approval = asked(id);
        Poll poll = polls.get(id);
        if (approval == null || poll == null) {
            forget(id);
            return;
        }
        Optional<String> reason = outbox.reasonToWait(approval);
        if (reason.isPresent()) {
            failed(approval, poll, reason.get());
            next(id, delay(approval, Duration.ZERO));
            return;
        }
        queue.make(order(approval), new Question(id, poll));
    }

    private static Requests.Order order(Approval approval) {
        return new Requests.Order(approval, statusOf(approval).webhook());
    }

    /** Returns an approval if there is still something to ask. */
    @CheckForNull
    private Approval asked(String id) {
        return open ? approvals.findInMemory(id).filter(StatusPolls::isAsked).orElse(null) : null;
    }

    /** A question for a status. */
    private final class Question implements CallQueue.Call {

        private final String id;
        private final Poll poll;
        private final String key;
        private Approval approval;

        Question(String id, Poll poll) {
            this.id = id;
            this.poll = poll;
            key = id + STATUS_KEY + UUID.randomUUID();
        }

        @Override
        public Optional<Requests.Order> begin() {
            approval = asked(id);
            if (approval == null) { // decided while the question waited for its turn
                forget(id);
            }
            return Optional.ofNullable(approval).map(StatusPolls::order);
        }

        @Override
        public String key() {
            return key;
        }

        @Override
        public boolean isWanted() {
            return asked(id) != null;
        }

        @Override
        public void dropped() {
            forget(id);
        }

        @Override
        public void ended(String host, CallResult result) {
            answered(approval, poll, host, result);
        }
    }

    private void answered(Approval approval, Poll poll, String host, CallResult result) {
        try {
            judge(approval, poll, host, result);
        } finally {
            next(approval.id(), delay(approval, result.retryAfter().orElse(Duration.ZERO)));
        }
    }

    private void judge(Approval approval, Poll poll, String host, CallResult result) {
        String id = approval.id();
        if (!result.isAccepted() || result.judgement().isEmpty()) {
            failed(approval, poll, String.valueOf(result.failure()));
            return;
        }
        Judgement judgement = result.judgement().get();
        try {
            if (judgement.isDecided()) {
                boolean success = judgement.verdict() == Judgement.Verdict.SUCCESS;
                approvals.apply(id, new Event.StatusVerdict(success, judgement.finding(), "status of " + host));
            } else if (judgement.verdict() == Judgement.Verdict.NEITHER) {
                succeeded(id, poll);
                approvals.report(id, null, judgement.finding());
            } else {
                failed(approval, poll, host + ": " + judgement.finding());
            }
        } catch (IOException x) { // the next question decides
            LOGGER.log(Level.WARNING, "Cannot write what the status of " + id + " said; asking again", x);
        }
    }

    private void succeeded(String id, Poll poll) {
        if (poll.failure != null) {
            poll.failure = null;
            approvals.note(id, "The status can be read again.");
        }
    }

    /** Logs that a question failed, unless the last one failed in the same way. */
    private void failed(Approval approval, Poll poll, String failure) {
        if (!failure.equals(poll.failure)) {
            poll.failure = failure;
            approvals.note(
                    approval.id(),
                    "WARNING: The status cannot be read: " + failure.replaceFirst("\\.$", "")
                            + ". Jenkins asks again every "
                            + DurationText.of(statusOf(approval).every()) + ".");
        }
    }
}
