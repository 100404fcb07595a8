package io.jenkins.plugins.armory.delivery;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.Judgement;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The calls of the approvals' own webhooks. A webhook is called while its approval is in state SENDING and its step
 * follows it.
 */
final class WebhookCalls {

    private static final Logger LOGGER = Logger.getLogger(WebhookCalls.class.getName());

    /** The number of calls in flight at once. */
    private static final int AT_ONCE = 256;

    private final Outbox outbox;
    private final Approvals approvals;
    private final CallQueue queue;
    /** The approvals whose calls wait for their turn. */
    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    /** The approvals whose webhooks are being called. */
    private final Map<String, Sending> sendings = new ConcurrentHashMap<>();
    /**
     * The approvals whose webhooks the last run of Jenkins may have been calling when it ended: those in state SENDING whose steps have
     * not resumed yet, and those that were decided meanwhile and may have to be cancelled.
     */
    private final Set<String> cutOff = ConcurrentHashMap.newKeySet();

    WebhookCalls(Outbox outbox) {
        this.outbox = outbox;
        approvals = outbox.approvals();
        queue = new CallQueue(outbox, AT_ONCE);
        for (Approval approval : approvals.pending()) {
            if (approval.state() == Approval.State.SENDING) {
                cutOff.add(approval.id());
            }
        }
        approvals.outstanding().forEach(approval -> cutOff.add(approval.id()));
    }

    /** See {@link Delivery#waitsForTurn}. */
    boolean waitsForTurn(String id) {
        return waiting.contains(id);
    }

    /** See {@link Delivery#deliver}. */
    void deliver(String id) throws IOException {
        boolean restored = cutOff.contains(id);
        Approval approval = approvals.find(id).orElse(null);
        if (approval == null || approval.state() != Approval.State.SENDING || approval.calls() == null) {
            return;
        }
        Optional<String> reason = outbox.reasonToWait(approval);
        if (reason.isPresent()) {
            String line =
                    "The webhook of approval " + id + " of " + approval.build() + " is not called: " + reason.get();
            LOGGER.warning(line);
            approvals.note(id, "WARNING: " + line);
            return;
        }
        var sending = new Sending(mayHaveBeenTaken(approval, restored));
        sendings.put(id, sending);
        cutOff.remove(id);
        if (restored) {
            goOn(approval, sending);
        } else {
            attempt(id, sending, 1);
        }
    }

    /**
     * Stops calling the webhook of an approval that is decided.
     *
     * @param then takes whether the webhook may have taken a call, once no attempt is in flight
     */
    void stop(Approval approval, Consumer<Boolean> then) {
        String id = approval.id();
        boolean mayBeCutOff = cutOff.remove(id);
        waiting.remove(id);
        Sending sending = sendings.get(id);
        if (sending == null) {
            then.accept(mayHaveBeenTaken(approval, mayBeCutOff));
            return;
        }
        sending.stop();
        sending.whenQuiet(taken -> {
            sendings.remove(id, sending);
            then.accept(taken);
        });
    }

    /** Goes on after a restart: at once if an attempt may have been cut off, else when the next one is due. */
    private void goOn(Approval approval, Sending sending) {
        Attempt last = approval.lastAttempt();
        Instant due = approval.nextAttemptAt();
        boolean waits = due != null && due.isAfter(Instant.now());
        approvals.note(
                approval.id(),
                "Jenkins went down while webhook '" + approval.webhook() + "' was being called; calling it again"
                        + (waits ? " at " + due : "") + ", with the same Idempotency-Key.");
        int number = last == null ? 1 : last.number() + 1;
        Duration delay = last == null || due == null ? Duration.ZERO : untilDue(last.at(), due);
        schedule(approval.id(), sending, number, delay);
    }

    /** Returns the time until an attempt is due, and no more than the whole delay: the clock may have been set back. */
    private static Duration untilDue(Instant begun, Instant due) {
        Duration left = Duration.between(Instant.now(), due);
        Duration whole = Duration.between(begun, due);
        return left.compareTo(whole) < 0 ? left : whole;
    }

    private void schedule(String id, Sending sending, int number, Duration delay) {
        sending.next(outbox.timer(), delay, () -> outbox.executor().execute(() -> attempt(id, sending, number)));
    }

    private void attempt(String id, Sending sending, int number) {
        Approval approval = sendingOne(id);
        if (approval == null) {
            sendings.remove(id, sending);
            return;
        }
        waiting.add(id);
        if (!queue.make(order(approval), new Calling(id, sending, number)) && waiting.contains(id)) {
            approvals.note(
                    id,
                    "The call of webhook '" + approval.webhook()
                            + "' waits for its turn: this job, its folder or the host"
                            + " has as many calls in flight as it may have at once. The time limit runs meanwhile.");
        }
    }

    /** Returns an approval if its webhook is still to be called. */
    @CheckForNull
    private Approval sendingOne(String id) {
        return approvals
                .findInMemory(id)
                .filter(approval -> approval.state() == Approval.State.SENDING)
                .orElse(null);
    }

    private static Requests.Order order(Approval approval) {
        return new Requests.Order(
                approval,
                Objects.requireNonNull(
                        Outbox.requireCalls(approval).webhook(), "an approval in SENDING has a webhook"));
    }

    /** An attempt to call a webhook. */
    private final class Calling implements CallQueue.Call {

        private final String id;
        private final Sending sending;
        private final int number;
        private Requests.Order order;
        private RunningAttempt attempt;

        Calling(String id, Sending sending, int number) {
            this.id = id;
            this.sending = sending;
            this.number = number;
        }

