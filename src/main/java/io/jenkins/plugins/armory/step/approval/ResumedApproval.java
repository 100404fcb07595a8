package io.jenkins.plugins.armory.step.approval;

import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.builds.BuildRecord;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The lookup of a step's approvals after a restart. If a decision may have been lost, no webhook must be called again. */
final class ResumedApproval {

    private ResumedApproval() {}

    /**
     * Returns those of the approvals that were written before the restart. A crash may have left only some of them.
     *
     * @throws AbortException if one was written and is lost or unreadable
     */
    static List<Approval> find(ArmoryRuntime armory, List<String> ids, Run<?, ?> run) throws IOException {
        var found = new ArrayList<Approval>();
        var missing = new ArrayList<String>();
        for (String id : ids) {
            try {
                armory.approvals().find(id).ifPresentOrElse(found::add, () -> missing.add(id));
            } catch (IOException x) {
                throw SuspendedExecution.failure("The approval cannot be read, so its decision is unknown", x);
            }
        }
        if (BuildRecord.hasAny(run, missing)) { // which comes after the write of all
            throw new AbortException(
                    "The approval of this step is no longer in JENKINS_HOME/armory-approvals, so its decision"
                            + " is unknown. Its webhook is not called again. Run the build again.");
        }
        if (missing.isEmpty()) {
            armory.record(run, ids);
        }
        return found;
    }
}
