package io.jenkins.plugins.armory.storage;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Channel;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Said;
import io.jenkins.plugins.armory.approval.SideCalls;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The JSON of approvals, in their files and in the journal. The class is long because it writes and reads each field, side by side.
 */
final class ApprovalJson {

    private static final int FORMAT = 1;
    private static final String REMOVED = "removed";
    /** The approximate size of a decided approval. */
    private static final int TYPICAL_BYTES = 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private ApprovalJson() {}

    /** Writes the fields of a JSON object. */
    private interface Fields {
        void write(JsonGenerator json) throws IOException;
    }

    /** Returns an approval as JSON without a line feed, so that it can be a record of the {@link Journal}. */
    static byte[] write(Approval approval) {
        return bytes(json -> write(json, approval));
    }

    /** Returns the record of the {@link Journal} for the removal of approvals. */
    static byte[] writeRemoved(Collection<String> ids) {
        return bytes(json -> writeTexts(json, REMOVED, ids));
    }

    private static byte[] bytes(Fields fields) {
        try (var bytes = new ByteArrayBuilder(TYPICAL_BYTES)) {
            try (JsonGenerator json = JSON.createGenerator(bytes)) {
                json.writeStartObject();
                json.writeNumberField("format", FORMAT);
                fields.write(json);
                json.writeEndObject();
            }
            return bytes.toByteArray();
        } catch (IOException x) {
            throw new UncheckedIOException(x); // writing to memory does not fail
        }
    }

    /**
     * Reads an approval.
     *
     * @throws IOException if it is not one of this format
     */
    static Approval read(byte[] content) throws IOException {
        return read(content, ApprovalJson::fromJson);
    }

    /**
     * Reads a record of the journal.
     *
     * @param change takes an approval as it was after a change
     * @param removal takes the id of an approval that was removed
     * @throws IOException if the record is neither
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

    private static void write(JsonGenerator json, Approval approval) throws IOException {
        write(json, approval.terms());
        json.writeStringField("state", approval.state().name());
        write(json, "callback", approval.callback());
        String data = approval.data();
        if (data != null) {
            json.writeFieldName("data");
            json.writeTree(JSON.readTree(data)); // not raw: half a surrogate pair has to be escaped
        }
        PeopleJson.write(json, approval.said());
        Said.Failed failed = approval.said().failed();
        if (failed != null) {
            write(json, "failure", failed.failure());
            json.writeStringField("next", failed.next());
        }
        write(json, "decision", approval.decision());
        json.writeArrayFieldStart("attempts");
        for (Attempt attempt : approval.attempts()) {
            write(json, attempt);
        }
        json.writeEndArray();
        OutgoingCalls calls = approval.calls();
        if (calls != null) {
            json.writeFieldName("calls");
            json.writeTree(calls(calls));
        }
        Attempt cancel = approval.cancel();
        if (cancel != null) {
            json.writeFieldName("cancel");
            write(json, cancel);
        }
        NotificationsJson.write(json, approval.sideCalls().untold());
    }

    private static void write(JsonGenerator json, ApprovalTerms terms) throws IOException {
        json.writeStringField("id", terms.id());
        json.writeStringField("job", terms.build().job());
        json.writeNumberField("build", terms.build().number());
        json.writeStringField("phase", terms.subject().phase().toString());
        json.writeStringField("environment", terms.subject().environment());
        json.writeStringField("group", terms.subject().group());
        json.writeStringField("webhook", terms.subject().webhook());
        ApprovalTerms.Tries tries = terms.tries();
        if (tries != null) {
            json.writeObjectFieldStart("tries");
            json.writeNumberField("number", tries.number());
            json.writeStringField("previous", tries.previous());
            json.writeFieldName("calls");
            json.writeTree(calls(tries.calls()));
            json.writeEndObject();
        }
        Set<Channel> channels = terms.deciders().channels();
        json.writeBooleanField("awaitsCallback", channels.contains(Channel.CALLBACK));
        List<String> others = channels.stream()
                .filter(channel -> channel != Channel.CALLBACK)
                .map(Channel::name)
                .toList();
        if (!others.isEmpty()) {
            writeTexts(json, "otherChannels", others);
        }
        json.writeStringField("callbackCredentialsId", terms.deciders().callbackCredentialsId());
        if (!terms.deciders().allowedCallers().isEmpty()) {
            writeTexts(json, "allowedCallers", terms.deciders().allowedCallers());
        }
        PeopleJson.write(json, terms.deciders().manual());
        json.writeStringField("createdAt", terms.limits().createdAt().toString());
        json.writeStringField("deadline", terms.limits().deadline().toString());
        Duration heartbeat = terms.limits().heartbeat();
        if (heartbeat != null) {
            json.writeNumberField("heartbeatMillis", heartbeat.toMillis());
        }
        if (terms.limits().supersede()) {
            json.writeBooleanField("supersede", true);
        }
        if (terms.origin() != null) {
            json.writeStringField("origin", terms.origin());
        }
    }

    private static ObjectNode calls(OutgoingCalls calls) {
        ObjectNode json = JSON.createObjectNode();
        Webhook webhook = calls.webhook();
        if (webhook != null) {
            json.set("webhook", WebhookJson.write(webhook));
        }
        Webhook cancel = calls.cancel();
        if (cancel != null) {
            json.set("cancel", WebhookJson.write(cancel));
        }
        StatusCheck status = calls.status();
        if (status != null) {
            json.putObject("status")
                    .put("everyMillis", status.every().toMillis())
                    .set("webhook", WebhookJson.write(status.webhook()));
        }
        Notifications notifications = calls.notifications();
        if (notifications != null) {
            json.set("notifications", NotificationsJson.write(notifications));
        }
        calls.context().forEach(json.putObject("context")::put);
        return json.put("account", calls.account()).put("namespace", calls.namespace());
    }

    @CheckForNull
    private static OutgoingCalls calls(JsonNode json) {
        JsonNode calls = json.get("calls");
        return calls == null
                ? null
                : new OutgoingCalls(
                        webhook(calls, "webhook"),
                        webhook(calls, "cancel"),
                        calls.has("status") ? status(calls.get("status")) : null,
                        calls.has("notifications") ? NotificationsJson.read(calls.get("notifications")) : null,
                        WebhookJson.texts(calls.path("context")),
                        optionalText(calls, "account"),
                        optionalText(calls, "namespace"));
    }

    private static StatusCheck status(JsonNode json) {
        return new StatusCheck(
                WebhookJson.read(json.required("webhook")),
                Duration.ofMillis(json.required("everyMillis").longValue()));
    }

    @CheckForNull
    private static Webhook webhook(JsonNode calls, String name) {
        return calls.has(name) ? WebhookJson.read(calls.get(name)) : null;
    }

    static void writeTexts(JsonGenerator json, String name, Collection<String> texts) throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    static void write(JsonGenerator json, String name, @CheckForNull Decision decision) throws IOException {
        if (decision != null) {
            json.writeObjectFieldStart(name);
            json.writeStringField("outcome", decision.outcome().name());
            json.writeStringField("mdMessage", decision.mdMessage());
            json.writeStringField("decidedBy", decision.decidedBy());
            json.writeStringField("decidedAt", decision.decidedAt().toString());
            if (decision.override()) {
                json.writeBooleanField("override", true);
            }
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, Attempt attempt) throws IOException {
        Instant nextAt = attempt.nextAt();
        json.writeStartObject();
        json.writeNumberField("number", attempt.number());
        json.writeStringField("at", attempt.at().toString());
        json.writeStringField("host", attempt.host());
        json.writeNumberField("status", attempt.status());
        json.writeNumberField("millis", attempt.duration().toMillis());
        json.writeStringField("failure", attempt.failure());
        json.writeStringField("answer", attempt.answer());
        json.writeStringField("nextAt", nextAt == null ? null : nextAt.toString());
        json.writeEndObject();
    }

    @CheckForNull
    static Decision decision(JsonNode json, String name) {
        JsonNode decision = json.get(name);
        return decision == null
                ? null
                : new Decision(
                        Outcome.valueOf(text(decision, "outcome")),
                        text(decision, "mdMessage"),
                        text(decision, "decidedBy"),
                        Instant.parse(text(decision, "decidedAt")),
                        decision.path("override").asBoolean());
    }

    private static Said said(JsonNode json) {
        Decision failure = decision(json, "failure");
        return PeopleJson.said(
                        json,
                        decision(json, "callback"),
                        json.has("data") ? json.get("data").toString() : null,
                        decision(json, "decision"))
                .withFailed(failure == null ? null : new Said.Failed(failure, optionalText(json, "next")));
    }

    private static List<Attempt> attempts(JsonNode json) {
        var attempts = new ArrayList<Attempt>();
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

    /** Returns whether the content is intact, and written by another version of the plugin. */
    static boolean isOfAnotherFormat(byte[] content) {
        try {
            JsonNode format = JSON.readTree(content).path("format");
            return format.isInt() && format.intValue() != FORMAT;
        } catch (IOException x) {
            return false;
        }
    }

