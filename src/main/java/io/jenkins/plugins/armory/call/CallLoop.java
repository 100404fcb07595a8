package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.Notifications.Notice;
import io.jenkins.plugins.armory.call.CallKind.Order;
import io.jenkins.plugins.armory.call.CallPermits.Permit;
import io.jenkins.plugins.armory.store.ApprovalObserver;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.store.disk.UntilWritten;
import io.jenkins.plugins.armory.webhook.RequestRenderer;
import io.jenkins.plugins.armory.webhook.UndeliverableException;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The loop that makes the outgoing calls of all {@linkplain CallKind kinds}. What is to be called is in the approval's
 * record and nowhere else, so after a crash the calls go on from there. A call may be made twice then, with the same
 * {@code Idempotency-Key}; it is never left out.
 *
 * <p>When an approval changes, the calls begin that its record has due, and the others end. An attempt waits for its
 * {@linkplain CallPermits permit}, ends exactly once and gives the permit back, whatever is thrown. A call is over when
 * its event is written.
 */
@Restricted(NoExternalUse.class)
public final class CallLoop implements ApprovalObserver {

    private static final Logger LOGGER = Logger.getLogger(CallLoop.class.getName());

    /** The pause before the next look whether this Jenkins may make a call. */
    private static final Duration HELD = Duration.ofMinutes(1);

    private final Approvals approvals;
    private final ApprovalRequests requests;
    private final Clock clock;
    private final UntilWritten again;
    private final DoubleSupplier chance;
    private final CallPermits permits;
    private final WebhookCalls webhooks;
    private final CancelCalls cancels;
    private final NotifyCalls notices;
    private final List<CallKind> kinds;
    private volatile boolean open;

    // The following field, and those of the calls, are guarded by this.

    /** The calls that are due or in flight, by the approval and by the place. */
    private final Map<String, Map<String, Call>> calls = new HashMap<>();

    /**
     * @param again repeats what cannot be written, and does what may take time; requests are made on the threads of the
     *     permits
     * @param chance numbers from 0 up to, but not including, 1, which spread the delays between attempts
     * @param clock the clock of the attempts
     */
    public CallLoop(
            Approvals approvals,
            ApprovalRequests requests,
            CallPermits permits,
            UntilWritten again,
            DoubleSupplier chance,
            Clock clock) {
        this.approvals = approvals;
        this.requests = requests;
        this.permits = permits;
        this.clock = clock;
        this.again = again;
        this.chance = chance;
        webhooks = new WebhookCalls(approvals, clock);
        cancels = new CancelCalls(approvals, webhooks);
        notices = new NotifyCalls(approvals);
        kinds = List.of(webhooks, cancels, new StatusPolls(approvals, clock), notices);
        approvals.follow(this);
    }

