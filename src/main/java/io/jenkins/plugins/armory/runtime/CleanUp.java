package io.jenkins.plugins.armory.runtime;

import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.builds.BuildFolders;
import io.jenkins.plugins.armory.builds.BuildRecord;
import io.jenkins.plugins.armory.builds.JobIds;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/**
 * A check of all approvals after a start and after a job was deleted. It removes those whose builds are gone, and ends those whose builds
 * are over.
 */
final class CleanUp {

    private static final Logger LOGGER = Logger.getLogger(CleanUp.class.getName());

    /**
     * The time after its deadline for which an approval of a missing build is kept, unless the build was seen to be
     * deleted. The build may come back: its disk may not be mounted, or its job may not have loaded.
     */
    private static final Duration PATIENCE = Duration.ofDays(7);

    private final Approvals approvals;
    private final Map<String, Instant> deleted;
    /** @param deleted full names of items that were seen to be deleted, with the times */
    CleanUp(Approvals approvals, Map<String, Instant> deleted) {
        this.approvals = approvals;
        this.deleted = deleted;
    }

    void run() throws IOException {
        approvals.removeIf(this::isGone);
        approvals.abort(BuildRecord::isOver, Event.Aborted.BUILD_ENDED);
        var pending = new HashMap<BuildRef, List<String>>();
        for (Approval approval : approvals.pending()) {
            pending.computeIfAbsent(approval.build(), build -> new ArrayList<>())
                    .add(approval.id());
        }
        pending.forEach(CleanUp::record);
        for (String id : approvals.unreadable()) {
            for (BuildRef build : BuildFolders.withApproval(id)) {
                if (BuildRecord.isOver(build)) {
                    approvals.endUnreadable(id, build);
                }
            }
        }
    }

    private boolean isGone(Approval approval) {
        BuildRef build = approval.build();
        boolean wasDeleted = deleted.entrySet().stream()
                .anyMatch(each ->
                        build.isIn(each.getKey()) && !approval.createdAt().isAfter(each.getValue()));
        if (wasDeleted && !BuildFolders.claims(build, approval.id())) {
            return true;
        }
        boolean longAgo = approval.deadline().plus(PATIENCE).isBefore(Instant.now());
        Job<?, ?> job = Jenkins.get().getItemByFullName(build.job(), Job.class);
        if (job == null) {
            return longAgo && BuildFolders.lackJob(build.job());
        }
        return longAgo && (isAnother(job, approval) || BuildFolders.lack(job, build.number()));
    }

    /** Returns whether a job only has the name that the job of an approval had. */
    private static boolean isAnother(Job<?, ?> job, Approval approval) {
        String id = approval.origin().jobId();
        try {
            return id != null
                    && JobIds.find(job).filter(found -> !found.equals(id)).isPresent();
        } catch (IOException x) {
            return false;
        }
    }

    /** Adds approvals to their build's record, for a crash that came between the two. */
    private static void record(BuildRef build, List<String> ids) {
        Run<?, ?> run = BuildRecord.find(build);
        if (run != null) {
            try {
                BuildRecord.add(run, ids);
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot write that " + ids + " belong to " + run, x);
            }
        }
    }
}
