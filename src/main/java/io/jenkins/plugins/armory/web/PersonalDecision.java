package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.security.Permission;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.RuleMatching;
import io.jenkins.plugins.armory.approval.Vote;
import io.jenkins.plugins.armory.callback.CallbackAnswers;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The decision of the current user: {@code POST approvals/<id>/approve} and {@code reject}. An approval that the user
 * may not see does not exist for them.
 *
 * @param id the id of the approval
 */
record PersonalDecision(String id, Kind kind) {

    /** What a person decides. */
    enum Kind {
        APPROVE("approve"),
        REJECT("reject");

        private final String path;

        Kind(String path) {
            this.path = path;
        }

        /** Returns the last segment of its path. */
        String path() {
            return path;
        }

        /** Returns the permission that a person needs if the step names no submitters. */
        Permission permission() {
            return this == APPROVE ? ArmoryPermissions.APPROVE : ArmoryPermissions.REJECT;
        }

        /**
         * @param user the id of the person
         * @param inputs what the person filled in, which only an approval has
         * @param rules the rules by which the person may decide so
         */
        Event by(String user, String comment, Map<String, Object> inputs, List<Integer> rules) {
            return this == APPROVE
                    ? new Event.ManualApproval(user, comment, inputs, rules)
                    : new Event.ManualRejection(user, comment);
        }
    }

    /**
     * Decides as the current user, if they may.
     *
     * @throws IllegalArgumentException naming the parameter that is wrong
     * @throws IOException if the decision cannot be stored
     */
    JsonResponse answer(ArmoryRuntime armory, HttpServletRequest request) throws IOException {
        String comment =
                Objects.requireNonNullElse(request.getParameter("comment"), "").strip();
        ApprovalInputs.checkText("comment", comment);
        Viewer viewer = new Viewer();
        Approval approval = armory.approvals().find(id).filter(viewer::sees).orElse(null);
        if (approval == null) {
            return JsonResponse.error(404, "unknown_approval", Messages.Decision_unknown());
        }
        ManualRequirement manual = approval.manual();
        if (manual == null) {
            return needsNoPerson(approval);
        }
        List<Integer> rules = viewer.rulesOf(approval, kind);
        if (rules.isEmpty()) {
            return JsonResponse.error(403, "forbidden", whyNot(viewer, manual));
        }
        Map<String, Object> values = valuesOf(approval, ApprovalInputs.given(request));
        return armory.approvals()
                .apply(id, kind.by(viewer.name(), comment, values, rules))
                .map(transition -> answerTo(transition, manual, viewer.name(), values))
                .orElseGet(() -> JsonResponse.error(410, "approval_ended", Messages.Decision_buildGone()));
    }

    private Map<String, Object> valuesOf(Approval approval, @CheckForNull String inputs) {
        if (kind == Kind.APPROVE) {
            return new ApprovalInputs(approval).valuesOf(inputs);
        }
        ApprovalInputs.checkNone(inputs);
        return Map.of();
    }

    private static JsonResponse needsNoPerson(Approval approval) {
        return JsonResponse.error(
                409,
                "not_awaited",
                approval.opensAt() == null
                        ? Messages.PersonalDecision_needsNoPerson()
                        : Messages.PersonalDecision_needsNoPersonButWindow(approval.opensAt()));
    }

    private String whyNot(Viewer viewer, ManualRequirement manual) {
        if (viewer.mustLogIn(manual, kind)) {
            return Messages.PersonalDecision_logIn();
        } else if (kind == Kind.APPROVE && viewer.isRequester(manual)) {
            return Messages.PersonalDecision_requester();
        }
        return manual.people().isEmpty()
                ? Messages.Decision_needsPermission("Armory/" + kind.permission().name)
                : Messages.PersonalDecision_submitters(manual.people());
    }

    /**
     * Returns the answer with the decision that stands, so that a later person learns who decided first.
     *
     * @param values the values that an approval is of
     */
    private JsonResponse answerTo(
            Transition transition, ManualRequirement manual, String user, Map<String, Object> values) {
        Approval approval = transition.approval();
        Approval.Answer answer = answerTo(transition, user);
        boolean repeated = answer == Approval.Answer.DUPLICATE;
        if (repeated && kind == Kind.APPROVE && !values.equals(approval.inputs())) {
            return otherInputs(approval);
        }
        Decision person = approval.namedPerson();
        return switch (answer) {
            case NOT_AWAITED -> notNeeded(approval, manual);
            case ACCEPTED, DUPLICATE -> {
                JsonResponse accepted = accepted(approval, manual, repeated);
                yield person == null ? accepted : with(person, accepted);
            }
            case OTHER_INPUTS -> otherInputs(approval);
            case CONFLICT ->
                with(
                        Objects.requireNonNull(person, "another verdict of people stands"),
                        JsonResponse.error(409, "already_decided", Messages.PersonalDecision_conflict()));
            default -> {
                Decision end = approval.requireDecision();
                String message = Messages.PersonalDecision_ended(end.decidedBy(), end.mdMessage());
                yield with(end, JsonResponse.error(410, "approval_ended", message.strip()));
            }
        };
    }

    /** Returns what the event came to for this person. Who says the same as others was not heard any more. */
    private Approval.Answer answerTo(Transition transition, String user) {
        Approval approval = transition.approval();
        if (transition.answer() != Approval.Answer.DUPLICATE
                || (kind == Kind.APPROVE
                        ? approval.hasVoteOf(user)
                        : approval.person().decidedBy().equals(user))) {
            return transition.answer();
        }
        return approval.isDecided() ? Approval.Answer.ENDED : Approval.Answer.CONFLICT;
    }

    /** Returns the answer to a person of whose rules enough people have approved. */
    private static JsonResponse notNeeded(Approval approval, ManualRequirement manual) {
        String needed = RuleMatching.of(manual, approval.votes()).needed();
        return JsonResponse.error(409, "not_awaited", Messages.PersonalDecision_notNeeded(needed));
    }

    private static JsonResponse otherInputs(Approval approval) {
        return ApprovalInputs.others(approval, Messages.PersonalDecision_otherInputs(Vote.names(approval.votes())));
    }

    private JsonResponse accepted(Approval approval, ManualRequirement manual, boolean duplicate) {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("status", "accepted")
                .put("approvalId", id)
                .put("approved", kind == Kind.APPROVE)
                .put("duplicate", duplicate)
                .put("decided", approval.isDecided())
                .put("required", manual.required());
        body.set("approvals", JsonResponse.treeOf(approval.votes()));
        if (!approval.inputs().isEmpty()) {
            body.set("inputs", JsonResponse.treeOf(approval.inputs()));
        }
        return JsonResponse.ok(body);
    }

    private static JsonResponse with(Decision decision, JsonResponse answer) {
        answer.body().set("decision", CallbackAnswers.json(decision));
        return answer;
    }
}
