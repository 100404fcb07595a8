package io.jenkins.plugins.armory.storage;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.Notifications.Failure;
import io.jenkins.plugins.armory.approval.Notifications.Notice;
import io.jenkins.plugins.armory.approval.Notifications.Occasion;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookJson;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The JSON of the notifications of an approval. */
final class NotificationsJson {

    private static final String UNTOLD = "untold";

    private NotificationsJson() {}

    static ObjectNode write(Notifications notifications) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("reminded", notifications.reminded());
        ArrayNode webhooks = json.putArray("webhooks");
        notifications.webhooks().forEach(webhook -> webhooks.add(WebhookJson.write(webhook)));
        ArrayNode due = json.putArray("due");
        notifications
                .due()
                .forEach(notice -> due.addObject()
                        .put("occasion", notice.occasion().name())
                        .put("webhook", notice.webhook()));
        return json;
    }

    /** Writes the notices that could not be sent; nothing if there are none. */
    static void write(JsonGenerator json, List<Failure> untold) throws IOException {
        if (untold.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart(UNTOLD);
        for (Failure failure : untold) {
            json.writeStartObject();
            json.writeStringField("occasion", failure.occasion().name());
            json.writeStringField("webhook", failure.webhook());
            json.writeStringField("reason", failure.reason());
            json.writeStringField("at", failure.at().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** @param approval the JSON of an approval */
    static List<Failure> readUntold(JsonNode approval) {
        var untold = new ArrayList<Failure>();
        approval.path(UNTOLD)
                .forEach(failure -> untold.add(new Failure(
                        Occasion.valueOf(failure.required("occasion").textValue()),
                        failure.required("webhook").textValue(),
                        failure.required("reason").textValue(),
                        Instant.parse(failure.required("at").textValue()))));
        return untold;
    }

    /** @throws IllegalArgumentException if the JSON is something else */
    static Notifications read(JsonNode json) {
        var webhooks = new ArrayList<Webhook>();
        json.required("webhooks").forEach(webhook -> webhooks.add(WebhookJson.read(webhook)));
        var due = new ArrayList<Notice>();
        json.required("due")
                .forEach(notice -> due.add(new Notice(
                        Occasion.valueOf(notice.required("occasion").textValue()),
                        notice.required("webhook").intValue())));
        try {
            return new Notifications(webhooks, json.required("reminded").booleanValue(), due);
        } catch (IndexOutOfBoundsException x) {
            throw new IllegalArgumentException("a notice is for a webhook that is not there", x);
        }
    }
}
