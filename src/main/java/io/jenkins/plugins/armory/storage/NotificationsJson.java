package io.jenkins.plugins.armory.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.Notifications.Notice;
import io.jenkins.plugins.armory.approval.Notifications.Occasion;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookJson;
import java.util.ArrayList;

/** The JSON of the notifications of an approval. */
final class NotificationsJson {

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
