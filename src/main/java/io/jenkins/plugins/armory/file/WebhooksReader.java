package io.jenkins.plugins.armory.file;

import static io.jenkins.plugins.armory.file.YamlReader.isAbsent;
import static org.yaml.snakeyaml.DumperOptions.ScalarStyle.PLAIN;

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
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

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

    /** Values for required fields that break a rule, so that the other fields are checked all the same. */
    private static final Map<String, String> STAND_INS = Map.of("name", "name", "uriTemplate", "https://example.com/");

    private final YamlReader yaml;
    private final Map<String, Webhook> webhooks = new LinkedHashMap<>();
    private final Set<String> names = new LinkedHashSet<>();

    WebhooksReader(YamlReader yaml) {
        this.yaml = yaml;
    }

    /** Returns the webhooks of the section by their names. */
    Map<String, Webhook> read(@CheckForNull Node section) {
        readWebhooks(section);
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

    private void readWebhooks(@CheckForNull Node node) {
        int index = 0;
        for (Node each : yaml.list(node, "webhooks", "a list")) {
            String path = "webhooks[" + index++ + "]";
            if (each instanceof MappingNode mapping) {
                readWebhook(mapping, path);
            } else {
                yaml.problem(each, path + ": must be a mapping with name, uriTemplate and so on");
            }
        }
    }

    private void readWebhook(MappingNode node, String path) {
        int problemsBefore = yaml.problemCount();
        Map<String, Node> fields = yaml.fields(node, path);
        yaml.checkKnown(fields, WEBHOOK_FIELDS, path);
        if (fields.get("name") instanceof ScalarNode name) {
            names.add(name.getValue());
        }
        Webhook webhook = webhook(node, fields, path);
        boolean valid = yaml.problemCount() == problemsBefore;
        if (valid && webhook != null && webhooks.putIfAbsent(webhook.name(), webhook) != null) {
            yaml.problem(
                    fields.get("name"),
                    path + ".name: \"" + webhook.name() + "\" is there twice; each webhook needs a name of its own");
        }
    }

    /** Returns the webhook. If a field breaks a rule, the others are checked without it. */
    @CheckForNull
    private Webhook webhook(Node node, Map<String, Node> fields, String path) {
        var rest = new LinkedHashMap<String, Node>(fields);
        var wrong = new HashSet<String>();
        while (true) {
            try {
                return builder(rest, path).build();
            } catch (InvalidWebhookException x) {
                if (!wrong.add(x.field())) {
                    return null;
                }
                yaml.problem(fields.getOrDefault(x.field(), node), path + "." + x.field() + ": " + x.problem());
                rest.remove(x.field());
                if (STAND_INS.containsKey(x.field())) {
                    rest.put(x.field(), new ScalarNode(Tag.STR, STAND_INS.get(x.field()), null, null, PLAIN));
                }
            }
        }
    }

    private Webhook.Builder builder(Map<String, Node> fields, String path) {
        Webhook.Builder builder = Webhook.named(yaml.text(fields, "name", path))
                .uriTemplate(yaml.text(fields, "uriTemplate", path))
                .networkMode(yaml.text(fields, "networkMode", path))
                .agentIdentifier(yaml.text(fields, "agentIdentifier", path))
                .headers(headers(fields.get("headers"), path + ".headers"));
        String method = yaml.text(fields, "method", path);
        if (method != null) {
            builder.method(method);
        }
        if (fields.containsKey("bodyTemplate")) {
            setBody(builder, fields.get("bodyTemplate"), path + ".bodyTemplate");
        }
        setRetryCount(builder, fields, path);
        setDisableCallback(builder, fields.get("disableCallback"), path + ".disableCallback");
        return builder.context(yaml.texts(fields.get("context"), path + ".context"));
    }

    private List<Webhook.Header> headers(@CheckForNull Node node, String path) {
        var headers = new ArrayList<Webhook.Header>();
        if (isAbsent(node)) {
            return headers;
        }
        if (!(node instanceof SequenceNode list)) {
            yaml.problem(node, path + ": must be a list of {key: ..., value: ...}");
            return headers;
        }
        for (Node each : list.getValue()) {
            Webhook.Header header = header(each, path + "[" + headers.size() + "]");
            if (header == null) { // further ones would be named with the wrong index
                return headers;
            }
            headers.add(header);
        }
        return headers;
    }

    @CheckForNull
    private Webhook.Header header(Node node, String path) {
        if (!(node instanceof MappingNode mapping)) {
            yaml.problem(node, path + ": must be {key: ..., value: ...}");
            return null;
        }
        Map<String, Node> fields = yaml.fields(mapping, path);
        yaml.checkKnown(fields, List.of("key", "value"), path);
        try {
            return new Webhook.Header(yaml.text(fields, "key", path), yaml.text(fields, "value", path));
        } catch (InvalidWebhookException x) {
            yaml.problem(node, path + ": " + x.problem());
            return null;
        }
    }

    private void setBody(Webhook.Builder builder, Node node, String path) {
        int problems = yaml.problemCount();
        String inline = null;
        String file = null;
        if (node instanceof ScalarNode scalar) {
            inline = isAbsent(node) ? null : scalar.getValue();
        } else if (node instanceof MappingNode mapping) {
            Map<String, Node> fields = yaml.fields(mapping, path);
            yaml.checkKnown(fields, List.of("inline", "path"), path);
            inline = yaml.text(fields, "inline", path);
            file = yaml.text(fields, "path", path);
        } else {
            yaml.problem(node, path + ": must be {inline: ...} or {path: ...}");
        }
        if (isBlank(inline) && isBlank(file) && yaml.problemCount() == problems) {
            yaml.problem(node, path + ": is empty; write {inline: ...} or {path: ...}, or leave it out");
        }
        builder.body(inline).bodyPath(file);
    }

    private static boolean isBlank(@CheckForNull String text) {
        return text == null || text.isBlank();
    }

    private void setRetryCount(Webhook.Builder builder, Map<String, Node> fields, String path) {
        String text = yaml.text(fields, "retryCount", path);
        if (text == null) {
            return;
        }
        try {
            builder.retryCount(Integer.parseInt(text));
        } catch (NumberFormatException x) {
            yaml.problem(fields.get("retryCount"), path + ".retryCount: \"" + text + "\" is not a number");
        }
    }

    private void setDisableCallback(Webhook.Builder builder, @CheckForNull Node node, String path) {
        if (isAbsent(node)) {
            return;
        }
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
            builder.disableCallback(Section.isTrue(scalar));
        } else {
            yaml.problem(node, path + ": must be true or false");
        }
    }
}
