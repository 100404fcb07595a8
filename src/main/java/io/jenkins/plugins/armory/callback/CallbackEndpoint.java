package io.jenkins.plugins.armory.callback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.SteadyClock;
import io.jenkins.plugins.armory.callback.RejectedCallbacks.Rejected;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.Caller.Obstacle;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.callback.token.Verification;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Answers callbacks. An answer is given once the decision is on disk, and does not wait for the build.
 *
 * <p>The order of checks is part of the contract: nothing but the token is looked at before the caller is known, so that
 * who has none learns nothing, and costs nothing that stays.
 */
public final class CallbackEndpoint {

    private static final Logger LOGGER = Logger.getLogger(CallbackEndpoint.class.getName());

    private static final String NOT_VALID = "The token is not valid here: use the approval's own"
            + " ({{armory.callbackToken}}), the one that its callbackCredentialsId names, or one that POST oauth/token has"
            + " just given you; such a token expires. The data of the approval in Jenkins says what is wrong with this one.";
    private static final String NO_TOKEN_OF_OURS =
            "unknown token: neither the approval's own, nor one of a listed client or issuer, nor a Secret text";

    private static final String NOT_AWAITED = "No callback is awaited: the webhook is defined with disableCallback.";

    private final Approvals approvals;
    private final CallbackTokens tokens;
    private final List<TokenVerifier> verifiers;
    private final BooleanSupplier stopping;
    private final Clock clock;
    private final RejectedCallbacks rejected = new RejectedCallbacks();
    private final FailureLimiter limiter;

    /**
     * @param verifiers the kinds of tokens there are; the first that knows a token decides whose it is
     * @param stopping whether the controller is going down
     */
    public CallbackEndpoint(
            Approvals approvals,
            CallbackTokens tokens,
            List<TokenVerifier> verifiers,
            BooleanSupplier stopping,
            Clock clock) {
        this(approvals, tokens, verifiers, stopping, clock, new FailureLimiter(new SteadyClock()));
    }

    CallbackEndpoint(
            Approvals approvals,
            CallbackTokens tokens,
            List<TokenVerifier> verifiers,
            BooleanSupplier stopping,
            Clock clock,
            FailureLimiter limiter) {
        this.approvals = approvals;
        this.tokens = tokens;
        this.verifiers = List.copyOf(verifiers);
        this.stopping = stopping;
        this.clock = clock;
        this.limiter = limiter;
    }

    /** The callbacks that were refused lately. */
    public RejectedCallbacks rejected() {
        return rejected;
    }

    public JsonResponse handle(CallbackRequest request) {
        return handle(request, Kind.CALLBACK);
    }

    /** Takes a report of progress. Who may send one, and what is wrong with it, is as for a callback. */
    public JsonResponse progress(CallbackRequest request) {
        return handle(request, Kind.PROGRESS);
    }

    /**
     * Answers as a callback would be, but decides nothing. A rehearsal that nothing is wrong with is told so with status
     * {@code rehearsed}. The body may be missing; then it is as if it said {@code success: true}.
     */
    public JsonResponse rehearse(CallbackRequest request) {
        return handle(request, Kind.REHEARSAL);
    }

    /** What a request is for. */
    private enum Kind {
        CALLBACK,
        REHEARSAL,
        PROGRESS
    }

