package io.jenkins.plugins.armory.storage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.bounds.Bound;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The sum of {@link Approval#length} of the pending approvals of each build. A build without length takes no memory. */
final class PendingLengths {

    /**
     * A build.
     *
     * @param job the id of the job, which stays when it is renamed; its name if the id is unknown
     */
    private record Build(String job, int number) {

        static Build of(Approval approval) {
            String id = approval.terms().origin().jobId();
            return new Build(
                    id == null ? approval.build().job() : id, approval.build().number());
        }
    }

    private final Map<Build, Long> lengths = new ConcurrentHashMap<>();

    /**
     * Adds new approvals before they are written, so that steps that begin at the same time see each other.
     *
     * @throws IllegalArgumentException if their build has more pending than it may; none is added then
     */
    void add(List<Approval> approvals) {
        for (int i = 0; i < approvals.size(); i++) {
            Approval approval = approvals.get(i);
            long sum = add(approval, approval.length());
            if (sum > Bound.ALL_PENDING.most()) {
                subtract(approvals.subList(0, i + 1));
                Bound.ALL_PENDING.check("approvals, with all others that are pending in this build", sum);
            }
        }
    }

    void subtract(List<Approval> approvals) {
        approvals.forEach(approval -> add(approval, -approval.length()));
    }

    /** Takes note that a pending approval has come or gone, or has changed. */
    void replace(@CheckForNull Approval before, @CheckForNull Approval after) {
        if (before != null) {
            add(before, -before.length());
        }
        if (after != null) {
            add(after, after.length());
        }
    }

    private long add(Approval approval, long length) {
        if (length == 0) {
            return 0;
        }
        Long sum = lengths.merge(
                Build.of(approval), length, (known, more) -> known + more == 0 ? null : Long.valueOf(known + more));
        return sum == null ? 0 : sum;
    }
}
