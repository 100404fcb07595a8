package io.jenkins.plugins.armory.runtime;

import com.google.common.hash.Hashing;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ExtensionList;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.Deployment.Transition;
import io.jenkins.plugins.armory.environment.DeploymentEvent;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.store.BuildState;
import io.jenkins.plugins.armory.store.StoredPart;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The environments of this controller's builds: in memory for running builds, read from disk on demand for others. */
@Restricted(NoExternalUse.class)
public final class Deployments {

    private static final Logger LOGGER = Logger.getLogger(Deployments.class.getName());

    /** The most builds that are over and in memory. */
    private static final int KEPT = 8;

    /** The reason why every later stage of a build is cancelled, even once its environments are read or written. */
    private record UnwrittenReason(String why) {}

    private final Executor executor;
    private final RunningBuilds builds;
    private final OpenApprovals approvals;
    private final BiConsumer<Run<?, ?>, Deployment> ended;

    /** The approvals of this controller. */
    public interface OpenApprovals {

        /** @throws IOException if they are not open, as while another Jenkins has the home */
        Approvals get() throws IOException;
    }

    /**
     * The last builds that are over and that somebody looked at, since a page asks again and again. Guarded by itself.
     */
    private final Deque<BuildState> kept = new ArrayDeque<>();

    /** By the objects that Jenkins has of the builds. */
    private final Map<Run<?, ?>, Opening> openings = Collections.synchronizedMap(new WeakHashMap<>());

    /** The lock of one build: a disk that does not answer holds up one alone. */
    private static final class Opening {
        /**
         * Whether its ended deployments were told after its end. Once is enough: everybody may look at the build at any
         * time.
         */
        private volatile boolean noted;

        /** The environments whose deployments were told before that. */
        private volatile List<Environment> over = List.of();

        /** The state as long as somebody uses it: there is one of a build. Guarded by this. */
        private WeakReference<BuildState> state = new WeakReference<>(null);
    }

    /**
     * @param executor calls the steps of a build that wait
     * @param approvals opens the logs of builds
     * @param ended hears of deployments that are over, see {@link DeploymentListener}
     */
    public Deployments(
            Executor executor, RunningBuilds builds, OpenApprovals approvals, BiConsumer<Run<?, ?>, Deployment> ended) {
        this.executor = executor;
        this.builds = builds;
        this.approvals = approvals;
        this.ended = ended;
    }

    /** Returns the environments of all running builds that have any, as they are on disk. */
    public Map<Run<?, ?>, Deployment> running() {
        var running = new HashMap<Run<?, ?>, Deployment>();
        for (Run<?, ?> run : builds.all()) {
            BuildState store = storeInMemory(run);
            if (store != null) {
                running.put(run, store.deployment());
            }
        }
        return running;
    }

    /**
     * Returns the environments of a build.
     *
     * @throws IOException if they cannot be read
     */
    public BuildState of(Run<?, ?> run) throws IOException {
        BuildState known = storeInMemory(run);
        return known == null ? open(run) : known;
    }

    @CheckForNull
    private BuildState storeInMemory(Run<?, ?> run) {
        RunningBuild build = builds.find(run);
        return build == null ? null : build.find(BuildState.class);
    }

    /**
     * Returns the key of a build, with which the ids of its approvals begin. Before the first commit it is made of what
     * Jenkins has in {@code build.xml} from the start of the build on; the job's name is no part of it. Later that may
     * change: Jenkins resumes a Pipeline as another item of the queue.
     */
    public String keyOf(Run<?, ?> run) {
        SeenCommits seen = SeenCommits.find(run);
        return seen != null ? seen.key() : firstKeyOf(run);
    }

    private static String firstKeyOf(Run<?, ?> run) {
        return Approvals.keyOf(Hashing.sha256()
                .hashString(run.getQueueId() + "/" + run.getTimeInMillis(), StandardCharsets.US_ASCII)
                .toString());
    }

    private Opening opening(Run<?, ?> run) {
        return openings.computeIfAbsent(run, each -> new Opening());
    }

    /**
     * Opens the environments of a build that has none in memory. One store of a build is opened at a time, so it never
     * has two, of which one reads what the other writes.
     */
    private BuildState open(Run<?, ?> run) throws IOException {
        synchronized (opening(run)) {
            BuildState inMemory = storeInMemory(run);
            BuildState known = inMemory == null ? opening(run).state.get() : inMemory;
            return known == null ? read(run) : known;
        }
    }

    private BuildState read(Run<?, ?> run) throws IOException {
        String key = keyOf(run);
        BuildState opened = approvals
                .get()
                .openState(BuildRecord.refTo(run), () -> run.getRootDir().toPath(), key, SeenCommits.of(run), executor);
        opened.renamed(run.getParent().getFullName());
        if (run.isBuilding()) {
            opened.checkParts(name -> ExtensionList.lookup(StoredPart.class).stream()
                    .anyMatch(each -> each.part().equals(name)));
        }
        opened.listen(commits -> SeenCommits.note(run, key, commits), () -> save(run));
        if (SeenCommits.find(run) == null
                && (opened.commits() > 0 || opened.doubt().isPresent())) {
            SeenCommits.note(run, key, opened.commits()); // Jenkins has gone down before it saved that
            save(run);
        }
        opening(run).state = new WeakReference<>(opened);
        RunningBuild build = builds.findOrCreate(run);
        if (build == null) {
            keep(opened);
            try {
                end(run, opened); // Jenkins may have gone down before this was written or noted
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot write how the environments of " + run + " ended", x);
            }
        } else {
            build.put(opened);
        }
        return opened;
    }

