package io.jenkins.plugins.armory.build;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.CommonTexts;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.Deployment.Transition;
import io.jenkins.plugins.armory.environment.DeploymentEvent;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.environment.DeploymentPlan;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.environment.Environment.State;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What the plugin knows of one build: its approvals and environments, what has failed in it, and the plans of its deployment files, as its {@link BuildLog}
 * has them. What changes it is computed as one {@link Commit} and returned once that is on disk. What comes during a write shares the next one,
 * so many at a time cost little more than one.
 */
@Restricted(NoExternalUse.class)
public final class BuildState {

    private static final String APPROVAL = "approval/";
    private static final Logger LOGGER = Logger.getLogger(BuildState.class.getName());

    /** A step that waits for its environment. */
    public interface Waiter {
        /** Called once, on the executor, when the environment has left the state in which it waited. */
        void settled(Environment environment);
    }

    /**
     * Says that what has happened in a build could not be written. Who has told of it repeats that until it is written.
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
    private final Executor executor;
    private final Clock clock;

    private record Waiting(State in, Waiter waiter) {}

    /** The waiters by name of the environment. Guarded by this. */
    private final Map<String, Waiting> waiters = new LinkedHashMap<>();

    /** The result of all events so far. Guarded by this. */
    private Deployment newest;

    /** The number of events that changed something. Guarded by this. */
    private long changes;

    /** The ids of the approvals that they have begun or ended since the last write. Guarded by this. */
    private Set<String> touched = new HashSet<>();

    /** The result of all events up to a moment, which a write takes along. */
    private record Unwritten(Deployment deployment, long changes, Set<String> touched) {}

    private final Object writing = new Object();

    /** The number of these changes that are on disk. Guarded by {@link #writing}. */
    private long written;

    private volatile Deployment durable;

    /** The targets of the plans on disk, by their keys, as pages show them. */
    private volatile Map<String, JsonNode> plans;

    /** The approvals on disk, by id, in the order in which they were created. Changed with {@link #writing} held; guarded by itself. */
    private final Map<String, Approval> approvals = new LinkedHashMap<>();

    /** The ids of the pending approvals by their steps. Guarded by {@link #writing}. */
    private final Map<String, Set<String>> pending = new HashMap<>();

    /** What is to be done: one commit has all that has come meanwhile. Guarded by itself. */
    private final List<Request<?>> requests = new ArrayList<>();

    private volatile LongConsumer committed = commits -> {};
    /** Guarded by {@link #writing}. */
    private Feed feed = new Feed() {};

    /** The feed of a build: what is on disk, in the order of the commits. It is called with the lock of the writer held, so it must not block. */
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

