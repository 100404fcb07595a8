package io.jenkins.plugins.armory.call;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.call.Requests.Order;
import java.util.List;
import java.util.Optional;

/**
 * The calls of cancel webhooks. A cancel webhook is called when its approval ended without its external process, unless
 * it is certain that the webhook took no call. It needs no step: its build may be over.
 */
final class CancelCalls extends CallKind {

    private final WebhookCalls webhooks;

    CancelCalls(Approvals approvals, RetryPolicy policy, WebhookCalls webhooks) {
        super(approvals, policy);
        this.webhooks = webhooks;
    }

    @Override
    List<Order> due(Approval approval) {
        return approval.isDecided() ? Order.of(approval, OutgoingCalls::cancel) : List.of();
    }

    /** The place of the webhook: an attempt in flight ends first. */
    @Override
    String place(Order order) {
        return WebhookCalls.PLACE;
    }

    @Override
    String key(Order order) {
        return order.approval().id() + "-cancel";
    }

    @Override
    Optional<Event> insteadOf(Order order) {
        return webhooks.mayHaveBeenTaken(order.approval()) ? Optional.empty() : Optional.of(new Event.CancelOver(null));
    }

    @Override
    void waits(Order order, int number) {
        if (number == 1) {
            note(order.approval().id(), title(order) + " waits for its turn.");
        }
    }

    @Override
    Event over(Order order, Attempt attempt, CallResult result) {
        if (result.isAccepted()) {
            note(order.approval().id(), title(order) + " answered " + attempt.status() + ".");
        } else {
            failed(order, title(order) + " could not be called: " + result.failure() + afterAttempts(attempt.number()));
        }
        return new Event.CancelOver(attempt);
    }

    private static String title(Order order) {
        return "The cancel webhook of '" + order.approval().webhook() + "'";
    }
}
