package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A definition as JSON, to be called later: with its templates, and so without secrets. */
public final class WebhookJson {

    private WebhookJson() {}

    /** @param webhook the file of its body must have been read, and it has no cancel webhook of its own */
    public static ObjectNode write(Webhook webhook) {
        if (webhook.bodyPath() != null || webhook.cancel() != null) {
            throw new IllegalArgumentException(webhook.name() + " refers to something else");
        }
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("name", webhook.name())
                .put("method", webhook.method())
                .put("uriTemplate", webhook.uriTemplate())
                .put("body", webhook.body())
                .put("retryCount", webhook.retryCount())
                .put("networkMode", webhook.networkMode().toString())
                .put("agentIdentifier", webhook.agentIdentifier())
                .put("disableCallback", webhook.disableCallback());
        ArrayNode headers = json.putArray("headers");
        webhook.headers()
                .forEach(header -> headers.addObject().put("key", header.key()).put("value", header.value()));
        webhook.context().forEach(json.putObject("context")::put);
        return json;
    }

    /** @throws InvalidWebhookException when it is no definition */
    public static Webhook read(JsonNode json) {
        List<Webhook.Header> headers = new ArrayList<>();
        json.path("headers")
                .forEach(header -> headers.add(new Webhook.Header(
                        header.path("key").textValue(), header.path("value").textValue())));
        return Webhook.named(json.path("name").textValue())
                .method(json.path("method").asText(Webhook.DEFAULT_METHOD))
                .uriTemplate(json.path("uriTemplate").textValue())
                .headers(headers)
                .body(json.path("body").textValue())
                .retryCount(json.path("retryCount").intValue())
                .networkMode(json.path("networkMode").textValue())
                .agentIdentifier(json.path("agentIdentifier").textValue())
                .disableCallback(json.path("disableCallback").booleanValue())
                .context(texts(json.path("context")))
                .build();
    }

    /** An object of strings. */
    public static Map<String, String> texts(JsonNode json) {
        Map<String, String> texts = new LinkedHashMap<>();
        json.fields()
                .forEachRemaining(
                        field -> texts.put(field.getKey(), field.getValue().textValue()));
        return texts;
    }
}
