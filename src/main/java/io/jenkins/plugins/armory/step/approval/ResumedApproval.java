package io.jenkins.plugins.armory.step.approval;

import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.builds.BuildRecord;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import java.io.IOException;
import java.util.Optional;

/** The lookup of a step's approval after a restart. If a decision may have been lost, the webhook must not be called again. */
final class ResumedApproval {

    private ResumedApproval() {}

    /**
     * Returns the approval; empty if it was not written before the restart.
     *
     * @throws AbortException if it was written and is lost or unreadable
     */
    static Optional<Approval> find(Approvals approvals, String id, Run<?, ?> run) throws IOException {
        Optional<Approval> approval;
        try {
            approval = approvals.find(id);
        } catch (IOException x) {
            throw SuspendedExecution.failure("The approval cannot be read, so its decision is unknown", x);
        }
        if (approval.isPresent()) {
            BuildRecord.add(run, id);
        } else if (BuildRecord.has(run, id)) {
            throw new AbortException(
                    "The approval of this step is no longer in JENKINS_HOME/armory-approvals, so its decision"
                            + " is unknown. Its webhook is not called again. Run the build again.");
        }
        return approval;
    }

    /**
     * Returns the present try of an approval: the approval itself, or the one that a person had it run again as. Creates it if it
     * does not exist yet.
     *
     * @param id the id of the first try, which exists
     * @throws AbortException if a try was written and is lost or unreadable
     */
    static Approval presentTry(Approvals approvals, String id, Run<?, ?> run) throws IOException {
        Approval approval =
                approvals.find(id).orElseThrow(() -> new AbortException("The build of this approval is gone."));
        while (approval.next() != null) {
            String next = approval.next();
            Approval following = find(approvals, next, run).orElse(null);
            if (following == null) {
                following = approval.nextTry();
                approvals.create(following);
                BuildRecord.add(run, next); // after the approval, see BuildRecord.add
            }
            approval = following;
        }
        return approval;
    }
}
