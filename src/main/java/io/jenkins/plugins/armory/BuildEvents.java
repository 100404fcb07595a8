package io.jenkins.plugins.armory;

import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.armory.step.Cancellations;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Lets no approval and no environment outlive its build. */
@Extension
public final class BuildEvents extends RunListener<Run<?, ?>> {

    private static final Logger LOGGER = Logger.getLogger(BuildEvents.class.getName());

    @Override
    public void onCompleted(Run<?, ?> run, TaskListener listener) {
        // A step that waits ends before its build does, unless the build was ended by force.
        ArmoryApprovals approvals = ArmoryApprovals.get();
        approvals.executor().execute(() -> {
            try {
                approvals.approvals().abort(BuildRecord.refTo(run)::equals, "The build ended.");
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot end the approvals of " + run, x);
            }
        });
    }

    @Override
    public void onFinalized(Run<?, ?> run) {
        ArmoryApprovals.get().executor().execute(() -> {
            try {
                ArmoryDeployments.get().end(run);
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot write how the environments of " + run + " ended", x);
            }
        });
    }

    @Override
    public void onDeleted(Run<?, ?> run) {
        try {
            for (String id : BuildRecord.idsOf(run)) {
                ArmoryApprovals.get().approvals().remove(id);
                Cancellations.get().forget(id);
            }
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot remove the approvals of " + run, x);
        }
    }
}
