package io.jenkins.plugins.armory.build;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalStarted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Builds that are folders. */
public final class TestBuilds implements ApprovalStore.Builds {

    private static final String LOG = "armory.log";
    private static final String AWAY = "away";

    private final Path folder;
    private final Map<BuildRef, BuildState> states = new HashMap<>();
    private final Set<BuildRef> over = new HashSet<>();

    private TestBuilds(Path folder) {
        this.folder = folder;
    }

    public static TestBuilds below(Path folder) {
        return new TestBuilds(folder);
    }

    @Override
    public synchronized BuildState of(BuildRef build) throws IOException {
        BuildState state = states.get(build);
        if (state == null) {
            Files.createDirectories(folderOf(build));
            state = BuildState.open(() -> folderOf(build), 0, Runnable::run, Clock.systemUTC());
            state.renamed(build.job());
            states.put(build, state);
        }
        return state;
    }

    public Path folderOf(BuildRef build) {
        return folder.resolve("builds").resolve(build.job() + '/' + build.number());
    }

    /** Ends a build. */
    public synchronized void end(BuildRef build) {
        over.add(build);
    }

    @Override
    public boolean isThere(BuildRef build) {
        return Files.exists(folderOf(build));
    }

    @Override
    public synchronized boolean isOver(BuildRef build) {
        return over.contains(build);
    }

    /** Damages the log of a build that nobody has open. */
    public synchronized void damage(BuildRef build) throws IOException {
        states.remove(build);
        Files.writeString(folderOf(build).resolve(LOG), "garbled\n");
    }

    /** Returns the event that a step waits for approvals, outside of any environment and stage. */
    public static ApprovalStarted started(List<Approval> approvals) {
        Approval first = approvals.get(0);
        return new ApprovalStarted(
                new OpenApproval(first.step(), "tests", Place.OUTERMOST, first.phase(), "tests"), null);
    }

    /** Creates the approvals of a step. */
    public static void create(Approvals all, Approval... created) throws IOException {
        all.create(started(List.of(created)), List.of(created));
    }

    /** Creates the approvals of a step. */
    public static void create(ApprovalStore all, Approval... created) throws IOException {
        all.create(started(List.of(created)), List.of(created));
    }

    /** Has every write of a log fail, of builds that are there and of others, until {@link #mendLogs}. */
    public static void breakLogs(Path folder) throws IOException {
        Path builds = folder.resolve("builds");
        if (Files.notExists(builds)) {
            Files.createFile(builds);
            return;
        }
        for (Path log : logs(builds, LOG)) {
            Files.move(log, log.resolveSibling(AWAY));
            Files.createDirectory(log);
        }
    }

    public static void mendLogs(Path folder) throws IOException {
        Path builds = folder.resolve("builds");
        if (Files.isRegularFile(builds)) {
            Files.delete(builds);
            return;
        }
        for (Path away : logs(builds, AWAY)) {
            Files.delete(away.resolveSibling(LOG));
            Files.move(away, away.resolveSibling(LOG));
        }
    }

    private static List<Path> logs(Path builds, String name) throws IOException {
        try (Stream<Path> all = Files.walk(builds)) {
            return all.filter(file -> file.endsWith(name) && Files.isRegularFile(file))
                    .toList();
        }
    }
}
