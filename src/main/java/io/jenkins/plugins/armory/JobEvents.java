package io.jenkins.plugins.armory;

import hudson.Extension;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.listeners.ItemListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.step.Cancellations;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/**
 * Opens the approvals when Jenkins has loaded its jobs, and follows renamed, moved and deleted jobs. Builds have a
 * listener of their own, {@link BuildEvents}.
 */
@Extension
public final class JobEvents extends ItemListener {

    private static final Logger LOGGER = Logger.getLogger(JobEvents.class.getName());

    /**
     * A job that is not there may be one that failed to load and will be mended. What is known of its builds is kept for
     * so long, unless the job was seen to be deleted.
     */
    private static final Duration PATIENCE = Duration.ofDays(7);

    /** Full names of the items deleted since the last round of {@link #clean}. */
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean cleaning = new AtomicBoolean();
    private record Move(String from, String to) {
        /** Whether that item lay below this one and came along. */
        boolean explains(String oldFullName, String newFullName) {
            return oldFullName.startsWith(from + '/') && newFullName.equals(to + oldFullName.substring(from.length()));
        }
    }

    private volatile Move lastMove = new Move("", "");

    @Override
    public void onLoaded() {
        ArmoryApprovals approvals = ArmoryApprovals.get();
        try {
            approvals.tokens().newId(); // loads the key now, and not on the thread of the first step
            approvals.approvals();
        } catch (IOException x) {
            LOGGER.log(Level.SEVERE, "The webhook approvals cannot be loaded; builds that wait will not be resumed", x);
            return;
        }
        try {
            Cancellations.get().open();
        } catch (IOException x) {
            LOGGER.log(Level.SEVERE, "The cancel webhooks cannot be loaded; none will be called", x);
        }
        clean();
    }

    @Override
    public void onBeforeShutdown() {
        ArmoryApprovals.get().close();
    }

    @Override
    public void onLocationChanged(Item item, String oldFullName, String newFullName) {
        // A folder's own event comes first and moves all that is below it; the events of that would find nothing to do,
        // at the price of reading the whole history for each. (Unless there is a new folder of the old name by now.)
        Move folder = lastMove;
        if (folder.explains(oldFullName, newFullName) && Jenkins.get().getItemByFullName(folder.from(), Item.class) == null) {
            return;
        }
        lastMove = new Move(oldFullName, newFullName);
        try {
            ArmoryApprovals.get().approvals().move(oldFullName, newFullName);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot follow " + oldFullName + " to " + newFullName, x);
        }
    }

    @Override
    public void onDeleted(Item item) {
        deleted.add(item.getFullName());
        clean();
    }

    /** Removes what is known of builds that are gone, in the background. Events meanwhile lead to one more round. */
    private void clean() {
        if (cleaning.compareAndSet(false, true)) {
            ArmoryApprovals.get().executor().execute(() -> {
                cleaning.set(false);
                Set<String> names = Set.copyOf(deleted);
                try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
                    Approvals approvals = ArmoryApprovals.get().approvals();
                    approvals.removeIf(approval -> isGone(approval, names));
                    Cancellations.get().clean();
                    approvals.abort(JobEvents::isOver, "The build ended.");
                    deleted.removeAll(names);
                } catch (IOException x) {
                    LOGGER.log(Level.WARNING, "Cannot clean up the approvals of deleted builds", x);
                }
            });
        }
    }

    private static boolean isGone(Approval approval, Set<String> deleted) {
        BuildRef build = approval.build();
        Job<?, ?> job = Jenkins.get().getItemByFullName(build.job(), Job.class);
        if (job != null) {
            return !new File(job.getBuildDir(), String.valueOf(build.number())).exists();
        }
        return deleted.stream().anyMatch(build::isIn)
                || approval.deadline().plus(PATIENCE).isBefore(Instant.now());
    }

    private static boolean isOver(BuildRef build) {
        Job<?, ?> job = Jenkins.get().getItemByFullName(build.job(), Job.class);
        Run<?, ?> run = job == null ? null : job.getBuildByNumber(build.number());
        return run != null && !run.isBuilding();
    }
}
