package io.jenkins.plugins.armory.build;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.storage.History;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The newest decided approvals, newest first. */
final class RecentDecisions {

    static final int MOST = 100;

    private final List<Approval> approvals = new ArrayList<>();

    /** Adds an approval, or replaces it by a newer version. */
    synchronized void put(Approval approval) {
        approvals.removeIf(each -> each.id().equals(approval.id()));
        approvals.add(0, approval);
        approvals.sort(History.BY_DECISION.reversed());
        if (approvals.size() > MOST) {
            approvals.remove(MOST);
        }
    }

    synchronized void remove(Predicate<BuildRef> gone) {
        approvals.removeIf(approval -> gone.test(approval.build()));
    }

    synchronized void replaceAll(UnaryOperator<Approval> change) {
        approvals.replaceAll(change);
    }

    synchronized List<Approval> list() {
        return List.copyOf(approvals);
    }
}
