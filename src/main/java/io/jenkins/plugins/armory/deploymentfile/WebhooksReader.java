package io.jenkins.plugins.armory.deploymentfile;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Reads the section {@code webhooks} of a deployment file. */
final class WebhooksReader {

    private static final List<String> WEBHOOK_FIELDS = List.of(
            "name",
            "method",
            "uriTemplate",
            "networkMode",
            "agentIdentifier",
            "headers",
            "bodyTemplate",
            "retryCount",
            "disableCallback",
            "context");

    private final Map<String, String> bodies;
    private final Map<String, Webhook> webhooks = new LinkedHashMap<>();
    private final Set<String> names = new LinkedHashSet<>();

    /** @param bodies the texts of the files that a {@code bodyTemplate.path} may name, by their paths */
    WebhooksReader(Map<String, String> bodies) {
        this.bodies = bodies;
    }

    /** Returns the webhooks of a file by their names. */
    Map<String, Webhook> read(Section file) {
        file.sections("webhooks", "a list", "a mapping with name, uriTemplate and so on")
                .forEach(this::readWebhook);
        return webhooks;
    }

    /** Returns a webhook that was read, {@code null} if there is none of that name, or if it has a mistake. */
    @CheckForNull
    Webhook find(String name) {
        return webhooks.get(name);
    }

    /** Returns the names of all webhooks of the section, also of those with a mistake. */
    Set<String> names() {
        return names;
    }

    private void readWebhook(Section section) {
        int problemsBefore = section.yaml().problemCount();
        section.checkKnown(WEBHOOK_FIELDS);
        if (section.node("name") instanceof ScalarNode name) {
            names.add(name.getValue());
        }
        Webhook webhook = webhook(section);
        boolean valid = section.yaml().problemCount() == problemsBefore;
        if (valid && webhook != null && webhooks.putIfAbsent(webhook.name(), webhook) != null) {
            section.problem("name", "\"" + webhook.name() + "\" is there twice; each webhook needs a name of its own");
        }
    }

    /** Returns the webhook. If a field breaks a rule, the others are checked without it. */
    @CheckForNull
    private Webhook webhook(Section section) {
        Section rest = section;
        var wrong = new HashSet<String>();
        while (true) {
            try {
                return builder(rest, wrong).build();
            } catch (InvalidWebhookException x) {
                if (!wrong.add(x.field())) {
                    return null;
                }
                section.problem(x.field(), x.problem());
                rest = rest.without(x.field());
            }
        }
    }

    /** @param wrong the fields that break a rule; a required one gets another value, so that the rest can be checked */
    private Webhook.Builder builder(Section section, Set<String> wrong) {
        Webhook.Builder builder = Webhook.named(wrong.contains("name") ? "name" : section.text("name"))
                .uriTemplate(wrong.contains("uriTemplate") ? "https://example.com/" : section.text("uriTemplate"))
                .networkMode(section.text("networkMode"))
                .agentIdentifier(section.text("agentIdentifier"))
                .headers(headers(section))
                .disableCallback(Boolean.TRUE.equals(section.flag("disableCallback")))
                .context(section.texts("context"));
        String method = section.text("method");
        if (method != null) {
            builder.method(method);
        }
        if (section.fields().contains("bodyTemplate")) {
            builder.body(body(section));
        }
        setRetryCount(builder, section);
        return builder;
    }

    private static List<Webhook.Header> headers(Section webhook) {
        var headers = new ArrayList<Webhook.Header>();
        String shape = "{key: ..., value: ...}";
        for (Section header : webhook.sections("headers", "a list of " + shape, shape)) {
            header.checkKnown(List.of("key", "value"));
            try {
                headers.add(new Webhook.Header(header.text("key"), header.text("value")));
            } catch (InvalidWebhookException x) {
                header.problem(x.problem());
            }
        }
        return headers;
    }

    @CheckForNull
    private String body(Section webhook) {
        String field = "bodyTemplate";
        int problems = webhook.yaml().problemCount();
        String inline = null;
        String path = null;
        Node node = webhook.node(field);
        if (node instanceof ScalarNode) {
            inline = webhook.text(field);
        } else {
            Section body = Section.of(webhook.yaml(), node, webhook.path(field), "{inline: ...} or {path: ...}");
            if (body != null) {
                body.checkKnown(List.of("inline", "path"));
                inline = body.text("inline");
                path = body.text("path");
            }
        }
        if (webhook.yaml().problemCount() > problems) {
            return null;
        } else if (isBlank(inline) == isBlank(path)) {
            webhook.problem(
                    field,
                    (isBlank(inline) ? "is empty; write" : "has both inline and path; write either")
                            + " {inline: ...} or {path: ...}, or leave it out");
            return null;
        } else if (isBlank(path)) {
            return inline;
        }
        String text = bodies.get(path);
        if (isBlank(text)) {
            webhook.problem(
                    field,
                    "armoryDeployment has no text of \"" + path + "\"; add bodies: ['" + path + "': readTrusted('"
                            + path + "')] to it, or write {inline: ...}");
        }
        return text;
    }

    private static boolean isBlank(@CheckForNull String text) {
        return text == null || text.isBlank();
    }

    private static void setRetryCount(Webhook.Builder builder, Section webhook) {
        String text = webhook.text("retryCount");
        if (text == null) {
            return;
        }
        try {
            builder.retryCount(Integer.parseInt(text));
        } catch (NumberFormatException x) {
            webhook.problem("retryCount", "\"" + text + "\" is not a number");
        }
    }
}
