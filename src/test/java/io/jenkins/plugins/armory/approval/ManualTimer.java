package io.jenkins.plugins.armory.approval;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A timer on which time passes when the test says so. */
public final class ManualTimer {

    private final MutableClock clock;
    private final List<Entry> entries = new ArrayList<>();

    private static final class Entry {
        private final Instant due;
        private final Runnable work;
        private final CompletableFuture<Void> cancelled = new CompletableFuture<>();

        Entry(Instant due, Runnable work) {
            this.due = due;
            this.work = work;
        }
    }

    public ManualTimer(MutableClock clock) {
        this.clock = clock;
    }

    /** Returns a service that has {@code schedule(Runnable, long, TimeUnit)} alone. */
    public ScheduledExecutorService service() {
        return proxy(ScheduledExecutorService.class, arguments -> {
            Duration delay = Duration.ofNanos(((TimeUnit) arguments[2]).toNanos((Long) arguments[1]));
            var entry = new Entry(clock.instant().plus(delay), (Runnable) arguments[0]);
            entries.add(entry);
            return proxy(ScheduledFuture.class, ignored -> entry.cancelled.complete(null));
        });
    }

    private interface Answer {
        Object to(Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Answer answer) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> answer.to(arguments)));
    }

    /** Lets time pass, and runs on the way what is due. */
    public void pass(Duration duration) {
        Instant end = clock.instant().plus(duration);
        for (Entry next = next(end); next != null; next = next(end)) {
            entries.remove(next);
            clock.set(next.due.isAfter(clock.instant()) ? next.due : clock.instant());
            next.work.run();
        }
        clock.set(end);
    }

    private Entry next(Instant end) {
        entries.removeIf(entry -> entry.cancelled.isDone());
        return entries.stream()
                .filter(entry -> !entry.due.isAfter(end))
                .min(Comparator.comparing(entry -> entry.due))
                .orElse(null);
    }
}
