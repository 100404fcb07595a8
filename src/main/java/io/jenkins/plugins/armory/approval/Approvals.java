package io.jenkins.plugins.armory.approval;

import io.jenkins.plugins.armory.storage.ApprovalStore;
import io.jenkins.plugins.armory.storage.Folding;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * All approvals of a controller: what is on disk, the deadlines, and who waits.
 *
 * <p>An event is first made durable and then passed on. A decision reaches the {@link Waiter} of its approval exactly
 * once in the life of this object, in whichever order the decision and {@link #attach} come; after a restart the step
 * attaches again and is told again. That the build takes a decision only once is then up to the Pipeline engine, which
 * knows whether the step was already over when its state was last saved.
 */
public final class Approvals {

    private static final Logger LOGGER = Logger.getLogger(Approvals.class.getName());

    /** Somebody who waits for the decision. */
    public interface Waiter {
        /** Called once, on the executor given to {@link Approvals}, with a decided approval. */
        void decided(Approval approval);

        /**
         * Called on the same executor with progress that is worth a line in a log: the first that there is, and then new
         * messages, ten at once and one a minute after that.
         */
        default void progressed(Progress progress) {}

        /** Called on the same executor when a callback, or a person, has said yes and the other one is still awaited. */
        default void heard(Approval approval) {}

        /** Equal for approvals that all have to succeed, see {@link #endOthers}; {@code null} for one by itself. */
        @CheckForNull
        default Object group() {
            return null;
        }
    }

    private final ApprovalStore store;
    private final Executor executor;
    private final Clock clock;
    private final Clock steady;
    private final Deadlines deadlines;
    private final Deadlines heartbeats;
    private final Folding folding;
    private final Map<String, Waiter> waiters = new ConcurrentHashMap<>();
    private final ProgressReports reports = new ProgressReports();
    /** What was last heard of each approval that has a heartbeat, since this was opened. */
    private final Map<String, Heard> heard = new ConcurrentHashMap<>();
    /** Before that nobody could be heard. */
    private final Heard opened;

    /**
     * Something that was heard of an external process.
     *
     * @param at when, by the clock, for people
     * @param steadyAt when, by the steady clock, to tell how long ago that is
     * @param progress {@code null} when it was no report of progress
     */
    private record Heard(Instant at, Instant steadyAt, @CheckForNull Progress progress) {}

    /**
     * Takes up what the store holds. While this was not there nobody could report anything, so the intervals of heartbeats begin
     * anew. Approvals whose deadline passed while nobody looked are timed out on the executor: that
     * they are is certain from here on, since a callback would find the deadline passed, but writing it may take a while.
     *
     * @param timer wakes this up for the next deadline
     * @param executor runs whatever may take time: file I/O for deadlines, and waiters
     */
    public Approvals(ApprovalStore store, ScheduledExecutorService timer, Executor executor, Clock clock) {
        this.store = store;
        this.executor = executor;
        this.clock = clock;
        this.steady = new SteadyClock();
        this.opened = new Heard(clock.instant(), steady.instant(), null);
        this.folding = new Folding(store, timer, executor);
        this.deadlines = new Deadlines(timer, clock, id -> executor.execute(() -> checkClock(id)));
        this.heartbeats = new Deadlines(timer, steady, id -> executor.execute(() -> checkClock(id)));
        store.pending().forEach(approval -> {
            if (approval.deadline().isAfter(opened.at())) {
                watch(approval);
            } else {
                executor.execute(() -> checkClock(approval.id()));
            }
        });
    }

    /** Stops looking at deadlines, and changes nothing on disk any more. What is pending stays so, on disk. */
    public void close() {
        deadlines.close();
        heartbeats.close();
        folding.finish();
        store.close();
    }

    /**
     * Adds a new approval; from here on it can be decided.
     *
     * @throws IOException when it could not be made durable
     */
    public void create(Approval approval) throws IOException {
        store.create(approval);
        watch(approval);
    }

    /** Schedules the next check of the deadline and of the heartbeat. Whatever is heard until then is found out only then. */
    private void watch(Approval approval) {
        deadlines.set(approval.id(), approval.deadline());
        watchHeartbeat(approval);
    }

    private void watchHeartbeat(Approval approval) {
        if (heartbeatDue(approval).isPresent()) {
            heartbeats.set(approval.id(), lastHeard(approval).steadyAt().plus(approval.heartbeat()));
        } else {
            heartbeats.remove(approval.id());
        }
    }

    /** When something has to be heard of an approval's external process; empty while that is not asked of it. */
    public Optional<Instant> heartbeatDue(Approval approval) {
        return approval.heartbeatDue(lastHeard(approval).at());
    }

    private Heard lastHeard(Approval approval) {
        return heard.getOrDefault(approval.id(), opened);
    }

    /** Notes that something was heard of an approval, unless that has ended. */
    private void hear(Approval approval, Instant at, @CheckForNull Progress progress) throws IOException {
        if (approval.heartbeat() != null) {
            heard.put(approval.id(), new Heard(at, steady.instant(), progress));
            if (!isPending(approval.id())) { // whoever ended it may have been here before
                heard.remove(approval.id());
            }
        }
    }

    /** Notes that the webhook answered. To be called before that is applied, since silence counts from then on. */
    private void hear(String id, Attempt answered) throws IOException {
        Optional<Approval> found = store.find(id);
        if (found.isPresent()) {
            hear(found.get(), answered.at().plus(answered.duration()), null);
        }
    }

    /** The event of a silence that has lasted too long; empty while it has not, and where a heartbeat is not asked for. */
    private Optional<Event> silence(Approval approval, Instant now) {
        Duration heartbeat = approval.heartbeat();
        Heard last = lastHeard(approval);
        if (heartbeat == null || steady.instant().isBefore(last.steadyAt().plus(heartbeat))) {
            return Optional.empty();
        }
        // After the clock was set back, the silence began at another time of that clock than was noted.
        Instant latest = now.minus(heartbeat);
        Instant since = last.at().isAfter(latest) ? latest : last.at();
        return approval.heartbeatDue(since)
                .filter(due -> due.isBefore(approval.deadline()))
                .map(due -> new Event.HeartbeatCheck(since, whatWas(last)));
    }

    private String whatWas(Heard last) {
        Progress progress = last.progress();
        if (progress != null) {
            return "when it last reported progress" + (progress.percent() == null ? "" : " (" + progress.percentText() + ")");
        }
        return last == opened ? "when Jenkins started" : "when the webhook answered";
    }

    /**
     * Applies an event.
     *
     * @return what came of it, durable; empty for an id that is unknown or was forgotten
     * @throws IOException when the change could not be made durable; nothing has changed then
     */
    public Optional<Transition> apply(String id, Event event) throws IOException {
        if (event instanceof Event.Sent sent) {
            hear(id, sent.attempt());
        }
        Optional<Transition> transition = store.apply(id, event, clock.instant());
        transition
                .map(Transition::approval)
                .filter(approval -> approval.heartbeat() != null && !approval.isDecided())
                .ifPresent(this::watchHeartbeat);
        transition.map(Transition::approval).filter(Approval::isDecided).ifPresent(approval -> {
            forgetWhatWasHeard(id);
            deadlines.remove(id);
            Waiter waiter = waiters.remove(id);
            if (waiter != null) {
                executor.execute(() -> waiter.decided(approval));
            }
        });
        if (event instanceof Event.Callback || event instanceof Event.ManualApproval) {
            transition
                    .filter(each -> each.answer() == Answer.ACCEPTED)
                    .map(Transition::approval)
                    .filter(approval -> !approval.isDecided())
                    .ifPresent(approval -> tell(id, waiter -> waiter.heard(approval)));
        }
        return transition;
    }

    /**
     * Takes a report of progress. Nothing is written for it and no other request waited for, unless it comes at or after the
     * deadline and is the first to find that out.
     *
     * @param percent from 0 to 100; {@code null} when it is as it was
     * @param mdMessage likewise
     * @return what came of it; empty for an id that is unknown or was forgotten
     * @throws IOException when it came too late, and that could not be made durable
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
            hear(found.get(), now, noted.progress());
            if (!isPending(id)) { // decided or removed since it was found; whoever did that may have been here before
                reports.remove(id);
            } else if (noted.worthALine()) {
                tell(id, waiter -> waiter.progressed(noted.progress()));
            }
        }
        return transition;
    }

    private void tell(String id, Consumer<Waiter> message) {
        Waiter waiter = waiters.get(id);
        if (waiter != null) {
            executor.execute(() -> message.accept(waiter));
        }
    }

    private boolean isPending(String id) throws IOException {
        return store.find(id).filter(approval -> !approval.isDecided()).isPresent();
    }

    /** The last report of progress of an approval that waits, if there was one since Jenkins started. */
    public Optional<Progress> progressOf(String id) {
        return reports.of(id);
    }

    /**
     * Lets somebody wait for the decision, which may stand already. A later call replaces an earlier one.
     *
     * @throws IOException as {@link #find} does
     */
    public void attach(String id, Waiter waiter) throws IOException {
        waiters.put(id, waiter);
        Optional<Approval> decided = store.find(id).filter(Approval::isDecided);
        if (decided.isPresent() && waiters.remove(id, waiter)) {
            executor.execute(() -> waiter.decided(decided.get()));
        }
    }

    /** See {@link ApprovalStore#find}. */
    public Optional<Approval> find(String id) throws IOException {
        return store.find(id);
    }

    /** See {@link ApprovalStore#findInMemory}. */
    public Optional<Approval> findInMemory(String id) {
        return store.findInMemory(id);
    }

    /** Every approval that is not decided, the oldest first, and after them the newest decided ones, newest first. */
    public List<Approval> list() {
        List<Approval> all = new ArrayList<>(store.pending());
        all.sort(Comparator.comparing(Approval::createdAt).thenComparing(Approval::id));
        all.addAll(store.recentlyDecided());
        return all;
    }

    /**
     * Ends the others of a group of which one has failed: all of them would have to succeed. One that attaches later has to find
     * out by itself that one has failed, which therefore must be known before this is called.
     *
     * @param group see {@link Waiter#group}
     * @param reason for people
     * @throws IOException when that could not be made durable for one of them
     */
    public void endOthers(String failedId, Object group, String reason) throws IOException {
        for (Map.Entry<String, Waiter> other : waiters.entrySet()) {
            if (!other.getKey().equals(failedId) && group.equals(other.getValue().group())) {
                apply(other.getKey(), new Event.OtherFailed(reason));
            }
        }
    }

    /** See {@link ApprovalStore#pending}. */
    public Collection<Approval> pending() {
        return store.pending();
    }

    /** Tells somebody of each decision from now on, once it is on disk; what is told must not take long, nor fail. */
    public void onDecision(Consumer<Approval> listener) {
        store.onDecision(listener);
    }

    /** Whether an approval of that build is not decided. */
    public boolean isPendingFor(BuildRef build) {
        return store.pending().stream().anyMatch(approval -> approval.build().equals(build));
    }

    /** Ends whatever is pending for the matching builds. */
    public void abort(Predicate<BuildRef> builds, String reason) {
        for (Approval approval : store.pending()) {
            if (builds.test(approval.build())) {
                try {
                    apply(approval.id(), new Event.Aborted(reason));
                } catch (IOException x) {
                    LOGGER.log(Level.WARNING, "Cannot end " + approval.id() + " of " + approval.build(), x);
                }
            }
        }
    }

    /** Removes an approval whose build is gone, if there is one of that id. */
    public void remove(String id) {
        deadlines.remove(id);
        store.remove(id);
        forgetWhatWasHeard(id);
    }

    /** Removes the approvals whose builds are gone. Reads all of the history. */
    public void removeIf(Predicate<Approval> gone) throws IOException {
        List<Approval> pending = store.pending().stream().filter(gone).toList();
        pending.forEach(approval -> deadlines.remove(approval.id()));
        store.removeIf(gone);
        pending.forEach(approval -> forgetWhatWasHeard(approval.id()));
    }

    /**
     * Follows a job, or a folder of jobs, that was renamed or moved. What is not in memory is written in the background; whoever
     * asks is told the new name at once.
     *
     * @throws IOException when that could not be made durable
     */
    public void move(String oldFullName, String newFullName) throws IOException {
        store.move(oldFullName, newFullName, clock.instant());
    }

    /** See {@link ApprovalStore#unreadable}. */
    public Set<String> unreadable() {
        return store.unreadable();
    }

    /**
     * Ends an approval of {@link #unreadable} whose build is over.
     *
     * @throws IOException when that could not be made durable
     */
    public void endUnreadable(String id, BuildRef build) throws IOException {
        Instant now = clock.instant();
        Approval nothingKnown = Approval.start(id, build, null, "unknown", null, now, Duration.ZERO);
        store.endUnreadable(nothingKnown
                .on(new Event.Aborted("Its file could not be read, and its build is over."), now)
                .approval());
    }

    private void forgetWhatWasHeard(String id) {
        heartbeats.remove(id);
        reports.remove(id);
        heard.remove(id);
    }

    private void checkClock(String id) {
        try {
            Approval approval = store.find(id).orElse(null);
            if (approval == null || approval.isDecided()) {
                return;
            }
            Optional<Transition> transition =
                    apply(id, silence(approval, clock.instant()).orElseGet(Event.DeadlineCheck::new));
            // Something may have been heard since the timer was set, or the clock have been set back.
            transition
                    .filter(t -> t.answer() == Answer.IGNORED)
                    .map(Transition::approval)
                    .filter(each -> !each.isDecided())
                    .ifPresent(this::watch);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot write that the time of " + id + " is over; trying again in a minute", x);
            deadlines.later(id);
        }
    }
}
