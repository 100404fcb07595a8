package io.jenkins.plugins.armory.store;

import static io.jenkins.plugins.armory.approval.ApprovalTest.start;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTest;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.ManualTimer;
import io.jenkins.plugins.armory.approval.MutableClock;
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
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;

/** Builds that are folders. */
public final class TestBuilds implements Approvals.Builds {

    /** The number of a copy of the build that approvals have unless they say otherwise. */
    static final int COPY = 99;

    private static final String DEFAULT = "deploy7";
    private static final String LOG = "armory.log";
    private static final String AWAY = "away";

    private final Path folder;
    private final Map<BuildRef, BuildState> states = new HashMap<>();
    private final Set<BuildRef> over = new HashSet<>();
    private Approvals store;

    private TestBuilds(Path folder) {
        this.folder = folder;
    }

    public static TestBuilds below(Path folder) {
        return new TestBuilds(folder);
    }

    /** Opens the approvals of the builds below a folder, for which nothing is done in the background. */
    public static Approvals open(Path folder) throws IOException {
        return below(folder).open(work -> {});
    }

    /** Opens the approvals of the builds below a folder, as once all builds are taken up. */
    public static Approvals opened(Path folder) throws IOException {
        Approvals opened = open(folder);
        opened.takeUpAll(List.of());
        return opened;
    }

    /** Opens the approvals at a moment shortly after {@link ApprovalTest#start}. */
    public Approvals open(Executor executor) throws IOException {
        var clock = new MutableClock(ApprovalTest.SOON);
        return open(new ManualTimer(clock).service(), executor, clock, approval -> {});
    }

    public Approvals open(ScheduledExecutorService timer, Executor executor, Clock clock, ApprovalObserver follower)
            throws IOException {
        store = Approvals.open(folder, this, timer, executor, clock, follower);
        return store;
    }

    /** Returns the key of a build, which a new name of its job does not change, and which its copy has too. */
    static String keyOf(BuildRef build) {
        int number = build.number() == COPY ? start("a1").build().number() : build.number();
        String key = build.job().replaceFirst(".*/", "") + number;
        return key.equals(DEFAULT) ? "a1" : key;
    }

    @Override
    public synchronized BuildState of(BuildRef build) throws IOException {
        BuildState state = states.get(build);
        if (state == null) {
            Files.createDirectories(folderOf(build));
            state = store.openState(build, () -> folderOf(build), keyOf(build), 0, Runnable::run);
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
