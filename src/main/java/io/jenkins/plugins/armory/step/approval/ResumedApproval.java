package io.jenkins.plugins.armory.step.approval;

import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import io.jenkins.plugins.armory.store.BuildState;
import java.io.IOException;
import java.util.List;

/**
 * The lookup of a step's approvals after a restart. If a decision may have been lost, no webhook must be called again.
 */
final class ResumedApproval {

    private ResumedApproval() {}

    /**
     * Returns those of the approvals that were written before the restart. A crash may have left only some of them.
     *
     * @throws AbortException if the log of the build cannot be read, or is not what was written
     */
    static List<Approval> find(ArmoryRuntime armory, List<String> ids, Run<?, ?> run) throws IOException {
        try {
            armory.takeUp(run);
            BuildState state = armory.deployments().of(run);
            List<Approval> found =
                    ids.stream().flatMap(id -> state.approval(id).stream()).toList();
            if (found.isEmpty() && state.doubt().isPresent()) {
                throw new IOException(state.doubt().get());
            }
            return found;
        } catch (IOException x) {
            throw SuspendedExecution.failure("The approval cannot be read, so its decision is unknown", x);
        }
    }
}
