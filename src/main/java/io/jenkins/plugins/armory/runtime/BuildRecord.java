package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Job;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.approval.BuildRef;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** References to builds, and the builds of references. */
@Restricted(NoExternalUse.class)
public final class BuildRecord {

    private BuildRecord() {}

    /** Returns the reference of approvals to a build. */
    public static BuildRef refTo(Run<?, ?> run) {
        return new BuildRef(run.getParent().getFullName(), run.getNumber());
    }

    /** Returns the build of a reference, as far as the current user may see it; {@code null} if it is not there. */
    @CheckForNull
    public static Run<?, ?> find(BuildRef build) {
        Job<?, ?> job = Jenkins.get().getItemByFullName(build.job(), Job.class);
        return job == null ? null : job.getBuildByNumber(build.number());
    }

    /** Returns whether the build of a reference is over; not if it is not there. */
    public static boolean isOver(BuildRef build) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            Run<?, ?> run = find(build);
            return run != null && !run.isBuilding();
        }
    }
}
