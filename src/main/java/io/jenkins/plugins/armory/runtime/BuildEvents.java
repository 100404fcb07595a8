package io.jenkins.plugins.armory.runtime;

import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.build.BuildState;
import io.jenkins.plugins.armory.builds.BuildFolders;
import io.jenkins.plugins.armory.builds.BuildRecord;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
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
        Executor executor = runtime.buildExecutor();
        executor.execute(() -> runtime.whenOpen(() -> executor.execute(() -> {
            try {
                end(run, runtime.approvals());
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot end the approvals of " + run, x);
            }
        })));
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
        Executor executor = runtime.buildExecutor();
        executor.execute(() -> runtime.endings()
                .run(
                        () -> end(run, runtime),
                        x -> LOGGER.log(
                                Level.WARNING,
                                "Cannot write how the environments of " + run + " ended; trying again",
                                x),
                        executor));
    }

    /** @throws BuildState.UnwrittenException if it could not be written; memory alone has what was noted then */
    private static void end(Run<?, ?> run, ArmoryRuntime runtime) throws BuildState.UnwrittenException {
        try {
            runtime.deployments().end(run);
        } catch (BuildState.UnwrittenException x) {
            throw x;
        } catch (IOException | RuntimeException x) {
            LOGGER.log(Level.WARNING, "Cannot read the environments of " + run + ", which has ended", x);
        }
        runtime.runningBuilds().forget(run);
    }

    @Override
    public void onDeleted(Run<?, ?> run) {
        List<String> recorded = recordedBy(run);
        ArmoryRuntime.get().whenOpen(() -> {
            try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
                remove(BuildRecord.refTo(run), recorded, ArmoryRuntime.get().approvals());
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot remove the approvals of " + run, x);
            }
        });
    }

    private static List<String> recordedBy(Run<?, ?> run) {
        try {
            return BuildRecord.idsOf(run);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot read which approvals " + run + " has; its decided approvals stay", x);
            return List.of();
        }
    }

    private static void remove(BuildRef build, List<String> recorded, Approvals approvals) {
        Set<String> ids = new LinkedHashSet<>();
        for (String id : recorded) {
            if (isOf(build, id, approvals)) {
                ids.add(id);
            }
        }
        approvals.pending().stream()
                .filter(approval -> approval.build().equals(build))
                .forEach(approval -> ids.add(approval.id()));
        approvals.remove(ids);
    }

    /**
     * Returns whether a recorded approval is of the build, whose folder may be a copy. One that cannot be read is, if no other build
     * has it in its record.
     */
    private static boolean isOf(BuildRef build, String id, Approvals approvals) {
        try {
            return approvals
                    .find(id)
                    .filter(approval -> approval.build().equals(build))
                    .isPresent();
        } catch (IOException x) {
            return BuildFolders.withApproval(id).stream().allMatch(build::equals);
        }
    }
}
