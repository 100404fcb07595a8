package io.jenkins.plugins.armory.call;

import io.jenkins.plugins.armory.approval.Approvals;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The delivery of the outgoing calls of all approvals, see {@link CallLoop}. What is to be called is in the
 * approval's record and nowhere else, so after a crash the calls go on from there. A call may be made twice then, with
 * the same {@code Idempotency-Key}; it is never left out.
 */
@Restricted(NoExternalUse.class)
public final class Delivery {

    private final WebhookCalls webhooks;
    private final CancelCalls cancels;
    private final NotifyCalls notices;
    private final CallLoop loop;

    /**
     * @param permits limits the calls in flight
     * @param executor does what may take time
     */
    public Delivery(
            Approvals approvals,
            Requests requests,
            CallPermits permits,
            RetryPolicy policy,
            ScheduledExecutorService timer,
            Executor executor) {
        this(approvals, requests, permits, policy, Clock.systemUTC(), timer, executor);
    }

    /** @param clock the clock of the attempts */
    Delivery(
            Approvals approvals,
            Requests requests,
            CallPermits permits,
            RetryPolicy policy,
            Clock clock,
            ScheduledExecutorService timer,
            Executor executor) {
        webhooks = new WebhookCalls(approvals, policy, clock);
        cancels = new CancelCalls(approvals, policy, webhooks);
        notices = new NotifyCalls(approvals, policy);
        var statuses = new StatusPolls(approvals, policy, clock);
        loop = new CallLoop(
                approvals, requests, permits, clock, timer, executor, List.of(webhooks, cancels, statuses, notices));
    }

    /** Makes the calls that were left by the last run of Jenkins, and those to come. Called when Jenkins has loaded its jobs. */
    public void open() {
        loop.open();
    }

    /** Begins no further calls. */
    public void close() {
        loop.close();
    }

    /** Returns the number of notices that could not be sent since Jenkins started. */
    public long failedNotices() {
        return notices.failed();
    }

    /** Returns the number of cancel webhooks that could not be called since Jenkins started. */
    public long failedCancels() {
        return cancels.failed();
    }

    /**
     * Begins the calls of an approval that is observed. Its webhook is called until it takes the call or there is no further attempt. After
     * a restart, goes on from the recorded attempts.
     */
    public void deliver(String id) {
        webhooks.follow(id);
        loop.changed(id);
    }
}
