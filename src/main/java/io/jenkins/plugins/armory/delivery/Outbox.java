package io.jenkins.plugins.armory.delivery;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The records that calls are made from, and what every kind of call needs to make them. */
final class Outbox {

    private static final Logger LOGGER = Logger.getLogger(Outbox.class.getName());

    /** The pause before an event is written again whose write failed. */
    private static final Duration WRITE_AGAIN = Duration.ofSeconds(5);

    private final Approvals approvals;
    private final Requests requests;
    private final RetryPolicy policy;
    private final ScheduledExecutorService timer;
    private final Executor executor;
    /** The approvals that were not closed at the start, and their next tries. */
    private final Set<String> inherited = ConcurrentHashMap.newKeySet();

    /** @param executor does what may take time */
    Outbox(
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
        approvals.onDecision(this::decided);
        // First, since what is decided meanwhile is outstanding. One without a call may be run again.
        approvals.pending().forEach(approval -> inherited.add(approval.id()));
        approvals.outstanding().forEach(approval -> inherited.add(approval.id()));
    }

    private void decided(Approval approval) {
        if (approval.next() != null && inherited.contains(approval.id())) {
            inherited.add(approval.next());
        }
    }

    Approvals approvals() {
        return approvals;
    }

    Requests requests() {
        return requests;
    }

    RetryPolicy policy() {
        return policy;
    }

    ScheduledExecutorService timer() {
        return timer;
    }

    Executor executor() {
        return executor;
    }

    /** See {@link Requests#reasonToWait}; empty for an approval of this run of Jenkins. */
    Optional<String> reasonToWait(Approval approval) {
        return inherited.contains(approval.id()) ? requests.reasonToWait(approval) : Optional.empty();
    }

    /** Forgets an approval that has no call left to make. */
    void changed(String id) {
        if (inherited.contains(id)
                && approvals
                        .findInMemory(id)
                        .filter(approval -> !approval.isClosed())
                        .isEmpty()) {
            inherited.remove(id);
        }
    }

    /**
     * Applies an event that is not to be lost: again and again, until it can be written.
     *
     * @param what says in the logs what cannot be written
     * @param written is run once it is
     */
    void write(String id, Event event, String what, Runnable written) {
        write(id, event, written, x -> {
            String line = "Cannot write " + what + "; trying again every " + WRITE_AGAIN.toSeconds() + " seconds";
            LOGGER.log(Level.WARNING, line, x);
            approvals.note(id, "WARNING: " + line + ". " + x.getMessage());
        });
    }

    /** @param failed takes the first failure: one line in the logs is enough */
    private void write(String id, Event event, Runnable written, Consumer<IOException> failed) {
        try {
            approvals.apply(id, event);
            written.run();
        } catch (IOException x) {
            failed.accept(x);
            later(WRITE_AGAIN, () -> write(id, event, written, another -> {}));
        }
    }

    /** Runs work on the executor after a delay. If Jenkins goes down before, the next start makes up for it. */
    void later(Duration delay, Runnable work) {
        try {
            timer.schedule(() -> executor.execute(work), Math.max(0, delay.toMillis()), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException x) {
            // Jenkins is going down
        }
    }

    /**
     * Says why a request cannot be made. Exceptions at run time and errors are somebody else's, such as of a provider of credentials whose
     * plugin was updated under a running Jenkins.
     */
    static String reason(Throwable x) {
        String reason = Objects.requireNonNullElse(x.getMessage(), x.toString());
        return x instanceof UndeliverableException ? reason : "the request cannot be made: " + reason;
    }

    /** Returns the end of a failure's reason: how many attempts were made, if there was more than one. */
    static String afterAttempts(int number) {
        return number == 1 ? "" : " (after " + number + " attempts)";
    }

    static OutgoingCalls requireCalls(Approval approval) {
        return Objects.requireNonNull(approval.calls(), "an approval with a call to make has calls");
    }
}
