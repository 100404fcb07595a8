package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Action;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * How many commits the log of a build had when Jenkins saved the build, in {@code build.xml}: with fewer, the log was
 * lost, or an older copy has taken its place. Jenkins saves it whenever it saves the build. A build without it has
 * nothing of the plugin, so the plugin's listeners pass it over.
 */
@Restricted(NoExternalUse.class)
public final class SeenCommits extends InvisibleAction {

    private final String key;
    private volatile long commits;

    private SeenCommits(String key, long commits) {
        this.key = key;
        this.commits = commits;
    }

    /** Returns the build's key, with which the ids of its approvals begin. */
    String key() {
        return key;
    }

    /**
     * Returns what was seen of a build, {@code null} for a build that has no log of ours. Looks at the build's own
     * actions alone: others would be asked of all plugins.
     */
    @CheckForNull
    public static SeenCommits find(Run<?, ?> run) {
        for (Action action : run.getActions()) {
            if (action instanceof SeenCommits seen) {
                return seen;
            }
        }
        return null;
    }

    /** Returns how many commits were seen of a build. */
    public static long of(Run<?, ?> run) {
        SeenCommits seen = find(run);
        return seen == null ? 0 : seen.commits;
    }

    /**
     * Takes note of the commits of a build that are on disk, in memory alone.
     *
     * @param key the build's, which does not change any more
     */
    static void note(Run<?, ?> run, String key, long commits) {
        SeenCommits seen = find(run);
        if (seen == null) {
            run.addAction(new SeenCommits(key, commits));
        } else {
            seen.commits = commits;
        }
    }
}
