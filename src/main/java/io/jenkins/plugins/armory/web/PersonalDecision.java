package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Decision;
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
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The decision of the current user: {@code POST approvals/<id>/approve} and {@code reject}. An approval that the user may not see does not exist for them.
 *
 * @param id the id of the approval
 */
record PersonalDecision(String id, Choice choice) {

    private static final Logger LOGGER = Logger.getLogger(PersonalDecision.class.getName());

    /** Decides as the current user, if they may. */
    JsonResponse answer(ArmoryRuntime armory, HttpServletRequest request) {
        String comment =
                Objects.requireNonNullElse(request.getParameter("comment"), "").strip();
        try {
            ApprovalInputs.checkText("comment", comment);
            return decide(armory, new Viewer(), comment, ApprovalInputs.given(request));
        } catch (IllegalArgumentException x) {
            return JsonResponse.error(400, "invalid_request", x.getMessage() + ".");
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot store a decision", x);
            return JsonResponse.unavailable(Messages.Decision_notStored());
        }
    }

    private JsonResponse decide(ArmoryRuntime armory, Viewer viewer, String comment, @CheckForNull String inputs)
            throws IOException {
        Approvals approvals = armory.approvals();
        Approval approval = approvals.find(id).filter(viewer::sees).orElse(null);
        if (approval == null) {
            return JsonResponse.error(404, "unknown_approval", Messages.Decision_unknown());
        }
        if (approval.manual() == null) {
            return needsNoPerson(approval);
        }
        if (!viewer.mayDecide(approval, choice)) {
            return JsonResponse.error(403, "forbidden", whyNot(viewer, approval.manual()));
        }
        Map<String, Object> values = valuesOf(approval, inputs);
        List<Integer> rules = viewer.rulesOf(approval, choice);
        return approvals
                .apply(id, choice.by(viewer.name(), comment, values, rules))
                .map(transition -> answer(transition, values))
                .orElseGet(() -> JsonResponse.error(410, "approval_ended", Messages.Decision_buildGone()));
    }

    private Map<String, Object> valuesOf(Approval approval, @CheckForNull String inputs) {
        if (choice == Choice.APPROVE) {
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

    private String whyNot(Viewer viewer, @CheckForNull ManualRequirement manual) {
        if (manual != null && viewer.mustLogIn(manual, choice)) {
            return Messages.PersonalDecision_logIn();
        }
        if (manual != null && choice == Choice.APPROVE && viewer.isRequester(manual)) {
            return Messages.PersonalDecision_requester();
        }
        return manual == null || manual.people().isEmpty()
                ? Messages.Decision_needsPermission("Armory/" + choice.permission().name)
                : Messages.PersonalDecision_submitters(manual.people());
    }

    /**
     * Returns the answer with the decision that stands, so that a later person learns who decided first.
     *
     * @param values the values that an approval is of
     */
    private JsonResponse answer(Transition transition, Map<String, Object> values) {
        Approval approval = transition.approval();
        boolean repeated = transition.answer() == Approval.Answer.DUPLICATE;
        if (repeated && choice == Choice.APPROVE && !values.equals(approval.inputs())) {
            return otherInputs(approval); // what was approved before is something else
        }
        Decision person = approval.namedPerson();
        return switch (transition.answer()) {
            case NOT_AWAITED -> notAwaited(approval);
            case ACCEPTED, DUPLICATE -> {
                JsonResponse accepted = accepted(approval, repeated);
                yield person == null ? accepted : with(person, accepted);
            }
            case OTHER_INPUTS -> otherInputs(approval);
            case CONFLICT ->
                with(person, JsonResponse.error(409, "already_decided", Messages.PersonalDecision_conflict()));
            default -> {
                Decision end = approval.requireDecision();
                yield with(
                        end,
                        JsonResponse.error(410, "approval_ended", Messages.PersonalDecision_ended(end.mdMessage())));
            }
        };
    }

    /** Returns the answer to a person whose approval is not needed, or to one where no person is asked. */
    private JsonResponse notAwaited(Approval approval) {
        ManualRequirement manual = approval.manual();
        return choice != Choice.APPROVE || manual == null
                ? needsNoPerson(approval)
                : JsonResponse.error(
                        409,
                        "not_awaited",
                        Messages.PersonalDecision_notNeeded(
                                RuleMatching.of(manual, approval.votes()).needed()));
    }

    private static JsonResponse otherInputs(Approval approval) {
        return ApprovalInputs.others(approval, Messages.PersonalDecision_otherInputs(Vote.names(approval.votes())));
    }

    private JsonResponse accepted(Approval approval, boolean duplicate) {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("status", "accepted")
                .put("approvalId", id)
                .put("approved", choice == Choice.APPROVE)
                .put("duplicate", duplicate)
                .put("decided", approval.isDecided());
        ManualRequirement manual = approval.manual();
        body.put("required", manual == null ? 1 : manual.required());
        body.set("approvals", JsonResponse.treeOf(approval.votes()));
        if (!approval.inputs().isEmpty()) {
            body.set("inputs", JsonResponse.treeOf(approval.inputs()));
        }
        return JsonResponse.ok(body);
    }

    private static JsonResponse with(@CheckForNull Decision decision, JsonResponse answer) {
        if (decision == null) {
            throw new IllegalStateException("nothing was decided");
        }
        answer.body().set("decision", CallbackAnswers.json(decision));
        return answer;
    }
}
