package io.jenkins.plugins.armory.callback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Event;
import java.io.IOException;
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

    private final Approvals approvals;
    private final CallbackTokens tokens;
    private final List<TokenVerifier> verifiers;
    private final BooleanSupplier stopping;

    /**
     * @param verifiers the kinds of tokens there are; the first that knows a token decides whose it is
     * @param stopping whether the controller is going down
     */
    public CallbackEndpoint(
            Approvals approvals, CallbackTokens tokens, List<TokenVerifier> verifiers, BooleanSupplier stopping) {
        this.approvals = approvals;
        this.tokens = tokens;
        this.verifiers = List.copyOf(verifiers);
        this.stopping = stopping;
    }

    public JsonResponse handle(CallbackRequest request) {
        if (!request.method().equals("POST")) {
            return JsonResponse.error(
                    405, "method_not_allowed", "A callback is a POST request.", Map.of("Allow", "POST"));
        }
        if (stopping.getAsBoolean()) {
            return JsonResponse.unavailable("Jenkins is shutting down; call back again once it is up.");
        }
        try {
            return decide(request);
        } catch (BearerToken.Missing x) {
            return unauthorized(x.getMessage());
        } catch (CallbackBody.Refused x) {
            return x.response();
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot store a decision", x);
            return JsonResponse.unavailable("The decision could not be stored, so it was not taken; call back again later.");
        }
    }

    private JsonResponse decide(CallbackRequest request) throws BearerToken.Missing, CallbackBody.Refused, IOException {
        String token = BearerToken.of(request);
        String id = request.approvalId();
        boolean issued = tokens.isIssued(id);
        Optional<Approval> approval = issued ? approvals.find(id) : Optional.empty();
        Optional<Caller> caller = verifiers.stream()
                .flatMap(verifier -> verifier.verify(token, approval).stream())
                .findFirst();
        if (caller.isEmpty()) {
            return unauthorized("The token is not valid here: use the approval's own ({{armory.callbackToken}}) or the"
                    + " one that its callbackCredentialsId names.");
        }
        if (!issued) {
            return JsonResponse.error(404, "unknown_approval", "There is no such approval.");
        }
        if (approval.isEmpty()) {
            return gone("The build of this approval is gone.");
        }
        if (!caller.get().mayDecide().test(approval.get())) {
            return JsonResponse.error(
                    403,
                    "insufficient_scope",
                    "The token is valid, but not for this approval.",
                    Map.of("WWW-Authenticate", "Bearer realm=\"armory\", error=\"insufficient_scope\""));
        }
        CallbackBody body = CallbackBody.of(request);
        return approvals
                .apply(id, new Event.Callback(body.success(), body.mdMessage(), caller.get().name()))
                .map(CallbackEndpoint::answer)
                .orElseGet(() -> gone("The build of this approval is gone."));
    }

    private static JsonResponse answer(Transition transition) {
        if (transition.answer() == Answer.NOT_AWAITED) {
            return gone("No callback is awaited: the webhook is defined with disableCallback.");
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

    /** The same for every id (RFC 6750, section 3); why there is no usable token at all is no secret. */
    private static JsonResponse unauthorized(String message) {
        return JsonResponse.error(
                401,
                "invalid_token",
                message,
                Map.of("WWW-Authenticate", "Bearer realm=\"armory\", error=\"invalid_token\""));
    }
}
