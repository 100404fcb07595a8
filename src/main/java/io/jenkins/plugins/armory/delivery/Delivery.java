package io.jenkins.plugins.armory.delivery;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
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
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The one durable loop for the outgoing calls of all approvals. What is to be called is in the approval's record and
 * nowhere else, so after a crash the calls go on from there. A call may be made twice then, with the same
 * {@code Idempotency-Key}; it is never left out.
 *
 * <p>The webhook is called while the approval is in state SENDING and its step follows it. The cancel webhook is called
 * when the approval ended without its external process, unless it is certain that the webhook took no call. It needs no
 * step: its build may be over.
 */
@Restricted(NoExternalUse.class)
public final class Delivery {

    private static final Logger LOGGER = Logger.getLogger(Delivery.class.getName());
    /**
     * The end of the {@code Idempotency-Key} of a cancel webhook, which is another call than the approval's webhook.
     */
    private static final String CANCEL_KEY_SUFFIX = "-cancel";

    private final Approvals approvals;
    private final Requests requests;
    private final RetryPolicy policy;
    private final ScheduledExecutorService timer;
    private final Executor executor;
    /** The approvals whose webhooks are being called. */
    private final Map<String, Sending> sendings = new ConcurrentHashMap<>();
    /** The approvals that had calls to make at the start. */
    private final Set<String> inherited = ConcurrentHashMap.newKeySet();
    /** The inherited approvals in state SENDING whose steps have not resumed yet. */
    private final Set<String> cutOff = ConcurrentHashMap.newKeySet();
    /** The approvals whose cancel webhooks are being called. */
    private final Set<String> cancelling = ConcurrentHashMap.newKeySet();

    private final AtomicLong failedCancels = new AtomicLong();

    /** @param executor does what may take time */
    public Delivery(
            Approvals approvals,
            Requests requests,
            RetryPolicy policy,
            ScheduledExecutorService timer,
            Executor executor) {
        this.approvals = approvals;
        this.requests = requests;
        this.policy = policy;
        this.timer = timer;
        this.executor = executor;
        approvals.outstanding().forEach(approval -> inherited.add(approval.id()));
        for (Approval approval : approvals.pending()) {
            if (approval.calls() != null) {
                inherited.add(approval.id());
            }
            if (approval.state() == Approval.State.SENDING) {
                cutOff.add(approval.id());
            }
        }
        approvals.onDecision(this::decided);
    }

    /** Calls the cancel webhooks that were left by the last run of Jenkins. Called when Jenkins has loaded its jobs. */
    public void open() {
        approvals.outstanding().forEach(this::decided);
    }

    /** Returns the number of cancel webhooks that could not be called since Jenkins started. */
    public long failedCancels() {
        return failedCancels.get();
    }

