package io.jenkins.plugins.armory.part.file;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.RetryRules;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Makes the webhooks of the section {@code webhooks}.
 *
 * @param bodies the texts of the files that a {@code bodyTemplate.path} may name, by their paths
 */
record WebhookReader(Problems problems, Map<String, String> bodies) {

    /** Returns the webhooks without a mistake by their names. */
    Map<String, Webhook> read(List<Section> sections) {
        var webhooks = new LinkedHashMap<String, Webhook>();
        for (Section section : sections) {
            int before = problems.count();
            Webhook webhook = webhook(section);
            if (problems.count() == before && !section.isFlawed()) {
                webhooks.put(webhook.name(), webhook);
            }
        }
        return webhooks;
    }

    /** Returns the webhook. If a field breaks a rule, the others are checked without it. */
    @CheckForNull
    private Webhook webhook(Section section) {
        Section rest = section;
        while (true) {
            try {
                return build(rest);
            } catch (InvalidWebhookException x) {
                section.problem(x.field(), x.problem());
                if (!rest.has(x.field())) {
                    return null;
                }
                rest = rest.without(x.field());
            }
        }
    }

    /** A required field that has a mistake gets another value, so that the rest can be checked. */
    private Webhook build(Section section) {
        WebhookBuilder builder = Webhook.named(Objects.requireNonNullElse(section.text("name"), "name"))
                .uriTemplate(Objects.requireNonNullElse(section.text("uriTemplate"), "https://example.com/"))
                .networkMode(NetworkMode.of(section.text("networkMode")))
                .agentIdentifier(section.text("agentIdentifier"))
                .headers(headers(section))
                .body(body(section))
                .disableCallback(Boolean.TRUE.equals(section.flag("disableCallback")))
                .context(section.map("context"));
        String method = section.text("method");
        if (method != null) {
            builder.method(method);
        }
        Integer retryCount = section.number("retryCount");
        return (retryCount == null ? builder : builder.retry(RetryRules.ofCount(retryCount))).build();
    }

    private static List<Webhook.Header> headers(Section webhook) {
        var headers = new ArrayList<Webhook.Header>();
        for (Section header : webhook.<Section>list("headers")) {
            String key = header.text("key");
            try {
                if (key != null) {
                    headers.add(new Webhook.Header(key, header.text("value")));
                }
            } catch (InvalidWebhookException x) {
                header.problem(x.problem());
            }
        }
        return headers;
    }

    @CheckForNull
    private String body(Section webhook) {
        Section body = webhook.section("bodyTemplate");
        String path = body.text("path");
        if (path == null) {
            return body.has("inline") ? body.text("inline") : webhook.text("bodyTemplate");
        }
        String text = bodies.get(path);
        if (text == null || text.isBlank()) {
            webhook.problem(
                    "bodyTemplate",
                    "armoryDeployment has no text of \"" + path + "\"; add bodies: ['" + path + "': readTrusted('"
                            + path + "')] to it, or write {inline: ...}");
        }
        return text;
    }
}
