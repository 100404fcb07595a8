package io.jenkins.plugins.armory.store;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.Deployment.Transition;
import io.jenkins.plugins.armory.environment.DeploymentEvent;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.environment.Environment.State;
import io.jenkins.plugins.armory.store.Markers.CopiedException;
import io.jenkins.plugins.armory.store.disk.StoredJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.pcollections.HashTreePSet;
import org.pcollections.PSet;
import org.pcollections.TreePMap;

/**
 * What the plugin knows of one build: its approvals and environments, what has failed in it, and what parts keep with
 * it, as its {@link BuildLog} has them. What changes it is computed as one {@link Commit} and returned once that is on
 * disk. What comes during a write shares the next one, so many at a time cost little more than one.
 */
@Restricted(NoExternalUse.class)
public final class BuildState {

    /** The most bytes of one commit of a step. */
    private static final int MOST_OF_STEP = 16 << 20;

    /** What the keys of the values of parts begin with. */
    private static final String PART = "part/";

    /** How long nothing could be written to a log that is in the way of an end. */
    public static final Duration STUCK = Duration.ofSeconds(5);

    /** How long a doubt waits for its marker. */
    private static final int MARK_SECONDS = 3;

    private static final Logger LOGGER = Logger.getLogger(BuildState.class.getName());

    /** A step that waits for its environment. */
    public interface Waiter {
        /** Called once, on the executor, when the environment has left the state in which it waited. */
        void settled(Environment environment);
    }

    /**
     * Says that what has happened in a build could not be written. The caller repeats the event until it is written.
     */
    public static final class UnwrittenException extends IOException {

        private static final long serialVersionUID = 1L;

        UnwrittenException(Exception cause) {
            super("The log of the build cannot be written: " + cause, cause);
        }
    }

    /** This and the next are guarded by {@link #writing}. */
    private final BuildLog log;

    private final DeploymentValues values;
    private final ApprovalValues ofApprovals = new ApprovalValues();
    private final Markers markers;
    private final Markers.Marker marker;
    private volatile BuildRef build;

    /** The latest deadline of the approvals. Guarded by {@link #writing}. */
    private Instant deadline = Instant.EPOCH;

    private final Executor executor;
    private final Clock clock;

    private record Waiting(State in, Waiter waiter) {}

    /** The waiters by name of the environment. Guarded by this. */
    private TreePMap<String, Waiting> waiters = TreePMap.empty();

    /** The result of all events so far. Changed with this held. */
    private volatile Deployment newest;

    /** The number of events that changed something. Guarded by this. */
    private long changes;

    /** The ids of the approvals that they have begun or ended since the last write. Guarded by this. */
    private PSet<String> touched = HashTreePSet.empty();

    /** The result of all events up to a moment, which a write takes along. */
    private record Unwritten(Deployment deployment, long changes, PSet<String> touched) {}

    /** Held while something is written. A thread that waits for it may give up, see {@link #lock}. */
    private final ReentrantLock writing = new ReentrantLock();

    /** Held while what is on disk becomes known. Nothing is written or waited for then. */
    private final Object telling = new Object();

    /**
     * Why the log can be relied on no more, {@code null} if it can. Changed with {@link #telling} and {@link #requests}
     * held.
     */
    @CheckForNull
    private volatile String doubt;

    /**
     * Since when something is to be written, and nothing was, as {@code System.nanoTime()}; {@code null} if all is
     * written.
     */
    @CheckForNull
    private volatile Long unwrittenSince;

    /** The number of these changes that are on disk. Guarded by {@link #writing}. */
    private long written;

    private volatile Deployment durable;

    /** The values of the plugin's parts on disk, by their keys. */
    private volatile Map<String, JsonNode> ofParts;

    /**
     * The approvals on disk, by id, in the order in which they were created. Changed with {@link #telling} held;
     * guarded by itself.
     */
    private final Map<String, Approval> approvals = new LinkedHashMap<>(2);

    /** How many of them are pending, by their steps. Guarded by {@link #writing}. */
    private TreePMap<String, Integer> pending = TreePMap.empty();

    /** What is to be done: one commit has all that has come meanwhile. Guarded by itself. */
    private final List<Request<?>> requests = new ArrayList<>(0);

