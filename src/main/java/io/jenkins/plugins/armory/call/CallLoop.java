package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalObserver;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.Notifications.Notice;
import io.jenkins.plugins.armory.approval.UntilWritten;
import io.jenkins.plugins.armory.call.CallPermits.Permit;
import io.jenkins.plugins.armory.call.Requests.Order;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The loop that makes the calls of all {@linkplain CallKind kinds}. A change of an approval begins what its record has due, and ends what
 * it has not due any more. Each attempt is made once it has its {@linkplain CallPermits permit}, ends exactly once and gives it back, whatever
 * is thrown on its way. A call is over when its event is written.
 */
final class CallLoop implements ApprovalObserver {

    private static final Logger LOGGER = Logger.getLogger(CallLoop.class.getName());

    /** The pause before the next look whether this Jenkins may make a call. */
    private static final Duration HELD = Duration.ofMinutes(1);

    private final Approvals approvals;
    private final Requests requests;
    private final Clock clock;
    private final ScheduledExecutorService timer;
    private final Executor executor;
    private final UntilWritten again;
    private final CallPermits permits;
    private final List<CallKind> kinds;
    private volatile boolean open;

    // The following fields, and those of the calls, are guarded by this.

    /** The calls that are due or in flight, by the approval and by the place. */
    private final Map<String, Map<String, Run>> runs = new HashMap<>();
    /** The approvals that were not closed at the start. */
    private final Set<String> inherited = new HashSet<>();

    /** @param executor does what may take time, but makes no requests: see {@link CallPermits} */
    CallLoop(
            Approvals approvals,
            Requests requests,
            CallPermits permits,
            Clock clock,
            ScheduledExecutorService timer,
            Executor executor,
            List<CallKind> kinds) {
        this.approvals = approvals;
        this.requests = requests;
        this.permits = permits;
        this.clock = clock;
        this.timer = timer;
        this.executor = executor;
        again = new UntilWritten(timer, executor);
        this.kinds = kinds;
        // In this order, since what is decided meanwhile is outstanding.
        approvals.pending().forEach(approval -> inherited.add(approval.id()));
        approvals.outstanding().forEach(approval -> inherited.add(approval.id()));
        approvals.follow(this);
    }

    /** Begins what the last run of Jenkins has left, and what was due since the start; and from then on at once. */
    void open() {
        open = true;
        approvals.pending().forEach(approval -> changed(approval.id()));
        approvals.outstanding().forEach(approval -> changed(approval.id()));
    }

    /** Begins nothing more. */
    void close() {
        open = false;
    }

    /** Begins the calls of an approval that have become due, and ends those that are not due any more. */
    @Override
    public void changed(String id) {
        var begun = new ArrayList<Run>();
        synchronized (this) {
            Approval approval = approvals.findInMemory(id).orElse(null);
            Map<String, Run> places = runs.getOrDefault(id, new HashMap<>());
            places.values().removeIf(run -> run.giveUp(approval));
            for (CallKind kind : kinds) {
                for (Order order : due(kind, approval)) {
                    String place = kind.place(order);
                    if (!places.containsKey(place)) {
                        var run = new Run(kind, order);
                        places.put(place, run);
                        begun.add(run);
                    }
                }
            }
            if (places.isEmpty()) {
                runs.remove(id);
            } else {
                runs.put(id, places);
            }
            inherit(id, approval);
        }
        begun.forEach(Run::start);
    }

    @Override
    public void decided(Approval approval) {
        // It has changed, too.
    }

    private List<Order> due(CallKind kind, @CheckForNull Approval approval) {
        return open && approval != null ? kind.due(approval) : List.of();
    }

    private void inherit(String id, @CheckForNull Approval approval) {
        if (approval == null || approval.isClosed()) {
            inherited.remove(id);
            kinds.forEach(kind -> kind.closed(id));
        }
    }

