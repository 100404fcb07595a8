package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/** An approval as JSON, as it is in its file and in the journal. */
final class ApprovalFile {

    private static final int FORMAT = 1;
    private static final String REMOVED = "removed";
    private static final ObjectMapper JSON = new ObjectMapper();

    private ApprovalFile() {}

    /** Without a line feed, so it can be a line of the {@link Journal}. */
    static byte[] write(Approval approval) {
        return bytes(toJson(approval));
    }

    /** What tells the {@link Journal} that there are no such approvals any more. */
    static byte[] writeRemoved(Collection<String> ids) {
        ObjectNode json = JSON.createObjectNode().put("format", FORMAT);
        ids.forEach(json.putArray(REMOVED)::add);
        return bytes(json);
    }

    private static byte[] bytes(ObjectNode json) {
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException x) {
            throw new IllegalStateException(x); // a tree can always be written
        }
    }

    /** @throws IOException when it is not an approval of this format */
    static Approval read(byte[] content) throws IOException {
        return read(content, ApprovalFile::fromJson);
    }

    /**
     * Reads a record of the journal.
     *
     * @param change is given the approval as it was after a change, or
     * @param removal the ids of those that are no more
     * @throws IOException when it is neither
     */
    static void read(byte[] content, Consumer<Approval> change, Consumer<String> removal) throws IOException {
        read(content, json -> {
            JsonNode removed = json.get(REMOVED);
            if (removed == null) {
                change.accept(fromJson(json));
            } else {
                checkFormat(json);
                removed.forEach(id -> removal.accept(id.asText()));
            }
            return null;
        });
    }

    private static <T> T read(byte[] content, Function<JsonNode, T> reader) throws IOException {
        try {
            return reader.apply(JSON.readTree(content));
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException x) {
            throw new IOException("it is not an approval: " + x.getMessage(), x);
        }
    }

    private static ObjectNode toJson(Approval approval) {
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("id", approval.id())
                .put("job", approval.build().job())
                .put("build", approval.build().number())
                .put("phase", approval.phase().toString())
                .put("environment", approval.environment())
                .put("webhook", approval.webhook())
                .put("callbackCredentialsId", approval.callbackCredentialsId())
                .put("awaitsCallback", approval.awaitsCallback())
                .put("createdAt", approval.createdAt().toString())
                .put("deadline", approval.deadline().toString())
                .put("state", approval.state().name());
        Duration heartbeat = approval.heartbeat();
        if (heartbeat != null) {
            json.put("heartbeatMillis", heartbeat.toMillis());
        }
        if (!approval.allowedCallers().isEmpty()) {
            approval.allowedCallers().forEach(json.putArray("allowedCallers")::add);
        }
        ArrayNode attempts = json.putArray("attempts");
        approval.attempts().forEach(attempt -> attempts.add(toJson(attempt)));
        ManualRequirement manual = approval.manual();
        if (manual != null) {
            ArrayNode submitters =
                    json.putObject("manual").put("message", manual.message()).putArray("submitters");
            manual.submitters().forEach(submitters::add);
        }
        put(json, "callback", approval.callback());
        put(json, "person", approval.person());
        put(json, "decision", approval.decision());
        Attempt cancel = approval.cancel();
        if (cancel != null) {
            json.set("cancel", toJson(cancel));
        }
        return json;
    }

    private static void put(ObjectNode json, String name, @CheckForNull Decision decision) {
        if (decision != null) {
            json.putObject(name)
                    .put("outcome", decision.outcome().name())
                    .put("mdMessage", decision.mdMessage())
                    .put("decidedBy", decision.decidedBy())
                    .put("decidedAt", decision.decidedAt().toString());
        }
    }

    @CheckForNull
    private static Decision decision(JsonNode json, String name) {
        JsonNode decision = json.get(name);
        return decision == null
                ? null
                : new Decision(
                        Outcome.valueOf(text(decision, "outcome")),
                        text(decision, "mdMessage"),
                        text(decision, "decidedBy"),
                        Instant.parse(text(decision, "decidedAt")));
    }

    @CheckForNull
    private static ManualRequirement manual(JsonNode json) {
        JsonNode manual = json.get("manual");
        if (manual == null) {
            return null;
        }
        List<String> submitters = new ArrayList<>();
        manual.required("submitters").forEach(submitter -> submitters.add(submitter.textValue()));
        return new ManualRequirement(text(manual, "message"), submitters);
    }

    private static ObjectNode toJson(Attempt attempt) {
        Instant nextAt = attempt.nextAt();
        return JSON.createObjectNode()
                .put("number", attempt.number())
                .put("at", attempt.at().toString())
                .put("host", attempt.host())
                .put("status", attempt.status())
                .put("millis", attempt.duration().toMillis())
                .put("failure", attempt.failure())
                .put("answer", attempt.answer())
                .put("nextAt", nextAt == null ? null : nextAt.toString());
    }

    private static List<Attempt> attempts(JsonNode json) {
        List<Attempt> attempts = new ArrayList<>();
        json.path("attempts").forEach(attempt -> attempts.add(attempt(attempt)));
        return attempts;
    }

    private static Attempt attempt(JsonNode json) {
        String nextAt = optionalText(json, "nextAt");
        return new Attempt(
                json.required("number").intValue(),
                Instant.parse(text(json, "at")),
                text(json, "host"),
                json.required("status").intValue(),
                Duration.ofMillis(json.required("millis").longValue()),
                optionalText(json, "failure"),
                text(json, "answer"),
                nextAt == null ? null : Instant.parse(nextAt));
    }

    private static void checkFormat(JsonNode json) {
        int format = json.path("format").asInt();
        if (format != FORMAT) {
            throw new IllegalArgumentException("its format is " + format + ", and this version reads " + FORMAT);
        }
    }

    private static Approval fromJson(JsonNode json) {
        checkFormat(json);
        // An early version had no phases, and nothing but callbacks to say SUCCESS or FAILURE.
        String phase = json.path("phase").asText(Phase.STRATEGY.toString());
        Decision decision = decision(json, "decision");
        Decision callback = decision(json, "callback");
        if (callback == null
                && decision != null
                && !json.has("phase")
                && (decision.outcome() == Outcome.SUCCESS || decision.outcome() == Outcome.FAILURE)) {
            callback = decision;
        }
        return new Approval(
                text(json, "id"),
                new BuildRef(text(json, "job"), json.required("build").intValue()),
                Phase.of(phase).orElseThrow(() -> new IllegalArgumentException("there is no phase " + phase)),
                optionalText(json, "environment"),
                text(json, "webhook"),
                optionalText(json, "callbackCredentialsId"),
                texts(json.path("allowedCallers")),
                json.path("awaitsCallback").asBoolean(true),
                manual(json),
                Instant.parse(text(json, "createdAt")),
                Instant.parse(text(json, "deadline")),
                json.has("heartbeatMillis") ? Duration.ofMillis(json.get("heartbeatMillis").longValue()) : null,
                attempts(json),
                Approval.State.valueOf(text(json, "state")),
                callback,
                decision(json, "person"),
                decision,
                json.has("cancel") ? attempt(json.get("cancel")) : null);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static String text(JsonNode json, String name) {
        String text = optionalText(json, name);
        if (text == null) {
            throw new IllegalArgumentException("it has no \"" + name + "\"");
        }
        return text;
    }

    @CheckForNull
    private static String optionalText(JsonNode json, String name) {
        return json.path(name).textValue();
    }
}
