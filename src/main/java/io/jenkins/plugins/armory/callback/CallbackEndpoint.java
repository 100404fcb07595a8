package io.jenkins.plugins.armory.callback;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.callback.RejectedCallbacks.Rejected;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.store.Approvals;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Answers callbacks. A callback is answered once its decision is on disk; the answer does not wait for the build.
 *
 * <p>The order of the checks is part of the contract. The caller is identified first, so that a request of a stranger
 * learns nothing about an approval and leaves nothing behind on disk.
 */
@Restricted(NoExternalUse.class)
public final class CallbackEndpoint {

    private static final Logger LOGGER = Logger.getLogger(CallbackEndpoint.class.getName());
    private static final Duration WARNING_INTERVAL = Duration.ofMinutes(1);

    private final Approvals approvals;
    private final CallbackTokens tokens;
    private final CallerIdentification callers;
    private final BooleanSupplier stopping;
    private final Clock clock;
    private final RejectedCallbacks rejected = new RejectedCallbacks();
    private final AtomicLong nextWarning = new AtomicLong(System.nanoTime());

    /**
     * @param callers finds out who sent a request
     * @param stopping returns whether the controller is shutting down
     */
    public CallbackEndpoint(
            Approvals approvals,
            CallbackTokens tokens,
            CallerIdentification callers,
            BooleanSupplier stopping,
            Clock clock) {
        this.approvals = approvals;
        this.tokens = tokens;
        this.callers = callers;
        this.stopping = stopping;
        this.clock = clock;
    }

    public RejectedCallbacks rejected() {
        return rejected;
    }

    /** Answers a callback. */
    public JsonResponse handle(CallbackRequest request) {
        return answer(request, Kind.CALLBACK);
    }

    /** Answers a progress report. The same callers may send one as may call back. */
    public JsonResponse progress(CallbackRequest request) {
        return answer(request, Kind.PROGRESS);
    }

    /**
     * Answers as if the request were a callback, but decides nothing. Where a callback would be accepted, the status is
     * {@code rehearsed}. A missing body counts as {@code success: true}.
     */
    public JsonResponse rehearse(CallbackRequest request) {
        return answer(request, Kind.REHEARSAL);
    }

    enum Kind {
        CALLBACK,
        REHEARSAL,
        PROGRESS
    }

    /**
     * The result of looking up an id. An approval whose build was deleted is gone, but its id was issued.
     *
     * @param isDamaged whether the approval is there and cannot be read; only a caller who is identified is told so
     */
    private record Lookup(boolean issued, boolean isDamaged, Optional<Approval> approval) {}

    /**
     * A response with its reason.
     *
     * @param reason the reason for people who may see the approval, or {@code null} if the request was accepted
     */
    private record Result(
            JsonResponse response, @CheckForNull String reason) {

        static Result of(JsonResponse response) {
            return new Result(
                    response,
                    response.status() < 400
                            ? null
                            : response.body().get("message").textValue());
        }
    }

    private JsonResponse answer(CallbackRequest request, Kind kind) {
        if (!request.method().equals("POST")) {
            return JsonResponse.error(
                    405, "method_not_allowed", "A callback is a POST request.", Map.of("Allow", "POST"));
        }
        if (stopping.getAsBoolean()) {
            return JsonResponse.unavailable("Jenkins is shutting down; call back again once it is up.");
        }
        Lookup lookup = find(request.approvalId());
        Result result = check(request, kind, lookup);
        if (result.reason() != null) {
            lookup.approval().ifPresent(approval -> keepRejected(approval, request, kind, result));
        }
        return result.response();
    }

    /** Finds an approval. Files are read only for ids that Jenkins issued, whatever a caller sends. */
    private Lookup find(String id) {
        Optional<Approval> inMemory = approvals.findInMemory(id);
        if (inMemory.isPresent() || !tokens.isIssued(id)) {
            return new Lookup(inMemory.isPresent(), false, inMemory);
        }
        try {
            return new Lookup(true, false, approvals.find(id));
        } catch (IOException x) {
            warn(x);
            return new Lookup(true, true, Optional.empty());
        }
    }

    /** Logs once a minute at most that an approval is damaged: anybody who knows its id may ask for it. */
    private void warn(IOException x) {
        long due = nextWarning.get();
        long now = System.nanoTime();
        if (now - due >= 0 && nextWarning.compareAndSet(due, now + WARNING_INTERVAL.toNanos())) {
            LOGGER.log(
                    Level.WARNING,
                    "Callbacks get a 503, or a 401 with the Secret text of the step, since their approval cannot be read: {0}",
                    x.toString());
        }
    }