    /** See {@link Requests#reasonToWait}; empty for an approval of this run of Jenkins. */
    private Optional<String> reasonToWait(Approval approval) {
        boolean asks;
        synchronized (this) {
            asks = inherited.contains(approval.id());
        }
        return asks ? requests.reasonToWait(approval) : Optional.empty();
    }

    /** A call that is due, with its attempts. */
    private final class Run {

        private final CallKind kind;
        private final String id;
        private final String place;

        @CheckForNull
        private final Notice notice;

        private final Duration delay;
        private int number;
        private boolean inFlight;
        /** The permit that an attempt waits for or has until it is sent, {@code null} for none. */
        @CheckForNull
        private Permit permit;

        private boolean held;

        Run(CallKind kind, Order order) {
            this.kind = kind;
            id = order.approval().id();
            place = kind.place(order);
            notice = order.notice();
            CallKind.First first = kind.first(order.approval());
            number = first.number();
            delay = first.delay();
        }

        void start() {
            next(delay);
        }

        /** Makes the next attempt after a delay. */
        private void next(Duration pause) {
            if (pause.isZero()) {
                executor.execute(() -> surely(this::attempt));
            } else {
                UntilWritten.later(timer, executor, pause, () -> surely(this::attempt));
            }
        }

        /** Does a part of the call again, later, if it throws what nobody expects: no call is stuck by that. */
        private void surely(UntilWritten.Write part) {
            surely(part, executor);
        }

        private void surely(UntilWritten.Write part, Executor repeats) {
            again.run(
                    part,
                    x -> LOGGER.log(
                            Level.WARNING, "A call of approval " + id + " cannot go on; trying again until it can", x),
                    repeats);
        }

        /** Returns the call as a record has it due, {@code null} if it has not. */
        @CheckForNull
        Order dueBy(@CheckForNull Approval approval) {
            return due(kind, approval).stream()
                    .filter(order -> Objects.equals(order.notice(), notice))
                    .findFirst()
                    .orElse(null);
        }

        /** Gives the call up if a record has it not due any more and it is not in flight, and returns whether that is so. */
        private boolean giveUp(@CheckForNull Approval approval) {
            boolean isOver = !inFlight && dueBy(approval) == null;
            if (isOver && permit != null) {
                permit.giveBack();
            }
            return isOver;
        }

        /** Returns the call as it is due now, {@code null} if it is not. Its job may have been renamed since the last attempt. */
        @CheckForNull
        private Order order() {
            synchronized (CallLoop.this) {
                return of(id).get(place) == this
                        ? dueBy(approvals.findInMemory(id).orElse(null))
                        : null;
            }
        }

        private void attempt() {
            Order order = order();
            if (order == null) {
                return;
            }
            Optional<Event> instead = kind.insteadOf(order);
            Optional<String> reason = reasonToWait(order.approval());
            if (instead.isPresent()) {
                write(instead.get());
            } else if (reason.isPresent()) {
                hold(order, reason.get());
            } else {
                askFor(permits.of(order.approval().build().job(), hostOf(order)), order);
            }
        }

        private void askFor(Permit asked, Order order) {
            synchronized (CallLoop.this) {
                if (order() == null || permit != null) {
                    return;
                }
                permit = asked;
            }
            boolean waits = asked.ask(() -> surely(() -> begin(asked), permits.executor()));
            if (waits) {
                kind.waits(order, number);
            }
        }

        private void hold(Order order, String reason) {
            if (!held) {
                held = true;
                String line = "Webhook '" + order.webhook().name() + "' of approval " + id + " of "
                        + order.approval().build() + " is not called: " + reason + " Jenkins looks again every minute.";
                LOGGER.warning(line);
                approvals.note(id, "WARNING: " + line);
            }
            next(HELD);
        }

        private String hostOf(Order order) {
            try {
                return requests.host(order);
            } catch (UndeliverableException | RuntimeException | Error x) {
                return ""; // making the request fails too, and says why
            }
        }

