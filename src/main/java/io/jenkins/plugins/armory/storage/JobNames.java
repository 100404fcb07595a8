package io.jenkins.plugins.armory.storage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The present names of jobs. A record has the name that its job had when it was written, which people may read. */
@Restricted(NoExternalUse.class)
@FunctionalInterface
public interface JobNames {

    /** Returns the full name of the job of an id, {@code null} if there is none. */
    @CheckForNull
    String of(String jobId);

    /** Returns an approval with the present name of its job, or with the last one if the job is gone. */
    default Approval addTo(Approval approval) {
        String id = approval.origin().jobId();
        String name = id == null ? null : of(id);
        return name == null ? approval : approval.ofJob(name);
    }
}
