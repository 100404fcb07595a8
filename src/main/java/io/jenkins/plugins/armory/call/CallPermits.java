package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The permits of outgoing calls. They limit how many run at once: in all, of one job and to one host. A call waits for
 * its permit without a thread, and reads its secrets once it has it. When a permit is given back, the call that has
 * waited longest begins, of those whose job and host have room.
 */
@Restricted(NoExternalUse.class)
public final class CallPermits {

    /** The number of calls at once. */
    public static final int IN_ALL = 64;

    static final int OF_A_JOB = 16;
    static final int TO_A_HOST = 8;

    private final Executor executor;

    // The following fields, and those of the permits, are guarded by this.

    private int held;
    private final Map<String, Integer> ofJobs = new HashMap<>();
    private final Map<String, Integer> toHosts = new HashMap<>();
    /** The calls that wait, those of one job to one host in their order. None of them has room. */
    private final Map<Place, Set<Permit>> waiting = new HashMap<>();

    private long asked;

    /**
     * @param executor begins the calls, with a thread for each: its credentials may be of a vault that does not answer
     */
    public CallPermits(Executor executor) {
        this.executor = executor;
    }

    Executor executor() {
        return executor;
    }

    private record Place(String job, String host) {}

    /** Returns a permit that is still to be asked for. */
    public Permit of(String job, String host) {
        return new Permit(new Place(job, host));
    }

    /** The permit of one call. */
    public final class Permit {

        private final Place place;
        private Runnable call = () -> {};
        private long number;
        private boolean isHeld;
        private boolean isOver;

        private Permit(Place place) {
            this.place = place;
        }

        /**
         * Has the call begin once there is room for it, unless the permit is given back before.
         *
         * @return whether the call has to wait
         */
        public boolean ask(Runnable begin) {
            synchronized (CallPermits.this) {
                if (isOver) {
                    return false;
                }
                call = begin;
                number = asked++;
                if (!hasRoom(place)) {
                    waiting.computeIfAbsent(place, each -> new LinkedHashSet<>())
                            .add(this);
                    return true;
                }
                hold();
            }
            executor.execute(begin);
            return false;
        }

        /** Gives the permit back, or stops waiting for it. May be called again. */
        public void giveBack() {
            synchronized (CallPermits.this) {
                if (!isHeld) {
                    stopWaiting();
                    isOver = true;
                    return;
                }
                isHeld = false;
                isOver = true;
                count(-1);
            }
            for (Permit next = takeNext(); next != null; next = takeNext()) {
                executor.execute(next.call);
            }
        }

        private void hold() {
            isHeld = true;
            count(1);
        }

        private void stopWaiting() {
            waiting.computeIfPresent(place, (same, calls) -> {
                calls.remove(this);
                return calls.isEmpty() ? null : calls;
            });
        }

        private void count(int change) {
            held += change;
            ofJobs.merge(place.job, change, CallPermits::sum);
            toHosts.merge(place.host, change, CallPermits::sum);
        }
    }

    /** Returns {@code null} for nothing, so that a job without calls takes no memory. */
    @CheckForNull
    private static Integer sum(int before, int change) {
        return before + change == 0 ? null : Integer.valueOf(before + change);
    }

    private boolean hasRoom(Place place) {
        return held < IN_ALL
                && ofJobs.getOrDefault(place.job, 0) < OF_A_JOB
                && toHosts.getOrDefault(place.host, 0) < TO_A_HOST;
    }

    @CheckForNull
    private synchronized Permit takeNext() {
        Permit next = waiting.entrySet().stream()
                .filter(each -> hasRoom(each.getKey()))
                .map(each -> each.getValue().iterator().next())
                .min(Comparator.comparingLong(permit -> permit.number))
                .orElse(null);
        if (next != null) {
            next.stopWaiting();
            next.hold();
        }
        return next;
    }
}
