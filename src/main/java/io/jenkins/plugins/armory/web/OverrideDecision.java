package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.callback.CallbackAnswers;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The decision of an administrator, whatever is missing: {@code POST approvals/<id>/override}. It ends the whole approval, also where a
 * callback or nobody is awaited.
 *
 * @param id the id of the approval
 */
record OverrideDecision(String id) {

    private static final Logger LOGGER = Logger.getLogger(OverrideDecision.class.getName());
    private static final String PERMISSION = "Armory/Override";

    /** Decides as the current user, if they may. */
    JsonResponse answer(ArmoryRuntime armory, HttpServletRequest request) {
        String decision = only(request.getParameterValues("decision"));
        boolean approve = Choice.APPROVE.path().equals(decision);
        String reason =
                Objects.requireNonNullElse(request.getParameter("reason"), "").strip();
        if (!approve && !Choice.REJECT.path().equals(decision)) {
            return invalid(Messages.OverrideDecision_decision());
        } else if (reason.isEmpty()) {
            return invalid(Messages.OverrideDecision_reason());
        }
        try {
            ApprovalInputs.checkText("reason", reason);
            return decide(armory, new Viewer(), approve, reason, ApprovalInputs.given(request));
        } catch (IllegalArgumentException x) {
            return invalid(x.getMessage() + ".");
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot store a decision", x);
            return JsonResponse.unavailable(Messages.Decision_notStored());
        }
    }

    /**
     * Returns the value of a parameter; {@code null} for several values, since it is unknown which of them the user
     * meant.
     */
    @CheckForNull
    private static String only(@CheckForNull String[] values) {
        return values != null && values.length == 1 ? values[0] : null;
    }

    private static JsonResponse invalid(String message) {
        return JsonResponse.error(400, "invalid_request", message);
    }

    private JsonResponse decide(
            ArmoryRuntime armory, Viewer viewer, boolean approve, String reason, @CheckForNull String inputs)
            throws IOException {
        Approval approval = armory.approvals().find(id).filter(viewer::sees).orElse(null);
        if (approval == null) {
            return JsonResponse.error(404, "unknown_approval", Messages.Decision_unknown());
        }
        if (!viewer.isOverrider(approval)) {
            return JsonResponse.error(
                    403,
                    "forbidden",
                    approval.isRule()
                            ? Messages.Decision_needsPermissionOnJenkins(PERMISSION, approval.environment())
                            : Messages.Decision_needsPermission(PERMISSION));
        }
        if (!approve) {
            ApprovalInputs.checkNone(inputs);
        }
        Map<String, Object> values = approve ? ApprovalInputs.ofOverride(approval, inputs) : Map.of();
        return armory.approvals()
                .apply(id, new Event.Overridden(approve, viewer.name(), reason, values))
                .map(transition -> answer(transition, approve, values))
                .orElseGet(() -> JsonResponse.error(410, "approval_ended", Messages.Decision_buildGone()));
    }

    /** @param values the values that an approval is of */
    private JsonResponse answer(Transition transition, boolean approve, Map<String, Object> values) {
        JsonResponse answer =
                switch (transition.answer()) {
                    case ACCEPTED, DUPLICATE ->
                        values.equals(transition.approval().inputs())
                                ? JsonResponse.ok(JsonNodeFactory.instance
                                        .objectNode()
                                        .put("status", "accepted")
                                        .put("approvalId", id)
                                        .put("approved", approve)
                                        .put("duplicate", transition.answer() == Approval.Answer.DUPLICATE))
                                : ApprovalInputs.others(transition.approval(), Messages.OverrideDecision_otherInputs());
                    case CONFLICT -> JsonResponse.error(409, "already_decided", Messages.OverrideDecision_conflict());
                    default -> JsonResponse.error(410, "approval_ended", Messages.OverrideDecision_ended());
                };
        answer.body().set("decision", CallbackAnswers.json(transition.approval().requireDecision()));
        return answer;
    }
}
