package io.jenkins.plugins.armory.file;

import static io.jenkins.plugins.armory.file.YamlReader.isAbsent;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** Reads a {@link DeploymentFile} from its text: the webhooks and what goes with them, without a look at the rest. */
final class DeploymentFileReader {

    private static final int MAX_NAMED = 5;

    /** The sections that make a difference to a deployment and that a single webhook approval does not use. */
    private static final List<String> UNUSED_SECTIONS = List.of(
            "strategies",
            "analysis",
            "manifests",
            "files",
            "trafficManagement",
            "artifacts",
            "providerOptions",
            "deploymentConfig",
            "targetFilters");

    private final String name;
    private final YamlReader yaml;
    /** Names of the targets that have constraints. */
    private final List<String> constrained = new ArrayList<>();

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
        Map<String, Webhook> webhooks = new WebhooksReader(yaml).read(sections.get("webhooks"));
        Map<String, String> context = ContextReader.ofFile(yaml, sections);
        Map<String, DeploymentFile.Target> targets = targets(sections.get("targets"));
        yaml.throwProblems();
        return new DeploymentFile(webhooks, context, targets, unused(sections));
    }

    private Map<String, DeploymentFile.Target> targets(@CheckForNull Node node) {
        var targets = new LinkedHashMap<String, DeploymentFile.Target>();
        if (node instanceof MappingNode all) {
            yaml.fields(all, "targets").forEach((target, value) -> {
                if (value instanceof MappingNode mapping) {
                    targets.put(target, target(target, mapping));
                }
            });
        }
        return targets;
    }

    private DeploymentFile.Target target(String target, MappingNode node) {
        String path = "targets." + target;
        Map<String, Node> fields = yaml.fields(node, path);
        if (!isAbsent(fields.get("constraints"))) {
            constrained.add(Problems.printable(target));
        }
        return new DeploymentFile.Target(name(fields, "account", path), name(fields, "namespace", path));
    }

    @CheckForNull
    private String name(Map<String, Node> fields, String field, String path) {
        String name = yaml.text(fields, field, path);
        String problem = Bound.NAME.problemOf(name);
        if (problem != null) {
            yaml.problem(fields.get(field), path + "." + field + ": " + problem);
        }
        return name;
    }

    private List<String> unused(Map<String, Node> sections) {
        var unused = new ArrayList<String>();
        if (!constrained.isEmpty()) {
            int more = constrained.size() - MAX_NAMED;
            String names = String.join(", ", constrained.subList(0, Math.min(MAX_NAMED, constrained.size())));
            unused.add("constraints of " + names + (more > 0 ? " and " + more + " more" : ""));
        }
        for (String section : UNUSED_SECTIONS) {
            if (!isAbsent(sections.get(section))) {
                unused.add(section);
            }
        }
        return unused;
    }
}