    /**
     * Checks that the calls of an approval can be made, before anything is written.
     *
     * @throws UndeliverableException if one of them cannot
     */
    public void check(Approval approval, Run<?, ?> run) throws UndeliverableException {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            for (CallKind kind : kinds) {
                for (Order order : kind.later(approval)) {
                    ApprovalRequests.agentOf(order);
                    requests.of(kind, order, run).render();
                }
            }
        }
    }

    /**
     * Begins what the last run of Jenkins has left, and what was due since the start; and from then on at once. Called
     * when Jenkins has loaded its jobs.
     */
    public void open() {
        open = true;
        approvals.open().forEach(approval -> changed(approval.id()));
    }

    /** Begins nothing more. */
    public void close() {
        open = false;
    }

    /**
     * Begins the calls of an approval that is observed. Its webhook is called until it takes the call or there is no
     * further attempt. After a restart, goes on from the recorded attempts.
     */
    public void deliver(String id) {
        webhooks.follow(id);
        changed(id);
    }

    /** Returns the number of notices that could not be sent since Jenkins started. */
    public long failedNotices() {
        return notices.failed();
    }

    /** Returns the number of cancel webhooks that could not be called since Jenkins started. */
    public long failedCancels() {
        return cancels.failed();
    }

    @Override
    public void known(Approval approval) {
        webhooks.known(approval);
        changed(approval.id()); // which forgets it if it is closed
    }

    /** Begins the calls of an approval that have become due, and ends those that are not due any more. */
    @Override
    public void changed(String id) {
        var begun = new ArrayList<Call>();
        synchronized (this) {
            Approval approval = approvals.findInMemory(id).orElse(null);
            Map<String, Call> places = calls.getOrDefault(id, new HashMap<>());
            places.values().removeIf(call -> call.giveUp(approval));
            for (CallKind kind : kinds) {
                for (Order order : due(kind, approval)) {
                    String place = kind.place(order);
                    if (!places.containsKey(place)) {
                        var call = new Call(kind, order);
                        places.put(place, call);
                        begun.add(call);
                    }
                }
            }
            if (places.isEmpty()) {
                calls.remove(id);
            } else {
                calls.put(id, places);
            }
            if (approval == null || approval.isClosed()) {
                kinds.forEach(kind -> kind.closed(id));
            }
        }
        begun.forEach(call -> call.next(call.firstDelay));
    }

    @Override
    public void decided(Approval approval) {
        // It has changed, too.
    }

    private List<Order> due(CallKind kind, @CheckForNull Approval approval) {
        return open && approval != null ? kind.due(approval) : List.of();
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * Says why a request cannot be made. Exceptions at run time and errors are somebody else's, such as of a provider
     * of credentials whose plugin was updated under a running Jenkins.
     */
    private static CallResult notMade(String id, Throwable x) {
        boolean isExpected = x instanceof UndeliverableException;
        LOGGER.log(isExpected ? Level.FINE : Level.WARNING, "Cannot make the request of approval " + id, x);
        String reason = Objects.requireNonNullElse(x.getMessage(), x.toString());
        return CallResult.notMade(isExpected ? reason : "the request cannot be made: " + reason, false);
    }

    /** A call that is due. Its attempts are made one after another. */
    private final class Call {

        private final CallKind kind;
        private final String id;
        private final String place;

        @CheckForNull
        private final Notice notice;

        private final Duration firstDelay;
        private int number;
        private boolean held;
        private boolean inFlight;
        /** The permit that an attempt waits for or has, {@code null} for none. */
        @CheckForNull
        private Permit permit;

        // When the last attempt began, and what it called.
        private Instant begun;
        private long nanos;
        private String host = "";

        Call(CallKind kind, Order order) {
            this.kind = kind;
            id = order.id();
            place = kind.place(order);
            notice = order.notice();
            number = kind.first(order);
            firstDelay = kind.delay(order);
        }

        /** Makes the next attempt after a delay. */
        private void next(Duration delay) {
            if (delay.isZero()) {
                again.soon(() -> untilDone(this::attempt));
            } else {
                again.later(delay, () -> untilDone(this::attempt));
            }
        }

        /** Does a part of the call again, later, if it throws what nobody expects: no call is stuck by that. */
        private void untilDone(UntilWritten.Write part) {
            again.run(part, this::cannotGoOn);
        }

        private void cannotGoOn(Throwable x) {
            LOGGER.log(Level.WARNING, "A call of approval " + id + " cannot go on; trying again until it can", x);
        }

        /**
         * Gives the call up if a record has it not due any more and it is not in flight, and returns whether that is
         * so.
         */
        private boolean giveUp(@CheckForNull Approval approval) {
            boolean isOver = !inFlight && dueBy(approval) == null;
            if (isOver && permit != null) {
                permit.giveBack();
            }
            return isOver;
        }

        /** Returns the call as a record has it due, {@code null} if it has not. */
        @CheckForNull
        private Order dueBy(@CheckForNull Approval approval) {
            return due(kind, approval).stream()
                    .filter(order -> Objects.equals(order.notice(), notice))
                    .findFirst()
                    .orElse(null);
        }

        /**
         * Returns the call as it is due now, {@code null} if it is not. Its job may have been renamed since the last
         * attempt.
         */
        @CheckForNull
        private Order order() {
            synchronized (CallLoop.this) {
                return isListed() ? dueBy(approvals.findInMemory(id).orElse(null)) : null;
            }
        }

        private boolean isListed() {
            return calls.getOrDefault(id, Map.of()).get(place) == this;
        }

        /** Makes the request, and waits for the permit to send it. */
        private void attempt() {
            Order order = order();
            if (order == null) {
                return;
            }
            Optional<Event> instead = kind.insteadOf(order);
            Optional<String> reason = reasonToWait(order.approval());
            if (instead.isPresent()) {
                write(order, instead.get());
                return;
            }
            if (reason.isPresent()) {
                hold(order, reason.get());
                return;
            }
            RequestRenderer request;
            String hostAndPort;
            try {
                request = requests.of(kind, order);
                hostAndPort = request.hostAndPort();
            } catch (UndeliverableException | RuntimeException | Error x) {
                began();
                take(order, notMade(id, x));
                return;
            }
            Permit asked = permits.of(order.approval().build().job(), hostAndPort);
            synchronized (CallLoop.this) {
                if (order() == null || permit != null) {
                    return;
                }
                permit = asked;
            }
            if (asked.ask(() -> again.run(() -> send(request, asked), this::cannotGoOn, permits.executor()))) {
                kind.waits(order, number);
            }
        }

        /** See {@link ApprovalRequests#reasonToWait}; empty for an approval of this run of Jenkins. */
        private Optional<String> reasonToWait(Approval approval) {
            return approvals.isInherited(id) ? requests.reasonToWait(approval) : Optional.empty();
        }

        private void hold(Order order, String reason) {
            if (!held) {
                held = true;
                String line = "Webhook '" + order.webhook().name() + "' of approval " + id + " of "
                        + order.approval().build() + " is not called: " + reason + " Jenkins looks again every minute.";
                LOGGER.warning(line);
                approvals.note(order.approval(), "WARNING: " + line);
            }
            next(HELD);
        }

        /** Sends a request, since it has its permit. */
        private void send(RequestRenderer request, Permit granted) throws IOException {
            Order order = order();
            if (order != null) {
                kind.begins(order);
            }
            synchronized (CallLoop.this) {
                order = permit == granted ? order() : null;
                inFlight = order != null;
            }
            if (order == null) {
                granted.giveBack();
                return;
            }
            Order sent = order;
            began();
            try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
                Sender sender = requests.sender(kind, sent);
                WebhookRequest rendered = request.render();
                host = rendered.host();
                if (order() == null) { // a vault may take its time
                    end(granted, sent, null);
                    return;
                }
                kind.sending(sent, number, rendered, sender.description());
                sender.send(rendered, kind.key(sent), () -> order() != null, result -> end(granted, sent, result));
            } catch (UndeliverableException | RuntimeException | Error x) {
                end(granted, sent, notMade(id, x));
            }
        }

        private void began() {
            begun = now();
            nanos = System.nanoTime();
            host = "";
        }

        /**
         * Ends an attempt, unless it has ended before.
         *
         * @param result {@code null} if the call was dropped, since it was not due any more
         */
        private void end(Permit granted, Order order, @CheckForNull CallResult result) {
            synchronized (CallLoop.this) {
                if (permit != granted) {
                    return;
                }
                permit = null;
            }
            granted.giveBack();
            again.soon(() -> untilDone(() -> take(order, result)));
        }

        /** Takes the result of an attempt, and goes on unless it is the last. */
        private void take(Order order, @CheckForNull CallResult result) {
            Optional<Duration> delay =
                    result == null ? Optional.empty() : kind.again(order, number, result, chance.getAsDouble());
            if (result == null) {
                over();
            } else if (delay.isPresent()) {
                kind.repeated(order, attempt(result, now().plus(delay.get())), result);
            } else {
                write(order, kind.over(order, attempt(result, null), result));
            }
            synchronized (CallLoop.this) {
                inFlight = false;
            }
            changed(id);
            delay.ifPresent(pause -> {
                number++;
                next(pause);
            });
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

        /** Applies the event that ends the call. The call stays due, and is not made again, until that is written. */
        private void write(Order order, Event event) {
            again.run(
                    () -> {
                        approvals.apply(id, event);
                        over();
                    },
                    x -> {
                        String line = "Cannot write what became of a call of approval " + id + "; trying again until it"
                                + " can be written";
                        LOGGER.log(Level.WARNING, line, x);
                        approvals.note(order.approval(), "WARNING: " + line + ". " + x.getMessage());
                    });
        }

        /** Ends the call, whose event is on disk, and begins what waits for that. */
        private void over() {
            synchronized (CallLoop.this) {
                if (isListed()) {
                    calls.get(id).remove(place);
                }
            }
            changed(id);
        }
    }
}