    /** What is being done. Guarded by {@link #requests}. */
    private List<Request<?>> begun = List.of();

    private volatile LongConsumer committed = commits -> {};
    private volatile Runnable begins = () -> {};
    /** Guarded by {@link #telling}. */
    private Feed feed = new Feed() {};

    /**
     * The feed of a build: what is on disk, in the order of the commits. It is called with a lock held, so it must not
     * block.
     */
    interface Feed {
        /** Takes an approval from before the subscription. These come first. */
        default void known(Approval approval) {}

        default void created(Approval approval) {}

        default void applied(Commit.Applied effect) {}
    }

    /** Work that one thread asks for, and waits for. */
    private static final class Request<T> {

        private final Function<Commit, T> work;
        private final CompletableFuture<Void> done = new CompletableFuture<>();

        @CheckForNull
        private T result;

        @CheckForNull
        private Exception failure;

        Request(Function<Commit, T> work) {
            this.work = work;
        }

        /** Returns whether the work is done. */
        boolean apply(Commit commit) {
            try {
                result = work.apply(commit);
                return true;
            } catch (RuntimeException | Error x) {
                fail(x);
                return false;
            }
        }

        void fail(Throwable x) {
            failure = x instanceof Exception known ? known : new IllegalStateException(x);
            done.complete(null);
        }
    }

    private BuildState(
            BuildRef build,
            BuildLog log,
            DeploymentValues values,
            Markers markers,
            Markers.Marker marker,
            Executor executor,
            Clock clock) {
        this.build = build;
        this.log = log;
        this.values = values;
        this.markers = markers;
        this.marker = marker;
        this.executor = executor;
        this.clock = clock;
    }

    /**
     * Opens the log of a build. Without one, nothing is known of the build. One that cannot be read, or is not what was
     * written, puts the build in doubt.
     *
     * @param folder returns the build's folder, which changes with the name of the job
     * @param key the build's, which names its marker
     * @param seen how many commits were seen before
     * @param executor calls the waiters
     */
    static BuildState open(
            BuildRef build,
            Supplier<Path> folder,
            Markers markers,
            String key,
            long seen,
            Executor executor,
            Clock clock) {
        var log = new BuildLog(folder);
        var values = new DeploymentValues();
        Markers.Marker marker = markers.of(key);
        var state = new BuildState(build, log, values, markers, marker, executor, clock);
        var all = new LinkedHashMap<String, JsonNode>();
        String where = folder.get().resolve(BuildLog.FILE).toString();
        String doubt = marker.isInDoubt() ? where + " lacks what could not be written to it" : null;
        Deployment read = Deployment.EMPTY;
        try {
            log.read(Math.max(seen, marker.commits()), all);
        } catch (IOException x) {
            doubt = x.getMessage();
        }
        try {
            state.ofApprovals.read(where, all.entrySet(), state::keep);
            read = values.read(where, all);
        } catch (IOException x) {
            doubt = doubt == null ? x.getMessage() : doubt;
        }
        all.keySet().removeIf(each -> !each.startsWith(PART));
        state.ofParts = all.isEmpty() ? Map.of() : all;
        state.newest = read;
        state.durable = read;
        if (doubt != null) {
            state.lose(doubt, log.lastWritten());
        }
        return state;
    }

    private void await(Approval approval) {
        if (approval.deadline().isAfter(deadline)) {
            deadline = approval.deadline();
        }
    }

    /** Takes an approval that is on disk. */
    private void keep(Approval approval) {
        await(approval);
        Approval before;
        synchronized (approvals) {
            before = approvals.put(approval.id(), approval);
        }
        boolean wasPending = before != null && !before.isDecided();
        if (wasPending == approval.isDecided()) {
            pending = Commit.counted(pending, approval.step(), wasPending ? -1 : 1);
        }
    }

    /**
     * Takes who keeps with the build how many commits there are.
     *
     * @param number takes their number, with a lock held: in memory alone
     * @param first called once the first commit is on disk, before anybody hears of it
     */
    public void listen(LongConsumer number, Runnable first) {
        committed = number;
        begins = first;
    }

