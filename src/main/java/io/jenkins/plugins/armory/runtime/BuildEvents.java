package io.jenkins.plugins.armory.runtime;

import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.builds.BuildRecord;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Ends the approvals and environments of builds that end, and drops the state of these builds in memory. */
@Extension
@Restricted(NoExternalUse.class)
public final class BuildEvents extends RunListener<Run<?, ?>> {

    private static final Logger LOGGER = Logger.getLogger(BuildEvents.class.getName());

    @Override
    public void onCompleted(Run<?, ?> run, TaskListener listener) {
        // Approvals are pending here only if the build was ended by force.
        ArmoryRuntime runtime = ArmoryRuntime.get();
        runtime.executor()
                .execute(() -> runtime.whenOpen(() -> {
                    try {
                        end(run, runtime.approvals());
                    } catch (IOException x) {
                        LOGGER.log(Level.WARNING, "Cannot end the approvals of " + run, x);
                    }
                }));
    }

    private static void end(Run<?, ?> run, Approvals approvals) throws IOException {
        BuildRef build = BuildRecord.refTo(run);
        approvals.abort(build::equals, Event.Aborted.BUILD_ENDED);
        Set<String> unreadable = approvals.unreadable();
        if (!unreadable.isEmpty()) {
            for (String id : BuildRecord.idsOf(run)) {
                if (unreadable.contains(id)) {
                    approvals.endUnreadable(id, build);
                }
            }
        }
    }

    @Override
    public void onFinalized(Run<?, ?> run) {
        ArmoryRuntime runtime = ArmoryRuntime.get();
        runtime.executor().execute(() -> {
            try {
                runtime.deployments().end(run);
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot write how the environments of " + run + " ended", x);
            } finally {
                runtime.runningBuilds().forget(run);
            }
        });
    }

    @Override
    public void onDeleted(Run<?, ?> run) {
        Set<String> ids;
        try {
            ids = new LinkedHashSet<>(BuildRecord.idsOf(run));
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot read which approvals " + run + " has; its decided approvals stay", x);
            ids = new LinkedHashSet<>();
        }
        BuildRef build = BuildRecord.refTo(run);
        Set<String> recorded = ids;
        ArmoryRuntime.get().whenOpen(() -> remove(build, recorded));
    }

    private static void remove(BuildRef build, Set<String> ids) {
        try {
            Approvals approvals = ArmoryRuntime.get().approvals();
            approvals.pending().stream()
                    .filter(approval -> approval.build().equals(build))
                    .forEach(approval -> ids.add(approval.id()));
            approvals.remove(ids);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot remove the approvals of " + build, x);
        }
    }
}
