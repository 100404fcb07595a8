package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Writes and reads definitions as JSON. They hold templates, and so no secrets. */
@Restricted(NoExternalUse.class)
public final class WebhookJson {

    private WebhookJson() {}

    /** @param webhook a definition whose body file has been read, and that stands alone: see {@link Webhook#alone} */
    public static ObjectNode write(Webhook webhook) {
        if (webhook.bodyPath() != null || webhook.cancel() != null || webhook.status() != null) {
            throw new IllegalArgumentException(webhook.name() + " refers to something else");
        }
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("name", webhook.name())
                .put("method", webhook.method())
                .put("uriTemplate", webhook.uriTemplate())
                .put("body", webhook.body())
                .put("retryCount", webhook.retry().count())
                .put("networkMode", webhook.networkMode().toString())
                .put("agentIdentifier", webhook.agentIdentifier())
                .put("disableCallback", webhook.disableCallback());
        ArrayNode headers = json.putArray("headers");
        webhook.headers()
                .forEach(header -> headers.addObject().put("key", header.key()).put("value", header.value()));
        webhook.context().forEach(json.putObject("context")::put);
        writeCall(webhook, json);
        AnswerRule answer = webhook.answer();
        if (answer != null) {
            json.set("answer", write(answer));
        }
        return json;
    }

    private static ObjectNode write(AnswerRule rule) {
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("success", rule.statuses())
                .put("pointer", rule.pointer());
        rule.successes().forEach(json.putArray("equals")::add);
        rule.failures().forEach(json.putArray("failure")::add);
        return json;
    }

    /** Writes what few webhooks have, if the webhook has it. */
    private static void writeCall(Webhook webhook, ObjectNode json) {
        RetryRules retry = webhook.retry();
        if (!retry.areOfCount()) {
            ObjectNode rules = json.putObject("retry")
                    .put("delay", retry.delay().toSeconds())
                    .put("maxDelay", retry.maxDelay().toSeconds());
            retry.on().forEach(rules.putArray("on")::add);
        }
        putUnless(0, "connectTimeout", webhook.limits().connectSeconds(), json);
        putUnless(0, "requestTimeout", webhook.limits().requestSeconds(), json);
        CallCredentials credentials = webhook.credentials();
        putUnlessNull("signWith", credentials.signWith(), json);
        putUnlessNull("clientCertificateId", credentials.clientCertificateId(), json);
        putUnlessNull("trustCertificateId", credentials.trustCertificateId(), json);
    }

    private static void putUnlessNull(String field, @CheckForNull String value, ObjectNode json) {
        if (value != null) {
            json.put(field, value);
        }
    }

    private static void putUnless(int otherwise, String field, int value, ObjectNode json) {
        if (value != otherwise) {
            json.put(field, value);
        }
    }

    private static RetryRules retry(JsonNode json) {
        int count = json.path("retryCount").intValue();
        JsonNode rules = json.get("retry");
        if (rules == null) {
            return RetryRules.ofCount(count);
        }
        return RetryRules.of(
                count,
                list(rules.path("on")),
                rules.path("delay").intValue(),
                rules.path("maxDelay").intValue());
    }

    /** @throws InvalidWebhookException if the JSON is not a definition */
    public static Webhook read(JsonNode json) {
        var headers = new ArrayList<Webhook.Header>();
        json.path("headers")
                .forEach(header -> headers.add(new Webhook.Header(
                        header.path("key").textValue(), header.path("value").textValue())));
        return Webhook.named(json.path("name").textValue())
                .method(json.path("method").asText(Webhook.DEFAULT_METHOD))
                .uriTemplate(json.path("uriTemplate").textValue())
                .headers(headers)
                .body(json.path("body").textValue())
                .retry(retry(json))
                .limits(CallLimits.of(
                        json.path("connectTimeout").intValue(),
                        json.path("requestTimeout").intValue()))
                .credentials(new CallCredentials(
                        json.path("signWith").textValue(),
                        json.path("clientCertificateId").textValue(),
                        json.path("trustCertificateId").textValue()))
                .networkMode(json.path("networkMode").textValue())
                .agentIdentifier(json.path("agentIdentifier").textValue())
                .disableCallback(json.path("disableCallback").booleanValue())
                .context(texts(json.path("context")))
                .answer(json.has("answer") ? rule(json.get("answer")) : null)
                .build();
    }

    private static AnswerRule rule(JsonNode json) {
        return AnswerRule.ofAnswer(
                json.path("success").textValue(),
                json.path("pointer").textValue(),
                list(json.path("equals")),
                list(json.path("failure")));
    }

    private static List<String> list(JsonNode array) {
        var texts = new ArrayList<String>();
        array.forEach(text -> texts.add(text.textValue()));
        return texts;
    }

    /** Reads a JSON object whose values are strings. */
    public static Map<String, String> texts(JsonNode json) {
        var texts = new LinkedHashMap<String, String>();
        json.fields()
                .forEachRemaining(
                        field -> texts.put(field.getKey(), field.getValue().textValue()));
        return texts;
    }
}
