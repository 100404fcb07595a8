package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.builds.BuildRecord;
import io.jenkins.plugins.armory.builds.RunningBuild;
import io.jenkins.plugins.armory.builds.RunningBuilds;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the pages of a build need from disk. That of a running build, which they ask for every few seconds, is read once: the ids,
 * and the approvals that do not change any more, as many bytes as one step may have.
 */
final class KnownBuild {

    private final Map<String, Approval> approvals = new HashMap<>();
    private int room;

    @CheckForNull
    private List<String> ids;

    private KnownBuild(int room) {
        this.room = room;
    }

    static KnownBuild of(RunningBuilds builds, Run<?, ?> run) {
        RunningBuild running = builds.findOrCreate(run);
        return running == null
                ? new KnownBuild(0)
                : running.findOrCreate(KnownBuild.class, () -> new KnownBuild(Approvals.MOST_OF_STEP));
    }

    /** Takes note that the ids have changed on disk. */
    synchronized void changed() {
        ids = null;
    }

    synchronized List<String> ids(Run<?, ?> run) throws IOException {
        if (ids == null) {
            ids = BuildRecord.idsOf(run);
        }
        return ids;
    }

    /** Returns an approval; empty if it is not one of the build, whose folder may be a copy. */
    synchronized Optional<Approval> approval(Approvals store, String id, BuildRef build) throws IOException {
        Optional<Approval> known = Optional.ofNullable(approvals.get(id));
        if (known.filter(each -> each.build().equals(build)).isEmpty()) { // its job may have been renamed
            known = store.find(id).filter(each -> each.build().equals(build));
            known.filter(each -> room > 0 && each.isFinal()).ifPresent(this::keep);
        }
        return known;
    }

    private void keep(Approval approval) {
        room -= StoredJson.write(approval).length;
        if (room >= 0) {
            approvals.put(approval.id(), approval);
        }
    }
}
