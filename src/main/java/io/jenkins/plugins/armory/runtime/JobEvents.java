package io.jenkins.plugins.armory.runtime;

import hudson.Extension;
import hudson.ExtensionList;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Item;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
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

    /** Full names of the items deleted since the last round of {@link #clean}, and when. */
    private final Map<String, Instant> deleted = new ConcurrentHashMap<>();

    private final AtomicBoolean cleaning = new AtomicBoolean();

    @Override
    public void onLoaded() {
        ArmoryRuntime approvals = ArmoryRuntime.get();
        approvals.whenOpen(() -> {
            openDelivery();
            clean();
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

    @Override
    public void onBeforeShutdown() {
        ArmoryRuntime.get().close();
    }

    @Override
    public void onLocationChanged(Item item, String oldFullName, String newFullName) {
        ArmoryRuntime armory = ArmoryRuntime.get();
        armory.jobIds().note(item);
        try {
            armory.approvals().renamed();
        } catch (ApprovalsUnavailableException x) {
            LOGGER.log(Level.FINE, "The approvals follow when they are opened", x);
        }
    }

    @Override
    public void onDeleted(Item item) {
        deleted.put(item.getFullName(), Instant.now());
        ArmoryRuntime.get().whenOpen(this::clean);
    }

    /** Runs {@link CleanUp} in the background. Events meanwhile lead to one more round. */
    private void clean() {
        if (cleaning.compareAndSet(false, true)) {
            ArmoryRuntime.get().executor().execute(() -> {
                cleaning.set(false);
                Map<String, Instant> seen = Map.copyOf(deleted);
                try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
                    new CleanUp(ArmoryRuntime.get().approvals(), seen).run();
                    seen.forEach(deleted::remove);
                } catch (IOException x) {
                    LOGGER.log(Level.WARNING, "Cannot clean up the approvals of deleted builds", x);
                }
            });
        }
    }
}
