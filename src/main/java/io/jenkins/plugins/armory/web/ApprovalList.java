package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Item;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.callback.CallbackEndpoint;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.callback.RejectedCallbacks;
import io.jenkins.plugins.armory.callback.RejectedCallbacks.Rejected;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jenkins.model.Jenkins;

/** The approvals that the current user may see, as data: {@code GET api/json}, and {@code GET approvals/ID/api/json}. */
final class ApprovalList {

    private ApprovalList() {}

    /** One approval with the callbacks that were refused; for who may not read its job, it is as if there were none. */
    static JsonResponse response(Approvals approvals, String id, RejectedCallbacks rejected) {
        Optional<Approval> approval = approvals.find(id);
        String url = approval.map(known -> urlOf(known.build().job())).orElse("");
        if (url.isEmpty()) {
            return JsonResponse.error(404, "unknown_approval", "There is no such approval.");
        }
        ObjectNode body = json(approval.get(), url, approvals);
        ArrayNode callbacks = body.putArray("rejectedCallbacks");
        for (Rejected each : rejected.of(approval.get().id())) {
            callbacks.addObject()
                    .put("at", each.at().toString())
                    .put("status", each.status())
                    .put("reason", each.reason())
                    .put("address", each.address())
                    .put("rehearsal", each.rehearsal());
        }
        return JsonResponse.ok(body);
    }

    /**
     * All of them that the viewer may see.
     *
     * @param known tags of the answers that the client has ({@code If-None-Match}), {@code null} for none
     * @return 304 when it has this one already: then nothing is made but the tag
     */
    static JsonResponse response(Approvals approvals, RejectedCallbacks rejected, @CheckForNull String known) {
        Map<String, String> urls = new HashMap<>(); // by job; empty for one that the user may not see
        List<Approval> visible = approvals.list().stream()
                .filter(approval -> !urls.computeIfAbsent(approval.build().job(), ApprovalList::urlOf)
                        .isEmpty())
                .toList();
        PageTag tag = new PageTag();
        for (Approval approval : visible) {
            tag.add(approval);
            tag.add(urls.get(approval.build().job()));
            tag.add(rejected.of(approval.id()));
            tag.add(approvals.progressOf(approval.id()));
        }
        Map<String, String> headers = Map.of("ETag", tag.toString());
        if (tag.isIn(known)) {
            return new JsonResponse(304, headers, JsonNodeFactory.instance.objectNode());
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("now", Instant.now().toString());
        ArrayNode array = body.putArray("approvals");
        for (Approval approval : visible) {
            ObjectNode json = json(approval, urls.get(approval.build().job()), approvals);
            List<Rejected> callbacks = rejected.of(approval.id());
            if (!callbacks.isEmpty()) {
                json.put("rejectedCallbacks", callbacks.size())
                        .put("lastRejection", callbacks.get(0).reason());
            }
            array.add(json);
        }
        return new JsonResponse(200, headers, body);
    }

    /** Jenkins finds no item for a user who may not read it. */
    private static String urlOf(String job) {
        Item item = Jenkins.get().getItemByFullName(job, Item.class);
        return item == null || !item.hasPermission(Item.READ) ? "" : item.getUrl();
    }

    /** @param approvals knows what is not on disk with the approval */
    static ObjectNode json(Approval approval, String jobUrl, Approvals approvals) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("id", approval.id())
                .put("job", approval.build().job())
                .put("build", approval.build().number())
                .put("buildUrl", jobUrl + approval.build().number() + '/')
                .put("phase", approval.phase().toString())
                .put("environment", approval.environment())
                .put("webhook", approval.webhook())
                .put("state", approval.state().name())
                .put("createdAt", approval.createdAt().toString())
                .put("deadline", approval.deadline().toString());
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
            json.set("callback", CallbackEndpoint.json(callback));
        }
        approvals.progressOf(approval.id()).ifPresent(progress -> json.set("progress", json(progress)));
        ManualRequirement manual = approval.manual();
        if (manual != null) {
            json.set("manualApproval", json(manual, approval.person()));
        }
        if (approval.isDecided()) {
            Decision decision = approval.requireDecision();
            json.set(
                    "decision",
                    CallbackEndpoint.json(decision).put("mdMessageHtml", Markdown.toHtml(decision.mdMessage())));
        }
        return json;
    }

    private static ObjectNode json(Progress progress) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("percent", progress.percent())
                .put("mdMessage", progress.mdMessage())
                .put("mdMessageHtml", Markdown.toHtml(progress.mdMessage()))
                .put("at", progress.at().toString());
    }

    private static ObjectNode json(ManualRequirement manual, @CheckForNull Decision person) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("message", manual.message());
        ArrayNode submitters = json.putArray("submitters");
        manual.submitters().forEach(submitters::add);
        if (person != null) {
            json.put("approved", person.isSuccess())
                    .put("user", person.decidedBy())
                    .put("comment", person.mdMessage())
                    .put("at", person.decidedAt().toString());
        }
        return json;
    }

    private static ObjectNode json(Attempt attempt) {
        Instant nextAt = attempt.nextAt();
        return JsonNodeFactory.instance
                .objectNode()
                .put("number", attempt.number())
                .put("at", attempt.at().toString())
                .put("host", attempt.host())
                .put("status", attempt.status())
                .put("durationMillis", attempt.duration().toMillis())
                .put("failure", attempt.failure())
                .put("answer", attempt.answer())
                .put("nextAt", nextAt == null ? null : nextAt.toString());
    }
}