        @Override
        public Optional<Requests.Order> begin() {
            waiting.remove(id);
            Approval approval = sendingOne(id);
            if (approval == null || !sending.begin()) {
                sendings.remove(id, sending);
                return Optional.empty();
            }
            order = order(approval);
            attempt = RunningAttempt.begin(number);
            return Optional.of(order);
        }

        @Override
        public String key() {
            return id;
        }

        @Override
        public boolean isWanted() {
            return sendingOne(id) != null;
        }

        @Override
        public void sending(Sender sender, String destination) {
            if (number == 1) {
                note("Calling webhook '" + order.approval().webhook() + "'" + sender.description() + ": "
                        + destination);
            }
        }

        @Override
        public void note(String line) {
            approvals.note(id, line);
        }

        @Override
        public void dropped() {
            WebhookCalls.this.ended(id, sending, false);
        }

        @Override
        public void ended(String host, CallResult result) {
            try {
                answered(order, attempt, host, result, sending);
            } catch (IOException | RuntimeException x) {
                LOGGER.log(Level.WARNING, "Cannot write the result of calling the webhook of " + id, x);
            } finally {
                WebhookCalls.this.ended(id, sending, result.mayHaveBeenTaken());
            }
        }
    }

    private void answered(Requests.Order order, RunningAttempt running, String host, CallResult result, Sending sending)
            throws IOException {
        Approval approval = order.approval();
        Webhook webhook = order.webhook();
        String id = approval.id();
        int number = running.number();
        Optional<Duration> delay = outbox.policy().delay(number, webhook.retry(), result);
        Instant nextAt = delay.map(
                        wait -> Instant.now().truncatedTo(ChronoUnit.MILLIS).plus(wait))
                .orElse(null);
        boolean inTime = nextAt != null && nextAt.isBefore(approval.deadline());
        Attempt attempt = running.ended(host, result, inTime ? nextAt : null);
        AnswerRule rule = webhook.answer();
        if (rule != null && delay.isEmpty() && isAnswer(result)) {
            write(id, decided(rule, result, attempt));
            return;
        }
        if (result.isAccepted()) {
            accepted(id, attempt);
            return;
        }
        note(id, attempt, webhook.retry().count());
        if (inTime) {
            noteFailure(id, attempt);
            schedule(id, sending, number + 1, Duration.between(Instant.now(), nextAt));
        } else {
            String reason = result.failure()
                    + (nextAt == null ? "" : "; the next attempt would be later than the deadline")
                    + Outbox.afterAttempts(number);
            write(id, new Event.NotSent(reason, attempt));
        }
    }

    /** Applies an event that the approval waits for. */
    private void write(String id, Event event) {
        outbox.write(id, event, "what the webhook of " + id + " answered", () -> {});
    }

    /** Returns whether a call has an answer that decides: any but one after which calls are repeated. */
    private static boolean isAnswer(CallResult result) {
        return result.isAccepted() || result.status() != 0 && !result.mayBeRepeated();
    }

    /** Returns what an answer decides. What the rule does not know as success is a failure. */
    private static Event.Answered decided(AnswerRule rule, CallResult result, Attempt attempt) {
        String by = "answer of " + attempt.host();
        if (!result.isAccepted()) {
            return new Event.Answered(attempt, false, result.failure() + ". Success is " + rule.statuses() + ".", by);
        }
        Judgement judgement = result.judgement().orElseThrow();
        boolean success = judgement.verdict() == Judgement.Verdict.SUCCESS;
        return new Event.Answered(attempt, success, success ? judgement.finding() : rule.reason(judgement), by);
    }

    private void accepted(String id, Attempt attempt) {
        write(id, new Event.Sent(attempt));
    }

    private void noteFailure(String id, Attempt attempt) {
        try {
            approvals.apply(id, new Event.Failed(attempt));
        } catch (IOException x) {
            // The only effect: after a restart, the attempt is made again.
            LOGGER.log(Level.WARNING, "Cannot write that an attempt of " + id + " failed", x);
        }
    }

    /** Adds an attempt that failed to the build's log. */
    private void note(String id, Attempt attempt, int retryCount) {
        if (attempt.nextAt() == null
                && attempt.number() == 1
                && attempt.answer().isEmpty()) {
            return; // the step's own error says it all
        }
        approvals.note(
                id,
                "Attempt " + attempt.number() + " of " + (retryCount + 1) + " failed after "
                        + attempt.duration().toMillis() + " ms: " + attempt.failure()
                        + (attempt.nextAt() == null ? "." : ". The next is due at " + attempt.nextAt() + "."));
        if (!attempt.answer().isEmpty()) {
            approvals.note(id, "The answer began: " + attempt.answer());
        }
    }

    private void ended(String id, Sending sending, boolean taken) {
        boolean waits = approvals
                .findInMemory(id)
                .filter(each -> each.state() == Approval.State.WAITING)
                .isPresent();
        if (waits) { // else the next attempt or the end of the approval needs it
            sendings.remove(id, sending);
        }
        sending.end(taken);
    }

    /**
     * Returns whether the external process may have begun, by the recorded attempts: a call was taken, its answer was lost, or the first
     * or next attempt was cut off.
     */
    private static boolean mayHaveBeenTaken(Approval approval, boolean mayBeCutOff) {
        Instant due = approval.nextAttemptAt();
        boolean isBegun = due == null ? approval.attempts().isEmpty() : !due.isAfter(Instant.now());
        boolean isCutOff = mayBeCutOff && isBegun;
        return isCutOff || approval.attempts().stream().anyMatch(each -> each.failure() == null || each.status() == 0);
    }
}
