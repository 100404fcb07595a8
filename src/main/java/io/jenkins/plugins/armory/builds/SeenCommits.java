package io.jenkins.plugins.armory.builds;

import hudson.model.InvisibleAction;
import hudson.model.Run;
import java.io.IOException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * How many commits the log of a build had when Jenkins saved the build, in {@code build.xml}: with fewer, the log was lost, or an older copy
 * has taken its place. Jenkins saves it whenever it saves the build.
 */
@Restricted(NoExternalUse.class)
public final class SeenCommits extends InvisibleAction {

    private volatile long commits;

    private SeenCommits(long commits) {
        this.commits = commits;
    }

    /** Returns how many commits were seen of a build. */
    public static long of(Run<?, ?> run) {
        SeenCommits seen = run.getAction(SeenCommits.class);
        return seen == null ? 0 : seen.commits;
    }

    /**
     * Takes note of the commits of a build that are on disk.
     *
     * @throws IOException if it is the first time, and the build cannot be saved
     */
    public static void note(Run<?, ?> run, long commits) throws IOException {
        SeenCommits seen = run.getAction(SeenCommits.class);
        if (seen != null) {
            seen.commits = commits;
        } else if (commits > 0) {
            run.addAction(new SeenCommits(commits));
            run.save();
        }
    }
}