    private static void checkFormat(JsonNode json) {
        int format = json.path("format").asInt();
        if (format != FORMAT) {
            throw new IllegalArgumentException("its format is " + format + ", and this version reads " + FORMAT);
        }
    }

    private static Approval fromJson(JsonNode json) {
        checkFormat(json);
        return new Approval(
                terms(json),
                Approval.State.valueOf(text(json, "state")),
                said(json),
                attempts(json),
                calls(json),
                new SideCalls(
                        json.has("cancel") ? attempt(json.get("cancel")) : null, NotificationsJson.readUntold(json)));
    }

    private static ApprovalTerms terms(JsonNode json) {
        String phase = text(json, "phase");
        return new ApprovalTerms(
                text(json, "id"),
                new BuildRef(text(json, "job"), json.required("build").intValue()),
                new ApprovalTerms.Subject(
                        Phase.of(phase).orElseThrow(() -> new IllegalArgumentException("there is no phase " + phase)),
                        optionalText(json, "environment"),
                        optionalText(json, "group"),
                        optionalText(json, "webhook"),
                        tries(json.path("tries"))),
                new ApprovalTerms.Deciders(
                        channels(json),
                        optionalText(json, "callbackCredentialsId"),
                        texts(json.path("allowedCallers")),
                        PeopleJson.manual(json)),
                new ApprovalTerms.Limits(
                        Instant.parse(text(json, "createdAt")),
                        Instant.parse(text(json, "deadline")),
                        json.has("heartbeatMillis")
                                ? Duration.ofMillis(json.get("heartbeatMillis").longValue())
                                : null,
                        json.path("supersede").booleanValue()),
                optionalText(json, "origin"));
    }

    private static Set<Channel> channels(JsonNode json) {
        var channels = EnumSet.noneOf(Channel.class);
        if (json.required("awaitsCallback").booleanValue()) {
            channels.add(Channel.CALLBACK);
        }
        texts(json.path("otherChannels")).forEach(name -> channels.add(Channel.valueOf(name)));
        return channels;
    }

    @CheckForNull
    private static ApprovalTerms.Tries tries(JsonNode json) {
        OutgoingCalls calls = calls(json);
        return calls == null
                ? null
                : new ApprovalTerms.Tries(json.required("number").intValue(), optionalText(json, "previous"), calls);
    }

    static List<String> texts(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    static String text(JsonNode json, String name) {
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
