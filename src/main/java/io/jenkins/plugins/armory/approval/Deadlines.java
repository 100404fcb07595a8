package io.jenkins.plugins.armory.approval;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The deadlines of many ids, with one timer for all of them. The timer is set for the earliest deadline, or for a
 * minute from now if that comes first: a timer measures elapsed time, while a deadline may be on the wall clock, which
 * can be set and which goes on while the machine sleeps.
 */
@Restricted(NoExternalUse.class)
public final class Deadlines {

    private static final Duration LONGEST_SLEEP = Duration.ofMinutes(1);

    private record Entry(Instant deadline, String id) {}

    private final TreeSet<Entry> entries =
            new TreeSet<>(Comparator.comparing(Entry::deadline).thenComparing(Entry::id));
    private final Map<String, Instant> deadlines = new HashMap<>();

    private final ScheduledExecutorService timer;
    private final Clock clock;
    private final Consumer<String> due;
    private Future<?> wakeUp;
    private boolean closed;

    /**
     * @param clock the system's clock for times of day, a {@link SteadyClock} for durations
     * @param due takes each id whose deadline has passed, once, on the timer's thread
     */
    public Deadlines(ScheduledExecutorService timer, Clock clock, Consumer<String> due) {
        this.timer = timer;
        this.clock = clock;
        this.due = due;
    }

    /** Sets the deadline of an id, in place of the one it may have. */
    public synchronized void set(String id, Instant deadline) {
        if (closed) {
            return;
        }
        drop(id);
        deadlines.put(id, deadline);
        entries.add(new Entry(deadline, id));
        if (entries.first().id().equals(id)) {
            schedule();
        }
    }

    private void drop(String id) {
        Instant known = deadlines.remove(id);
        if (known != null) {
            entries.remove(new Entry(known, id));
        }
    }

    public synchronized void remove(String id) {
        drop(id);
        if (entries.isEmpty()) {
            cancel();
        }
    }

    /** Ends all waiting. */
    public synchronized void close() {
        closed = true;
        entries.clear();
        deadlines.clear();
        cancel();
    }

    private void wake() {
        var overdue = new ArrayList<String>();
        synchronized (this) {
            Instant now = clock.instant();
            while (!entries.isEmpty() && !entries.first().deadline().isAfter(now)) {
                String id = entries.pollFirst().id();
                deadlines.remove(id);
                overdue.add(id);
            }
            schedule();
        }
        overdue.forEach(due);
    }

    /** Sets the timer for the earliest entry; called with the lock held. */
    private void schedule() {
        cancel();
        if (entries.isEmpty()) {
            return;
        }
        Duration untilDue = Duration.between(clock.instant(), entries.first().deadline());
        long millis = Math.min(untilDue.toMillis() + 1, LONGEST_SLEEP.toMillis());
        try {
            wakeUp = timer.schedule(this::wake, Math.max(0, millis), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException x) {
            // Jenkins is going down; the next start checks the deadlines again.
        }
    }

    private void cancel() {
        if (wakeUp != null) {
            wakeUp.cancel(false);
            wakeUp = null;
        }
    }
}
