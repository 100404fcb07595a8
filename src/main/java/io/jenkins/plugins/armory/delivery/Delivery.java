package io.jenkins.plugins.armory.delivery;

import io.jenkins.plugins.armory.approval.Approvals;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The delivery of the outgoing calls of all approvals, with one class for each kind of call. What is to be called is in the
 * approval's record and nowhere else, so after a crash the calls go on from there. A call may be made twice then, with
 * the same {@code Idempotency-Key}; it is never left out.
 */
@Restricted(NoExternalUse.class)
public final class Delivery {

    private final Approvals approvals;
    private final WebhookCalls webhooks;
    private final CancelCalls cancels;
    private final StatusPolls statuses;
    private final NotifyCalls notices;

    /** @param executor does what may take time */
    public Delivery(
            Approvals approvals,
            Requests requests,
            RetryPolicy policy,
            ScheduledExecutorService timer,
            Executor executor) {
        this.approvals = approvals;
        var outbox = new Outbox(approvals, requests, policy, timer, executor);
        webhooks = new WebhookCalls(outbox);
        cancels = new CancelCalls(outbox, webhooks);
        statuses = new StatusPolls(outbox);
        notices = new NotifyCalls(outbox, Clock.systemUTC());
        approvals.onDecision(cancels::decided);
        approvals.onChange(statuses::changed);
        approvals.onChange(notices::changed);
        approvals.onChange(outbox::changed);
    }

    /** Makes the calls that were left by the last run of Jenkins. Called when Jenkins has loaded its jobs. */
    public void open() {
        cancels.open();
        statuses.open();
        notices.open();
    }

    /** Begins no further questions for statuses, and no further notices. */
    public void close() {
        statuses.close();
        notices.close();
    }

    /** Returns the number of notices that could not be sent since Jenkins started. */
    public long failedNotices() {
        return notices.failed();
    }

    /** Returns the number of cancel webhooks that could not be called since Jenkins started. */
    public long failedCancels() {
        return cancels.failed();
    }

    /** Returns whether the call of an approval's webhook waits, since other calls take up what it may have. */
    public boolean waitsForTurn(String id) {
        return webhooks.waitsForTurn(id);
    }

    /**
     * Calls the webhook of an approval that is observed, until it takes the call or there is no further attempt. After
     * a restart, goes on from the recorded attempts.
     *
     * @throws IOException if the approval cannot be read
     */
    public void deliver(String id) throws IOException {
        webhooks.deliver(id);
    }
}