    /**
     * Marks the build, which goes on.
     *
     * @throws IOException if that may not be on disk, or if the build is a copy of the one that is marked
     */
    void mark() throws IOException {
        if (commits() > 0 || doubt != null) {
            try {
                marker.mark(build, deadline);
            } catch (CopiedException x) {
                lose(x.getMessage(), clock.instant());
                throw x;
            }
            if (doubt != null) {
                markDoubt();
            }
        }
    }

    /**
     * Puts a build that goes on in doubt if its log has values of a part of the plugin that is not installed: what they
     * have closed is not known.
     */
    public void checkParts(Predicate<String> isThere) {
        ofParts.keySet().stream()
                .map(key -> key.substring(PART.length(), key.indexOf('/', PART.length())))
                .filter(isThere.negate())
                .findFirst()
                .ifPresent(part -> lose(
                        "it has values of '" + part + "', a part that the plugin does not have now", clock.instant()));
    }

    /** Returns how many commits are on disk. */
    public long commits() {
        return log.commits();
    }

    /** Takes who follows the approvals. */
    void follow(Feed follower) {
        synchronized (telling) {
            approvals().forEach(follower::known);
            feed = follower;
        }
    }

    /** Takes over the present name of the job. */
    public void renamed(String job) {
        build = new BuildRef(job, build.number());
        synchronized (approvals) {
            approvals.replaceAll((id, approval) -> approval.ofJob(job));
        }
    }

    /**
     * Takes over the present name of the job, whose folder was moved.
     *
     * @throws IOException if commits are lost by that, and cannot be written again
     */
    void moved(String job) throws IOException {
        renamed(job);
        writing.lock();
        try {
            if (doubt == null) {
                markers.whileOpen(() -> log.complete(this::all));
            }
        } finally {
            writing.unlock();
        }
    }

    /** Returns why the log can be relied on no more; empty if it can. */
    public Optional<String> doubt() {
        return Optional.ofNullable(doubt);
    }

    /**
     * Puts the build in doubt, for good: its pending approvals are lost, its environments are closed, and nothing is
     * written any more. Takes no lock under which something is written, and waits for no disk.
     *
     * @return completes once that holds: when the marker says it, or after three seconds if it cannot be written by
     *     then
     */
    public CompletableFuture<Void> doubt(String why) {
        var marked = new CompletableFuture<Void>();
        var thread = new Thread(
                () -> {
                    markDoubt();
                    marked.complete(null);
                },
                "Armory doubt");
        thread.setDaemon(true);
        thread.start();
        return marked.completeOnTimeout(null, MARK_SECONDS, TimeUnit.SECONDS).thenRun(() -> lose(why, clock.instant()));
    }

    private void markDoubt() {
        try {
            marker.doubt(build);
        } catch (IOException x) {
            LOGGER.log(Level.SEVERE, x, () -> "Cannot write that the log of " + build + " is in doubt");
        }
    }

    private void lose(String why, Instant now) {
        String reason = "The log of the build is in doubt: " + why;
        synchronized (telling) {
            if (doubt != null) {
                return;
            }
            LOGGER.log(Level.SEVERE, "{0}: {1}. What depends on it is closed", new Object[] {build, reason});
            var unwritten = new ArrayList<Request<?>>();
            synchronized (requests) {
                doubt = reason;
                unwritten.addAll(begun);
                unwritten.addAll(requests);
                requests.clear();
            }
            synchronized (this) {
                durable = durable.inDoubt(reason, now);
                newest = durable;
            }
            committed.accept(log.commits() + 1); // one that the log lacks: so it is in doubt without its marker, too
            inMemory(commit -> approvals().stream()
                    .filter(each -> !each.isDecided())
                    .map(each -> commit.on(each.id(), new Event.Lost(reason), now))
                    .toList());
            unwritten.forEach(each -> each.fail(new IOException(reason)));
        }
        notifyWaiters();
    }

    /** Does what changes approvals of a build in doubt, in memory alone. */
    private <T> T inMemory(Function<Commit, T> work) {
        synchronized (telling) {
            var commit = new Commit(
                    newest, approvals, TreePMap.empty(), clock.instant().truncatedTo(ChronoUnit.MILLIS));
            T result = work.apply(commit);
            commit.changed().values().forEach(this::keep);
            commit.applied().forEach(feed::applied);
            return result;
        }
    }