    private void keep(BuildState opened) {
        synchronized (kept) {
            kept.addLast(opened);
            if (kept.size() > KEPT) {
                kept.removeFirst();
            }
        }
    }

    /** A change of what is known of a build. */
    private interface Write {
        Transition on(BuildState state) throws IOException;
    }

    /**
     * Applies an event, and sets the build's result that follows from it. Writes files, so the Pipeline engine's thread
     * must not call it.
     *
     * @throws BuildState.UnwrittenException if it could not be written, and has to be applied again
     * @throws IOException if the environments cannot be read, or the build has ended and they could not be written
     */
    public Transition apply(Run<?, ?> run, DeploymentEvent event) throws IOException {
        return write(run, state -> state.apply(event));
    }

    /** Ends what is like an approval by its failure, and the approvals beside it, likewise. */
    public void fail(Run<?, ?> run, OpenApproval failed, String reason) throws IOException {
        write(run, state -> state.fail(failed, reason));
    }

    private Transition write(Run<?, ?> run, Write write) throws IOException {
        Transition transition;
        BuildState state = of(run);
        if (run.isBuilding()) {
            approvals.get().keep(BuildRecord.refTo(run), state);
        }
        try {
            transition = write.on(state);
        } catch (BuildState.UnwrittenException x) {
            throw run.isBuilding() ? x : new IOException(x); // its folder may be deleted, and nobody waits for it
        }
        noteOutcome(run, transition.deployment());
        return transition;
    }

    /** Has the build show what has become of its environments, since approvals were decided. */
    public Deployment noteOutcome(Run<?, ?> run) throws IOException {
        Deployment deployment = of(run).deployment();
        noteOutcome(run, deployment);
        return deployment;
    }

    private void noteOutcome(Run<?, ?> run, Deployment deployment) {
        List<Environment> over = deployment.environments().values().stream()
                .filter(each -> each.state().isOver())
                .toList();
        if (!over.equals(opening(run).over)) {
            opening(run).over = over;
            ended.accept(run, deployment);
        }
        // No worse yet: else a post { failure } of a stage beside it would undo what is good.
        Result known = run.getResult();
        boolean changed = deployment.outcome() != Deployment.Outcome.SUCCESS
                && (known == null || Result.UNSTABLE.isWorseThan(known));
        if (run.isBuilding() && changed) {
            run.setResult(Result.UNSTABLE); // which Jenkins saves with the end of the build; a start sets it again
        }
    }

    private static void save(Run<?, ?> run) {
        try {
            run.save();
        } catch (IOException | RuntimeException x) { // Jenkins saves it with the build's next change
            LOGGER.log(Level.WARNING, "Cannot save " + run, x);
        }
    }

    /** Returns whether nothing could be written to the log of a build for some seconds. Looks at memory alone. */
    public boolean isStuck(Run<?, ?> run) {
        BuildState known = storeInMemory(run);
        return known == null || known.isStuck(BuildState.STUCK);
    }

    /**
     * Puts a build in doubt, see {@link BuildState#doubt(String)}. Waits for no disk.
     *
     * @return completes once that holds
     */
    public CompletableFuture<Void> doubt(Run<?, ?> run, String why) {
        BuildState known = storeInMemory(run);
        return known == null ? CompletableFuture.completedFuture(null) : known.doubt(why);
    }

    /**
     * Sets the result of a build whose stages are over. Looks at memory alone, so the Pipeline engine's thread may call
     * it.
     *
     * @return why it is no success, although its Pipeline may have gone on
     */
    public List<String> conclude(Run<?, ?> run) {
        BuildState known = storeInMemory(run);
        if (known == null) {
            return List.of();
        }
        Deployment deployment = known.newest();
        if (deployment.outcome() != Deployment.Outcome.SUCCESS) { // which a running build does not have
            run.setResult(deployment.outcome() == Deployment.Outcome.FAILURE ? Result.FAILURE : Result.UNSTABLE);
        }
        return deployment.reasons();
    }

    /**
     * Applies an event in memory alone. It is written with the next event of the build that is, so it may be lost in a
     * crash.
     *
     * @throws IOException if the environments cannot be read
     */
    public Transition note(Run<?, ?> run, DeploymentEvent event) throws IOException {
        return of(run).note(event);
    }

    /**
     * Notes that a stage of a running build is cancelled, in memory alone: the Pipeline engine's thread may call it.
     */
    public void noteCancelled(Run<?, ?> run, String stage, Place place, String reason) {
        BuildState known = storeInMemory(run);
        if (known != null) {
            known.note(new DeploymentEvent.StageCancelled(stage, place, reason));
        }
        run.setResult(known == null ? Result.FAILURE : Result.UNSTABLE); // see conclude()
    }

