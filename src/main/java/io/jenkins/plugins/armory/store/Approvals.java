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
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The approvals of a controller, with their deadlines, heartbeats and observers.
 *
 * <p>An event is made durable first and then passed on. A decision reaches the {@link ApprovalObserver} of its approval
 * exactly once in the life of this object, whether the decision or {@link #attach} comes first. After a restart the
 * step attaches again and is told again. The Pipeline engine knows whether the step was over when the program was last
 * saved, so the build takes a decision only once.
 */
@Restricted(NoExternalUse.class)
public final class Approvals implements BuildState.Feed {

    /** When an approval whose deadline could not be written puts its build in doubt: its step ends within ten seconds. */
    private static final int ON_TIME_SECONDS = 7;

    private static final Logger LOGGER = Logger.getLogger(Approvals.class.getName());

    private final ApprovalStore store;
    private final Executor executor;
    private final Clock clock;
    private final Predicate<BuildRef> over;
    private final Deadlines deadlines;
    private final Heartbeats heartbeats;
    private final Observers observers;
    private final ProgressReports reports = new ProgressReports();
    /** By id: why nothing could be heard of the external process since its last report. */
    private final Map<String, String> unreadStatuses = new ConcurrentHashMap<>();

    private final UntilWritten again;
    private final ScheduledExecutorService timer;

    /**
     * Follows the approvals of a store. Those that are overdue when they become known are timed out on the executor. A
     * callback that comes before that is too late all the same.
     *
     * @param timer wakes this object for the next deadline
     * @param executor does file I/O and calls the observers
     * @param over whether a build is over; not for one that is missing, which may come back. Asked when somebody decides; may read the build
     * @param follower follows all approvals from the start
     */
    public Approvals(
            ApprovalStore store,
            ScheduledExecutorService timer,
            Executor executor,
            Clock clock,
            Predicate<BuildRef> over,
            ApprovalObserver follower) {
        this.store = store;
        this.executor = executor;
        this.clock = clock;
        this.over = over;
        this.observers = new Observers(executor);
        this.again = new UntilWritten(timer, executor);
        follow(follower);
        store.follow(this);
        this.timer = timer;
        this.deadlines = new Deadlines(timer, clock, id -> {
            executor.execute(() -> checkClock(id));
            checkOnTime(id, ON_TIME_SECONDS);
        });
        this.heartbeats = new Heartbeats(timer, clock.instant(), id -> executor.execute(() -> checkClock(id)));
    }

    /** Stops the timers and ends all writing. Pending approvals stay pending on disk. */
    public void close() {
        deadlines.close();
        heartbeats.close();
        store.close();
    }

    /**
     * Adds what a step waits for, which can be decided from then on. Calls begin when the delivery is told, or with the next change.
     *
     * @return the effect on the environments of the build; with a problem, nothing was added
     * @throws IOException if that could not be made durable
     */
    public Deployment.Transition create(ApprovalStarted started, List<Approval> approvals) throws IOException {
        return store.create(started, approvals);
    }

    @Override
    public void known(Approval approval) {
        if (!approval.isDecided()) {
            watch(approval);
        }
        observers.ofAll(observer -> observer.known(approval));
    }

    @Override
    public void created(Approval approval) {
        observers.ofAll(observer -> observer.created(approval));
        watch(approval);
        if (approval.state() == Approval.State.WAITING) {
            observers.tell(approval.id(), observer -> observer.waiting(approval));
        }
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
     * Applies an event.
     *
     * @return its effect, durable; empty for an id that is unknown or was removed
     * @throws IOException if the change could not be made durable; the event has no effect then
     */
    public Optional<Transition> apply(String id, Event event) throws IOException {
        if (event instanceof Event.Sent sent) {
            heardAnswer(id, sent.attempt());
        }
        if (isFromOutside(event) && isOfEndedBuild(id)) { // after a crash, before Jenkins has looked at all builds
            apply(id, new Event.Aborted(Event.Aborted.BUILD_ENDED));
        }
        return store.apply(List.of(id), event, clock.instant()).stream().findFirst();
    }

    private static boolean isFromOutside(Event event) {
        return event instanceof Event.Verdict || event instanceof Event.ProcessVerdict;
    }

    private boolean isOfEndedBuild(String id) throws IOException {
        return store.find(id)
                .filter(approval -> !approval.isDecided() && over.test(approval.build()))
                .isPresent();
    }

    /**
     * Applies the end of a wait to those of the approvals that are pending, with one write.
     *
     * @return its effects, durable
     * @throws IOException if the changes could not be made durable; the event has no effect then
     */
    public List<Transition> end(Collection<String> ids, Event event) throws IOException {
        return store.apply(ids, event, clock.instant());
    }

    /** Starts the first heartbeat interval when the webhook has answered. Called before the event is applied. */
    private void heardAnswer(String id, Attempt answered) throws IOException {
        Optional<Approval> found = store.find(id);
        if (found.isPresent()) {
            heard(found.get(), answered.at().plus(answered.duration()), null);
        }
    }

    @Override
    public void applied(Commit.Applied effect) {
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
        Optional<Approval> found = store.find(id);
        Optional<Transition> transition = found.map(approval -> approval.on(event, now));
        if (transition.isPresent() && !transition.get().approval().equals(found.get())) {
            return apply(id, event);
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
        Optional<Approval> found = store.find(id);
        found.filter(Approval::isDecided).ifPresent(observers::decided);
        if (found.filter(approval -> !approval.isClosed()).isEmpty()) {
            observers.detach(id);
        }
    }

    /** Passes a line of the log about an approval to its observer, if it has one. */
    public void note(Approval approval, String line) {
        observers.note(approval.id(), DecisionText.line(approval, line));
    }

    /** See {@link ApprovalStore#find}. */
    public Optional<Approval> find(String id) throws IOException {
        return store.find(id);
    }

    /** See {@link ApprovalStore#findInMemory}. */
    public Optional<Approval> findInMemory(String id) {
        return store.findInMemory(id);
    }

    /** Returns the pending approvals, the oldest first, and after them the newest decided ones, newest first. */
    public List<Approval> list() {
        var all = new ArrayList<>(pending());
        all.sort(Comparator.comparing(Approval::createdAt).thenComparing(Approval::id));
        all.addAll(store.recentlyDecided());
        return all;
    }

    /** Returns the pending approvals, in no order. */
    public List<Approval> pending() {
        return open().filter(approval -> !approval.isDecided()).toList();
    }

    /** See {@link ApprovalStore#open}. */
    public Stream<Approval> open() {
        return store.open();
    }

    /** Adds an observer of all approvals. */
    public void follow(ApprovalObserver observer) {
        observers.follow(observer);
    }

    /**
     * Ends the pending approvals of the matching builds: again and again, until that can be written. They are known by their ids alone:
     * when a failed write is repeated, their build may have another name, and another build its old name.
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

    /** Forgets the approvals of builds that are gone. */
    public void remove(Predicate<BuildRef> gone) {
        store.remove(gone).forEach(this::forget);
    }

    private void forget(String id) {
        deadlines.remove(id);
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

    /** See {@link ApprovalStore#renamed}. */
    public void renamed(String before, String after) {
        store.renamed(before, after);
    }

    /** Sees to it that an approval ends soon after its deadline, even if nothing can be written. Takes no lock of a log. */
    private void checkOnTime(String id, int seconds) {
        try {
            timer.schedule(
                    () -> {
                        Approval approval = findInMemory(id).orElse(null);
                        if (approval != null
                                && approval.isOverdue(clock.instant())
                                && !store.doubtIfStuck(
                                        approval.build(), "that a deadline has passed cannot be written")) {
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
            Approval approval = store.find(id).orElse(null);
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
}
