package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The heartbeats of the external processes that pending approvals wait for. They are in memory alone. Nobody can report
 * anything while Jenkins is down, so the intervals begin anew at each start.
 */
@Restricted(NoExternalUse.class)
public final class Heartbeats {

    /**
     * A sign of life.
     *
     * @param at its time by the clock, for people
     * @param steadyAt its time by the steady clock, from which elapsed time is measured
     * @param progress the reported progress, {@code null} if it was no report
     */
    private record Beat(
            Instant at, Instant steadyAt, @CheckForNull Progress progress) {}

    private final Clock steady = new SteadyClock();
    private final Map<String, Beat> last = new ConcurrentHashMap<>();
    private final Beat opened;
    private final Deadlines due;

    /** @param check takes the id of an approval whose heartbeat may have been missed, on the timer's thread */
    public Heartbeats(ScheduledExecutorService timer, Instant now, Consumer<String> check) {
        this.opened = new Beat(now, steady.instant(), null);
        this.due = new Deadlines(timer, steady, check);
    }

    /** Records a sign of life. The next check is not moved, since it looks at the newest sign. */
    public void heard(String id, Instant at, @CheckForNull Progress progress) {
        last.put(id, new Beat(at, steady.instant(), progress));
    }

    /**
     * Schedules the next check of an approval if a heartbeat is expected of it. Never cancels a check: two threads may
     * call this in either order, and a needless check has no effect.
     */
    public void watch(Approval approval) {
        Duration interval = approval.heartbeat();
        if (interval != null && dueOf(approval).isPresent()) {
            due.set(approval.id(), lastOf(approval).steadyAt().plus(interval));
        }
    }

    /** Returns when the next heartbeat of an approval is due; empty while none is expected. */
    public Optional<Instant> dueOf(Approval approval) {
        return approval.heartbeatDue(lastOf(approval).at());
    }

    /** Returns the event of a missed heartbeat; empty while none was missed. */
    public Optional<Event> missed(Approval approval, Instant now) {
        Duration interval = approval.heartbeat();
        Beat beat = lastOf(approval);
        if (interval == null || steady.instant().isBefore(beat.steadyAt().plus(interval))) {
            return Optional.empty();
        }
        // If the clock was set back, the noted time is too late by that clock.
        Instant latest = now.minus(interval);
        Instant since = beat.at().isAfter(latest) ? latest : beat.at();
        return approval.heartbeatDue(since)
                .filter(at -> at.isBefore(approval.deadline()))
                .map(at -> new Event.HeartbeatCheck(since, text(beat)));
    }

    private String text(Beat beat) {
        Progress progress = beat.progress();
        if (progress != null) {
            return "when it last reported progress"
                    + (progress.percent() == null ? "" : " (" + progress.percentText() + ")");
        }
        return beat == opened ? "when Jenkins started" : "when the webhook answered";
    }

    private Beat lastOf(Approval approval) {
        return last.getOrDefault(approval.id(), opened);
    }

    public void forget(String id) {
        due.remove(id);
        last.remove(id);
    }

    public void close() {
        due.close();
    }
}
