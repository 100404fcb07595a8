package io.jenkins.plugins.armory.call;

import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.webhook.UndeliverableException;
import io.jenkins.plugins.armory.webhook.Variables;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The calls of cancel webhooks. A cancel webhook is called when its approval ended without its external process, unless
 * it is certain that the webhook took no call. It needs no step: its build may be over.
 */
final class CancelCalls extends CallKind {

    private final WebhookCalls webhooks;

    CancelCalls(Approvals approvals, WebhookCalls webhooks) {
        super(approvals);
        this.webhooks = webhooks;
    }

    @Override
    List<Order> due(Approval approval) {
        return approval.isDecided() ? Order.of(approval, OutgoingCalls::cancel) : List.of();
    }

    /** The approval may end at any time, for a reason that has lines and letters of any language. */
    @Override
    List<Order> later(Approval approval) {
        Approval ended =
                approval.on(new Event.Aborted("1.\n\u00fc"), Instant.now()).approval();
        return Order.sample(ended, OutgoingCalls::cancel);
    }

    @Override
    Variables values(Order order, Run<?, ?> run, ApprovalRequests requests) throws UndeliverableException {
        Decision decision = order.approval().requireDecision();
        return super.values(order, run, requests)
                .with(Variables.OUTCOME, decision.outcome().name())
                .with(Variables.REASON, decision.mdMessage());
    }

    /** The place of the webhook: an attempt in flight ends first. */
    @Override
    String place(Order order) {
        return WebhookCalls.PLACE;
    }

    @Override
    String key(Order order) {
        return order.id() + "-cancel";
    }

    @Override
    Optional<Event> insteadOf(Order order) {
        return webhooks.mayHaveBeenTaken(order.approval()) ? Optional.empty() : Optional.of(new Event.CancelOver(null));
    }

    @Override
    void waits(Order order, int number) {
        if (number == 1) {
            note(order, title(order) + " waits for its turn.");
        }
    }

    @Override
    Event over(Order order, Attempt attempt, CallResult result) {
        if (result.isAccepted()) {
            note(order, title(order) + " answered " + attempt.status() + ".");
        } else {
            failed(order, title(order) + " could not be called: " + result.failure() + afterAttempts(attempt.number()));
        }
        return new Event.CancelOver(attempt);
    }

    private static String title(Order order) {
        return "The cancel webhook of '" + order.approval().webhook() + "'";
    }
}
