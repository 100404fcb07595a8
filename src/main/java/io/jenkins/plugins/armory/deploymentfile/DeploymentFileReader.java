package io.jenkins.plugins.armory.deploymentfile;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private final YamlReader yaml;
    private final Map<String, DeploymentFile.Target> targets = new LinkedHashMap<>();
    /** Names of the targets that have constraints. */
    private final List<String> constrained = new ArrayList<>();

    /** @param name the name of the file in messages */
    DeploymentFileReader(String name) {
        yaml = new YamlReader(name);
    }

    DeploymentFile read(String text) throws DeploymentFile.InvalidException {
        Node root = yaml.compose(text);
        Section file = root == null ? null : Section.of(yaml, root, "", "a mapping with a section \"webhooks\"");
        DeploymentFile result = file == null ? new DeploymentFile(Map.of(), Map.of(), Map.of(), List.of()) : read(file);
        yaml.throwProblems();
        return result;
    }

    private DeploymentFile read(Section file) {
        Map<String, Webhook> webhooks = new WebhooksReader().read(file);
        Map<String, String> context = file.texts("context");
        context.putAll(file.texts("contextOverrides"));
        file.ifMapping("targets", all -> all.fields().forEach(name -> all.ifMapping(name, each -> add(name, each))));
        return new DeploymentFile(webhooks, context, targets, unused(file));
    }

    private void add(String name, Section target) {
        if (target.has("constraints")) {
            constrained.add(Problems.printable(name));
        }
        targets.put(name, new DeploymentFile.Target(name(target, "account"), name(target, "namespace")));
    }

    @CheckForNull
    private static String name(Section target, String field) {
        String name = target.text(field);
        String problem = Bound.NAME.problemOf(name);
        if (problem != null) {
            target.problem(field, problem);
        }
        return name;
    }

    private List<String> unused(Section file) {
        var unused = new ArrayList<String>();
        if (!constrained.isEmpty()) {
            int more = constrained.size() - MAX_NAMED;
            String names = String.join(", ", constrained.subList(0, Math.min(MAX_NAMED, constrained.size())));
            unused.add("constraints of " + names + (more > 0 ? " and " + more + " more" : ""));
        }
        UNUSED_SECTIONS.stream().filter(file::has).forEach(unused::add);
        return unused;
    }
}
