package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.api.ApprovalViews;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Markdown;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.callback.RejectedCallbacks;
import io.jenkins.plugins.armory.callback.RejectedCallbacks.Rejected;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.web.PersonalDecision.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The approvals that the current user may see as JSON, for one request: their views, what is in memory, and what the
 * user may do.
 */
final class ApprovalList {

    /** The pending approvals of one build. */
    private static final int MOST_OF_BUILD = 100;

    private final Viewer viewer = new Viewer();
    private final Approvals approvals;
    private final RejectedCallbacks rejected;

    /** @throws IOException if the approvals cannot be opened */
    ApprovalList(ArmoryRuntime armory) throws IOException {
        approvals = armory.approvals();
        rejected = armory.endpoint().rejected();
    }

    /**
     * Returns one approval with its refused callbacks and its full messages; 404 if the user may not read its job.
     *
     * @throws IOException if it cannot be read
     */
    JsonResponse one(String id) throws IOException {
        Approval approval = approvals.find(id).filter(viewer::sees).orElse(null);
        if (approval == null) {
            return JsonResponse.error(404, "unknown_approval", Messages.Decision_unknown());
        }
        ObjectNode json = withRejected(json(approval, true), approval);
        String data = approval.data();
        if (data != null) {
            json.set("data", JsonResponse.JSON.readTree(data));
        }
        return JsonResponse.ok(json);
    }

    /**
     * Returns the pending approvals, at most a hundred of one build, and the newest decided ones, or 304 if the client
     * has them.
     *
     * @param known the client's {@code If-None-Match}, {@code null} for none
     */
    JsonResponse all(@CheckForNull String known) {
        Map<BuildRef, Integer> pending = new HashMap<>();
        List<Approval> all = approvals.list().stream().filter(viewer::sees).toList();
        // Approvals that ask people come first, so others are left out before them.
        Set<String> chosen = all.stream()
                .sorted(Comparator.comparingInt(ApprovalSearch::rank))
                .filter(approval ->
                        approval.isDecided() || pending.merge(approval.build(), 1, Integer::sum) <= MOST_OF_BUILD)
                .map(Approval::id)
                .collect(Collectors.toSet());
        List<Approval> visible =
                all.stream().filter(approval -> chosen.contains(approval.id())).toList();
        PageTag tag = new PageTag();
        tag.add(all.size());
        visible.forEach(approval -> addTo(tag, approval));
        return tag.answer(known, () -> {
            ObjectNode body = JsonNodeFactory.instance
                    .objectNode()
                    .put("now", Instant.now().toString())
                    .put("leftOut", all.size() - visible.size());
            ArrayNode array = body.putArray("approvals");
            for (Approval approval : visible) {
                ObjectNode json = json(approval, false);
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

    /** Returns whether the user may see the approval. The methods below are for such approvals only. */
    boolean sees(Approval approval) {
        return viewer.sees(approval);
    }

    /** Returns the refused callbacks of an approval, the newest first. */
    private List<Rejected> rejected(Approval approval) {
        return rejected.of(approval.id());
    }

    /** Adds everything that the user sees of an approval. */
    void addTo(PageTag tag, Approval approval) {
        tag.add(approval);
        tag.add(viewer.jobUrl(approval));
        tag.add(rejected(approval));
        tag.add(approvals.progressOf(approval.id()));
        tag.add(approvals.heartbeatDue(approval));
        tag.add(viewer.mayOverride(approval));
        for (Kind kind : Kind.values()) {
            tag.add(viewer.isAsked(approval, kind));
        }
    }

    /** Returns an approval with its refused callbacks. */
    ObjectNode json(Approval approval) {
        return withRejected(json(approval, false), approval);
    }

    private ObjectNode withRejected(ObjectNode json, Approval approval) {
        return json.set("rejectedCallbacks", JsonResponse.treeOf(rejected(approval)));
    }

    /** @param whole whether it has whole messages; pages load the others for each approval */
    private ObjectNode json(Approval approval, boolean whole) {
        ObjectNode json = JsonResponse.fieldsOf(ApprovalViews.of(approval))
                .put(
                        "buildUrl",
                        viewer.jobUrl(approval).orElseThrow() + approval.build().number() + '/')
                .put("mayOverride", viewer.mayOverride(approval));
        Duration heartbeat = approval.heartbeat();
        if (heartbeat != null) {
            Optional<Instant> due = approvals.heartbeatDue(approval);
            json.putObject("heartbeat")
                    .put("intervalMillis", heartbeat.toMillis())
                    .put("due", due.map(Instant::toString).orElse(null));
        }
        approvals
                .progressOf(approval.id())
                .ifPresent(progress -> json.set("progress", JsonResponse.fieldsOf(progress)));
        if (json.get("manualApproval") instanceof ObjectNode people) {
            people.put("mayApprove", viewer.isAsked(approval, Kind.APPROVE))
                    .put("mayReject", viewer.isAsked(approval, Kind.REJECT));
            addHtml(people, "comment", whole);
            people.get("approvals").forEach(vote -> addHtml(vote, "comment", whole));
        }
        List.of("callback", "progress", "decision").forEach(part -> addHtml(json.path(part), "mdMessage", whole));
        return json;
    }

    /** Adds the HTML of a message, if there is one, and cuts the message unless all of it is wanted. */
    private static void addHtml(JsonNode json, String field, boolean whole) {
        if (json.get(field) instanceof TextNode text) {
            ((ObjectNode) json)
                    .put(field, whole ? text.textValue() : Markdown.shown(text.textValue()))
                    .put(field + "Html", html(text.textValue()));
        }
    }

    /** Returns a message as HTML, which says so if it is cut. */
    static String html(String message) {
        return Markdown.toHtml(message, Messages::Markdown_cut);
    }
}
