package io.jenkins.plugins.armory.deploymentfile;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.deployment.DeploymentPlan;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Target;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** Reads a whole deployment file: checks all of it and makes the plan. */
final class PlanReader {

    private static final List<String> SECTIONS = List.of(
            "version",
            "kind",
            "targets",
            "strategies",
            "webhooks",
            "context",
            "contextOverrides",
            "deploymentConfig",
            "targetFilters");

    private final YamlReader yaml = new YamlReader();
    private final Map<String, String> added;
    private final Map<String, String> bodies;
    private final List<String> idle = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /**
     * @param added the context that the Pipeline adds
     * @param bodies the texts of the files that a {@code bodyTemplate.path} may name, by their paths
     */
    PlanReader(Map<String, String> added, Map<String, String> bodies) {
        this.added = added;
        this.bodies = bodies;
    }

    PlannedDeployment read(String text) throws PlannedDeployment.InvalidException {
        Node root = yaml.compose(text);
        if (root instanceof MappingNode mapping) {
            return read(Section.root(yaml, mapping));
        }
        yaml.problemAtStart("must be a mapping with sections such as \"targets\" and \"strategies\"");
        yaml.throwProblems();
        throw new IllegalStateException("a file without a mapping");
    }

    private PlannedDeployment read(Section file) throws PlannedDeployment.InvalidException {
        List<String> known = new ArrayList<>(SECTIONS);
        known.addAll(IdleSections.names());
        file.checkKnown(known);
        boolean lambda = TargetReader.LAMBDA.equals(kind(file));
        Map<String, String> context = context(file);
        Map<String, String> withAdded = new LinkedHashMap<>(context);
        withAdded.putAll(added);
        var webhooksReader = new WebhooksReader(bodies);
        Map<String, Webhook> webhooks = webhooksReader.read(file);
        var conditions = new ConditionReader(webhooksReader, context, added, new AnalysisReader(file, withAdded));
        Map<String, Strategy> strategies = new StrategyReader(conditions).read(file);
        Section all = targetsOf(file);
        List<Target> targets =
                all == null ? List.of() : new TargetReader(conditions, strategies, webhooks, lambda).read(all);
        Set<String> names = all == null ? Set.of() : all.fields();
        idle.addAll(IdleSections.check(file, names));
        Duration timeout = timeout(file);
        List<String> filters = filters(file, names);
        yaml.throwProblems();

        DeploymentPlan whole = new DeploymentPlan(targets, timeout);
        return new PlannedDeployment(webhooks, whole, filters.isEmpty() ? whole : whole.only(filters), notes());
    }

    @CheckForNull
    private static String kind(Section file) {
        String version = file.name("version");
        if (version != null && !version.equals("v1")) {
            file.problem("version", "\"" + version + "\" is not known; write v1");
        }
        String kind = file.name("kind");
        if (kind != null
                && !List.of(TargetReader.KUBERNETES, TargetReader.LAMBDA).contains(kind)) {
            file.problem(
                    "kind",
                    "\"" + kind + "\" is not known; write " + TargetReader.KUBERNETES + " or " + TargetReader.LAMBDA);
        }
        return kind;
    }

    private Map<String, String> context(Section file) {
        var context = new LinkedHashMap<String, String>();
        context.putAll(ContextReader.read(file, "context"));
        context.putAll(ContextReader.read(file, "contextOverrides"));
        ContextReader.checkEntries(added, problem -> yaml.problemAtStart("context of armoryDeployment: " + problem));
        return context;
    }

    @CheckForNull
    private static Section targetsOf(Section file) {
        String shape = "a mapping of names to targets";
        Section targets = file.has("targets") ? file.section("targets", shape) : null;
        if (!file.has("targets") || targets != null && targets.fields().isEmpty()) {
            file.problem(
                    "targets", "is missing; write what to deploy to, such as {staging: {account: ..., strategy: ...}}");
        }
        return targets;
    }

    @CheckForNull
    private Duration timeout(Section file) {
        Section config = file.section("deploymentConfig", "{timeout: " + TimeSpan.SHAPE + "}");
        if (config == null) {
            return null;
        }
        config.checkKnown(List.of("timeout", "keepDeploymentObject", "ifDeploymentInProgress"));
        if (config.flag("keepDeploymentObject") != null) {
            idle.add("deploymentConfig.keepDeploymentObject");
        }
        Section inProgress = config.section("ifDeploymentInProgress", "{strategy: reject}");
        if (inProgress != null) {
            inProgress.checkKnown(List.of("strategy"));
            inProgress.choice("strategy", List.of("reject", "enqueueOne"));
            notes.add("deploymentConfig.ifDeploymentInProgress does nothing here; use disableConcurrentBuilds() in the"
                    + " Pipeline.");
        }
        config.checkFilled("timeout");
        TimeSpan timeout = TimeSpan.in(config, "timeout");
        return timeout == null ? null : timeout.duration();
    }

    /** Returns the names of the only targets to deploy to, empty for all. */
    private List<String> filters(Section file, Set<String> targets) {
        int problems = yaml.problemCount();
        file.checkFilled("targetFilters");
        var names = new ArrayList<String>();
        String shape = "{includeTarget: ...}";
        for (Section filter : file.sections("targetFilters", "a list of " + shape, shape)) {
            filter.checkKnown(List.of("includeTarget"));
            String name = filter.requiredName("includeTarget", "name a target");
            if (name != null && filter.isKnown("includeTarget", name, targets, "there is no target")) {
                names.add(name);
            }
        }
        if (names.isEmpty() && file.has("targetFilters") && yaml.problemCount() == problems) {
            file.problem("targetFilters", "names no target; name one, or leave it out to deploy to all");
        }
        if (!names.isEmpty()) {
            notes.add("targetFilters: only " + String.join(", ", names) + " is deployed to.");
        }
        return names;
    }

    private List<String> notes() {
        if (!idle.isEmpty()) {
            notes.add(0, "The plugin does not use " + String.join(", ", idle) + "; that is for the body of the step.");
        }
        return notes;
    }
}
