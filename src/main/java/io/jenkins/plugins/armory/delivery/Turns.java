package io.jenkins.plugins.armory.delivery;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A limit for work of one kind that takes its time, in all and in each lane, such as the calls to one host. Work beyond the limit waits for
 * its turn, without a thread.
 *
 * <p>Everybody has a share of both. Work begins while its job and the job's top-level folder, added up, have fewer than twice as many
 * turns as are free. So a job takes at most half of the turns and a folder two thirds, both take less the more others take, and a turn is
 * free for a job that has none. The jobs that wait take turns, and so do the lanes of a job.
 */
@Restricted(NoExternalUse.class)
public final class Turns {

    /** The number of lanes that may be full. */
    private static final int LANES = 2;

    private final int inAll;
    private final Executor executor;
    private final Limit all;
    private final Map<String, Limit> lanes = new HashMap<>();
    /** The works that wait, by job and lane. Who got a turn last is the last. */
    private final Map<String, Map<String, Queue<Work>>> waiting = new LinkedHashMap<>();

    /**
     * @param inAll the number of turns; a lane has half of them
     * @param executor begins work that had to wait
     */
    public Turns(int inAll, Executor executor) {
        this.inAll = inAll;
        this.executor = executor;
        all = new Limit(inAll);
    }

    /** The turns of one lane, or of all lanes. */
    private static final class Limit {

        private final int most;
        private int taken;
        /** The number of turns by job and by folder; a folder's name ends in a slash here. */
        private final Map<String, Integer> shares = new HashMap<>();

        Limit(int most) {
            this.most = most;
        }

        boolean hasRoomFor(String job) {
            return share(job) + share(folderOf(job)) < 2 * (most - taken);
        }

        private int share(String who) {
            return shares.getOrDefault(who, 0);
        }

        void count(String job, int change) {
            taken += change;
            for (String who : List.of(job, folderOf(job))) {
                shares.merge(who, change, (before, by) -> before + by == 0 ? null : before + by);
            }
        }
    }

    private final class Work {

        private final String job;
        private final String lane;
        private final Consumer<Runnable> content;

        Work(String job, String lane, Consumer<Runnable> content) {
            this.job = job;
            this.lane = lane;
            this.content = content;
        }

        void begin() {
            var ended = new AtomicBoolean();
            Runnable end = () -> {
                if (ended.compareAndSet(false, true)) {
                    leave(this);
                }
            };
            try {
                content.accept(end);
            } catch (RuntimeException | Error x) {
                end.run();
                throw x;
            }
        }

        boolean hasRoom() {
            return all.hasRoomFor(job) && laneHasRoom(job, lane);
        }

        void count(int change) {
            all.count(job, change);
            lanes.computeIfAbsent(lane, each -> new Limit(inAll / LANES)).count(job, change);
            if (lanes.get(lane).taken == 0) {
                lanes.remove(lane);
            }
        }
    }

    private static String folderOf(String job) {
        return job.substring(0, job.contains("/") ? job.indexOf('/') : job.length()) + '/';
    }

    private boolean laneHasRoom(String job, String lane) {
        Limit limit = lanes.get(lane);
        return limit == null || limit.hasRoomFor(job);
    }

    /**
     * Begins work at once, or on the executor when it is its turn.
     *
     * @param job the full name of the job that the work is for
     * @param content takes what ends its turn; that is to be run once the work is over, and may be run again
     * @return whether the work did not have to wait
     */
    public boolean enter(String job, String lane, Consumer<Runnable> content) {
        var work = new Work(job, lane, content);
        synchronized (this) {
            if (!work.hasRoom()) {
                waiting.computeIfAbsent(job, each -> new LinkedHashMap<>())
                        .computeIfAbsent(lane, each -> new ArrayDeque<>())
                        .add(work);
                return false;
            }
            work.count(1);
        }
        work.begin();
        return true;
    }

    private void leave(Work over) {
        var next = new ArrayList<Work>();
        synchronized (this) {
            over.count(-1);
            for (Work work = next(); work != null; work = next()) { // a share that shrinks makes room for several
                work.count(1);
                next.add(work);
            }
        }
        next.forEach(work -> executor.execute(work::begin));
    }

    /** Takes the next work that has room. A job that has room meets four full lanes at most. */
    @CheckForNull
    private Work next() {
        return take(
                waiting,
                (job, ofJob) -> all.hasRoomFor(job)
                        ? take(ofJob, (lane, works) -> laneHasRoom(job, lane) ? works.remove() : null, Queue::isEmpty)
                        : null,
                Map::isEmpty);
    }

    /** Takes work from the first in a line that gives some, which goes behind the others then. */
    @CheckForNull
    private static <T> Work take(Map<String, T> line, BiFunction<String, T, Work> give, Predicate<T> isEmpty) {
        for (Map.Entry<String, T> each : line.entrySet()) {
            String who = each.getKey();
            T works = each.getValue();
            Work work = give.apply(who, works);
            if (work != null) {
                line.remove(who);
                if (!isEmpty.test(works)) {
                    line.put(who, works);
                }
                return work;
            }
        }
        return null;
    }
}
