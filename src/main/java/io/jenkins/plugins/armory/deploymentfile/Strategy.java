package io.jenkins.plugins.armory.deploymentfile;

import io.jenkins.plugins.armory.deployment.DeploymentPlan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A strategy of a deployment file.
 *
 * @param variables environment variables of every action of a target with the strategy
 * @param groups the groups of steps, one after the other; the steps of a group are side by side
 */
record Strategy(Map<String, String> variables, List<List<Condition>> groups) {

    int size() {
        return groups.stream().mapToInt(List::size).sum();
    }

    /** Returns the steps of a target, with ids such as {@code prod/strategy/3} and {@code prod/strategy/2/1}. */
    List<List<Step>> of(String target, TargetActions actions) {
        var all = new ArrayList<List<Step>>();
        for (List<Condition> group : groups) {
            String id = target + "/strategy/" + (all.size() + 1);
            all.add(group.size() == 1 ? List.of(group.get(0).of(id, actions)) : numbered(id, group, actions));
        }
        return all;
    }

    /** Returns the steps of conditions that are side by side. Their ids end in the place of the condition in its list. */
    static List<Step> numbered(String prefix, List<Condition> conditions, TargetActions actions) {
        var steps = new ArrayList<Step>();
        for (Condition condition : conditions) {
            steps.add(condition.of(prefix + "/" + (steps.size() + 1), actions));
        }
        return steps;
    }
}
