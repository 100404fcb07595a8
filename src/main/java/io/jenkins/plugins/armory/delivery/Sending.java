package io.jenkins.plugins.armory.delivery;

import io.jenkins.plugins.armory.runtime.Route;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.http.WebhookCaller.Result;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Calls the webhook of one approval until that has worked or will not: attempt by attempt, each noted on the approval, none
 * once the approval is decided. Where Jenkins goes down in between, another instance goes on from what was noted.
 *
 * <p>The request is made anew for each attempt, so that secrets are in memory only while they are needed.
 */
public final class Sending {

    private static final Logger LOGGER = Logger.getLogger(Sending.class.getName());
    private static final RetryPolicy POLICY = new RetryPolicy();

    /** Makes the request, and is told what happens. */
    public interface Owner {
        /** @throws AbortException when there cannot be one; the message is for the build's log */
        WebhookRequest request() throws AbortException;

        /** The first attempt is about to be made. */
        void calling(WebhookRequest request);

        /** Something for the build's log. */
        void log(String line);

        /** The webhook took the call, and its approval waits. */
        void sent(Attempt attempt);

        /** Nothing will come of it. */
        void failed(Exception x);
    }

    private final Approvals approvals;
    private final String approvalId;
    private final int retryCount;
    private final Route route;
    private final Owner owner;
    private final ScheduledExecutorService timer;
    private final Executor executor;

    @CheckForNull
    private Future<?> next;

    private boolean stopped;
    /** Whether an attempt is being made. */
    private boolean calling;

    private boolean mayHaveBeenTaken;

    @CheckForNull
    private Consumer<Boolean> whenQuiet;

    /**
     * @param retryCount number of attempts after the first, for calls that did not get through
     * @param executor for what may take time
     */
    public Sending(
            Approvals approvals,
            String approvalId,
            int retryCount,
            Route route,
            Owner owner,
            ScheduledExecutorService timer,
            Executor executor) {
        this.approvals = approvals;
        this.approvalId = approvalId;
        this.retryCount = retryCount;
        this.route = route;
        this.owner = owner;
        this.timer = timer;
        this.executor = executor;
    }

    /**
     * Makes the first attempt with a request that is there already, and the others as they are due; none where the approval has
     * ended before there was anybody to {@link #stop} this.
     */
    public void start(WebhookRequest request) {
        if (isUnderWay()) {
            owner.calling(request);
            call(request, 1);
        }
    }

    /** Goes on after a restart: at once where an attempt may have been cut off, else when the next is due. */
    public void resume(Approval approval) {
        Attempt last = approval.lastAttempt();
        Instant due = approval.nextAttemptAt();
        synchronized (this) {
            boolean cutOff = due == null || !due.isAfter(Instant.now());
            mayHaveBeenTaken = cutOff || mayHaveBeenTaken(approval);
        }
        schedule(last == null ? 1 : last.number() + 1, due == null ? Duration.ZERO : untilDue(last.at(), due));
    }

    /** Returns the time that is left, and no more than there was: the clock may have been set back since. */
    private static Duration untilDue(Instant begun, Instant due) {
        Duration left = Duration.between(Instant.now(), due);
        Duration whole = Duration.between(begun, due);
        return left.compareTo(whole) < 0 ? left : whole;
    }

    /** Makes no further attempt. */
    public synchronized void stop() {
        stopped = true;
        if (next != null) {
            next.cancel(false);
        }
    }

    /** Whether, as far as was noted, the external process may have begun: the webhook took a call, or an answer was lost. */
    public static boolean mayHaveBeenTaken(Approval approval) {
        return approval.attempts().stream().anyMatch(attempt -> attempt.failure() == null || attempt.status() == 0);
    }

    /**
     * Tells, once no attempt is being made, whether one may have been taken. For after {@link #stop}.
     *
     * @param then is told at once, or by whoever ends the attempt
     */
    public void whenQuiet(Consumer<Boolean> then) {
        boolean taken;
        synchronized (this) {
            if (calling) {
                whenQuiet = then;
                return;
            }
            taken = mayHaveBeenTaken;
        }
        then.accept(taken);
    }

    private synchronized boolean begin() {
        calling = !stopped;
        return calling;
    }

