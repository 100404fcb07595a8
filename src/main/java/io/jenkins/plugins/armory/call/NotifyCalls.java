package io.jenkins.plugins.armory.call;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.Notifications.Notice;
import io.jenkins.plugins.armory.approval.Notifications.Occasion;
import io.jenkins.plugins.armory.call.Requests.Order;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The calls that tell people of approvals. What is to be told is in the record, so it is told at least once; a notice that
 * the decision overtakes is dropped. Each webhook gets its notices one after another, and no webhook waits for another one.
 * No approval waits for a notice.
 */
final class NotifyCalls extends CallKind {

    NotifyCalls(Approvals approvals, RetryPolicy policy) {
        super(approvals, policy);
    }

    @Override
    List<Order> due(Approval approval) {
        Notifications notifications = Notifications.of(approval);
        return notifications == null
                ? List.of()
                : notifications.due().stream()
                        .map(notice ->
                                new Order(approval, notifications.webhooks().get(notice.webhook()), notice))
                        .toList();
    }

    private static Notice noticeOf(Order order) {
        return Objects.requireNonNull(order.notice(), "an order of this kind has a notice");
    }

    @Override
    String place(Order order) {
        return "notify-" + noticeOf(order).webhook();
    }

    /** Two webhooks may call one host. */
    @Override
    String key(Order order) {
        return order.approval().id() + "-" + place(order) + "-"
                + noticeOf(order).occasion().name().toLowerCase(Locale.ROOT);
    }

    @Override
    Event over(Order order, Attempt attempt, CallResult result) {
        String failure = result.isAccepted() ? "" : result.failure() + afterAttempts(attempt.number());
        if (!failure.isEmpty()) {
            failed(
                    order,
                    "Webhook '" + order.webhook().name() + "' could not be told that "
                            + what(noticeOf(order).occasion()) + ": " + failure);
        }
        return new Event.Notified(noticeOf(order), failure);
    }

    private static String what(Occasion occasion) {
        return switch (occasion) {
            case WAITING -> "the approval waits for a person";
            case EXPIRING -> "the approval is about to time out";
            case DECIDED -> "the approval is decided";
        };
    }
}
