package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The running builds of this controller, with their state in memory. {@code BuildEvents} drops a build when it has
 * ended. Steps cannot be relied on for that: Jenkins does not ask them when a build is ended by force.
 */
@Restricted(NoExternalUse.class)
public final class RunningBuilds {

    private final Map<Run<?, ?>, RunningBuild> builds = new ConcurrentHashMap<>();

    /**
     * Returns the state of a build, {@code null} if it has none. Takes no lock and reads no file, so the Pipeline
     * engine's thread may call it anywhere.
     */
    @CheckForNull
    public RunningBuild find(Run<?, ?> run) {
        return builds.get(run);
    }

    /** Returns the state of a build, which is empty at first; {@code null} if the build has ended. */
    @CheckForNull
    public RunningBuild findOrCreate(Run<?, ?> run) {
        // The check inside orders this against forget, which follows the end of the build.
        RunningBuild build = builds.computeIfAbsent(run, key -> key.isBuilding() ? new RunningBuild() : null);
        return run.isBuilding() ? build : null;
    }

    /** Returns all builds that have a state. */
    public Set<Run<?, ?>> all() {
        return Set.copyOf(builds.keySet());
    }

    /** Drops a build that has ended. */
    public void forget(Run<?, ?> run) {
        builds.remove(run);
    }
}
