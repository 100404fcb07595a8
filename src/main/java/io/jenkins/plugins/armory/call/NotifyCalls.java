package io.jenkins.plugins.armory.call;

import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.Notifications.Notice;
import io.jenkins.plugins.armory.approval.Notifications.Occasion;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.webhook.Variables;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The calls that tell people of approvals. A notice stands in the approval's record until it is sent, so it is sent at
 * least once. The decision drops earlier ones that have not been sent. Each webhook gets its notices one after another,
 * and no webhook waits for another one. No approval waits for a notice.
 */
final class NotifyCalls extends CallKind {

    NotifyCalls(Approvals approvals) {
        super(approvals);
    }

    @Override
    List<Order> due(Approval approval) {
        Notifications notifications = Notifications.of(approval);
        return notifications == null ? List.of() : orders(approval, notifications, notifications.due());
    }

    private static List<Order> orders(Approval approval, Notifications notifications, List<Notice> notices) {
        return notices.stream()
                .map(notice -> new Order(approval, notifications.webhooks().get(notice.webhook()), notice, Map.of()))
                .toList();
    }

    @Override
    List<Order> later(Approval approval) {
        Notifications notifications = Notifications.of(approval);
        return notifications == null
                ? List.of()
                : orders(
                        approval,
                        notifications,
                        IntStream.range(0, notifications.webhooks().size())
                                .mapToObj(webhook -> new Notice(Occasion.EXPIRING, webhook))
                                .toList());
    }

    /**
     * A notice has no token, so that whoever is told cannot decide, and no context of the approval's calls, which may
     * come from a file of the workspace.
     */
    @Override
    Variables values(Order order, Run<?, ?> run, ApprovalRequests requests) {
        Approval approval = order.approval();
        Occasion occasion = noticeOf(order).occasion();
        return requests.ofEvery(order, run)
                .with(Variables.EVENT, occasion.name())
                .with(Variables.TEXT, NoticeText.of(approval, occasion))
                .with(Variables.WEBHOOK_NAME, approval.webhook())
                .with(Variables.DEADLINE, NoticeText.deadline(approval))
                .with(Variables.OUTCOME, NoticeText.outcome(approval))
                .with(Variables.REASON, NoticeText.reason(approval, occasion));
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
        return order.id() + "-" + place(order) + "-"
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
