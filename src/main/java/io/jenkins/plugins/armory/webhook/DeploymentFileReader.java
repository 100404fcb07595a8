package io.jenkins.plugins.armory.webhook;

import static io.jenkins.plugins.armory.webhook.YamlReader.isAbsent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads a {@link DeploymentFile} from its text. */
final class DeploymentFileReader {

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

    private final String name;
    private final YamlReader yaml;
    private final Map<String, Webhook> webhooks = new LinkedHashMap<>();

    /** @param name the name of the file in messages */
    DeploymentFileReader(String name) {
        this.name = name;
        yaml = new YamlReader(name);
    }

    DeploymentFile read(String text) throws DeploymentFile.InvalidException {
        Node root = yaml.compose(text);
        Map<String, Node> sections = Map.of();
        if (root instanceof MappingNode file) {
            sections = yaml.fields(file, name);
        } else if (root != null) {
            yaml.problem(root, "must be a mapping with a section \"webhooks\"");
        }
        readWebhooks(sections.get("webhooks"));
        Map<String, String> context = yaml.texts(sections.get("context"), "context");
        Map<String, DeploymentFile.Target> targets = targets(sections.get("targets"));
        yaml.throwProblems();
        return new DeploymentFile(webhooks, context, targets);
    }

    private Map<String, DeploymentFile.Target> targets(@CheckForNull Node node) {
        var targets = new LinkedHashMap<String, DeploymentFile.Target>();
        if (node instanceof MappingNode all) {
            yaml.fields(all, "targets").forEach((target, value) -> {
                if (value instanceof MappingNode mapping) {
                    targets.put(target, target(mapping, "targets." + target));
                }
            });
        }
        return targets;
    }

    private DeploymentFile.Target target(MappingNode node, String path) {
        Map<String, Node> fields = yaml.fields(node, path);
        return new DeploymentFile.Target(yaml.text(fields, "account", path), yaml.text(fields, "namespace", path));
    }

    private void readWebhooks(@CheckForNull Node node) {
        if (isAbsent(node)) {
            return;
        }
        if (!(node instanceof SequenceNode list)) {
            yaml.problem(node, "webhooks: must be a list");
            return;
        }
        int index = 0;
        for (Node each : list.getValue()) {
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
        try {
            Webhook webhook = builder(fields, path).build();
            boolean valid = yaml.problemCount() == problemsBefore;
            if (valid && webhooks.putIfAbsent(webhook.name(), webhook) != null) {
                yaml.problem(
                        fields.get("name"),
                        path + ".name: \"" + webhook.name() + "\" is there twice; each webhook needs"
                                + " a name of its own");
            }
        } catch (InvalidWebhookException x) {
            yaml.problem(fields.getOrDefault(x.field(), node), path + "." + x.field() + ": " + x.problem());
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
        setBody(builder, fields.get("bodyTemplate"), path + ".bodyTemplate");
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

    private void setBody(Webhook.Builder builder, @CheckForNull Node node, String path) {
        if (isAbsent(node)) {
            return;
        }
        if (node instanceof ScalarNode scalar) {
            builder.body(scalar.getValue());
        } else if (node instanceof MappingNode mapping) {
            Map<String, Node> fields = yaml.fields(mapping, path);
            yaml.checkKnown(fields, List.of("inline", "path"), path);
            builder.body(yaml.text(fields, "inline", path)).bodyPath(yaml.text(fields, "path", path));
        } else {
            yaml.problem(node, path + ": must be {inline: ...} or {path: ...}");
        }
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
            builder.disableCallback(
                    Set.of("true", "yes", "on").contains(scalar.getValue().toLowerCase(Locale.ROOT)));
        } else {
            yaml.problem(node, path + ": must be true or false");
        }
    }
}
