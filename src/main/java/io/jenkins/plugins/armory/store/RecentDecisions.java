package io.jenkins.plugins.armory.store;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The newest decided approvals, newest first. */
@Restricted(NoExternalUse.class)
public final class RecentDecisions {

    /** How many are kept. */
    public static final int MOST = 100;

    private final List<Approval> approvals = new ArrayList<>();

    /** Adds an approval, or replaces it by a newer version. */
    public synchronized void put(Approval approval) {
        approvals.removeIf(each -> each.id().equals(approval.id()));
        approvals.add(0, approval);
        approvals.sort(History.BY_DECISION.reversed());
        if (approvals.size() > MOST) {
            approvals.remove(MOST);
        }
    }

    public synchronized void remove(Predicate<BuildRef> gone) {
        approvals.removeIf(approval -> gone.test(approval.build()));
    }

    public synchronized void replaceAll(UnaryOperator<Approval> change) {
        approvals.replaceAll(change);
    }

    public synchronized List<Approval> list() {
        return List.copyOf(approvals);
    }
}
