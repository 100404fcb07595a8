package io.jenkins.plugins.armory.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Deadlines;
import io.jenkins.plugins.armory.approval.DecisionText;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.Heartbeats;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.approval.ProgressReports;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.store.disk.UntilWritten;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The approvals of a controller, with their deadlines, heartbeats and observers. Each is in the log of its build, see
 * {@link BuildState}, and those of builds that are not over are in memory. Below one folder there are besides:
 *
 * <pre>
 * open/KEY    a build whose log has something open, see {@link Markers}
 * history/    a line for each decision, see {@link History}
 * </pre>
 *
 * When a method that changes an approval returns, the change is on disk; when it throws, nothing has changed.
 *
 * <p>An event is made durable first and then passed on. A decision reaches the {@link ApprovalObserver} of its approval
 * exactly once in the life of this object, whether the decision or {@link #attach} comes first. After a restart the
 * step attaches again and is told again. The Pipeline engine knows whether the step was over when the program was last
 * saved, so the build takes a decision only once.
 */
@Restricted(NoExternalUse.class)
public final class Approvals implements BuildState.Feed {

    private static final Logger LOGGER = Logger.getLogger(Approvals.class.getName());

    /**
     * When an approval whose deadline could not be written puts its build in doubt: its step ends within ten seconds.
     */
    private static final int ON_TIME_SECONDS = 7;

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

    private final Executor executor;
    private final ScheduledExecutorService timer;
    private final Clock clock;
    private final Deadlines deadlines;
    private final Heartbeats heartbeats;
    private final Observers observers;
    private final ProgressReports reports = new ProgressReports();
    /** The ids of the approvals from before the start that are not closed. */
    private final Set<String> inherited = ConcurrentHashMap.newKeySet();

    /** By id: why nothing could be heard of the external process since its last report. */
    private final Map<String, String> unreadStatuses = new ConcurrentHashMap<>();

    private final UntilWritten again;
    private final AtomicBoolean settling = new AtomicBoolean();
    private volatile boolean closed;

    /** Whether all builds are taken up: before that, an id without a marker may be one of a build that goes on. */
    private volatile boolean takenUp;

    @CheckForNull
    private volatile IOException failure;

    private Approvals(
            Path folder,
            Builds builds,
            ScheduledExecutorService timer,
            Executor executor,
            Clock clock,
            ApprovalObserver follower)
            throws IOException {
        this.folder = folder;
        this.builds = builds;
        this.timer = timer;
        this.executor = executor;
        this.clock = clock;
        history = new History(folder.resolve("history"));
        markers = new Markers(folder.resolve("open"), builds::isThere);
        observers = new Observers();
        observers.follow(follower);
        again = new UntilWritten(timer, executor);
        deadlines = new Deadlines(timer, clock, id -> {
            executor.execute(() -> checkClock(id));
            checkOnTime(id, ON_TIME_SECONDS);
        });
        heartbeats = new Heartbeats(timer, clock.instant(), id -> executor.execute(() -> checkClock(id)));
    }

    /**
     * Opens the approvals of all builds. The log of one is read when somebody asks for it, or by {@link #takeUpAll}.
     * Approvals that are overdue when they become known are timed out on the executor. A callback that comes before
     * that is too late all the same.
     *
     * @param timer wakes this object for the next deadline
     * @param executor does file I/O
     * @param follower follows all approvals from the start
     * @throws IOException if the folder cannot be created or read
     */
    public static Approvals open(
            Path folder,
            Builds builds,
            ScheduledExecutorService timer,
            Executor executor,
            Clock clock,
            ApprovalObserver follower)
            throws IOException {
        var approvals = new Approvals(folder, builds, timer, executor, clock, follower);
        approvals.history.readDecided((id, build) -> {
            synchronized (approvals.over) {
                approvals.over.put(id, build);
            }
        });
        return approvals;
    }

    /** Writes the history in the background, and lets go of builds that are over. */
    private void settleSoon() {
        if (settling.compareAndSet(false, true)) {
            executor.execute(() -> untilWritten("the history", this::settle));
        }
    }

    /**
     * Takes up all builds that have something open. One whose log cannot be read holds up no other. Called when Jenkins
     * has loaded its jobs, and whoever follows the approvals is there.
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
        settleSoon();
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
        settleSoon();
    }

    /**
     * Takes up the approvals of a build, unless that was done before. Its job may have been renamed while Jenkins was
     * down.
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
        return known != null ? known : BuildState.open(build, folder, markers, key, seen, waiters, clock);
    }

    /** Puts a build in doubt if its log could not be written for some seconds. Returns whether that is so. */
    private boolean doubtIfStuck(BuildRef build, String why) {
        BuildState state = states.get(build);
        boolean isStuck = state != null && state.isStuck(BuildState.STUCK);
        if (isStuck) {
            state.doubt(why);
        }
        return isStuck;
    }

    /**
     * Subscribes to the feed of a build, once. Returns when the subscription holds, on every thread, so that no commit
     * is missed.
     */
    public void keep(BuildRef build, BuildState state) {
        states.computeIfAbsent(build, same -> {
            state.follow(this);
            return state;
        });
    }

    @Override
    public void known(Approval approval) {
        if (approval.isDecided()) {
            history.takeUp(approval);
            recent.put(approval);
        }
        add(approval);
        if (!approval.isDecided()) {
            watch(approval);
        }
        if (!approval.isClosed()) {
            inherited.add(approval.id());
        }
        observers.ofAll(observer -> observer.known(approval));
    }

    @Override
    public void created(Approval approval) {
        add(approval);
        observers.ofAll(observer -> observer.created(approval));
        watch(approval);
        if (approval.state() == Approval.State.WAITING) {
            observers.tell(approval.id(), observer -> observer.waiting(approval));
        }
    }

    @Override
    public void applied(Commit.Applied effect) {
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
            settleSoon();
        }
        tell(effect);
    }

    private void tell(Commit.Applied effect) {
        Event event = effect.event();
        Approval approval = effect.after();
        String id = approval.id();
        if (effect.decides()) {
            observers.ofAll(observer -> observer.decided(approval));
        }
        if (!approval.equals(effect.before())) {
            observers.ofAll(observer -> observer.changed(id));
        }
        if (approval.isDecided()) {
            deadlines.remove(id);
            forgetHeartbeats(id);
            observers.decided(approval);
            if (approval.isClosed()) {
                observers.detachTold(id);
                inherited.remove(id);
            }
            return;
        }
        if (event instanceof Event.Begun) {
            watch(approval); // its deadline may have changed
        } else if (approval.heartbeat() != null) {
            heartbeats.watch(approval);
        }
        if (effect.transition().answer() != Answer.ACCEPTED
                || event instanceof Event.Notified
                || event instanceof Event.ExpiryCheck) {
            return; // nothing else is awaited than before
        }
        if (event instanceof Event.Sent sent) {
            observers.tell(id, observer -> observer.sent(approval, sent.attempt()));
        } else if (event instanceof Event.Answered answered) {
            observers.tell(id, observer -> observer.sent(approval, answered.attempt()));
        } else if (event instanceof Event.Verdict verdict) {
            observers.tell(id, observer -> observer.heard(approval, verdict));
        }
    }

    /**
     * Adds what a step waits for, which can be decided from then on. Calls begin when the delivery is told, or with the
     * next change.
     *
     * @return the effect on the environments of the build; with a problem, nothing was added
     * @throws IOException if that could not be made durable
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
     * Applies an event.
     *
     * @return its effect, durable; empty for an id that is unknown or was removed
     * @throws IOException if the change could not be made durable; the event has no effect then
     */
    public Optional<Transition> apply(String id, Event event) throws IOException {
        Optional<Approval> found = find(id);
        return found.isPresent() ? apply(found.get(), event) : Optional.empty();
    }

    /**
     * Applies an event to an approval that was just found.
     *
     * @return as above
     */
    public Optional<Transition> apply(Approval found, Event event) throws IOException {
        if (event instanceof Event.Sent sent) {
            heardAnswer(found, sent.attempt());
        }
        if (isFromOutside(event) && isOfEndedBuild(found)) { // after a crash, before Jenkins has looked at all builds
            apply(found, new Event.Aborted(Event.Aborted.BUILD_ENDED));
        }
        return write(found.build(), List.of(found.id()), event, clock.instant()).stream()
                .findFirst();
    }

    private static boolean isFromOutside(Event event) {
        return event instanceof Event.Verdict || event instanceof Event.ProcessVerdict;
    }

    private boolean isOfEndedBuild(Approval approval) {
        return isInherited(approval.id()) && !approval.isDecided() && builds.isOver(approval.build());
    }

    /** Returns whether an approval that is not closed is from before the start of Jenkins. */
    public boolean isInherited(String id) {
        return inherited.contains(id);
    }

    /**
     * Applies the end of a wait to those of the approvals that are pending, with one write.
     *
     * @return its effects, durable
     * @throws IOException if the changes could not be made durable; the event has no effect then
     */
    public List<Transition> end(Collection<String> ids, Event event) throws IOException {
        return write(ids, event, clock.instant());
    }

    /** Starts the first heartbeat interval when the webhook has answered. Called before the event is applied. */
    private void heardAnswer(Approval approval, Attempt answered) {
        heard(approval, answered.at().plus(answered.duration()), null);
    }

    /** Applies an event with one commit for each of the builds. */
    List<Transition> write(Collection<String> ids, Event event, Instant now) throws IOException {
        var ofBuilds = new LinkedHashMap<BuildRef, List<String>>();
        for (String id : ids) {
            find(id).ifPresent(approval -> ofBuilds.computeIfAbsent(approval.build(), build -> new ArrayList<>())
                    .add(id));
        }
        var transitions = new ArrayList<Transition>();
        for (Map.Entry<BuildRef, List<String>> each : ofBuilds.entrySet()) {
            transitions.addAll(write(each.getKey(), each.getValue(), event, now));
        }
        return transitions;
    }

    private List<Transition> write(BuildRef build, List<String> ids, Event event, Instant now) throws IOException {
        checkOpen();
        BuildState known = states.get(build);
        BuildState state = known == null ? builds.of(build) : known;
        return noting(() -> state.apply(ids, event, now));
    }

    /** Schedules the next check of the reminder, the window, the deadline and the heartbeat. */
    private void watch(Approval approval) {
        Instant opensAt = approval.opensAt();
        Instant deadline = approval.deadline();
        Instant next = opensAt != null ? opensAt : approval.reminderDue().orElse(deadline);
        deadlines.set(approval.id(), next.isBefore(deadline) ? next : deadline);
        heartbeats.watch(approval);
    }

    /** Returns when the next heartbeat of an approval is due; empty while none is expected. */
    public Optional<Instant> heartbeatDue(Approval approval) {
        return heartbeats.dueOf(approval);
    }

    /**
     * Takes a report of progress. Writes nothing and waits for no other request, unless this is the first event after
     * the deadline.
     *
     * @param percent from 0 to 100; {@code null} if unchanged
     * @param mdMessage {@code null} if unchanged
     * @return its effect; empty for an id that is unknown or was removed
     * @throws IOException if the report came too late, and the timeout could not be made durable
     */
    public Optional<Transition> report(String id, @CheckForNull Double percent, @CheckForNull String mdMessage)
            throws IOException {
        Instant now = clock.instant();
        Event event = new Event.Progress();
        Optional<Approval> found = find(id);
        Optional<Transition> transition = found.map(approval -> approval.on(event, now));
        if (transition.isPresent() && !transition.get().approval().equals(found.get())) {
            return apply(found.get(), event);
        }
        if (transition.map(Transition::answer).orElse(null) == Answer.ACCEPTED) {
            ProgressReports.Noted noted = reports.add(id, percent, mdMessage, now);
            heard(found.get(), now, noted.progress());
            unreadStatuses.remove(id);
            if (!isPending(id)) { // decided or removed meanwhile, and perhaps cleaned up too early
                forgetReports(id);
            } else if (noted.worthALine()) {
                observers.tell(id, observer -> observer.progressed(found.get(), noted.progress()));
            }
        }
        return transition;
    }

    /**
     * Takes note that the external process was asked and could not be heard.
     *
     * @param failure what happened
     */
    public void statusUnread(String id, String failure) {
        unreadStatuses.put(id, failure);
        if (!isPending(id)) { // as in report
            forgetReports(id);
        }
    }

    private void heard(Approval approval, Instant at, @CheckForNull Progress progress) {
        if (approval.heartbeat() != null) {
            heartbeats.heard(approval.id(), at, progress);
            if (!isPending(approval.id())) { // as in report
                heartbeats.forget(approval.id());
            }
        }
    }

    /** Returns whether there is such an approval, and it is not decided. Reads no file. */
    public boolean isPending(String id) {
        return findInMemory(id).filter(approval -> !approval.isDecided()).isPresent();
    }

    /** Returns the last report of progress of a pending approval, if there was one since Jenkins started. */
    public Optional<Progress> progressOf(String id) {
        return reports.of(id);
    }

    /**
     * Attaches the observer of an approval, which may be decided already. It replaces an earlier one.
     *
     * @throws IOException as {@link #find} does
     */
    public void attach(String id, ApprovalObserver observer) throws IOException {
        observers.attach(id, observer);
        Optional<Approval> found = find(id);
        found.filter(Approval::isDecided).ifPresent(observers::decided);
        if (found.filter(approval -> !approval.isClosed()).isEmpty()) {
            observers.detach(id);
        }
    }

    /** Passes a line of the log about an approval to its observer, if it has one. */
    public void note(Approval approval, String line) {
        observers.note(approval.id(), DecisionText.line(approval, line));
    }

    /** Returns the pending approvals, the oldest first, and after them the newest decided ones, newest first. */
    public List<Approval> list() {
        var all = new ArrayList<>(pending());
        all.sort(Comparator.comparing(Approval::createdAt).thenComparing(Approval::id));
        all.addAll(recent.list());
        return all;
    }

    /** Returns the pending approvals, in no order. */
    public List<Approval> pending() {
        return open().filter(approval -> !approval.isDecided()).toList();
    }

    /** Returns all approvals that are pending or have calls to make, in no order. */
    public Stream<Approval> open() {
        return memory.values().stream().filter(approval -> !approval.isClosed());
    }

    private void add(Approval approval) {
        memory.put(approval.id(), approval);
    }

    /** Adds an observer of all approvals. */
    public void follow(ApprovalObserver observer) {
        observers.follow(observer);
    }

    /**
     * Ends the pending approvals of the matching builds: again and again, until that can be written. They are known by
     * their ids alone: when a failed write is repeated, their build may have another name, and another build its old
     * name.
     */
    public void abort(Predicate<BuildRef> builds, String reason) {
        List<String> ids = pending().stream()
                .filter(approval -> builds.test(approval.build()))
                .map(Approval::id)
                .toList();
        untilWritten("the end of approvals " + ids, () -> end(ids, new Event.Aborted(reason)));
    }

    private void untilWritten(String what, UntilWritten.Write write) {
        again.run(
                write,
                x -> LOGGER.log(Level.WARNING, "Cannot write " + what + "; trying again until it can be written", x));
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

    /** Forgets the approvals of builds that are gone. */
    public void remove(Predicate<BuildRef> gone) {
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
        ids.forEach(this::forget);
    }

    private void forget(String id) {
        deadlines.remove(id);
        inherited.remove(id);
        forgetHeartbeats(id);
        observers.ofAll(observer -> observer.changed(id));
        observers.detach(id);
    }

    private void forgetHeartbeats(String id) {
        heartbeats.forget(id);
        forgetReports(id);
    }

    private void forgetReports(String id) {
        reports.remove(id);
        unreadStatuses.remove(id);
    }

    private String lastHeard(String id) {
        String failure = unreadStatuses.get(id);
        return failure == null ? progressOf(id).map(Progress::mdMessage).orElse("") : failure;
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

    /**
     * Sees to it that an approval ends soon after its deadline, even if nothing can be written. Takes no lock of a log.
     */
    private void checkOnTime(String id, int seconds) {
        try {
            timer.schedule(
                    () -> {
                        Approval approval = findInMemory(id).orElse(null);
                        if (approval != null
                                && approval.isOverdue(clock.instant())
                                && !doubtIfStuck(approval.build(), "that a deadline has passed cannot be written")) {
                            checkOnTime(id, 1);
                        }
                    },
                    seconds,
                    TimeUnit.SECONDS);
        } catch (RejectedExecutionException x) {
            // Jenkins is going down
        }
    }

    private void checkClock(String id) {
        untilWritten("what is due for approval " + id, () -> {
            Approval approval = find(id).orElse(null);
            if (approval == null || approval.isDecided()) {
                return;
            }
            Instant now = clock.instant();
            boolean isReminder = approval.reminderDue().isPresent() && !approval.isOverdue(now);
            Optional<Transition> transition = apply(
                    id,
                    heartbeats
                            .missed(approval, now)
                            .orElse(isReminder ? new Event.ExpiryCheck() : new Event.DeadlineCheck(lastHeard(id))));
            // A heartbeat may have come since the timer was set, or the clock may have been set back.
            transition
                    .map(Transition::approval)
                    .filter(each -> !each.isDecided())
                    .ifPresent(this::watch);
        });
    }

    /** Stops the timers and ends all writing. Pending approvals stay pending on disk, and can still be read. */
    public void close() {
        deadlines.close();
        heartbeats.close();
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
