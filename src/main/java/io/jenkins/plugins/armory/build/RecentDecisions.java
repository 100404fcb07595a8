package io.jenkins.plugins.armory.build;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.storage.History;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * The newest decided approvals, newest first. Where there is no room for all, the oldest goes; but while a job has more than a quarter, the
 * oldest of the job with the most.
 */
final class RecentDecisions {

    private final int limit;
    private final List<Approval> approvals = new ArrayList<>();

    RecentDecisions(int limit) {
        this.limit = limit;
    }

    /** Adds an approval, or replaces it by a newer version. */
    synchronized void put(Approval approval) {
        for (int i = 0; i < approvals.size(); i++) {
            if (approvals.get(i).id().equals(approval.id())) {
                approvals.set(i, approval);
                return;
            }
        }
        approvals.add(0, approval);
        approvals.sort(History.BY_DECISION.reversed());
        if (approvals.size() > limit) {
            approvals.remove(leastWanted());
        }
    }

    private int leastWanted() {
        var ofJobs = new HashMap<String, Integer>();
        approvals.forEach(each -> ofJobs.merge(each.build().job(), 1, Integer::sum));
        int most = Collections.max(ofJobs.values());
        int index = limit;
        while (most > limit / 4 && ofJobs.get(approvals.get(index).build().job()) < most) {
            index--;
        }
        return index;
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
