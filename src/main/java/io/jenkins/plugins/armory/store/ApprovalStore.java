package io.jenkins.plugins.armory.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.store.disk.UntilWritten;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The approvals of a controller: each is in the log of its build, see {@link BuildState}, and those of builds that are not over are in
 * memory. Below one folder there are besides:
 *
 * <pre>
 * open/KEY    a build whose log has something open, see {@link Markers}
 * history/    a line for each decision and deployment, see {@link History}
 * </pre>
 *
 * When a method that changes an approval returns, the change is on disk; when it throws, nothing has changed.
 */
@Restricted(NoExternalUse.class)
public final class ApprovalStore {

    private static final Logger LOGGER = Logger.getLogger(ApprovalStore.class.getName());

    /** The length of what the ids of all approvals of a build begin with. */
    private static final int KEY = 16;

    /** How many approvals of builds that are over are found by their ids. */
    private static final int REMEMBERED = 10_000;

    /** What is known of the builds. */
    public interface Builds {

        /**
         * Returns the state of a build.
         *
         * @throws IOException if it cannot be read, or if the build is not there now
         */
        BuildState of(BuildRef build) throws IOException;

        /** Returns whether there is such a build now. */
        boolean isThere(BuildRef build);

        /** Returns whether a build is over. */
        boolean isOver(BuildRef build);
    }

    /** The approvals of the builds that are not over, or have something to do, by id. */
    private final Map<String, Approval> memory = new ConcurrentHashMap<>();

    private final RecentDecisions recent = new RecentDecisions();
    private final Path folder;
    private final Builds builds;
    private final Markers markers;
    private final History history;
    private volatile BuildState.Feed follower = new BuildState.Feed() {};

    /** The states of the builds whose approvals are in memory: as long as they are here, nobody opens another. */
    private final Map<BuildRef, BuildState> states = new ConcurrentHashMap<>();