        /** Makes the attempt, since it has its permit. */
        private void begin(Permit granted) throws IOException {
            Order order = order();
            if (order != null) {
                kind.begins(order);
            }
            synchronized (CallLoop.this) {
                order = order();
                inFlight = order != null;
                permit = null;
            }
            if (order == null) {
                granted.giveBack();
            } else {
                send(order, new Ending(this, order, granted));
            }
        }

        private void send(Order order, Ending ending) {
            try {
                Requests.Ready ready = requests.ready(order, line -> kind.note(id, line));
                ending.host = ready.request().host();
                if (order() == null) { // a vault may take its time
                    ending.end(null);
                    return;
                }
                kind.sending(order, number, ready);
                ready.sender().send(ready.request(), kind.key(order), () -> order() != null, ending::end);
            } catch (UndeliverableException | RuntimeException | Error x) {
                LOGGER.log(
                        x instanceof UndeliverableException ? Level.FINE : Level.WARNING,
                        "Cannot make the request of approval " + id,
                        x);
                ending.end(CallResult.notMade(reason(x), false));
            }
        }

        /** Goes on after an attempt, unless the call is not due any more. */
        private void landed(Optional<Duration> next) {
            synchronized (CallLoop.this) {
                inFlight = false;
            }
            changed(id);
            next.ifPresent(pause -> {
                number++;
                next(pause);
            });
        }

        /** Applies the event that ends the call. The call stays due, and is not made again, until that is written. */
        private void write(Event event) {
            again.run(
                    () -> {
                        approvals.apply(id, event);
                        over(this);
                    },
                    x -> {
                        String line = "Cannot write what became of a call of approval " + id + "; trying again until it"
                                + " can be written";
                        LOGGER.log(Level.WARNING, line, x);
                        approvals.note(id, "WARNING: " + line + ". " + x.getMessage());
                    });
        }
    }

    private Map<String, Run> of(String id) {
        return runs.getOrDefault(id, Map.of());
    }

    /** Ends a call, whose event is on disk, and begins what waits for that. */
    private void over(Run run) {
        synchronized (this) {
            if (of(run.id).get(run.place) == run) {
                of(run.id).remove(run.place);
            }
        }
        changed(run.id);
    }

    /**
     * Says why a request cannot be made. Exceptions at run time and errors are somebody else's, such as of a provider of credentials whose
     * plugin was updated under a running Jenkins.
     */
    private static String reason(Throwable x) {
        String reason = Objects.requireNonNullElse(x.getMessage(), x.toString());
        return x instanceof UndeliverableException ? reason : "the request cannot be made: " + reason;
    }

    /** The end of an attempt in flight. */
    private final class Ending {

        private final Run run;
        private final Order order;
        private final Permit permit;
        private final int number;
        private final Instant begun = now();
        private final long nanos = System.nanoTime();
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile String host = "";

        Ending(Run run, Order order, Permit permit) {
            this.run = run;
            this.order = order;
            this.permit = permit;
            number = run.number;
        }

        /** @param result {@code null} if the call was dropped, since it was not due any more */
        void end(@CheckForNull CallResult result) {
            if (ended.compareAndSet(false, true)) {
                permit.giveBack();
                executor.execute(() -> run.surely(() -> tell(result)));
            }
        }

        private void tell(@CheckForNull CallResult result) {
            Optional<Duration> next = result == null ? Optional.empty() : run.kind.again(order, number, result);
            if (result == null) {
                over(run);
            } else if (next.isPresent()) {
                run.kind.repeated(order, attempt(result, now().plus(next.get())), result);
            } else {
                run.write(run.kind.over(order, attempt(result, null), result));
            }
            run.landed(next);
        }

        private Attempt attempt(CallResult result, @CheckForNull Instant nextAt) {
            Duration duration = Duration.ofNanos(System.nanoTime() - nanos).truncatedTo(ChronoUnit.MILLIS);
            return new Attempt(
                    number,
                    begun,
                    host,
                    result.status(),
                    duration,
                    result.failure(),
                    result.answer(),
                    nextAt,
                    result.found());
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
