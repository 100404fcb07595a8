package io.jenkins.plugins.armory.build;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.CommonTexts;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.Deployment.Transition;
import io.jenkins.plugins.armory.environment.DeploymentEvent;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What the plugin knows of one build: its approvals and environments, what has failed in it, and the plans of its deployment files, as its {@link BuildLog}
 * has them. Events are applied one after another in memory. The result of an event is returned once it is on disk. Events that come during a
 * write share the next one, so many at a time cost little more than one.
 */
@Restricted(NoExternalUse.class)
public final class BuildState {

    private static final String APPROVAL = "approval/";
    private static final Logger LOGGER = Logger.getLogger(BuildState.class.getName());

    /** A step that waits for its environment. */
    public interface Waiter {
        /** Called once, on the store's executor, when the environment has left the state in which it waited. */
        void settled(Environment environment);
    }

    /**
     * Says that the result of an event could not be written. The sender of the event repeats it until it is written.
     */
    public static final class UnwrittenException extends IOException {

        private static final long serialVersionUID = 1L;

        UnwrittenException(IOException cause) {
            super("The environments of the build cannot be written: " + cause, cause);
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

    private final Object writing = new Object();

    /** The number of these changes that are on disk. Guarded by {@link #writing}. */
    private long written;

    private volatile Deployment durable;

    /** The targets of the plans on disk, by their keys, as pages show them. */
    private volatile Map<String, JsonNode> plans;

    /** The approvals on disk, by id, in the order in which they were created. Changed with {@link #writing} held; guarded by itself. */
    private final Map<String, Approval> approvals = new LinkedHashMap<>();

    /** What is to be done with the approvals: one commit has all that has come meanwhile. Guarded by itself. */
    private final List<Request> requests = new ArrayList<>();

    private volatile LongConsumer committed = commits -> {};

    /** Work with the approvals, as one thread asks for it. Guarded by {@link #writing}. */
    private static final class Request {

        private final Function<Map<String, Approval>, List<Approval.Transition>> work;
        private List<Approval.Transition> result;

        @CheckForNull
        private IOException failure;

        /** @param work changes a map of approvals that were changed by others and are not on disk yet */
        Request(Function<Map<String, Approval>, List<Approval.Transition>> work) {
            this.work = work;
        }

        boolean isDone() {
            return result != null || failure != null;
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
        state.approvals.putAll(approvals);
        return state;
    }

    /** Takes a listener of the number of commits on disk. It is called with each commit, before anybody hears of that. */
    public void onCommit(LongConsumer listener) {
        committed = listener;
    }

    /** Takes over the present name of the job. */
    public void renamed(String job) {
        synchronized (writing) {
            synchronized (approvals) {
                approvals.replaceAll((id, approval) -> approval.ofJob(job));
            }
        }
    }

    /** Returns whether there is anything to know of the build. */
    public boolean isKnown() {
        return !newest().isEmpty() || !approvals().isEmpty();
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
     * Adds new approvals with one commit; those that are there stay as they are.
     *
     * @throws IOException if they could not be written; none is added then
     */
    public void create(List<Approval> created) throws IOException {
        commit(changed -> {
            created.stream()
                    .filter(each -> approval(each.id()).isEmpty())
                    .forEach(each -> changed.put(each.id(), each));
            return List.of();
        });
    }

    /**
     * Applies an event to approvals with one commit.
     *
     * @return its effects, which are on disk; none for an id that is not one of the build
     * @throws IOException if they could not be written; the approvals are as they were then
     */
    public List<Approval.Transition> apply(Collection<String> ids, Event event, Instant now) throws IOException {
        return commit(changed -> {
            var transitions = new ArrayList<Approval.Transition>();
            for (String id : ids) {
                Approval before =
                        changed.containsKey(id) ? changed.get(id) : approval(id).orElse(null);
                if (before != null) {
                    Approval.Transition transition = before.on(event, now);
                    transitions.add(transition);
                    if (!transition.approval().equals(before)) {
                        changed.put(id, transition.approval());
                    }
                }
            }
            return transitions;
        });
    }

    private List<Approval.Transition> commit(Function<Map<String, Approval>, List<Approval.Transition>> work)
            throws IOException {
        var request = new Request(work);
        synchronized (requests) {
            requests.add(request);
        }
        synchronized (writing) {
            if (!request.isDone()) { // else another thread has taken it along
                commitAll();
            }
        }
        if (request.failure != null) {
            throw new IOException(request.failure.getMessage(), request.failure);
        }
        return request.result;
    }

    /** Commits all requests. The caller holds the lock. */
    private void commitAll() {
        List<Request> all;
        synchronized (requests) {
            all = List.copyOf(requests);
            requests.clear();
        }
        var changed = new LinkedHashMap<String, Approval>();
        var results = new HashMap<Request, List<Approval.Transition>>();
        for (Request each : all) {
            try {
                results.put(each, each.work.apply(changed));
            } catch (RuntimeException x) {
                each.failure = new IOException(x);
            }
        }
        var further = new LinkedHashMap<String, JsonNode>();
        changed.forEach((id, approval) -> further.put(APPROVAL + id, StoredJson.tree(approval)));
        try {
            if (!changed.isEmpty()) {
                write(further);
            }
        } catch (UnwrittenException x) {
            results.keySet().forEach(each -> each.failure = (IOException) x.getCause());
            return;
        }
        synchronized (approvals) {
            approvals.putAll(changed);
        }
        results.forEach((each, result) -> each.result = result);
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
        write(change);
    }

    private void write(long change) throws UnwrittenException {
        synchronized (writing) {
            if (written < change) { // else an earlier write had this change too
                write(Map.of());
            }
        }
    }

    /** Writes all changes so far, and further values. The caller holds the lock. */
    private void write(Map<String, JsonNode> further) throws UnwrittenException {
        Deployment toWrite;
        long last;
        synchronized (this) {
            toWrite = newest;
            last = changes;
        }
        Map<String, JsonNode> changed = values.changes(toWrite);
        changed.putAll(further);
        if (!changed.isEmpty()) {
            try {
                log.append(changed);
            } catch (IOException x) {
                throw new UnwrittenException(x);
            }
            committed.accept(log.commits());
        }
        values.written(toWrite);
        durable = toWrite;
        written = last;
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
