package io.jenkins.plugins.armory.runtime;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Item;
import hudson.model.listeners.ItemListener;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.builds.BuildRecord;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
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
        approvals.whenOpen(() -> {
            openDelivery();
            approvals.executor().execute(JobEvents::endOrphans);
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

    private static void openDelivery() {
        try {
            ArmoryRuntime.get().calls().open();
        } catch (ApprovalsUnavailableException x) {
            throw new IllegalStateException(x); // called when the approvals are open
        }
    }

    /** Ends what belongs to builds that are over, since Jenkins went down just as they ended. */
    private static void endOrphans() {
        try {
            ArmoryRuntime.get().approvals().abort(BuildRecord::isOver, Event.Aborted.BUILD_ENDED);
        } catch (ApprovalsUnavailableException x) {
            LOGGER.log(Level.WARNING, "Cannot end the approvals of builds that are over", x);
        }
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
        ArmoryRuntime.get().whenOpen(() -> {
            try {
                ArmoryRuntime.get().approvals().remove(build -> build.isIn(name));
            } catch (ApprovalsUnavailableException x) {
                LOGGER.log(Level.WARNING, x, () -> "Cannot forget the approvals of " + name);
            }
        });
    }
}