    private void end(boolean taken) {
        Consumer<Boolean> then;
        synchronized (this) {
            calling = false;
            mayHaveBeenTaken |= taken;
            then = whenQuiet;
            whenQuiet = null;
        }
        if (then != null) {
            whenQuiet(then);
        }
    }

    /** A call that is not wanted any more is not made, and nothing is told of it. */
    private boolean isWanted() {
        boolean wanted = isUnderWay();
        if (!wanted) {
            end(false);
        }
        return wanted;
    }

    private synchronized void schedule(int number, Duration delay) {
        if (stopped) {
            return;
        }
        try {
            next = timer.schedule(
                    () -> executor.execute(() -> attempt(number)), Math.max(0, delay.toMillis()), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException x) {
            // Jenkins is going down; the next start goes on.
        }
    }

    private void attempt(int number) {
        try {
            if (isUnderWay()) {
                call(owner.request(), number);
            }
        } catch (AbortException | RuntimeException x) {
            owner.failed(x);
        }
    }

    private boolean isUnderWay() {
        try {
            return approvals
                    .find(approvalId)
                    .filter(approval -> approval.state() == Approval.State.SENDING)
                    .isPresent();
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot read " + approvalId + ", so its webhook is not called", x);
            return false;
        }
    }

    private void call(WebhookRequest request, int number) {
        if (!begin()) {
            return;
        }
        AttemptUnderWay begun = AttemptUnderWay.begin(number);
        route.call(request, approvalId, this::isWanted, result -> executor.execute(() -> {
            try {
                ended(request.host(), begun, result);
            } catch (IOException | RuntimeException x) {
                owner.failed(x);
            } finally {
                end(result.mayHaveBeenTaken());
            }
        }));
    }

    private void ended(String host, AttemptUnderWay begun, Result result) throws IOException {
        int number = begun.number();
        Optional<Duration> delay = POLICY.delay(number, retryCount, result);
        Instant nextAt = delay.map(wait -> Instant.now().truncatedTo(ChronoUnit.MILLIS).plus(wait))
                .orElse(null);
        Instant deadline = approvals.find(approvalId).map(Approval::deadline).orElse(Instant.MIN);
        boolean inTime = nextAt != null && nextAt.isBefore(deadline);
        Attempt attempt = begun.ended(host, result, inTime ? nextAt : null);
        if (result.isAccepted()) {
            accepted(attempt);
        } else if (inTime) {
            log(attempt);
            try {
                approvals.apply(approvalId, new Event.Failed(attempt));
            } catch (IOException x) {
                // Nothing but this is lost: that the attempt need not be made again after a restart.
                LOGGER.log(Level.WARNING, "Cannot write that an attempt of " + approvalId + " failed", x);
            }
            schedule(number + 1, Duration.between(Instant.now(), nextAt));
        } else {
            log(attempt);
            String reason = String.valueOf(result.failure())
                    + (nextAt == null ? "" : "; it asks to be left alone until after the deadline")
                    + (number == 1 ? "" : " (after " + number + " attempts)");
            approvals.apply(approvalId, new Event.NotSent(reason, attempt));
        }
    }

    private void accepted(Attempt attempt) throws IOException {
        boolean changed = true;
        try {
            changed = approvals
                    .apply(approvalId, new Event.Sent(attempt))
                    .filter(transition -> transition.answer() == Answer.ACCEPTED)
                    .isPresent();
        } catch (IOException x) {
            if (!approvals.find(approvalId).map(Approval::awaitsCallback).orElse(false)) {
                throw x; // this would have been the decision
            }
            // Nothing but this is lost: that the call need not be made again after a restart.
            LOGGER.log(Level.WARNING, "Cannot write that the webhook of " + approvalId + " was called", x);
        }
        if (changed) {
            owner.sent(attempt);
        }
    }

    /** Only of attempts that failed: the answer to one that did not is for the record. */
    private void log(Attempt attempt) {
        if (attempt.nextAt() == null && attempt.number() == 1 && attempt.answer().isEmpty()) {
            return; // the step's own error says it all
        }
        owner.log("Attempt " + attempt.number() + " of " + (retryCount + 1) + " failed after "
                + attempt.duration().toMillis() + " ms: " + attempt.failure()
                + (attempt.nextAt() == null ? "." : ". The next is due at " + attempt.nextAt() + "."));
        if (!attempt.answer().isEmpty()) {
            owner.log("The answer began: " + attempt.answer());
        }
    }
}
