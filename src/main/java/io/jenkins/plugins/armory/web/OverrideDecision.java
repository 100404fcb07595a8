package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.callback.CallbackAnswers;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.web.PersonalDecision.Kind;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/**
 * The decision of an administrator, whatever is missing: {@code POST approvals/<id>/override}. It ends the whole
 * approval, also where a callback or nobody is awaited.
 *
 * @param id the id of the approval
 */
record OverrideDecision(String id) {

    private static final String PERMISSION = "Armory/Override";

    /**
     * Decides as the current user, if they may.
     *
     * @throws IllegalArgumentException naming the parameter that is wrong
     * @throws IOException if the decision cannot be stored
     */
    JsonResponse answer(ArmoryRuntime armory, HttpServletRequest request) throws IOException {
        String decision = only(request.getParameterValues("decision"));
        boolean approve = Kind.APPROVE.path().equals(decision);
        String reason =
                Objects.requireNonNullElse(request.getParameter("reason"), "").strip();
        if (!approve && !Kind.REJECT.path().equals(decision)) {
            throw new IllegalArgumentException(Messages.OverrideDecision_decision());
        } else if (reason.isEmpty()) {
            throw new IllegalArgumentException(Messages.OverrideDecision_reason());
        }
        ApprovalInputs.checkText("reason", reason);
        Viewer viewer = new Viewer();
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
        String inputs = ApprovalInputs.given(request);
        if (!approve) {
            ApprovalInputs.checkNone(inputs);
        }
        Map<String, Object> values = approve ? ApprovalInputs.ofOverride(approval, inputs) : Map.of();
        return armory.approvals()
                .apply(id, new Event.Overridden(approve, viewer.name(), reason, values))
                .map(transition -> answer(transition, approve, values))
                .orElseGet(() -> JsonResponse.error(410, "approval_ended", Messages.Decision_buildGone()));
    }

    /**
     * Returns the value of a parameter; {@code null} for several values, since it is unknown which of them the user
     * meant.
     */
    @CheckForNull
    private static String only(@CheckForNull String[] values) {
        return values != null && values.length == 1 ? values[0] : null;
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
