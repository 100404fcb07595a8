package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import hudson.model.Item;
import hudson.model.Job;
import hudson.security.Permission;
import hudson.security.SecurityRealm;
import io.jenkins.plugins.armory.ArmoryApprovals;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.callback.CallbackEndpoint;
import io.jenkins.plugins.armory.callback.JsonResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import org.kohsuke.stapler.StaplerRequest2;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.GrantedAuthority;

/**
 * {@code POST approvals/<id>/approve} and {@code POST approvals/<id>/reject}: what the current user decides where a person has
 * to. An approval that the user may not see is not there for them.
 */
final class PersonalDecision {

    private static final Logger LOGGER = Logger.getLogger(PersonalDecision.class.getName());
    private static final Pattern PATH = Pattern.compile("/approvals/([^/]+)/(approve|reject)");
    private static final int MAX_COMMENT = 8192;

    private final String id;
    private final boolean approve;

    private PersonalDecision(String id, boolean approve) {
        this.id = id;
        this.approve = approve;
    }

    /**
     * @param path below the root action
     * @return empty when this is not where people decide
     */
    static Optional<PersonalDecision> at(String path) {
        Matcher matcher = PATH.matcher(path);
        return matcher.matches()
                ? Optional.of(new PersonalDecision(matcher.group(1), matcher.group(2).equals("approve")))
                : Optional.empty();
    }

    JsonResponse answer(StaplerRequest2 request) {
        if (!"POST".equals(request.getMethod())) {
            return JsonResponse.error(
                    405, "method_not_allowed", "Decisions are made with POST.", Map.of("Allow", "POST"));
        }
        String comment = Objects.requireNonNullElse(request.getParameter("comment"), "").strip();
        if (comment.length() > MAX_COMMENT) {
            return JsonResponse.error(
                    400, "invalid_request", "comment: has more than " + MAX_COMMENT + " characters; shorten it.");
        }
        try {
            return decide(comment);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot store a decision", x);
            return JsonResponse.unavailable("The decision could not be stored, so it was not taken; try again later.");
        }
    }

    private JsonResponse decide(String comment) throws IOException {
        Approval approval = ArmoryApprovals.get().approvals().find(id).orElse(null);
        Item job = approval == null ? null : Jenkins.get().getItemByFullName(approval.build().job(), Job.class);
        if (approval == null || job == null || !job.hasPermission(Item.READ)) {
            return JsonResponse.error(404, "unknown_approval", "There is no such approval.");
        }
        ManualRequirement manual = approval.manual();
        if (manual == null) {
            return JsonResponse.error(
                    409, "not_awaited", "Nobody is asked here; the callback of the webhook alone decides.");
        }
        Authentication user = Jenkins.getAuthentication2();
        if (!mayDecide(user, manual, job)) {
            return JsonResponse.error(
                    403,
                    "forbidden",
                    manual.submitters().isEmpty()
                            ? "You need the permission Armory/" + (approve ? "Approve" : "Reject") + " for this job."
                            : "Its submitters alone may decide.");
        }
        Event event = approve
                ? new Event.ManualApproval(user.getName(), comment)
                : new Event.ManualRejection(user.getName(), comment);
        return ArmoryApprovals.get()
                .approvals()
                .apply(id, event)
                .map(this::answer)
                .orElseGet(() -> JsonResponse.error(410, "approval_ended", "The build of this approval is gone."));
    }

    /** As the {@code input} step has it: who is not among the submitters may not, but administrators may in any case. */
    private boolean mayDecide(Authentication user, ManualRequirement manual, Item job) {
        if (manual.submitters().isEmpty()) {
            Permission permission = approve ? ArmoryPermissions.APPROVE : ArmoryPermissions.REJECT;
            return job.hasPermission(permission);
        }
        SecurityRealm realm = Jenkins.get().getSecurityRealm();
        return Jenkins.get().hasPermission(Jenkins.ADMINISTER)
                || manual.submitters().stream()
                        .anyMatch(name -> realm.getUserIdStrategy().equals(name, user.getName())
                                || user.getAuthorities().stream()
                                        .map(GrantedAuthority::getAuthority)
                                        .anyMatch(group -> realm.getGroupIdStrategy().equals(name, group)));
    }

    private JsonResponse answer(Transition transition) {
        return switch (transition.answer()) {
            case ACCEPTED, DUPLICATE -> JsonResponse.ok(JsonNodeFactory.instance
                    .objectNode()
                    .put("status", "accepted")
                    .put("approvalId", id)
                    .put("approved", approve)
                    .put("duplicate", transition.answer() == Approval.Answer.DUPLICATE)
                    .put("decided", transition.approval().isDecided()));
            case CONFLICT -> {
                JsonResponse conflict = JsonResponse.error(
                        409, "already_decided", "Another person's decision stands already; the first one counts.");
                conflict.body()
                        .set("decision", CallbackEndpoint.json(Objects.requireNonNull(transition.approval().person())));
                yield conflict;
            }
            default -> JsonResponse.error(
                    410,
                    "approval_ended",
                    "The approval ended before: " + transition.approval().requireDecision().mdMessage());
        };
    }
}