    /** Returns whether something is to be written, and nothing was for so long. */
    public boolean isStuck(Duration atLeast) {
        Long since = unwrittenSince;
        return since != null && System.nanoTime() - since >= atLeast.toNanos();
    }

    /** Returns all that is on disk, by key. The caller holds the lock of the writer. */
    private Map<String, Object> all() {
        Map<String, Object> all = values.all(durable);
        all.putAll(ofParts);
        all.putAll(ofApprovals.all(approvals()));
        return all;
    }

    /** Returns the approvals, in the order in which they were created. */
    public List<Approval> approvals() {
        synchronized (approvals) {
            return List.copyOf(approvals.values());
        }
    }

    public Optional<Approval> approval(String id) {
        synchronized (approvals) {
            return Optional.ofNullable(approvals.get(id));
        }
    }

    /**
     * Adds what a step waits for, with one commit. Approvals that are there stay as they are. If one like these has
     * failed meanwhile in another branch of the same {@code parallel}, they end at once.
     *
     * @return the effect on the environments; with a problem, nothing was added
     * @throws IllegalArgumentException if they are too long for one commit
     * @throws UnwrittenException if that could not be written; nothing was added then
     */
    public Transition create(ApprovalStarted started, List<Approval> created) throws UnwrittenException {
        Map<String, Object> json = ofApprovals.all(created);
        long length = StoredJson.text(json).length();
        if (length > MOST_OF_STEP) {
            throw new IllegalArgumentException("is longer than " + MOST_OF_STEP + " bytes of JSON: it has " + length
                    + "; shorten what each has, such as bodyTemplate, message and context, or use several steps");
        }
        return commit(commit -> {
            Transition transition = commit.on(started);
            if (transition.problem() == null) {
                commit.create(created, json);
                OpenApproval approval = started.approval();
                transition
                        .deployment()
                        .failedBeside(approval.place(), approval.phase())
                        .ifPresent(failure -> commit.endAll(
                                approval,
                                new Event.OtherFailed(Event.OtherFailed.reason(failure.reason())),
                                clock.instant()));
            }
            return transition;
        });
    }

    /**
     * Applies an event to approvals, and all that follows from it, with one commit.
     *
     * @return its effects on these approvals, which are on disk; none for an id that is not one of the build
     * @throws UnwrittenException if they could not be written; nothing has changed then
     */
    List<Approval.Transition> apply(Collection<String> ids, Event event, Instant now) throws UnwrittenException {
        return commit(commit -> ids.stream()
                .map(id -> commit.on(id, event, now))
                .filter(Objects::nonNull)
                .toList());
    }

    /**
     * Ends what is like an approval by its failure, and the approvals beside it.
     *
     * @throws UnwrittenException if that could not be written; nothing has changed then
     */
    public Transition fail(OpenApproval failed, String reason) throws UnwrittenException {
        return commit(commit -> commit.fail(failed, reason, clock.instant()));
    }

    private <T> T commit(Function<Commit, T> work) throws UnwrittenException {
        var request = new Request<T>(work);
        boolean isFirst;
        boolean isInDoubt;
        synchronized (requests) {
            isInDoubt = doubt != null;
            isFirst = requests.isEmpty();
            if (!isInDoubt) {
                requests.add(request);
            }
        }
        if (isInDoubt) {
            return inMemory(work);
        }
        noteUnwritten();
        if (isFirst && lock(request.done)) { // and takes along what comes while it waits for the commit before
            boolean isBegin = log.commits() == 0;
            List<Request<?>> all;
            try {
                all = commitAll();
            } finally {
                writing.unlock();
            }
            tellBegun(isBegin);
            all.forEach(each -> each.done.complete(null));
        }
        request.done.join();
        if (request.failure instanceof RuntimeException x) {
            throw x;
        } else if (request.failure != null) {
            throw new UnwrittenException(request.failure);
        }
        notifyWaiters();
        return request.result;
    }

    /** Waits for the lock of the writer, unless that is not needed any more, since a disk may not answer. */
    private boolean lock(CompletableFuture<Void> done) {
        while (!done.isDone()) {
            try {
                if (writing.tryLock(1, TimeUnit.SECONDS)) {
                    return true;
                }
            } catch (InterruptedException x) {
                writing.lock(); // the thread writes for others, too
                Thread.currentThread().interrupt();
                return true;
            }
        }
        return false;
    }

