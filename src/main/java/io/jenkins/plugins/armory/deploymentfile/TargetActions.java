package io.jenkins.plugins.armory.deploymentfile;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Action;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The actions of one target, with the environment variables that their body gets.
 *
 * @param variables the variables of every action of the target
 */
record TargetActions(Map<String, String> variables) {

    static final String REGION = "ARMORY_REGION";
    static final String DEPLOY_AS_IAM_ROLE = "ARMORY_DEPLOY_AS_IAM_ROLE";
    static final String STRATEGY = "ARMORY_STRATEGY";
    static final String STRATEGY_TYPE = "ARMORY_STRATEGY_TYPE";
    static final String ACTIVE_SERVICE = "ARMORY_ACTIVE_SERVICE";
    static final String PREVIEW_SERVICE = "ARMORY_PREVIEW_SERVICE";
    static final String WEIGHT = "ARMORY_WEIGHT";
    static final String SERVICES = "ARMORY_SERVICES";
    static final String TTL_SECONDS = "ARMORY_TTL_SECONDS";

    /** Adds a variable, unless it has no value. */
    static void put(Map<String, String> variables, String name, @CheckForNull Object value) {
        if (value != null) {
            variables.put(name, value.toString());
        }
    }

    Action deploy(String id) {
        return action(id, Action.DEPLOY, Action.DEPLOY, Map.of());
    }

    Action setWeight(String id, long percent) {
        return action(id, "set weight " + percent, "setWeight", Map.of(WEIGHT, Long.toString(percent)));
    }

    Action redirectTraffic(String id) {
        return action(id, "redirect traffic", "redirectTraffic", Map.of());
    }

    Action shutDownOldVersion(String id) {
        return action(id, "shut down old version", "shutDownOldVersion", Map.of());
    }

    /** @param more the variables of this action alone */
    Action action(String id, String label, String name, Map<String, String> more) {
        var all = new LinkedHashMap<String, String>();
        all.put(Action.VARIABLE, name);
        all.putAll(variables);
        all.putAll(more);
        return new Action(id, label, name, all);
    }
}
