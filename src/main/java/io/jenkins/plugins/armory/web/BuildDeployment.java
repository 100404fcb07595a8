package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import hudson.model.Run;
import io.jenkins.plugins.armory.ArmoryApprovals;
import io.jenkins.plugins.armory.ArmoryDeployments;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.deployment.Deployment;
import io.jenkins.plugins.armory.deployment.Environment;
import java.io.IOException;

/** The environments and approvals of one build as data. */
final class BuildDeployment {

    private BuildDeployment() {}

    static JsonResponse response(Run<?, ?> run) throws IOException {
        Deployment deployment = ArmoryDeployments.get().of(run).deployment();
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode environments = body.putArray("environments");
        deployment.environments().values().forEach(environment -> environments.add(json(environment)));
        ArrayNode stages = body.putArray("cancelledStages");
        deployment.cancelledStages().forEach(stages::add);
        body.put("cancelsStages", deployment.cancelsStages());
        ArrayNode array = body.putArray("approvals");
        for (Approval approval : ArmoryApprovals.get().approvalsOf(run)) {
            array.add(ApprovalList.json(approval, run.getParent().getUrl(), ArmoryApprovals.get().approvals()));
        }
        return JsonResponse.ok(body);
    }

    private static ObjectNode json(Environment environment) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", environment.name());
        ArrayNode dependsOn = json.putArray("dependsOn");
        environment.dependsOn().forEach(dependsOn::add);
        json.put("state", environment.state().name())
                .put("since", environment.since().toString())
                .put("reason", environment.reason())
                .put("afterDeploymentFailure", environment.afterDeploymentFailure())
                .put("cancelledBy", environment.cancelledBy());
        Environment.Rollback rollback = environment.rollback();
        if (rollback != null) {
            json.putObject("rollback").put("over", rollback.over()).put("failure", rollback.failure());
        }
        return json;
    }
}