    private void noteUnwritten() {
        if (unwrittenSince == null) {
            unwrittenSince = System.nanoTime();
        }
    }

    /** Has the build's own record written that there is a log, without a lock: others listen to that. */
    private void tellBegun(boolean isBegin) {
        if (isBegin && log.commits() > 0) {
            begins.run();
        }
    }

    /** Commits all requests, and returns those. The caller holds the lock. */
    private List<Request<?>> commitAll() {
        List<Request<?>> all;
        synchronized (requests) {
            all = List.copyOf(requests);
            begun = all;
            requests.clear();
        }
        try {
            Unwritten before = unwritten();
            Commit commit = done(all, before.deployment);
            var changed = new LinkedHashMap<String, Object>(commit.json());
            commit.changed()
                    .forEach((id, approval) ->
                            changed.computeIfAbsent(ApprovalValues.keyOf(id), key -> ofApprovals.valueOf(approval)));
            commit.created().forEach(this::await);
            var next = new Unwritten(commit.deployment(), before.changes, before.touched.plusAll(commit.open()));
            write(next, changed, commit.closes(), () -> {
                synchronized (this) { // what has come meanwhile is written by whom it came from
                    newest = newest == before.deployment ? commit.deployment() : commit.repeated(newest);
                }
                commit.changed().values().forEach(this::keep);
                commit.created().forEach(feed::created);
                commit.applied().forEach(feed::applied);
            });
        } catch (IOException | RuntimeException | Error x) {
            all.stream().filter(each -> each.failure == null).forEach(each -> each.fail(new IOException(x)));
        }
        synchronized (requests) {
            begun = List.of(); // which has all that is new as objects and as JSON
        }
        return all;
    }

    /**
     * Returns a commit with the work of all requests but those that throw: what throws half-way has changed nothing.
     */
    private Commit done(List<Request<?>> all, Deployment before) {
        while (true) {
            var commit = new Commit(before, approvals, pending, clock.instant().truncatedTo(ChronoUnit.MILLIS));
            if (all.stream().filter(each -> each.failure == null).allMatch(each -> each.apply(commit))) {
                return commit;
            }
        }
    }

    /** Returns what a part of the plugin keeps with the build, in the order in which it was put there. */
    public List<JsonNode> valuesOf(String part) {
        return ofParts.entrySet().stream()
                .filter(each -> each.getKey().startsWith(PART + part + '/'))
                .map(Map.Entry::getValue)
                .toList();
    }

    /**
     * Puts values of a part of the plugin into the log, which keeps them and does not understand them.
     *
     * @param named the values by their names, each in place of the last one of that name
     * @throws IOException if they could not be written
     */
    public void put(String part, Map<String, ? extends JsonNode> named) throws IOException {
        if (doubt != null) {
            throw new IOException(doubt);
        }
        var all = new LinkedHashMap<String, JsonNode>();
        named.forEach((name, value) -> all.put(PART + part + '/' + name, value));
        writeAlone(() -> {
            all.entrySet().removeIf(each -> each.getValue().equals(ofParts.get(each.getKey())));
            write(unwritten(), all, false, () -> {
                var known = new LinkedHashMap<>(ofParts);
                known.putAll(all);
                ofParts = known;
            });
        });
    }

    /** Writes what is no work on a commit. */
    private void writeAlone(Markers.Write write) throws UnwrittenException {
        noteUnwritten();
        writing.lock();
        boolean isBegin = log.commits() == 0;
        try {
            write.run();
        } catch (IOException x) {
            throw new UnwrittenException(x);
        } finally {
            writing.unlock();
            tellBegun(isBegin);
        }
    }

    /** Returns the environments as they are on disk. */
    public Deployment deployment() {
        return durable;
    }

    /** Returns the environments with what is not on disk yet. */
    public Deployment newest() {
        return newest;
    }

    /**
     * Applies an event.
     *
     * @return its result, which is on disk
     * @throws UnwrittenException if the result could not be written. Waiters are not called then. The next write takes
     *     it along, so repeating the event does no more than write
     */
    public Transition apply(DeploymentEvent event) throws UnwrittenException {
        Transition transition = note(event);
        flush();
        transition.moves().forEach(move -> LOGGER.fine(move::toString));
        notifyWaiters();
        return transition;
    }

