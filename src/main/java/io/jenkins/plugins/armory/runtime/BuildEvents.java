package io.jenkins.plugins.armory.runtime;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.store.BuildState;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Ends the approvals and environments of builds that end, and drops the state of these builds in memory. */
@Extension
@Restricted(NoExternalUse.class)
public final class BuildEvents extends RunListener<Run<?, ?>> {

    private static final Logger LOGGER = Logger.getLogger(BuildEvents.class.getName());

    /** Does something for a build that has something of the plugin, if only in memory, as before its first commit. */
    private static void ifOurs(Run<?, ?> run, Consumer<ArmoryRuntime> action) {
        ExtensionList.lookup(ArmoryRuntime.class).stream()
                .filter(runtime ->
                        SeenCommits.find(run) != null || runtime.runningBuilds().find(run) != null)
                .forEach(action);
    }

    @Override
    public void onCompleted(Run<?, ?> run, TaskListener listener) {
        ifOurs(run, runtime -> completed(run, runtime));
    }

    private static void completed(Run<?, ?> run, ArmoryRuntime runtime) {
        // Approvals are pending here only if the build was ended by force.
        Executor executor = runtime.buildExecutor();
        executor.execute(() -> runtime.whenOpen(open -> executor.execute(
                () -> open.approvals().abort(BuildRecord.refTo(run)::equals, Event.Aborted.BUILD_ENDED))));
    }

    @Override
    public void onFinalized(Run<?, ?> run) {
        ifOurs(run, runtime -> finalized(run, runtime));
    }

    private static void finalized(Run<?, ?> run, ArmoryRuntime runtime) {
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
        runtime.ended();
    }

    @Override
    public void onDeleted(Run<?, ?> run) {
        BuildRef build = BuildRecord.refTo(run);
        ifOurs(run, runtime -> runtime.whenOpen(open -> open.approvals().remove(build::equals)));
    }
}
