package io.jenkins.plugins.armory.part.file;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Action;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Step;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Target;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRules;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Makes the plan of a file. What {@link Fields} says of it has been checked then; here are the rules for several fields
 * together.
 */
final class PlanReader {

    private final Problems problems = new Problems();
    private final FieldReader fields = new FieldReader(problems);
    private final Map<String, String> added;
    private final Map<String, String> bodies;

    /**
     * @param added the context that the Pipeline adds
     * @param bodies the texts of the files that a {@code bodyTemplate.path} may name, by their paths
     */
    PlanReader(Map<String, String> added, Map<String, String> bodies) {
        this.added = added;
        this.bodies = bodies;
    }

    PlannedDeployment read(String text) throws PlannedDeployment.InvalidException {
        Section file = fields.read(text);
        added.forEach((key, value) -> {
            String problem = WebhookRules.problemOfContext(key, value);
            if (problem != null) {
                problems.add(0, 0, "context of armoryDeployment: " + problem);
            }
        });
        Map<String, Webhook> webhooks = new WebhookReader(problems, bodies).read(file.list("webhooks"));
        List<Target> targets = targets(file, new StepReader(file, webhooks, added), new PlanSize(webhooks));
        Section config = file.section("deploymentConfig");
        TimeSpan timeout = TimeSpan.of(config.section("timeout"), "duration");
        List<String> filters = file.<Section>list("targetFilters").stream()
                .map(filter -> filter.text("includeTarget"))
                .toList();
        problems.throwAny();

        DeploymentPlan whole = new DeploymentPlan(targets, timeout == null ? null : timeout.duration());
        return new PlannedDeployment(
                webhooks, whole, filters.isEmpty() ? whole : whole.only(filters), notes(config, filters));
    }

    private List<String> notes(Section config, List<String> filters) {
        var notes = new ArrayList<String>();
        if (!fields.unused().isEmpty()) {
            notes.add("The plugin does not use " + String.join(", ", fields.unused())
                    + "; that is for the body of the step.");
        }
        if (config.has("ifDeploymentInProgress")) {
            notes.add("deploymentConfig.ifDeploymentInProgress does nothing here; use disableConcurrentBuilds() in the"
                    + " Pipeline.");
        }
        if (!filters.isEmpty()) {
            notes.add("targetFilters: only " + String.join(", ", filters) + " is deployed to.");
        }
        return notes;
    }

    /** Returns the targets in the order of the file, or notes why there is no plan. */
    private List<Target> targets(Section file, StepReader steps, PlanSize size) {
        Map<String, Section> strategies = file.map(Fields.STRATEGIES);
        // Their mistakes are found also if no target has them.
        strategies.values().stream().filter(Objects::nonNull).forEach(each -> steps.strategy("", each, Map.of()));
        Map<String, Section> targets = file.map(Fields.TARGETS);
        boolean lambda = "lambda".equals(file.text("kind"));
        var planned = new ArrayList<Target>();
        var dependencies = new LinkedHashMap<String, List<String>>();
        targets.forEach((name, section) -> {
            if (section == null) {
                return;
            }
            dependencies.put(name, section.section("constraints").list("dependsOn"));
            Stream.of("region", "deployAsIamRole")
                    .filter(field -> !lambda && section.has(field))
                    .forEach(
                            field -> section.problem(field, "goes with kind: lambda alone; set that, or leave it out"));
            Target target = target(name, section, strategies.get(section.text("strategy")), steps);
            if (target != null) {
                planned.add(target);
                size.add(target);
                if (size.problem() != null) {
                    file.problem(Fields.TARGETS, size.problem());
                }
            }
        });
        TargetGraph.check(targets, dependencies);
        return planned;
    }

    /** Returns a target, {@code null} if there has been a problem in the file. */
    @CheckForNull
    private Target target(String name, Section section, @CheckForNull Section strategy, StepReader steps) {
        Map<String, String> variables = variables(section, strategy);
        Section constraints = section.section("constraints");
        List<Step> before = steps.conditions(name + "/before", constraints.list("beforeDeployment"), variables);
        List<Step> after = steps.conditions(name + "/after", constraints.list("afterDeployment"), variables);
        return problems.count() > 0
                ? null
                : new Target(
                        name,
                        section.text("account"),
                        section.text("namespace"),
                        constraints.list("dependsOn"),
                        before,
                        steps.strategy(name + "/strategy", strategy, variables),
                        after);
    }

    private static Map<String, String> variables(Section target, @CheckForNull Section strategy) {
        var variables = new LinkedHashMap<String, String>();
        StepReader.put(variables, Action.ACCOUNT, target.text("account"));
        StepReader.put(variables, Action.NAMESPACE, target.text("namespace"));
        StepReader.put(variables, "ARMORY_REGION", target.text("region"));
        StepReader.put(variables, "ARMORY_DEPLOY_AS_IAM_ROLE", target.text("deployAsIamRole"));
        if (strategy != null) {
            String type = strategy.fields().iterator().next();
            StepReader.put(variables, "ARMORY_STRATEGY", target.text("strategy"));
            StepReader.put(variables, "ARMORY_STRATEGY_TYPE", type);
            StepReader.put(
                    variables, "ARMORY_ACTIVE_SERVICE", strategy.section(type).text("activeService"));
            StepReader.put(
                    variables, "ARMORY_PREVIEW_SERVICE", strategy.section(type).text("previewService"));
        }
        return variables;
    }
}