    /** Applies an event in memory alone. The next write has it too, at the latest that of the build's end. */
    public synchronized Transition note(DeploymentEvent event) {
        Transition transition = newest.on(event, clock.instant().truncatedTo(ChronoUnit.MILLIS));
        if (transition.deployment() != newest) {
            newest = transition.deployment();
            changes++;
            touched = touched.plusAll(transition.approvals());
        }
        return transition;
    }

    /**
     * Ends the environments of a build that has ended. A build without any gets no file.
     *
     * @return whether one was not over
     * @throws UnwrittenException if that could not be written
     */
    public boolean end() throws UnwrittenException {
        return !newest().isEmpty()
                && !apply(new DeploymentEvent.BuildEnded()).moves().isEmpty();
    }

    /**
     * Writes the events that are in memory alone.
     *
     * @throws UnwrittenException if they could not be written
     */
    public void flush() throws UnwrittenException {
        long change;
        synchronized (this) {
            change = changes;
        }
        if (doubt != null) {
            return;
        }
        writeAlone(() -> {
            if (written < change && doubt == null) { // else an earlier write had this change too
                write(unwritten(), Map.of(), false, () -> {});
            }
        });
    }

    private synchronized Unwritten unwritten() {
        var unwritten = new Unwritten(newest, changes, touched);
        touched = HashTreePSet.empty();
        return unwritten;
    }

    /**
     * Writes a deployment, and further values. The caller holds the lock.
     *
     * @param closes whether more is closed than the deployment says
     * @param known done once that is on disk
     */
    private void write(Unwritten unwritten, Map<String, ?> further, boolean closes, Runnable known) throws IOException {
        Deployment deployment = unwritten.deployment;
        boolean isFirst = log.commits() == 0;
        boolean isWritten = deployment == durable && !isFirst;
        try {
            Map<String, Object> changed = isWritten
                    ? new LinkedHashMap<>()
                    : values.changes(isFirst ? null : durable, deployment, unwritten.touched);
            changed.putAll(further);
            if (!changed.isEmpty()) {
                append(changed, closes || !isWritten && deployment.closesMoreThan(durable));
            }
        } catch (IOException | RuntimeException | Error x) {
            synchronized (this) {
                touched = touched.plusAll(unwritten.touched);
            }
            throw x;
        }
        synchronized (telling) {
            if (doubt != null) {
                throw new IOException(doubt);
            }
            if (!isWritten) {
                values.written();
            }
            durable = deployment;
            written = unwritten.changes;
            known.run();
        }
        synchronized (requests) {
            unwrittenSince = requests.isEmpty() ? null : Long.valueOf(System.nanoTime());
        }
    }

    private void append(Map<String, Object> values, boolean closes) throws IOException {
        try {
            markers.whileOpen(() -> {
                marker.mark(build, deadline);
                log.append(values);
                if (closes) {
                    noteClosed();
                }
            });
        } catch (BuildLog.DoubtException | CopiedException x) {
            markDoubt();
            lose(x.getMessage(), clock.instant());
            throw x;
        }
        committed.accept(log.commits());
    }

    private void noteClosed() throws IOException {
        try {
            marker.closed(log.commits());
        } catch (IOException x) {
            log.takeBack();
            throw x;
        }
    }

    /**
     * Adds the waiter of an environment. It is called at once if the environment is in another state.
     *
     * @param in the state in which it waits
     */
    public void attach(String environment, State in, Waiter waiter) {
        synchronized (this) {
            waiters = waiters.plus(environment, new Waiting(in, waiter));
        }
        notifyWaiters();
    }

    /** Removes the waiter of an environment, unless another one has taken its place. */
    public synchronized void detach(String environment, Waiter waiter) {
        Waiting known = waiters.get(environment);
        if (known != null && known.waiter == waiter) {
            waiters = waiters.minus(environment);
        }
    }

    private synchronized void notifyWaiters() {
        waiters.forEach((name, waiting) -> durable.find(name)
                .filter(environment -> environment.state() != waiting.in)
                .ifPresent(environment -> {
                    waiters = waiters.minus(name);
                    executor.execute(() -> waiting.waiter.settled(environment));
                }));
    }
}
