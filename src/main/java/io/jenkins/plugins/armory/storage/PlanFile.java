package io.jenkins.plugins.armory.storage;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.environment.DeploymentPlan;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.disk.DurableFile;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The plans of a build's deployments as pages show them, in a file of the build's folder. The file is written once for each
 * deployment. What has become of the steps is with the environments, see {@link DeploymentStore}.
 */
@Restricted(NoExternalUse.class)
public final class PlanFile {

    private static final String FILE = "armory-plan.json";
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private record Content(@JsonProperty("targets") ArrayNode targets) {

        private Content {
            Objects.requireNonNull(targets, "targets");
        }
    }

    private PlanFile() {}

    /**
     * Adds a plan. A build that continues after a restart may add the same plan again. One plan of a folder may be added at a time.
     *
     * @throws IOException if it may not be on disk
     */
    public static void add(Path folder, DeploymentPlan plan) throws IOException {
        Map<String, JsonNode> targets = new LinkedHashMap<>();
        read(folder).forEach(target -> targets.put(target.path("name").asText(), target));
        for (DeploymentPlan.Target target : plan.targets()) {
            targets.remove(target.name()); // what is added comes last
            targets.put(target.name(), toJson(target));
        }
        ArrayNode all = JSON.arrayNode().addAll(targets.values());
        DurableFile.write(folder.resolve(FILE), StoredJson.file(new Content(all)));
    }

    /**
     * Returns the targets of all plans of a build; none for a build without one.
     *
     * @throws IOException if the file cannot be read
     */
    public static ArrayNode read(Path folder) throws IOException {
        return StoredJson.find(Disk.LOCAL, folder.resolve(FILE), Content.class)
                .map(Content::targets)
                .orElseGet(JSON::arrayNode);
    }

    private static ObjectNode toJson(DeploymentPlan.Target target) {
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
