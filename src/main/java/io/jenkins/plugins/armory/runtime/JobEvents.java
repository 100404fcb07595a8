package io.jenkins.plugins.armory.runtime;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.listeners.ItemListener;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionList;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Opens the approvals when Jenkins has loaded its jobs, and follows renamed, moved and deleted jobs. Builds have a
 * listener of their own, {@link BuildEvents}.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class JobEvents extends ItemListener {

    private static final Logger LOGGER = Logger.getLogger(JobEvents.class.getName());

    @Override
    public void onLoaded() {
        ArmoryRuntime approvals = ArmoryRuntime.get();
        approvals.whenOpen(open -> {
            open.calls().open();
            approvals.executor().execute(() -> takeUp(open));
        });
        try {
            approvals.tokens().newId(); // loads the key here and not on the thread of the first step
        } catch (RuntimeException | Error x) { // of a disk that is full or broken; it would end the start of Jenkins
            LOGGER.log(Level.SEVERE, "Cannot read the key of callbacks; approvals fail until it can be read", x);
        }
    }

    /** Opens the approvals if Jenkins loads the plugin while it runs: then nobody calls {@link #onLoaded}. */
    @Initializer(after = InitMilestone.JOB_LOADED)
    public static void openInRunningJenkins() {
        if (Jenkins.get().getInitLevel() == InitMilestone.COMPLETED) {
            ExtensionList.lookupSingleton(JobEvents.class).onLoaded();
        }
    }

    /**
     * Takes up what is open, and ends what belongs to builds that are over, since Jenkins went down just as they ended.
     */
    private static void takeUp(OpenStore.Open open) {
        open.approvals().takeUpAll(running());
        open.approvals().abort(BuildRecord::isOver, Event.Aborted.BUILD_ENDED);
    }

    /** Returns the builds that go on and have a log, whether they are marked or not. */
    private static Collection<BuildRef> running() {
        var running = new ArrayList<BuildRef>();
        for (FlowExecution execution : FlowExecutionList.get()) {
            try {
                if (execution.getOwner().getExecutable() instanceof Run<?, ?> run && SeenCommits.find(run) != null) {
                    running.add(BuildRecord.refTo(run));
                }
            } catch (IOException x) {
                LOGGER.log(Level.FINE, x, () -> "The build of " + execution + " is gone");
            }
        }
        return running;
    }

    @Override
    public void onBeforeShutdown() {
        ArmoryRuntime.get().close();
    }

    @Override
    public void onLocationChanged(Item item, String oldFullName, String newFullName) {
        try {
            ArmoryRuntime.get().approvals().renamed(oldFullName, newFullName);
        } catch (ApprovalsUnavailableException x) {
            LOGGER.log(Level.FINE, "The approvals follow when their builds go on", x);
        }
    }

    /** Jenkins says nothing of the builds of a job that it deletes. */
    @Override
    public void onDeleted(Item item) {
        String name = item.getFullName();
        ArmoryRuntime.get().whenOpen(open -> open.approvals().remove(build -> build.isIn(name)));
    }
}