    /**
     * Calls the webhook of an approval that is observed, until it takes the call or there is no further attempt. After
     * a restart, goes on from the recorded attempts.
     *
     * @throws IOException if the approval cannot be read
     */
    public void deliver(String id) throws IOException {
        boolean restored = cutOff.contains(id);
        Approval approval = approvals.find(id).orElse(null);
        if (approval == null || approval.state() != Approval.State.SENDING || approval.calls() == null) {
            cutOff.remove(id);
            return;
        }
        if (restored) {
            Optional<String> reason = requests.reasonToWait(approval);
            if (reason.isPresent()) {
                String line =
                        "The webhook of approval " + id + " of " + approval.build() + " is not called: " + reason.get();
                LOGGER.warning(line);
                approvals.note(id, "WARNING: " + line);
                return;
            }
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
        sending.next(timer, delay, () -> executor.execute(() -> attempt(id, sending, number)));
    }

    private void attempt(String id, Sending sending, int number) {
        try {
            Approval approval = approvals.find(id).orElse(null);
            if (approval == null || approval.state() != Approval.State.SENDING || !sending.begin()) {
                sendings.remove(id, sending);
                return;
            }
            send(approval, sending, number);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot read " + id + ", so its webhook is not called", x);
            sendings.remove(id, sending);
        }
    }

    private void send(Approval approval, Sending sending, int number) throws IOException {
        String id = approval.id();
        RunningAttempt attempt = RunningAttempt.begin(number);
        Requests.Ready ready;
        Webhook webhook =
                Objects.requireNonNull(requireCalls(approval).webhook(), "an approval in SENDING has a webhook");
        try {
            ready = requests.ready(approval, webhook, line -> approvals.note(approval.id(), line));
        } catch (UndeliverableException x) {
            approvals.apply(id, new Event.NotSent(x.getMessage(), attempt.notMade(x.getMessage())));
            ended(id, sending, false);
            return;
        }
        if (number == 1) {
            approvals.note(
                    id,
                    "Calling webhook '" + approval.webhook() + "'"
                            + ready.sender().description() + ": "
                            + ready.request().destination());
        }
        ready.sender()
                .send(
                        ready.request(),
                        id,
                        () -> isWanted(id, sending),
                        result -> executor.execute(() -> {
                            try {
                                answered(
                                        approval,
                                        webhook,
                                        attempt,
                                        ready.request().host(),
                                        result,
                                        sending);
                            } catch (IOException | RuntimeException x) {
                                LOGGER.log(Level.WARNING, "Cannot write the result of calling the webhook of " + id, x);
                            } finally {
                                ended(id, sending, result.mayHaveBeenTaken());
                            }
                        }));
    }

    private static OutgoingCalls requireCalls(Approval approval) {
        return Objects.requireNonNull(approval.calls(), "an approval with a call to make has calls");
    }

    /** Returns whether a call that had to wait is still to be made: not if the approval was decided meanwhile. */
    private boolean isWanted(String id, Sending sending) {
        boolean wanted = approvals
                .findInMemory(id)
                .filter(approval -> approval.state() == Approval.State.SENDING)
                .isPresent();
        if (!wanted) {
            ended(id, sending, false);
        }
        return wanted;
    }

    private void answered(
            Approval approval, Webhook webhook, RunningAttempt running, String host, CallResult result, Sending sending)
            throws IOException {
        String id = approval.id();
        int number = running.number();
        Optional<Duration> delay = policy.delay(number, webhook.retry(), result);
        Instant nextAt = delay.map(
                        wait -> Instant.now().truncatedTo(ChronoUnit.MILLIS).plus(wait))
                .orElse(null);
        boolean inTime = nextAt != null && nextAt.isBefore(approval.deadline());
        Attempt attempt = running.ended(host, result, inTime ? nextAt : null);
        if (result.isAccepted()) {
            accepted(approval, attempt);
            return;
        }
        note(id, attempt, webhook.retry().count());
        if (inTime) {
            noteFailure(id, attempt);
            schedule(id, sending, number + 1, Duration.between(Instant.now(), nextAt));
        } else {
            String reason = result.failure()
                    + (nextAt == null ? "" : "; its Retry-After is later than the deadline")
                    + (number == 1 ? "" : " (after " + number + " attempts)");
            approvals.apply(id, new Event.NotSent(reason, attempt));
        }
    }

    private void accepted(Approval approval, Attempt attempt) throws IOException {
        try {
            approvals.apply(approval.id(), new Event.Sent(attempt));
        } catch (IOException x) {
            if (!approval.awaitsCallback()) {
                throw x; // no callback follows that would decide
            }
            // The only effect: after a restart, the call is made again.
            approvals.tellSent(approval, attempt);
            LOGGER.log(Level.WARNING, "Cannot write that the webhook of " + approval.id() + " was called", x);
        }
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
     * Returns whether the external process may have begun, by the recorded attempts: a call was taken, or its answer
     * was lost.
     */
    private static boolean mayHaveBeenTaken(Approval approval, boolean mayBeCutOff) {
        Instant due = approval.nextAttemptAt();
        boolean isCutOff = mayBeCutOff && (due == null || !due.isAfter(Instant.now()));
        return isCutOff || approval.attempts().stream().anyMatch(each -> each.failure() == null || each.status() == 0);
    }

    /**
     * Stops calling the webhook of an approval that is decided, and starts the call of its cancel webhook, if there is
     * one.
     */
    private void decided(Approval approval) {
        String id = approval.id();
        boolean mayBeCutOff = cutOff.remove(id);
        Sending sending = sendings.get(id);
        boolean cancels = !approval.isClosed() && cancelling.add(id);
        if (sending == null) {
            if (cancels) {
                executor.execute(() -> cancel(approval, mayHaveBeenTaken(approval, mayBeCutOff)));
            }
            return;
        }
        sending.stop();
        sending.whenQuiet(taken -> {
            sendings.remove(id, sending);
            if (cancels) {
                executor.execute(() -> cancel(approval, taken));
            }
        });
    }

    private void cancel(Approval approval, boolean taken) {
        String id = approval.id();
        Optional<String> reason = inherited.contains(id) ? requests.reasonToWait(approval) : Optional.empty();
        if (!taken) {
            close(id, new Event.CancelNotNeeded());
        } else if (reason.isPresent()) {
            LOGGER.log(Level.WARNING, "The cancel webhook of approval {0} of {1} is not called now: {2}", new Object[] {
                id, approval.build(), reason.get()
            });
        } else {
            callCancel(approval, 1);
        }
    }

    private void callCancel(Approval approval, int number) {
        Webhook webhook = Objects.requireNonNull(requireCalls(approval).cancel(), "only a cancel webhook is left");
        RunningAttempt attempt = RunningAttempt.begin(number);
        Requests.Ready ready;
        try {
            ready = requests.ready(approval, webhook, line -> approvals.note(approval.id(), line));
        } catch (UndeliverableException x) {
            cancelCalled(approval, attempt.notMade(x.getMessage()));
            return;
        }
        ready.sender()
                .send(
                        ready.request(),
                        approval.id() + CANCEL_KEY_SUFFIX,
                        () -> true,
                        result -> executor.execute(() -> cancelAnswered(
                                approval, webhook, attempt, ready.request().host(), result)));
    }

    private void cancelAnswered(
            Approval approval, Webhook webhook, RunningAttempt attempt, String host, CallResult result) {
        Optional<Duration> delay = policy.delay(attempt.number(), webhook.retry(), result);
        if (delay.isEmpty()) {
            cancelCalled(approval, attempt.ended(host, result, null));
            return;
        }
        try {
            timer.schedule(
                    () -> executor.execute(() -> callCancel(approval, attempt.number() + 1)),
                    delay.get().toMillis(),
                    TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException x) {
            // Jenkins is going down; the next start calls again.
        }
    }

    private void cancelCalled(Approval approval, Attempt attempt) {
        String name = "The cancel webhook of '" + approval.webhook() + "'";
        if (attempt.failure() == null) {
            approvals.note(approval.id(), name + " answered " + attempt.status() + ".");
        } else {
            failedCancels.incrementAndGet();
            String line = name + " could not be called: " + attempt.failure()
                    + (attempt.number() == 1 ? "" : " (after " + attempt.number() + " attempts)");
            approvals.note(approval.id(), "WARNING: " + line);
            LOGGER.log(Level.WARNING, "{0}: {1}", new Object[] {approval.build(), line});
        }
        close(approval.id(), new Event.CancelCalled(attempt));
    }

    private void close(String id, Event event) {
        try {
            approvals.apply(id, event);
            cancelling.remove(id);
            inherited.remove(id);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot write the result of the cancel webhook of " + id, x);
        }
    }
}
