package io.jenkins.plugins.armory.delivery;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * A limit for work that is under way, in all and in each lane. Work beyond a limit waits for its turn. So a lane whose
 * work takes long holds up itself, and not the others.
 */
final class Lanes {

    private final int inAll;
    private final int inOneLane;
    private final Executor executor;
    /** The number of works under way, by lane. */
    private final Map<String, Integer> underWay = new HashMap<>();
    /** The works that wait, by lane. The lane that got a turn last is the last. */
    private final Map<String, Queue<Runnable>> waiting = new LinkedHashMap<>();

    private int total;

    /** @param executor starts work that had to wait */
    Lanes(int inAll, int inOneLane, Executor executor) {
        this.inAll = inAll;
        this.inOneLane = inOneLane;
        this.executor = executor;
    }

    /** Starts work at once, or when it is its turn. Each work calls {@link #leave} when it is over. */
    void enter(String lane, Runnable work) {
        synchronized (this) {
            if (!hasRoom(lane)) {
                waiting.computeIfAbsent(lane, each -> new ArrayDeque<>()).add(work);
                return;
            }
            count(lane, 1);
        }
        work.run();
    }

    /** Ends work of a lane, and starts the next that has room. */
    void leave(String lane) {
        Runnable next;
        synchronized (this) {
            count(lane, -1);
            next = next();
        }
        if (next != null) {
            executor.execute(next);
        }
    }

    private Runnable next() {
        for (Iterator<Map.Entry<String, Queue<Runnable>>> each =
                        waiting.entrySet().iterator();
                each.hasNext(); ) {
            Map.Entry<String, Queue<Runnable>> entry = each.next();
            String lane = entry.getKey();
            if (hasRoom(lane)) {
                Queue<Runnable> queue = entry.getValue();
                Runnable work = queue.remove();
                each.remove();
                if (!queue.isEmpty()) {
                    waiting.put(lane, queue); // behind the others
                }
                count(lane, 1);
                return work;
            }
        }
        return null;
    }

    private boolean hasRoom(String lane) {
        return total < inAll && underWay.getOrDefault(lane, 0) < inOneLane;
    }

    private void count(String lane, int change) {
        total += change;
        underWay.merge(lane, change, (before, by) -> before + by == 0 ? null : before + by);
    }
}