    /** The builds of approvals that are in memory no more, by id. Guarded by itself. */
    private final Map<String, BuildRef> over = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, BuildRef> eldest) {
            return size() > REMEMBERED;
        }
    };

    private final AtomicBoolean settling = new AtomicBoolean();
    private volatile Runnable settleSoon = () -> {};
    private volatile boolean closed;

    /** Whether all builds are taken up: before that, an id without a marker may be one of a build that goes on. */
    private volatile boolean takenUp;

    @CheckForNull
    private volatile IOException failure;

    private ApprovalStore(Path folder, Builds builds) throws IOException {
        this.folder = folder;
        this.builds = builds;
        history = new History(folder.resolve("history"));
        markers = new Markers(folder.resolve("open"), builds::isThere);
    }

    /**
     * Opens the approvals of all builds. The log of one is read when somebody asks for it, or by {@link #takeUpAll}.
     *
     * @throws IOException if the folder cannot be created or read
     */
    public static ApprovalStore open(Path folder, Builds builds) throws IOException {
        var store = new ApprovalStore(folder, builds);
        store.history.readDecided((id, build) -> {
            synchronized (store.over) {
                store.over.put(id, build);
            }
        });
        return store;
    }

    /** Writes the history in the background, and lets go of builds that are over. */
    public ApprovalStore settling(ScheduledExecutorService timer, Executor executor) {
        var again = new UntilWritten(timer, executor);
        settleSoon = () -> {
            if (settling.compareAndSet(false, true)) {
                executor.execute(() -> again.run(
                        this::settle,
                        x -> LOGGER.log(
                                Level.WARNING, "Cannot write the history; trying again until it can be written", x)));
            }
        };
        return this;
    }

    /**
     * Takes up all builds that have something open. One whose log cannot be read holds up no other. Called when Jenkins has loaded its jobs, and
     * whoever follows the approvals is there.
     *
     * @param running further builds that go on; the marker of one may be lost
     */
    public void takeUpAll(Collection<BuildRef> running) {
        var all = new HashSet<BuildRef>(markers.builds());
        all.addAll(running);
        for (BuildRef build : all) {
            try {
                takeUp(build);
            } catch (IOException | RuntimeException x) {
                LOGGER.log(Level.WARNING, x, () -> "The approvals of " + build + " cannot be read now");
                if (!builds.isThere(build)) {
                    markers.removeMissing(build, Instant.now());
                }
            }
        }
        takenUp = true;
        readRecent();
        settleSoon.run();
    }

    /** Reads the newest decisions of builds that are over, for the page of all approvals. */
    private void readRecent() {
        List<Map.Entry<String, BuildRef>> all;
        synchronized (over) {
            all = List.copyOf(over.entrySet());
        }
        for (Map.Entry<String, BuildRef> each :
                all.subList(Math.max(0, all.size() - RecentDecisions.MOST), all.size())) {
            try {
                find(each.getKey()).filter(Approval::isDecided).ifPresent(recent::put);
            } catch (IOException x) {
                LOGGER.log(Level.FINE, x, () -> "The approvals of " + each.getValue() + " cannot be read");
            }
        }
    }

    private void settle() throws IOException {
        settling.set(false);
        history.write();
        for (BuildRef build : markers.builds()) {
            BuildState state = states.get(build);
            // One that was let go of may have been marked again, when the end of its environments was written.
            if (builds.isOver(build) && (state == null ? takenUp : letsGo(build, state.approvals()))) {
                // Without the lock of memory, which commits take: whoever takes up a build waits for one.
                states.remove(build);
                markers.remove(build);
            }
        }
    }

    /** Removes approvals from memory, if nothing is left to do for them. */
    private boolean letsGo(BuildRef build, List<Approval> all) {
        synchronized (memory) {
            for (Approval each : all) {
                Approval known = memory.get(each.id());
                if (known == null || !known.isClosed() || history.lacks(each.id())) {
                    return false;
                }
            }
            synchronized (over) {
                all.forEach(each -> over.put(each.id(), build));
            }
            all.forEach(each -> memory.remove(each.id()));
            return true;
        }
    }

    /** Takes note that a build is over. */
    public void ended() {
        settleSoon.run();
    }

    /**
     * Takes up the approvals of a build, unless that was done before. Its job may have been renamed while Jenkins was down.
     *
     * @throws IOException if the build is not there now, or is a copy of another one that has the approvals
     */
    public void takeUp(BuildRef build) throws IOException {
        if (!states.containsKey(build)) {
            BuildState state = builds.of(build);
            state.mark(); // under the present name
            keep(build, state);
        }
    }

    /**
     * Opens the log of a build, see {@link BuildState}. There must be one object of a build.
     *
     * @param folder returns the build's folder, which changes with the name of the job
     * @param key the build's
     * @param seen how many commits the build's own record has seen
     * @param waiters calls the steps that wait
     */
    public BuildState openState(BuildRef build, Supplier<Path> folder, String key, long seen, Executor waiters) {
        BuildState known = states.get(build);
        return known != null
                ? known
                : BuildState.open(build, folder, markers, key, seen, waiters, Clock.tickMillis(ZoneOffset.UTC));
    }

    /**
     * Puts a build in doubt if its log could not be written for some seconds.
     *
     * @return whether that is so
     */
    boolean doubtIfStuck(BuildRef build, String why) {
        BuildState state = states.get(build);
        boolean isStuck = state != null && state.isStuck(BuildState.STUCK);
        if (isStuck) {
            state.doubt(why);
        }
        return isStuck;
    }

    /** Subscribes to the feed of a build, once. Returns when the subscription holds, on every thread, so that no commit is missed. */
    public void keep(BuildRef build, BuildState state) {
        states.computeIfAbsent(build, same -> {
            state.follow(new BuildState.Feed() {
                @Override
                public void known(Approval approval) {
                    if (approval.isDecided()) {
                        history.takeUp(approval);
                        recent.put(approval);
                    }
                    add(approval);
                    follower.known(approval);
                }

                @Override
                public void created(Approval approval) {
                    add(approval);
                    follower.created(approval);
                }

                @Override
                public void applied(Commit.Applied effect) {
                    note(effect);
                }
            });
            return state;
        });
    }

    /**
     * Adds what a step of a build waits for, see {@link BuildState#create}.
     *
     * @throws IOException if that could not be written
     */
    public Deployment.Transition create(ApprovalStarted started, List<Approval> approvals) throws IOException {
        checkOpen();
        Approval first = approvals.get(0);
        BuildRef build = first.build();
        BuildState state = builds.of(build);
        keep(build, state);
        return noting(() -> state.create(started, approvals));
    }

    private void checkOpen() throws IOException {
        if (closed) {
            throw new IOException("the approvals are closed, since Jenkins is going down");
        }
    }

    /** A write. */
    private interface Write<T> {
        T run() throws IOException;
    }

    /** Writes, and takes note of why that is not possible, for administrators. */
    private <T> T noting(Write<T> write) throws IOException {
        try {
            T result = write.run();
            failure = null;
            return result;
        } catch (IOException x) {
            failure = x;
            throw x;
        }
    }

    /**
     * Returns the approval of that id, whatever its state; empty for an id that is unknown or was removed.
     *
     * @throws IOException if its log cannot be read; that does not mean that the approval is gone
     */
    public Optional<Approval> find(String id) throws IOException {
        Optional<Approval> inMemory = findInMemory(id);
        if (inMemory.isPresent()) {
            return inMemory;
        }
        Optional<BuildRef> marked = markers.find(keyOf(id)); // which was not read yet, or could not be
        if (marked.isPresent()) {
            takeUp(marked.get());
            return builds.of(marked.get()).approval(id);
        }
        BuildRef build;
        synchronized (over) {
            build = over.get(id);
        }
        if (build == null && !takenUp) {
            throw new IOException("the builds that go on are still being read");
        }
        return build != null && builds.isThere(build) ? builds.of(build).approval(id) : Optional.empty();
    }

    /** Returns what the ids of all approvals of a build begin with. */
    public static String keyOf(String id) {
        return id.substring(0, Math.min(KEY, id.length()));
    }

    /** Returns the approval if its build is not over, or has something to do. Reads no file. */
    public Optional<Approval> findInMemory(String id) {
        return Optional.ofNullable(memory.get(id));
    }

    /**
     * Applies an event to approvals with one commit for each of their builds.
     *
     * @return its effects, already on disk; none for an id that is unknown or was removed
     * @throws IOException if they could not be written; nothing has changed then
     */
    public List<Transition> apply(Collection<String> ids, Event event, Instant now) throws IOException {
        checkOpen();
        var ofBuilds = new LinkedHashMap<BuildRef, List<String>>();
        for (String id : ids) {
            find(id).ifPresent(approval -> ofBuilds.computeIfAbsent(approval.build(), build -> new ArrayList<>())
                    .add(id));
        }
        var transitions = new ArrayList<Transition>();
        for (Map.Entry<BuildRef, List<String>> each : ofBuilds.entrySet()) {
            BuildRef build = each.getKey();
            BuildState known = states.get(build);
            BuildState state = known == null ? builds.of(build) : known;
            transitions.addAll(noting(() -> state.apply(each.getValue(), event, now)));
        }
        return transitions;
    }

    /** Handles an effect that is on disk. Called in the order of the commits. */
    private void note(Commit.Applied effect) {
        Approval after = effect.after();
        synchronized (memory) {
            if (memory.get(after.id()) == null) {
                return; // its build is deleted
            }
            if (effect.decides()) {
                history.take(after);
            }
            add(after);
        }
        if (after.isDecided()) {
            recent.put(after); // also when a later attempt is noted
            settleSoon.run();
        }
        follower.applied(effect);
    }

    /** Takes who follows all changes, in their order. */
    void follow(BuildState.Feed all) {
        follower = all;
    }

    /** Returns all approvals that are pending or have calls to make, in no order. */
    public Stream<Approval> open() {
        return memory.values().stream().filter(approval -> !approval.isClosed());
    }

    private void add(Approval approval) {
        memory.put(approval.id(), approval);
    }

    /** Returns the newest decided approvals, newest first. */
    public List<Approval> recentlyDecided() {
        return recent.list();
    }

    /** Returns why the last change could not be written; empty if it was, or if there was none. */
    public Optional<String> problem() {
        return Optional.ofNullable(failure).map(x -> folder + ": " + x);
    }

    /**
     * Returns the history with all decisions so far.
     *
     * @throws IOException if decisions could not be written to it
     */
    public History history() throws IOException {
        history.write();
        return history;
    }

    /** Forgets the approvals of builds that are gone, and returns their ids. */
    public List<String> remove(Predicate<BuildRef> gone) {
        try {
            history.write();
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot write decisions to the history, and their builds are deleted", x);
        }
        var ids = new ArrayList<String>();
        for (BuildRef build : markers.builds()) {
            if (gone.test(build)) {
                BuildState state = states.remove(build);
                if (state != null) { // of one that cannot be read, nothing is in memory
                    state.approvals().forEach(approval -> ids.add(approval.id()));
                }
                markers.remove(build);
            }
        }
        ids.forEach(memory::remove);
        recent.remove(gone);
        return ids;
    }

    /** Takes over the new full name of a job, or of all jobs in a folder. */
    public void renamed(String before, String after) {
        for (BuildRef build : markers.builds()) {
            BuildRef now = build.renamed(before, after);
            BuildState state = states.get(build);
            if (!now.equals(build) && state != null) {
                try {
                    state.moved(now.job());
                } catch (IOException x) {
                    LOGGER.log(Level.SEVERE, "The log of " + now + " is not complete", x);
                }
                states.put(now, state);
                states.remove(build);
                state.approvals().forEach(this::add);
            }
            markers.renamed(build, now);
        }
        recent.replaceAll(approval ->
                approval.ofJob(approval.build().renamed(before, after).job()));
        synchronized (over) {
            over.replaceAll((id, build) -> build.renamed(before, after));
        }
    }

    /** Ends all writing. Approvals can still be read. */
    public void close() {
        closed = true;
        try {
            history.write();
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot write the history; the next start does", x);
        }
        history.close();
        markers.close();
    }
}
