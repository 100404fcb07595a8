package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * What an Armory deployment file says about webhooks: its {@code webhooks}, its {@code context}, and the {@code account} and
 * {@code namespace} of its {@code targets}. Everything else in it is none of this plugin's business, and not looked at.
 *
 * <p>A {@code webhooks} section is held to Armory's schema, which knows no further fields. One thing is taken beside it: a
 * {@code bodyTemplate} that is a string, as Armory's own command line tool generates it.
 */
public final class DeploymentFile {

    /** The longest file that is read, in characters. */
    public static final int MAX_LENGTH = 1024 * 1024;

    private static final int MAX_DEPTH = 50;
    private static final List<String> FIELDS = List.of(
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

    /** A file that cannot be used. The message has a line for each thing to mend, with the place in the file. */
    public static final class InvalidException extends Exception {
        private static final long serialVersionUID = 1L;

        InvalidException(List<String> problems) {
            super(String.join("\n", problems));
        }
    }

    /** What a target in the file says about where it deploys to. */
    public record Target(
            @CheckForNull String account, @CheckForNull String namespace) {}

    private final Map<String, Webhook> webhooks;
    private final Map<String, String> context;
    private final Map<String, Target> targets;

    private DeploymentFile(Map<String, Webhook> webhooks, Map<String, String> context, Map<String, Target> targets) {
        this.webhooks = Collections.unmodifiableMap(webhooks);
        this.context = Collections.unmodifiableMap(context);
        this.targets = Collections.unmodifiableMap(targets);
    }

    /**
     * Reads a file.
     *
     * @param name what to call the file in messages
     * @param text its content
     * @throws InvalidException when it is not YAML, or its {@code webhooks} are not as they must be
     */
    public static DeploymentFile parse(String name, String text) throws InvalidException {
        return new Reader(name).read(text);
    }

    /** The webhooks by their names, in the order of the file. */
    public Map<String, Webhook> webhooks() {
        return webhooks;
    }

    /** Values for {@code {{context.*}}} of the whole deployment. */
    public Map<String, String> context() {
        return context;
    }

    /** The target of that name, which is what Armory calls an environment. */
    public Optional<Target> target(@CheckForNull String environment) {
        return Optional.ofNullable(environment).map(targets::get);
    }

    /** Collects the problems of one file, so that all can be mended at once. */
    private static final class Reader {

        private final String name;
        private final List<String> problems = new ArrayList<>();

        Reader(String name) {
            this.name = name;
        }

        DeploymentFile read(String text) throws InvalidException {
            Map<String, Webhook> webhooks = new LinkedHashMap<>();
            Map<String, String> context = new LinkedHashMap<>();
            Map<String, Target> targets = new LinkedHashMap<>();
            Node root = compose(text);
            if (root instanceof MappingNode file) {
                Map<String, Node> fields = fields(file, name);
                webhooks(fields.get("webhooks"), webhooks);
                texts(fields.get("context"), "context", context);
                targets(fields.get("targets"), targets);
            } else if (root != null) {
                problem(root, "must be a mapping with a section \"webhooks\"");
            }
            if (!problems.isEmpty()) {
                throw new InvalidException(problems);
            }
            return new DeploymentFile(webhooks, context, targets);
        }

        @CheckForNull
        private Node compose(String text) throws InvalidException {
            LoaderOptions options = new LoaderOptions();
            options.setCodePointLimit(MAX_LENGTH);
            options.setNestingDepthLimit(MAX_DEPTH);
            try {
                // Nodes and not objects, since a node knows its line; nothing in the file can name a class.
                return new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
            } catch (MarkedYAMLException x) {
                String place = x.getProblemMark() == null
                        ? ""
                        : " line " + (x.getProblemMark().getLine() + 1) + ", column "
                                + (x.getProblemMark().getColumn() + 1);
                throw new InvalidException(List.of(name + place + ": is not YAML: " + x.getProblem()));
            } catch (YAMLException | IllegalArgumentException x) { // the latter of tags that cannot be decoded
                throw new InvalidException(List.of(name + ": is not YAML: " + x.getMessage()));
            }
        }

        private void webhooks(@CheckForNull Node node, Map<String, Webhook> webhooks) {
            if (isAbsent(node)) {
                return;
            }
            if (!(node instanceof SequenceNode list)) {
                problem(node, "webhooks: must be a list");
                return;
            }
            int index = 0;
            for (Node each : list.getValue()) {
                String path = "webhooks[" + index++ + "]";
                if (each instanceof MappingNode mapping) {
                    webhook(mapping, path, webhooks);
                } else {
                    problem(each, path + ": must be a mapping with name, uriTemplate and so on");
                }
            }
        }

        private void webhook(MappingNode node, String path, Map<String, Webhook> webhooks) {
            int before = problems.size();
            Map<String, Node> fields = fields(node, path);
            fields.forEach((field, value) -> {
                if (!FIELDS.contains(field)) {
                    problem(value, path + ": unknown field \"" + field + "\"; known are " + String.join(", ", FIELDS));
                }
            });
            String webhookName = text(fields, "name", path);
            Webhook.Builder builder = Webhook.named(webhookName);
            try {
                builder.uriTemplate(text(fields, "uriTemplate", path))
                        .networkMode(text(fields, "networkMode", path))
                        .agentIdentifier(text(fields, "agentIdentifier", path))
                        .headers(headers(fields.get("headers"), path));
                String method = text(fields, "method", path);
                if (method != null) {
                    builder.method(method);
                }
                bodyTemplate(fields.get("bodyTemplate"), path, builder);
                retryCount(fields, path, builder);
                disableCallback(fields, path, builder);
                Map<String, String> context = new LinkedHashMap<>();
                texts(fields.get("context"), path + ".context", context);
                Webhook webhook = builder.context(context).build();
                if (problems.size() == before && webhooks.putIfAbsent(webhook.name(), webhook) != null) {
                    problem(
                            fields.get("name"),
                            path + ".name: \"" + webhook.name() + "\" is there twice; each webhook needs"
                                    + " a name of its own");
                }
            } catch (InvalidWebhookException x) {
                problem(fields.getOrDefault(x.field(), node), path + "." + x.field() + ": " + x.problem());
            }
        }

        private List<Webhook.Header> headers(@CheckForNull Node node, String path) {
            List<Webhook.Header> headers = new ArrayList<>();
            if (isAbsent(node)) {
                return headers;
            }
            if (!(node instanceof SequenceNode list)) {
                problem(node, path + ".headers: must be a list of {key: ..., value: ...}");
                return headers;
            }
            for (Node each : list.getValue()) {
                String header = path + ".headers[" + headers.size() + "]";
                if (!(each instanceof MappingNode mapping)) {
                    problem(each, header + ": must be {key: ..., value: ...}");
                    return headers;
                }
                Map<String, Node> fields = fields(mapping, header);
                only(fields, List.of("key", "value"), header);
                try {
                    headers.add(new Webhook.Header(text(fields, "key", header), text(fields, "value", header)));
                } catch (InvalidWebhookException x) {
                    problem(each, header + ": " + x.problem());
                    return headers;
                }
            }
            return headers;
        }

        private void bodyTemplate(@CheckForNull Node node, String path, Webhook.Builder builder) {
            if (isAbsent(node)) {
                return;
            }
            if (node instanceof ScalarNode scalar) {
                builder.body(scalar.getValue());
            } else if (node instanceof MappingNode mapping) {
                String body = path + ".bodyTemplate";
                Map<String, Node> fields = fields(mapping, body);
                only(fields, List.of("inline", "path"), body);
                builder.body(text(fields, "inline", body)).bodyPath(text(fields, "path", body));
            } else {
                problem(node, path + ".bodyTemplate: must be {inline: ...} or {path: ...}");
            }
        }

        private void retryCount(Map<String, Node> fields, String path, Webhook.Builder builder) {
            String text = text(fields, "retryCount", path);
            if (text != null) {
                try {
                    builder.retryCount(Integer.parseInt(text));
                } catch (NumberFormatException x) {
                    problem(fields.get("retryCount"), path + ".retryCount: \"" + text + "\" is not a number");
                }
            }
        }

        private void disableCallback(Map<String, Node> fields, String path, Webhook.Builder builder) {
            Node node = fields.get("disableCallback");
            if (isAbsent(node)) {
                return;
            }
            if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
                builder.disableCallback(
                        Set.of("true", "yes", "on").contains(scalar.getValue().toLowerCase(Locale.ROOT)));
            } else {
                problem(node, path + ".disableCallback: must be true or false");
            }
        }

        private void targets(@CheckForNull Node node, Map<String, Target> targets) {
            if (node instanceof MappingNode all) {
                fields(all, "targets").forEach((target, value) -> {
                    if (value instanceof MappingNode mapping) {
                        String path = "targets." + target;
                        Map<String, Node> fields = fields(mapping, path);
                        targets.put(target, new Target(text(fields, "account", path), text(fields, "namespace", path)));
                    }
                });
            }
        }

        private void texts(@CheckForNull Node node, String path, Map<String, String> texts) {
            if (isAbsent(node)) {
                return;
            }
            if (!(node instanceof MappingNode mapping)) {
                problem(node, path + ": must be a mapping of keys to values");
                return;
            }
            Map<String, Node> fields = fields(mapping, path);
            fields.forEach((key, value) -> {
                String text = text(fields, key, path);
                texts.put(key, text == null ? "" : text);
            });
        }

        private void only(Map<String, Node> fields, List<String> known, String path) {
            fields.forEach((field, value) -> {
                if (!known.contains(field)) {
                    problem(
                            value,
                            path + ": unknown field \"" + field + "\"; known are "
                                    + known.stream().collect(Collectors.joining(", ")));
                }
            });
        }

        private Map<String, Node> fields(MappingNode node, String path) {
            Map<String, Node> fields = new LinkedHashMap<>();
            Set<String> seen = new HashSet<>();
            for (NodeTuple tuple : node.getValue()) {
                if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                    problem(tuple.getKeyNode(), path + ": a key must be a word");
                } else if (!seen.add(key.getValue())) {
                    problem(key, path + ": \"" + key.getValue() + "\" is there twice");
                } else {
                    fields.put(key.getValue(), tuple.getValueNode());
                }
            }
            return fields;
        }

        @CheckForNull
        private String text(Map<String, Node> fields, String field, String path) {
            Node node = fields.get(field);
            if (isAbsent(node)) {
                return null;
            }
            if (node instanceof ScalarNode scalar) {
                return scalar.getValue();
            }
            problem(node, path + "." + field + ": must be a single value");
            return null;
        }

        private static boolean isAbsent(@CheckForNull Node node) {
            return node == null || node.getTag().equals(Tag.NULL);
        }

        private void problem(Node node, String problem) {
            problems.add(name + " line " + (node.getStartMark().getLine() + 1) + ", column "
                    + (node.getStartMark().getColumn() + 1) + ": " + problem);
        }
    }
}
