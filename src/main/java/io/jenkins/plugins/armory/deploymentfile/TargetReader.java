package io.jenkins.plugins.armory.deploymentfile;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Action;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Target;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the section {@code targets} of a whole file, and plans each of them. */
final class TargetReader {

    static final String KUBERNETES = "kubernetes";
    static final String LAMBDA = "lambda";

    /** The most steps of a plan: a file of a few lines can have very many targets times conditions. */
    static final int MAX_STEPS = 10_000;

    /** The most characters in all steps of a plan, see {@link PlanSize}: each is kept in memory, and each call is written with its approval. */
    static final long MAX_LENGTH = 20_000_000;

    private static final List<String> CONSTRAINTS = List.of("dependsOn", "beforeDeployment", "afterDeployment");

    private final ConditionReader conditions;
    private final Map<String, Strategy> strategies;
    private final boolean lambda;
    private final PlanSize size;
    private final List<Target> planned = new ArrayList<>();
    /** The dependencies of all targets, also of those with a mistake. */
    private final Map<String, List<String>> dependencies = new LinkedHashMap<>();

    private int steps;

    /**
     * @param strategies the strategies by their names, {@code null} for one with a mistake
     * @param webhooks the webhooks by their names
     */
    TargetReader(
            ConditionReader conditions,
            Map<String, Strategy> strategies,
            Map<String, Webhook> webhooks,
            boolean lambda) {
        this.conditions = conditions;
        size = new PlanSize(webhooks);
        this.strategies = strategies;
        this.lambda = lambda;
    }

    /** Returns the targets in the order of the file, without those that have a mistake. */
    List<Target> read(Section all) {
        for (String name : all.goodNames()) {
            Section section = all.required(name, "{account: ..., strategy: ...}");
            if (section != null) {
                read(name, section, all.fields());
            }
            if (steps > MAX_STEPS) {
                all.problem("makes a plan of more than " + MAX_STEPS + " steps; deploy to fewer targets with one file");
                break;
            }
            if (size.length() > MAX_LENGTH) {
                all.problem("makes a plan of more than " + MAX_LENGTH
                        + " characters, with what its webhooks send; deploy to fewer targets with one file");
                break;
            }
        }
        TargetGraph.check(all, dependencies);
        return planned;
    }

    private void read(String name, Section section, Set<String> names) {
        List<String> known = new ArrayList<>(List.of("account", "namespace", "strategy", "constraints"));
        if (lambda) {
            known.addAll(List.of("region", "deployAsIamRole"));
        }
        section.checkKnown(known);
        Strategy strategy = strategy(section);
        String account = section.requiredName("account", "name the account that is deployed to");
        String namespace = section.name("namespace");
        TargetActions actions = new TargetActions(variables(section, account, namespace, strategy));
        section.checkFilled("constraints", "namespace", "region", "deployAsIamRole");
        Section constraints = section.section("constraints", "{beforeDeployment: [...], afterDeployment: [...]}");
        List<String> dependsOn = List.of();
        List<Condition> before = List.of();
        List<Condition> after = List.of();
        if (constraints != null) {
            constraints.checkKnown(CONSTRAINTS);
            constraints.checkFilled("beforeDeployment", "afterDeployment");
            dependsOn = dependsOn(name, constraints, names);
            before = conditions.read(constraints, "beforeDeployment", ConditionReader.OF_TARGETS);
            after = conditions.read(constraints, "afterDeployment", ConditionReader.OF_TARGETS);
        }
        dependencies.put(name, dependsOn);
        steps += before.size() + after.size() + (strategy == null ? 1 : strategy.size());
        boolean complete = account != null && strategy != null && steps <= MAX_STEPS;
        if (complete && section.yaml().problemCount() == 0) {
            Target target = new Target(
                    name,
                    account,
                    namespace,
                    dependsOn,
                    Strategy.numbered(name + "/before", before, actions),
                    strategy.of(name, actions),
                    Strategy.numbered(name + "/after", after, actions));
            planned.add(target);
            size.add(target);
        }
    }

    @CheckForNull
    private Strategy strategy(Section section) {
        String name = section.requiredName(
                "strategy",
                strategies.isEmpty()
                        ? "define one in the section strategies and name it here"
                        : "name one of the section strategies: " + YamlReader.listed(strategies.keySet()));
        return name != null && section.isKnown("strategy", name, strategies.keySet(), "the section strategies has no")
                ? strategies.get(name)
                : null;
    }

    private Map<String, String> variables(
            Section section,
            @CheckForNull String account,
            @CheckForNull String namespace,
            @CheckForNull Strategy strategy) {
        var variables = new LinkedHashMap<String, String>();
        TargetActions.put(variables, Action.ACCOUNT, account);
        TargetActions.put(variables, Action.NAMESPACE, namespace);
        if (lambda) {
            TargetActions.put(variables, TargetActions.REGION, section.name("region"));
            TargetActions.put(variables, TargetActions.DEPLOY_AS_IAM_ROLE, section.name("deployAsIamRole"));
        }
        if (strategy != null) {
            variables.putAll(strategy.variables());
        }
        return variables;
    }

    /** Returns the dependencies that are targets of the file. */
    private static List<String> dependsOn(String name, Section constraints, Set<String> names) {
        var dependsOn = new ArrayList<String>();
        for (String each : constraints.names("dependsOn")) {
            if (each.equals(name)) {
                constraints.problem("dependsOn", "\"" + name + "\" cannot depend on itself; leave it out");
            } else if (constraints.isKnown("dependsOn", each, names, "there is no target")) {
                dependsOn.add(each);
            }
        }
        return dependsOn;
    }
}
