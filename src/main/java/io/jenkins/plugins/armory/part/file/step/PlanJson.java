package io.jenkins.plugins.armory.part.file.step;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.part.file.DeploymentPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The plan of a deployment file as pages show it. What has become of its steps is with the environments. */
final class PlanJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private PlanJson() {}

    /** Returns the targets by their names. */
    static Map<String, ObjectNode> of(DeploymentPlan plan) {
        var targets = new LinkedHashMap<String, ObjectNode>();
        plan.targets().forEach(target -> targets.put(target.name(), of(target)));
        return targets;
    }

    private static ObjectNode of(DeploymentPlan.Target target) {
        ObjectNode json = JSON.objectNode().put("name", target.name());
        json.set("before", toJson(target.before()));
        ArrayNode strategy = json.putArray("strategy");
        target.strategy().forEach(group -> strategy.add(toJson(group)));
        json.set("after", toJson(target.after()));
        json.set("rollback", toJson(target.rollback()));
        return json;
    }

    private static ArrayNode toJson(List<DeploymentPlan.Step> steps) {
        ArrayNode json = JSON.arrayNode();
        steps.forEach(step -> json.add(toJson(step)));
        return json;
    }

    private static ObjectNode toJson(DeploymentPlan.Step step) {
        ObjectNode json = JSON.objectNode().put("id", step.id()).put("label", step.label());
        if (step instanceof DeploymentPlan.Action action) {
            json.put("action", action.action());
        } else if (step instanceof DeploymentPlan.Pause pause) {
            json.put("pauseSeconds", pause.duration().toSeconds());
        }
        return json;
    }
}
