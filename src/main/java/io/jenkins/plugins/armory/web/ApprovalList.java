package io.jenkins.plugins.armory.web;

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
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.callback.CallbackAnswers;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.callback.RejectedCallbacks;
import io.jenkins.plugins.armory.callback.RejectedCallbacks.Rejected;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The approvals that the current user may see, as data, for one request: {@code GET api/json}, {@code GET
 * approvals/ID/api/json}, and what builds have of them.
 */
final class ApprovalList {

    private final Viewer viewer = new Viewer();
    private final Approvals approvals;
    private final RejectedCallbacks rejected;

    /** @throws IOException when the approvals cannot be opened */
    ApprovalList(ArmoryRuntime armory) throws IOException {
        approvals = armory.approvals();
        rejected = armory.endpoint().rejected();
    }

    /**
     * One approval with the callbacks that were refused, and with messages that are not cut; for who may not read its job, it is as if there were none.
     *
     * @throws IOException when it cannot be read
     */
    JsonResponse one(String id) throws IOException {
        return approvals
                .find(id)
                .filter(viewer::sees)
                .map(seen -> JsonResponse.ok(withWholeMessages(whole(seen), seen)))
                .orElseGet(() -> JsonResponse.error(404, "unknown_approval", "There is no such approval."));
    }

    /**
     * All that wait, and the newest that were decided.
     *
     * @param known tags of the answers that the client has ({@code If-None-Match}), {@code null} for none
     * @return 304 when it has this one already: then nothing is made but the tag
     */
    JsonResponse all(@CheckForNull String known) {
        List<Approval> visible = approvals.list().stream().filter(viewer::sees).toList();
        PageTag tag = new PageTag();
        visible.forEach(approval -> addTo(tag, approval));
        return tag.answer(known, () -> {
            ObjectNode body = JsonNodeFactory.instance
                    .objectNode()
                    .put("now", Instant.now().toString());
            ArrayNode array = body.putArray("approvals");
            for (Approval approval : visible) {
                ObjectNode json = json(approval);
                List<Rejected> callbacks = rejected(approval);
                if (!callbacks.isEmpty()) {
                    json.put("rejectedCallbacks", callbacks.size())
                            .put("lastRejection", callbacks.get(0).reason());
                }
                array.add(json);
            }
            return body;
        });
    }

    /** Whether the user may see it; the others must not be asked for. */
    boolean sees(Approval approval) {
        return viewer.sees(approval);
    }

    /** Whether a person is still to be heard, and may be the user. */
    boolean asks(Approval approval) {
        return Arrays.stream(Choice.values()).anyMatch(choice -> viewer.isAsked(approval, choice));
    }

    /** The callbacks of an approval that were refused, the newest first. */
    List<Rejected> rejected(Approval approval) {
        return rejected.of(approval.id());
    }

    /** The last report of progress of an approval, if there is one. */
    Optional<Progress> progress(Approval approval) {
        return approvals.progressOf(approval.id());
    }

    /** All that the user is shown of an approval. */
    void addTo(PageTag tag, Approval approval) {
        tag.add(approval);
        tag.add(viewer.jobUrl(approval));
        tag.add(rejected(approval));
        tag.add(progress(approval));
        tag.add(approvals.heartbeatDue(approval));
        for (Choice choice : Choice.values()) {
            tag.add(viewer.isAsked(approval, choice));
        }
    }

    /** An approval with the callbacks that were refused. */
    ObjectNode whole(Approval approval) {
        ObjectNode json = json(approval);
        ArrayNode callbacks = json.putArray("rejectedCallbacks");
        for (Rejected each : rejected(approval)) {
            callbacks
                    .addObject()
                    .put("at", each.at().toString())
                    .put("status", each.status())
                    .put("reason", each.reason())
                    .put("address", each.address())
                    .put("rehearsal", each.rehearsal());
        }
        return json;
    }

    /** An approval without them. */
    ObjectNode json(Approval approval) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("id", approval.id())
                .put("job", approval.build().job())
                .put("build", approval.build().number())
                .put(
                        "buildUrl",
                        viewer.jobUrl(approval).orElseThrow() + approval.build().number() + '/')
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
            json.set("callback", json(callback));
        }
        progress(approval).ifPresent(progress -> json.set("progress", json(progress)));
        Attempt cancel = approval.cancel();
        if (cancel != null) {
            json.set("cancel", json(cancel));
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

    private static ObjectNode json(Decision decision) {
        String message = decision.mdMessage();
        return CallbackAnswers.json(decision)
                .put("mdMessage", Markdown.shown(message))
                .put("mdMessageHtml", Markdown.toHtml(message));
    }

    private static ObjectNode withWholeMessages(ObjectNode json, Approval approval) {
        putMessage(json.get("decision"), approval.decision());
        putMessage(json.get("callback"), approval.callback());
        return json;
    }

    private static void putMessage(@CheckForNull JsonNode json, @CheckForNull Decision decision) {
        if (json instanceof ObjectNode object && decision != null) {
            object.put("mdMessage", decision.mdMessage());
        }
    }

    private static ObjectNode json(Progress progress) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("percent", progress.percent())
                .put("mdMessage", progress.mdMessage())
                .put("mdMessageHtml", Markdown.toHtml(progress.mdMessage()))
                .put("at", progress.at().toString());
    }

    private ObjectNode json(Approval approval, ManualRequirement manual) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("message", manual.message());
        ArrayNode submitters = json.putArray("submitters");
        manual.submitters().forEach(submitters::add);
        json.put("mayApprove", viewer.isAsked(approval, Choice.APPROVE))
                .put("mayReject", viewer.isAsked(approval, Choice.REJECT));
        Decision person = approval.person();
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
