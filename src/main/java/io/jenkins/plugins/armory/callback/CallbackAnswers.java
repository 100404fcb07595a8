package io.jenkins.plugins.armory.callback;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.callback.token.Caller;
import java.util.Map;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The answers to callbacks, and to the rehearsals and progress reports that go with them. */
@Restricted(NoExternalUse.class)
public final class CallbackAnswers {

    private static final String NOT_AWAITED =
            "No callback is awaited: the webhook is defined with disableCallback, or a person alone decides.";

    private CallbackAnswers() {}

    public static ObjectNode json(Decision decision) {
        ObjectNode json = JsonResponse.JSON
                .createObjectNode()
                .put("success", decision.isSuccess())
                .put("outcome", decision.outcome().name())
                .put("mdMessage", decision.mdMessage())
                .put("decidedBy", decision.decidedBy())
                .put("decidedAt", decision.decidedAt().toString());
        return decision.override() ? json.put("override", true) : json;
    }

    static JsonResponse toCallback(Transition transition) {
        Approval approval = transition.approval();
        return switch (transition.answer()) {
            case ACCEPTED, DUPLICATE ->
                JsonResponse.ok(JsonResponse.JSON
                        .createObjectNode()
                        .put("status", "accepted")
                        .put("approvalId", approval.id())
                        .put("success", callback(approval).isSuccess())
                        .put("duplicate", transition.answer() == Answer.DUPLICATE));
            case CONFLICT -> conflict(callback(approval));
            case ENDED -> gone(whyItEnded(approval));
            case NOT_AWAITED -> gone(NOT_AWAITED);
            case OTHER_INPUTS, IGNORED -> throw new IllegalStateException("a callback is not answered so");
        };
    }

    private static Decision callback(Approval approval) {
        return Objects.requireNonNull(approval.callback(), "there is a callback");
    }

    /** @param transition the transition that the callback would have caused */
    static JsonResponse toRehearsal(Transition transition, Caller caller) {
        JsonResponse response = toCallback(transition);
        if (response.status() < 400) {
            response.body().put("status", "rehearsed").put("caller", caller.name());
        }
        return response;
    }

    static JsonResponse toProgress(Transition transition) {
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
                                : whyItEnded(transition.approval()));
        };
    }

    static JsonResponse buildIsGone() {
        return gone("The build of this approval is gone.");
    }

    static JsonResponse unknownApproval() {
        return JsonResponse.error(
                404, "unknown_approval", "There is no such approval. Compare the id in the address with callbackUri.");
    }

    /** Returns the answer to a request without a usable token. It is the same for every id (RFC 6750, section 3). */
    static JsonResponse unauthorized(String message) {
        return JsonResponse.error(
                401,
                "invalid_token",
                message,
                Map.of("WWW-Authenticate", "Bearer realm=\"armory\", error=\"invalid_token\""));
    }

    static JsonResponse forbidden(String obstacle) {
        return JsonResponse.error(
                403,
                "insufficient_scope",
                obstacle,
                Map.of("WWW-Authenticate", "Bearer realm=\"armory\", error=\"insufficient_scope\""));
    }

    private static JsonResponse conflict(Decision standing) {
        JsonResponse conflict =
                JsonResponse.error(409, "already_decided", "Another decision stands already; the first one counts.");
        conflict.body().set("decision", json(standing));
        return conflict;
    }

    private static JsonResponse gone(String message) {
        return JsonResponse.error(410, "approval_ended", message);
    }

    private static String whyItEnded(Approval approval) {
        Decision decision = approval.requireDecision();
        return switch (decision.outcome()) {
            case TIMED_OUT -> "The approval timed out at " + decision.decidedAt() + ".";
            case NOT_HEARD ->
                "The approval ended at " + decision.decidedAt()
                        + " because its heartbeat was missed: neither progress nor a callback arrived in time.";
            case NOT_SENT -> "The approval ended because its webhook could not be called.";
            case LOST -> "The approval is lost: the log of its build cannot be relied on.";
            case REJECTED -> "The approval ended because a person rejected it.";
            case OTHER_FAILED -> "The approval ended because another one of the same phase failed.";
            case SUCCESS -> "The approval ended because it was approved.";
            case SENT ->
                "The approval ended when its webhook had answered. Its disableCallback says that no callback is awaited.";
            default ->
                "The approval ended with its build, or with the part of the build that waited. Nothing is awaited any more.";
        };
    }
}
