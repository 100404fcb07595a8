package io.jenkins.plugins.armory.runtime;

import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;

/**
 * A check of all approvals after a start and after a job was deleted. It removes those whose builds are gone, moves
 * those whose jobs were renamed while Jenkins was down, and ends those whose builds are over.
 */
final class CleanUp {

    private static final Logger LOGGER = Logger.getLogger(CleanUp.class.getName());

    /**
     * The time after its deadline for which an approval of a missing build is kept, unless the build was seen to be
     * deleted. The build may come back: its disk may not be mounted, or its job may not have loaded.
     */
    private static final Duration PATIENCE = Duration.ofDays(7);
    /** The number of approvals of a missing job for which all other jobs are searched. */
    private static final int QUESTIONS = 10;

    private final Approvals approvals;
    private final Map<String, Instant> deleted;
    /** The new names of missing jobs, by the old name. */
    private final Map<String, String> renamed = new HashMap<>();

    private final Map<String, Integer> asked = new HashMap<>();
    private final Set<String> ambiguous = new HashSet<>();

    /** @param deleted full names of items that were seen to be deleted, with the times */
    CleanUp(Approvals approvals, Map<String, Instant> deleted) {
        this.approvals = approvals;
        this.deleted = deleted;
    }

    void run() throws IOException {
        approvals.removeIf(this::isGone);
        for (Map.Entry<String, String> each : renamed.entrySet()) {
            LOGGER.log(
                    Level.INFO,
                    "The job {0} was renamed to {1} while Jenkins was down; its approvals follow",
                    new Object[] {each.getKey(), each.getValue()});
            approvals.move(each.getKey(), each.getValue());
        }
        approvals.abort(BuildRecord::isOver, Event.Aborted.BUILD_ENDED);
        for (Approval approval : approvals.pending()) {
            record(approval);
        }
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
        return job == null
                ? !isRenamed(approval) && longAgo && BuildFolders.lackJob(build.job())
                : longAgo && BuildFolders.lack(job, build.number());
    }

    /** Returns whether another job has the build of an approval, or several have. */
    private boolean isRenamed(Approval approval) {
        BuildRef build = approval.build();
        String job = build.job();
        if (!renamed.containsKey(job) && asked.merge(job, 1, Integer::sum) <= QUESTIONS) {
            List<BuildRef> found = BuildFolders.withApproval(approval.id(), build.number());
            if (found.size() == 1) {
                renamed.put(job, found.get(0).job());
            } else if (found.size() > 1 && ambiguous.add(job)) {
                LOGGER.log(
                        Level.WARNING,
                        "Approval {1} of {0} is claimed by several builds: {2}. It stays with {0}.",
                        new Object[] {build, approval.id(), found});
            }
        }
        return renamed.containsKey(job) || ambiguous.contains(job);
    }

    /** Adds an approval to its build's record, for a crash that came between the two. */
    private static void record(Approval approval) {
        Run<?, ?> run = BuildRecord.find(approval.build());
        if (run != null) {
            try {
                BuildRecord.add(run, approval.id());
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot write that " + approval.id() + " belongs to " + run, x);
            }
        }
    }
}