        void apply(Commit commit) {
            try {
                result = work.apply(commit);
            } catch (RuntimeException x) {
                failure = x;
            }
        }
    }

    private BuildState(
            BuildLog log,
            DeploymentValues values,
            Deployment read,
            Map<String, JsonNode> plans,
            Executor executor,
            Clock clock) {
        this.log = log;
        this.values = values;
        this.executor = executor;
        this.clock = clock;
        this.newest = read;
        this.durable = read;
        this.plans = plans;
    }

    /**
     * Opens the log of a build. Without one, nothing is known of the build.
     *
     * @param folder returns the build's folder, which changes with the name of the job
     * @param seen how many commits were seen before
     * @param executor calls the waiters
     * @throws IOException if there is a log that cannot be read, or that is not what was written
     */
    public static BuildState open(Supplier<Path> folder, long seen, Executor executor, Clock clock) throws IOException {
        var log = new BuildLog(folder);
        Map<String, JsonNode> all = log.read(seen);
        String where = folder.get().resolve(BuildLog.FILE).toString();
        var approvals = new LinkedHashMap<String, Approval>();
        var common = new CommonTexts();
        for (Map.Entry<String, JsonNode> each : all.entrySet()) {
            if (each.getKey().startsWith(APPROVAL)) {
                Approval read = StoredJson.read(where + ": " + each.getKey(), each.getValue(), Approval.class, common);
                approvals.put(read.id(), read);
            }
        }
        all.keySet().removeIf(key -> key.startsWith(APPROVAL));
        var values = new DeploymentValues();
        Deployment read = values.read(where, all);
        all.keySet().removeIf(key -> !key.startsWith(DeploymentValues.PLAN));
        var state = new BuildState(log, values, read, all, executor, clock);
        approvals.values().forEach(state::keep);
        return state;
    }

    /** Takes an approval that is on disk. */
    private void keep(Approval approval) {
        synchronized (approvals) {
            approvals.put(approval.id(), approval);
        }
        if (!approval.isDecided()) {
            pending.computeIfAbsent(approval.step(), step -> new LinkedHashSet<>())
                    .add(approval.id());
        } else {
            pending.computeIfPresent(
                    approval.step(), (step, ids) -> ids.remove(approval.id()) && ids.isEmpty() ? null : ids);
        }
    }

    /** Takes a listener of the number of commits on disk. It is called with each commit, before anybody hears of that. */
    public void onCommit(LongConsumer listener) {
        committed = listener;
    }

    /** Takes who follows the approvals. */
    void follow(Feed follower) {
        synchronized (writing) {
            approvals().forEach(follower::known);
            feed = follower;
        }
    }

    /** Takes over the present name of the job. */
    public void renamed(String job) {
        synchronized (writing) {
            synchronized (approvals) {
                approvals.replaceAll((id, approval) -> approval.ofJob(job));
            }
        }
    }

    /**
     * Takes over the present name of the job, whose folder was moved.
     *
     * @throws IOException if commits are lost by that, and cannot be written again
     */
    void moved(String job) throws IOException {
        synchronized (writing) {
            renamed(job);
            log.complete(this::all);
        }
    }

    /** Returns all that is on disk, by key. The caller holds the lock of the writer. */
    private Map<String, JsonNode> all() {
        Map<String, JsonNode> all = values.all(durable);
        all.putAll(plans);
        approvals().forEach(each -> all.put(APPROVAL + each.id(), StoredJson.tree(each)));
        return all;
    }

    /** Returns whether there is anything to know of the build. */
    public boolean isKnown() {
        return !newest().isEmpty() || first().isPresent();
    }

    /** Returns the approvals, in the order in which they were created. */
    public List<Approval> approvals() {
        synchronized (approvals) {
            return List.copyOf(approvals.values());
        }
    }

    /** Returns the approval that was created first. */
    public Optional<Approval> first() {
        synchronized (approvals) {
            return approvals.values().stream().findFirst();
        }
    }

    public Optional<Approval> approval(String id) {
        synchronized (approvals) {
            return Optional.ofNullable(approvals.get(id));
        }
    }

    /**
     * Adds what a step waits for, with one commit. Approvals that are there stay as they are. If one like these has failed meanwhile in another
     * branch of the same {@code parallel}, they end at once.
     *
     * @return the effect on the environments; with a problem, nothing was added
     * @throws UnwrittenException if that could not be written; nothing was added then
     */
    public Transition create(ApprovalStarted started, List<Approval> created) throws UnwrittenException {
        return commit(commit -> {
            Transition transition = commit.on(started);
            if (transition.problem() == null) {
                commit.create(created);
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
        synchronized (requests) {
            isFirst = requests.isEmpty();
            requests.add(request);
        }
        if (isFirst) { // and takes along what comes while it waits for the commit before
            synchronized (writing) {
                commitAll();
            }
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

    /** Commits all requests. The caller holds the lock. */
    private void commitAll() {
        List<Request<?>> all;
        synchronized (requests) {
            all = List.copyOf(requests);
            requests.clear();
        }
        Unwritten before = unwritten();
        var commit = new Commit(
                before.deployment, approvals, pending, clock.instant().truncatedTo(ChronoUnit.MILLIS));
        all.forEach(each -> each.apply(commit));
        var changed = new LinkedHashMap<String, JsonNode>();
        commit.changed().forEach((id, approval) -> changed.put(APPROVAL + id, StoredJson.tree(approval)));
        try {
            before.touched.addAll(commit.open());
            write(new Unwritten(commit.deployment(), before.changes, before.touched), changed);
            synchronized (this) { // what has come meanwhile is written by whom it came from
                newest = newest == before.deployment ? commit.deployment() : commit.repeated(newest);
            }
            commit.changed().values().forEach(this::keep);
            commit.created().forEach(feed::created);
            commit.applied().forEach(feed::applied);
        } catch (IOException x) {
            all.forEach(each -> each.failure = x);
        } catch (RuntimeException | Error x) {
            all.forEach(each -> each.failure = new IOException(x));
            throw x;
        } finally {
            all.forEach(each -> each.done.complete(null));
        }
    }

    /** Returns the targets of all plans. */
    public Collection<JsonNode> plans() {
        return plans.values();
    }

    /**
     * Adds a plan for the pages of the build, which may know it from before a restart.
     *
     * @throws UnwrittenException if it could not be written
     */
    public void add(DeploymentPlan plan) throws UnwrittenException {
        var all = new LinkedHashMap<String, JsonNode>();
        plan.targets().forEach(target -> all.put(DeploymentValues.PLAN + target.name(), PlanJson.of(target)));
        synchronized (writing) {
            all.entrySet().removeIf(each -> each.getValue().equals(plans.get(each.getKey())));
            write(all);
            var known = new LinkedHashMap<>(plans);
            known.putAll(all);
            plans = known;
        }
    }

    /** Returns the environments as they are on disk. */
    public Deployment deployment() {
        return durable;
    }

    /** Returns the environments with what is not on disk yet. */
    public synchronized Deployment newest() {
        return newest;
    }

    /**
     * Applies an event.
     *
     * @return its result, which is on disk
     * @throws UnwrittenException if the result could not be written. Waiters are not called then. The next write takes it
     *     along, so repeating the event does no more than write
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
            touched.addAll(transition.approvals());
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
        synchronized (writing) {
            if (written < change) { // else an earlier write had this change too
                write(Map.of());
            }
        }
    }

    /** Writes all changes so far, and further values. The caller holds the lock. */
    private void write(Map<String, JsonNode> further) throws UnwrittenException {
        try {
            write(unwritten(), further);
        } catch (IOException x) {
            throw new UnwrittenException(x);
        }
    }

    private synchronized Unwritten unwritten() {
        var unwritten = new Unwritten(newest, changes, touched);
        touched = new HashSet<>();
        return unwritten;
    }

    /** Writes a deployment, and further values. The caller holds the lock. */
    private void write(Unwritten unwritten, Map<String, JsonNode> further) throws IOException {
        Deployment deployment = unwritten.deployment;
        boolean isFirst = log.commits() == 0;
        boolean isWritten = deployment == durable && !isFirst;
        Map<String, JsonNode> changed = isWritten
                ? new LinkedHashMap<>()
                : values.changes(isFirst ? null : durable, deployment, unwritten.touched);
        changed.putAll(further);
        try {
            if (!changed.isEmpty()) {
                log.append(changed);
                committed.accept(log.commits());
            }
        } catch (IOException x) {
            synchronized (this) {
                touched.addAll(unwritten.touched);
            }
            throw x;
        }
        if (!isWritten) {
            values.written();
        }
        durable = deployment;
        written = unwritten.changes;
    }

    /**
     * Adds the waiter of an environment. It is called at once if the environment is in another state.
     *
     * @param in the state in which it waits
     */
    public void attach(String environment, State in, Waiter waiter) {
        synchronized (this) {
            waiters.put(environment, new Waiting(in, waiter));
        }
        notifyWaiters();
    }

    /** Removes the waiter of an environment, unless another one has taken its place. */
    public synchronized void detach(String environment, Waiter waiter) {
        waiters.computeIfPresent(environment, (name, known) -> known.waiter == waiter ? null : known);
    }

    private synchronized void notifyWaiters() {
        for (String name : List.copyOf(waiters.keySet())) {
            Waiting waiting = waiters.get(name);
            durable.find(name)
                    .filter(environment -> environment.state() != waiting.in)
                    .ifPresent(environment -> {
                        waiters.remove(name);
                        executor.execute(() -> waiting.waiter.settled(environment));
                    });
        }
    }

    /** Returns the names of the environments that have a waiter. */
    public synchronized List<String> waiting() {
        return new ArrayList<>(waiters.keySet());
    }
}