    private Result check(CallbackRequest request, Kind kind, Lookup lookup) {
        try {
            return checkCaller(kind, lookup, callers.identify(request, kind, lookup.approval()));
        } catch (CallerIdentification.FailedException x) {
            return new Result(
                    x.isUndecided()
                            ? JsonResponse.unavailable(x.getMessage())
                            : CallbackAnswers.unauthorized(x.getMessage()),
                    x.reason());
        } catch (RefusedRequestException x) {
            return new Result(x.response(), x.getMessage());
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot store a decision", x);
            return new Result(
                    JsonResponse.unavailable(
                            "The decision could not be stored, so it was not taken; call back again later."),
                    "the decision could not be stored");
        }
    }

    private Result checkCaller(Kind kind, Lookup lookup, CallerIdentification.Identified identified)
            throws RefusedRequestException, IOException {
        if (!lookup.issued()) {
            return Result.of(CallbackAnswers.unknownApproval());
        }
        if (lookup.isDamaged()) {
            return Result.of(JsonResponse.unavailable("The approval cannot be read; call back again later."));
        }
        Approval approval = lookup.approval().orElse(null);
        if (approval == null) {
            return Result.of(CallbackAnswers.buildIsGone());
        }
        Caller caller = identified.caller();
        String obstacle = caller.obstacle().apply(approval).orElse(null);
        if (obstacle != null) {
            return new Result(CallbackAnswers.forbidden(obstacle), caller.name() + ": " + obstacle);
        }
        CallbackRequest request = identified.request();
        return Result.of(
                switch (kind) {
                    case CALLBACK -> decide(request, approval, caller);
                    case REHEARSAL -> rehearseDecision(request, approval, caller);
                    case PROGRESS -> noteProgress(request);
                });
    }

    private JsonResponse decide(CallbackRequest request, Approval approval, Caller caller)
            throws RefusedRequestException, IOException {
        return approvals
                .apply(approval, event(CallbackBody.read(request.body()), caller))
                .map(CallbackAnswers::toCallback)
                .orElseGet(CallbackAnswers::buildIsGone);
    }

    private JsonResponse rehearseDecision(CallbackRequest request, Approval approval, Caller caller)
            throws RefusedRequestException {
        CallbackBody body = CallbackBody.readRehearsal(request.body());
        return CallbackAnswers.toRehearsal(approval.on(event(body, caller), clock.instant()), caller);
    }

    private static Event.Callback event(CallbackBody body, Caller caller) {
        return new Event.Callback(body.success(), body.mdMessage(), body.data(), caller.name());
    }

    private JsonResponse noteProgress(CallbackRequest request) throws RefusedRequestException, IOException {
        ProgressBody body = ProgressBody.read(request.body());
        return approvals
                .report(request.approvalId(), body.percent(), body.mdMessage())
                .map(CallbackAnswers::toProgress)
                .orElseGet(CallbackAnswers::buildIsGone);
    }

    private void keepRejected(Approval approval, CallbackRequest request, Kind kind, Result result) {
        int status = result.response().status();
        if (kind == Kind.PROGRESS && status == 410) {
            return; // the report and the end of the approval crossed on their way, which is no fault of the caller
        }
        String reason = Objects.requireNonNull(result.reason(), "a rejected callback has a reason");
        rejected.add(
                approval.id(),
                new Rejected(
                        clock.instant(),
                        status,
                        kind == Kind.PROGRESS ? "progress: " + reason : reason,
                        request.remoteAddress(),
                        kind == Kind.REHEARSAL));
        if (kind == Kind.CALLBACK && !approval.isDecided() && approval.refusal() == null) {
            String answer = status + " " + result.response().body().get("error").textValue();
            try {
                approvals
                        .apply(approval, new Event.Refused(answer))
                        .filter(first -> first.answer() == Answer.ACCEPTED)
                        .ifPresent(first -> approvals.note(
                                approval,
                                "WARNING: A callback from " + request.remoteAddress() + " was refused (" + answer
                                        + "); the build's page says why."));
            } catch (IOException x) {
                LOGGER.log(Level.FINE, "Cannot write that a callback was refused", x);
            }
        }
    }
}
