package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Markdown;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.approval.RuleMatching;
import io.jenkins.plugins.armory.approval.Vote;
import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.callback.CallbackAnswers;
import io.jenkins.plugins.armory.callback.JsonResponse;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The JSON of approvals for one viewer, as in docs/openapi.yaml. */
record ApprovalData(Viewer viewer, Approvals approvals) {

    /** Returns an approval without its refused callbacks. Messages and comments are cut, since pages load this for each approval. */
    ObjectNode json(Approval approval) {
        ObjectNode json = JsonResponse.fieldsOf(approval.terms().subject());
        json.remove("group");
        json.put("webhook", approval.webhook())
                .put("title", approval.title())
                .put("id", approval.id())
                .put("job", approval.build().job())
                .put("build", approval.build().number())
                .put(
                        "buildUrl",
                        viewer.jobUrl(approval).orElseThrow() + approval.build().number() + '/')
                .put("state", approval.state().name())
                .put("createdAt", approval.createdAt().toString())
                .put("deadline", approval.deadline().toString())
                .put("mayOverride", viewer.mayOverride(approval));
        Instant opensAt = approval.opensAt();
        if (opensAt != null) {
            json.put("opensAt", opensAt.toString());
        }
        Duration heartbeat = approval.heartbeat();
        if (heartbeat != null) {
            Optional<Instant> due = approvals.heartbeatDue(approval);
            json.putObject("heartbeat")
                    .put("intervalMillis", heartbeat.toMillis())
                    .put("due", due.map(Instant::toString).orElse(null));
        }
        ArrayNode attempts = json.putArray("attempts");
        approval.attempts().forEach(attempt -> attempts.add(json(attempt)));
        Decision callback = approval.callback();
        if (callback != null) {
            json.set("callback", json(callback));
        }
        approvals.progressOf(approval.id()).ifPresent(progress -> json.set("progress", json(progress)));
        Attempt cancel = approval.cancel();
        if (cancel != null) {
            json.set("cancel", json(cancel));
        }
        putNotices(json, approval);
        if (approval.data() != null) {
            json.put("hasData", true);
        }
        ManualRequirement manual = approval.manual();
        if (manual != null) {
            json.set("manualApproval", json(approval, manual));
        }
        if (approval.isDecided()) {
            json.set("decision", json(approval.requireDecision()));
        }
        return json;
    }

    /** Adds the notices to people that are still to be sent, and those that could not be sent; nothing if all were sent. */
    private static void putNotices(ObjectNode json, Approval approval) {
        Notifications notifications = Notifications.of(approval);
        List<Notifications.Notice> due = notifications == null ? List.of() : notifications.due();
        List<Notifications.Failure> untold = approval.sideCalls().untold();
        if (due.isEmpty() && untold.isEmpty()) {
            return;
        }
        ObjectNode notices = json.putObject("notices");
        ArrayNode dueJson = notices.putArray("due");
        due.forEach(notice -> dueJson.addObject()
                .put("event", notice.occasion().name())
                .put("webhook", notifications.nameOf(notice)));
        ArrayNode failed = notices.putArray("failed");
        untold.forEach(failure -> {
            ObjectNode each = JsonResponse.fieldsOf(failure);
            failed.add(each.set("event", each.remove("occasion")));
        });
    }

    private static ObjectNode json(Decision decision) {
        String message = decision.mdMessage();
        return CallbackAnswers.json(decision)
                .put("mdMessage", Markdown.shown(message))
                .put("mdMessageHtml", html(message));
    }

    /** Returns a message as HTML, which says so if it is cut. */
    static String html(String message) {
        return Markdown.toHtml(message, Messages::Markdown_cut);
    }

    /** Replaces the cut messages and comments in the JSON of an approval by the full ones, and adds the callback's data. */
    ObjectNode inFull(ObjectNode json, Approval approval) {
        putMessage(json.get("decision"), approval.decision());
        putMessage(json.get("callback"), approval.callback());
        if (json.get("manualApproval") instanceof ObjectNode people) {
            for (int i = 0; i < approval.votes().size(); i++) {
                ObjectNode vote = (ObjectNode) people.withArray("approvals").get(i);
                vote.put("comment", approval.votes().get(i).comment());
            }
            Decision person = approval.person();
            if (person != null) {
                people.put("comment", person.mdMessage());
            }
        }
        String data = approval.data();
        if (data != null) {
            json.set("data", parsed(data));
        }
        return json;
    }

    private static JsonNode parsed(String json) {
        try {
            return JsonResponse.JSON.readTree(json);
        } catch (JsonProcessingException x) {
            throw new UncheckedIOException(x); // it was read before it was stored
        }
    }

    private static void putMessage(@CheckForNull JsonNode json, @CheckForNull Decision decision) {
        if (json instanceof ObjectNode object && decision != null) {
            object.put("mdMessage", decision.mdMessage());
        }
    }

    private static ObjectNode json(Progress progress) {
        return JsonResponse.fieldsOf(progress).put("mdMessageHtml", html(progress.mdMessage()));
    }

    private ObjectNode json(Approval approval, ManualRequirement manual) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("message", manual.message());
        var matching = RuleMatching.of(manual, approval.votes());
        json.set("rules", rules(matching, manual));
        json.put("needed", approval.person() == null && !approval.isDecided() ? matching.needed() : "");
        if (!manual.inputs().isEmpty()) {
            ArrayNode parameters = json.putArray("parameters");
            manual.inputs().forEach(input -> parameters.add(input.name()));
        }
        if (!approval.inputs().isEmpty()) {
            json.set("inputs", JsonResponse.treeOf(approval.inputs()));
        }
        json.put("required", manual.required());
        List<String> requesters = manual.requesters();
        if (requesters != null) {
            json.set("requesters", JsonResponse.treeOf(requesters));
        }
        ArrayNode votes = json.putArray("approvals");
        approval.votes().forEach(vote -> votes.add(json(vote)));
        json.put("mayApprove", viewer.isAsked(approval, Choice.APPROVE))
                .put("mayReject", viewer.isAsked(approval, Choice.REJECT));
        Decision person = approval.person();
        if (person != null) {
            json.put("approved", person.isSuccess())
                    .put("user", person.decidedBy())
                    .put("comment", Markdown.shown(person.mdMessage()))
                    .put("commentHtml", html(person.mdMessage()))
                    .put("at", person.decidedAt().toString());
        }
        return json;
    }

    private static ArrayNode rules(RuleMatching matching, ManualRequirement manual) {
        Set<Integer> open = matching.open();
        ArrayNode rules = JsonNodeFactory.instance.arrayNode();
        for (int rule = 0; rule < manual.rules().size(); rule++) {
            ObjectNode json = JsonResponse.fieldsOf(manual.rules().get(rule));
            json.set("approvedBy", JsonResponse.treeOf(matching.users(rule)));
            rules.add(json.put("needsPeople", open.contains(rule)));
        }
        return rules;
    }

    private static ObjectNode json(Vote vote) {
        String comment = Objects.requireNonNullElse(Bound.LINE.cut(vote.comment()), "");
        return JsonResponse.fieldsOf(vote.saying(comment)).put("commentHtml", html(comment));
    }

    private static ObjectNode json(Attempt attempt) {
        ObjectNode json = JsonResponse.fieldsOf(attempt)
                .put("durationMillis", attempt.duration().toMillis());
        json.remove("duration");
        return json;
    }
}
