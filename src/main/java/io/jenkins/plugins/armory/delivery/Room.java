package io.jenkins.plugins.armory.delivery;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The room for the attempts of one step that are made at once. Repeated calls come before first ones, whose time has not begun. */
@Restricted(NoExternalUse.class)
public final class Room {

    private final Executor executor;
    private int free;
    private final Queue<Consumer<Runnable>> first = new ArrayDeque<>();
    private final Queue<Consumer<Runnable>> repeated = new ArrayDeque<>();

    /** @param executor begins attempts that had to wait */
    public Room(int atOnce, Executor executor) {
        free = atOnce;
        this.executor = executor;
    }

    /**
     * Begins an attempt, now or once there is room.
     *
     * @param attempt takes what gives the room back; that is to be run once the attempt is over, and may be run again
     */
    void enter(boolean isFirst, Consumer<Runnable> attempt) {
        synchronized (this) {
            if (free == 0) {
                (isFirst ? first : repeated).add(attempt);
                return;
            }
            free--;
        }
        begin(attempt);
    }

    private void begin(Consumer<Runnable> attempt) {
        var ended = new AtomicBoolean();
        attempt.accept(() -> {
            if (ended.compareAndSet(false, true)) {
                leave();
            }
        });
    }

    private void leave() {
        Consumer<Runnable> next;
        synchronized (this) {
            next = repeated.isEmpty() ? first.poll() : repeated.poll();
            if (next == null) {
                free++;
            }
        }
        if (next != null) {
            executor.execute(() -> begin(next));
        }
    }
}