    /**
     * Writes what was noted of a running build.
     *
     * @throws IOException if it could not be written; the next event of the build writes it too
     */
    public void flush(Run<?, ?> run) throws IOException {
        BuildState known = storeInMemory(run);
        if (known != null) {
            known.flush();
        }
    }

    /**
     * Returns why a stage that begins must not run, see {@link Deployment#reasonToCancel}; {@code null} if it may. What
     * is not on disk yet counts too: a stage that begins does not wait for a write. Looks at memory alone, so the
     * Pipeline engine's thread may call it.
     */
    @CheckForNull
    public String reasonToCancel(Run<?, ?> run, Place stage) {
        RunningBuild build = builds.find(run);
        UnwrittenReason origin = build == null ? null : build.find(UnwrittenReason.class);
        if (origin != null) {
            return origin.why;
        }
        BuildState known = storeInMemory(run);
        if (known == null) {
            return SeenCommits.find(run) == null ? null : "The environments of this build are not read yet";
        }
        String reason = known.newest().reasonToCancel(stage); // what makes up for a failure counts once it is on disk
        return reason != null ? reason : known.deployment().reasonToCancel(stage);
    }

    /** Returns whether a restarted build leaves out the outermost stage of that name. Looks at memory alone. */
    public boolean leavesOut(Run<?, ?> run, String stage) {
        BuildState known = storeInMemory(run);
        return known != null && known.newest().leavesOut(stage);
    }

    /**
     * Reads the environments of a build that continues after a restart of Jenkins, since its stages ask memory alone.
     * Until they are read, as once another Jenkins has given up the home, every stage is cancelled: a failed approval
     * may guard it.
     */
    public void resume(Run<?, ?> run) {
        try {
            noteOutcome(run); // Jenkins may have gone down before that was noted
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, x, () -> "The environments of " + run + " are read later");
        }
    }

    /**
     * Gives a build that was restarted from a stage the decisions of the original build, see
     * {@link Deployment#restarted}. Called before the build runs.
     *
     * @param leftOut names of the outermost stages that the build leaves out
     * @param again names of those that it runs again
     * @param originLeftOut whether the original build left out some itself, since it was restarted too
     */
    public void restart(
            Run<?, ?> run, Run<?, ?> origin, Set<String> leftOut, Set<String> again, boolean originLeftOut) {
        begin(run, () -> {
            Deployment decisions = of(origin).newest();
            return decisions.isEmpty() && originLeftOut // it knew that much from its own beginning on
                    ? new DeploymentEvent.OriginUnknown("The decisions of " + origin.getFullDisplayName()
                            + " are not known: it could not write those of the build that it was restarted from, so no stage is"
                            + " run that one of them may guard")
                    : new DeploymentEvent.Restarted(decisions, leftOut, again);
        });
    }

    private interface Beginning {
        DeploymentEvent event() throws IOException;
    }

    /**
     * Cancels the stages of a build that was restarted from a stage, and whose original build is gone with its
     * decisions.
     */
    public void restartWithoutOrigin(Run<?, ?> run) {
        begin(
                run,
                () -> new DeploymentEvent.OriginUnknown(
                        "The build that this one was restarted from is deleted, so no stage is run that one of its"
                                + " decisions may guard. Start a new build"));
    }

    private void begin(Run<?, ?> run, Beginning beginning) {
        try {
            apply(run, beginning.event());
        } catch (IOException x) {
            String problem =
                    "The decisions of the build that this one was restarted from cannot be read or written, so no stage"
                            + " is run that one of them may guard: ";
            LOGGER.log(Level.WARNING, x, () -> run + ": " + problem);
            RunningBuild build = builds.findOrCreate(run);
            if (build != null) {
                build.put(new UnwrittenReason(problem + x.getMessage()));
                SeenCommits.note(run, keyOf(run), SeenCommits.of(run));
            }
        }
    }

    /**
     * Returns {@link Deployment#underWay} of a running build. Looks at memory alone. What begins it counts once it is
     * on disk, and what ends it at once.
     */
    public Optional<String> underWay(Run<?, ?> run, String environment) {
        BuildState known = storeInMemory(run);
        return known == null || known.newest().underWay(environment).isEmpty()
                ? Optional.empty()
                : known.deployment().underWay(environment);
    }

    /** Ends the environments of a build that has ended. */
    void end(Run<?, ?> run) throws IOException {
        end(run, of(run));
    }

    private void end(Run<?, ?> run, BuildState store) throws IOException {
        try {
            boolean changed = store.end();
            Opening opening = opening(run);
            if (changed || !opening.noted) {
                opening.noted = true;
                ended.accept(run, store.deployment());
            }
        } catch (IOException x) {
            boolean isBeingDeleted = !run.getRootDir().exists() || x.getCause() instanceof NoSuchFileException;
            if (!isBeingDeleted) {
                throw x;
            }
        }
    }
}