    private JsonResponse handle(CallbackRequest request, Kind kind) {
        if (!request.method().equals("POST")) {
            return JsonResponse.error(
                    405, "method_not_allowed", "A callback is a POST request.", Map.of("Allow", "POST"));
        }
        if (stopping.getAsBoolean()) {
            return JsonResponse.unavailable("Jenkins is shutting down; call back again once it is up.");
        }
        // What is in memory needs no look at its id; whatever else the id is, no file is looked for on the word of a
        // stranger.
        Optional<Approval> approval = approvals.findInMemory(request.approvalId());
        boolean issued = approval.isPresent() || tokens.isIssued(request.approvalId());
        try {
            if (approval.isEmpty() && issued) {
                approval = approvals.find(request.approvalId());
            }
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot read an approval", x);
            return JsonResponse.unavailable("The approval cannot be read; call back again later.");
        }
        Answered answered;
        try {
            answered = decide(request, issued, approval, kind);
        } catch (RequestBody.Refused x) {
            answered = new Answered(x.response(), x.getMessage());
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot store a decision", x);
            answered = new Answered(
                    JsonResponse.unavailable(
                            "The decision could not be stored, so it was not taken; call back again later."),
                    "the decision could not be stored");
        }
        // Progress that crosses the end on its way is nothing to look into.
        boolean tooLate = kind == Kind.PROGRESS && answered.response().status() == 410;
        if (approval.isPresent() && answered.reason() != null && !tooLate) {
            rejected.add(
                    request.approvalId(),
                    new Rejected(
                            clock.instant(),
                            answered.response().status(),
                            kind == Kind.PROGRESS ? "progress: " + answered.reason() : answered.reason(),
                            request.remoteAddress(),
                            kind == Kind.REHEARSAL));
        }
        return answered.response();
    }

    /**
     * An answer, and why it is no better one.
     *
     * @param reason {@code null} when the callback was accepted
     */
    private record Answered(
            JsonResponse response, @CheckForNull String reason) {

        static Answered of(JsonResponse response) {
            return new Answered(
                    response,
                    response.status() < 400
                            ? null
                            : response.body().get("message").textValue());
        }
    }

    private Answered decide(CallbackRequest request, boolean issued, Optional<Approval> approval, Kind kind)
            throws RequestBody.Refused, IOException {
        Verification verification;
        String missing = null;
        try {
            verification = verify(BearerToken.of(request), approval);
        } catch (BearerToken.Missing x) {
            verification = Verification.rejected(x.reason());
            missing = x.getMessage();
        }
        if (verification instanceof Verification.Undecided undecided) {
            return new Answered(JsonResponse.unavailable(undecided.message()), undecided.reason());
        }
        if (!(verification instanceof Verification.Genuine genuine)) {
            String reason = verification instanceof Verification.Rejected wrong ? wrong.reason() : NO_TOKEN_OF_OURS;
            return new Answered(
                    limiter.fails(request.remoteAddress())
                            ? JsonResponse.tooManyFailures()
                            : unauthorized(missing == null ? NOT_VALID : missing),
                    reason);
        }
        if (!issued) {
            return Answered.of(JsonResponse.error(404, "unknown_approval", "There is no such approval."));
        }
        if (approval.isEmpty()) {
            return Answered.of(gone("The build of this approval is gone."));
        }
        Caller caller = genuine.caller();
        Optional<Obstacle> obstacle = caller.obstacle().apply(approval.get());
        if (obstacle.isPresent()) {
            return new Answered(
                    forbidden(obstacle.get()),
                    caller.name() + ": " + obstacle.get().message());
        }
        return Answered.of(
                switch (kind) {
                    case CALLBACK -> decide(request, caller);
                    case REHEARSAL -> rehearse(request, approval.get(), caller);
                    case PROGRESS -> report(request);
                });
    }

    private JsonResponse report(CallbackRequest request) throws RequestBody.Refused, IOException {
        ProgressBody body = ProgressBody.of(request);
        return approvals
                .report(request.approvalId(), body.percent(), body.mdMessage())
                .map(CallbackEndpoint::answerToProgress)
                .orElseGet(() -> gone("The build of this approval is gone."));
    }

    private static JsonResponse answerToProgress(Transition transition) {
        return switch (transition.answer()) {
            case ACCEPTED ->
                JsonResponse.ok(JsonResponse.JSON
                        .createObjectNode()
                        .put("status", "noted")
                        .put("approvalId", transition.approval().id()));
            case NOT_AWAITED -> gone(NOT_AWAITED);
            default ->
                gone(
                        transition.approval().callback() != null
                                ? "The callback has come already; no progress is awaited any more."
                                : whyItEnded(transition.approval().requireDecision()));
        };
    }

    private JsonResponse decide(CallbackRequest request, Caller caller) throws RequestBody.Refused, IOException {
        CallbackBody body = CallbackBody.of(request);
        return approvals
                .apply(request.approvalId(), new Event.Callback(body.success(), body.mdMessage(), caller.name()))
                .map(CallbackEndpoint::answer)
                .orElseGet(() -> gone("The build of this approval is gone."));
    }

    private JsonResponse rehearse(CallbackRequest request, Approval approval, Caller caller)
            throws RequestBody.Refused {
        boolean none = request.contentType() == null && request.contentLength() <= 0;
        CallbackBody body = none ? new CallbackBody(true, "") : CallbackBody.of(request);
        Transition transition =
                approval.on(new Event.Callback(body.success(), body.mdMessage(), caller.name()), clock.instant());
        JsonResponse response = answer(transition);
        if (response.status() < 400) {
            response.body().put("status", "rehearsed").put("caller", caller.name());
        }
        return response;
    }

    private Verification verify(String token, Optional<Approval> approval) {
        Verification first = Verification.unknown();
        for (TokenVerifier verifier : verifiers) {
            Verification verification = verifier.verify(token, approval);
            if (verification instanceof Verification.Genuine || verification instanceof Verification.Undecided) {
                return verification;
            }
            if (first instanceof Verification.Unknown) {
                first = verification;
            }
        }
        return first;
    }

    private static JsonResponse answer(Transition transition) {
        if (transition.answer() == Answer.NOT_AWAITED) {
            return gone(NOT_AWAITED);
        }
        Decision said = transition.approval().callback();
        if (said == null) { // then it ended without one
            return gone(whyItEnded(transition.approval().requireDecision()));
        }
        if (transition.answer() == Answer.CONFLICT) {
            JsonResponse conflict = JsonResponse.error(
                    409, "already_decided", "Another decision stands already; the first one counts.");
            conflict.body().set("decision", json(said));
            return conflict;
        }
        return JsonResponse.ok(JsonResponse.JSON
                .createObjectNode()
                .put("status", "accepted")
                .put("approvalId", transition.approval().id())
                .put("success", said.isSuccess())
                .put("duplicate", transition.answer() == Answer.DUPLICATE));
    }

    /** Why an approval ended before a callback came, for whoever brings one. */
    private static String whyItEnded(Decision decision) {
        return switch (decision.outcome()) {
            case TIMED_OUT -> "The approval timed out at " + decision.decidedAt() + ".";
            case NOT_HEARD ->
                "The approval ended at " + decision.decidedAt() + ", since nothing was heard for too long.";
            case NOT_SENT -> "The approval ended because its webhook could not be called.";
            case REJECTED -> "The approval ended because a person rejected it.";
            case OTHER_FAILED -> "The approval ended because another one of the same phase failed.";
            default -> "The approval ended with its build, or with the part of the build that waited.";
        };
    }

    /** A decision as it is shown to callers. */
    public static ObjectNode json(Decision decision) {
        return JsonResponse.JSON
                .createObjectNode()
                .put("success", decision.isSuccess())
                .put("outcome", decision.outcome().name())
                .put("mdMessage", decision.mdMessage())
                .put("decidedBy", decision.decidedBy())
                .put("decidedAt", decision.decidedAt().toString());
    }

    private static JsonResponse gone(String message) {
        return JsonResponse.error(410, "approval_ended", message);
    }

    private static JsonResponse forbidden(Obstacle obstacle) {
        return JsonResponse.error(
                403,
                "insufficient_scope",
                obstacle.message(),
                Map.of(
                        "WWW-Authenticate",
                        "Bearer realm=\"armory\", error=\"insufficient_scope\", scope=\"" + obstacle.scope() + '"'));
    }

    /** The same for every id (RFC 6750, section 3); why there is no usable token at all is no secret. */
    private static JsonResponse unauthorized(String message) {
        return JsonResponse.error(
                401,
                "invalid_token",
                message,
                Map.of("WWW-Authenticate", "Bearer realm=\"armory\", error=\"invalid_token\""));
    }
}
