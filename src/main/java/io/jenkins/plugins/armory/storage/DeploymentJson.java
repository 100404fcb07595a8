package io.jenkins.plugins.armory.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.deployment.Deployment;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.deployment.Environment;
import io.jenkins.plugins.armory.deployment.Environment.Declaration;
import io.jenkins.plugins.armory.deployment.Environment.PlannedStep;
import io.jenkins.plugins.armory.deployment.Environment.Progress;
import io.jenkins.plugins.armory.deployment.Environment.Rollback;
import io.jenkins.plugins.armory.deployment.Environment.Setback;
import io.jenkins.plugins.armory.deployment.Environment.State;
import io.jenkins.plugins.armory.deployment.Failure;
import io.jenkins.plugins.armory.deployment.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The JSON of a build's environments, in a file. */
final class DeploymentJson {

    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private DeploymentJson() {}

    /**
     * Writes the file.
     *
     * @throws IOException if it may not be on disk
     */
    static void write(Path file, Deployment deployment) throws IOException {
        DurableFile.write(file, JSON.writeValueAsBytes(toJson(deployment)));
    }

    /**
     * Reads the file.
     *
     * @throws IOException if it cannot be read or has another format
     */
    static Deployment read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            return fromJson(JSON.readTree(bytes));
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException x) {
            throw new IOException(file + " does not hold the environments of a build: " + x.getMessage(), x);
        }
    }

    private static ObjectNode toJson(Deployment deployment) {
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("ended", deployment.ended())
                .put("cancelsStages", deployment.cancelsStages());
        addAll(json.putArray("cancelledStages"), deployment.cancelledStages());
        addAll(json.putArray("leftOut"), deployment.leftOut());
        ArrayNode failures = json.putArray("failures");
        deployment.failures().forEach(failure -> failures.add(toJson(failure)));
        ArrayNode environments = json.putArray("environments");
        deployment.environments().values().forEach(environment -> environments.add(toJson(environment)));
        if (!deployment.named().isEmpty()) {
            ArrayNode named = json.putArray("named");
            deployment.named().values().forEach(environment -> named.add(toJson(environment)));
        }
        return json;
    }

    private static ObjectNode toJson(Environment environment) {
        ObjectNode json = JSON.createObjectNode()
                .put("name", environment.name())
                .put("state", environment.state().name())
                .put("since", environment.since().toString())
                .put("step", environment.step())
                .put("stage", environment.stage())
                .put("within", environment.within())
                .put("bodyEnded", environment.bodyEnded())
                .put("deployed", environment.deployed())
                .put("needsRollback", environment.needsRollback())
                .put("reason", environment.reason())
                .put("afterDeploymentFailure", environment.afterDeploymentFailure())
                .put("cancelledBy", environment.cancelledBy());
        addAll(json.putArray("dependsOn"), environment.dependsOn());
        addAll(json.putArray("approvals"), environment.approvals());
        if (!environment.steps().isEmpty()) {
            ObjectNode steps = json.putObject("steps");
            environment.steps().forEach((id, step) -> steps.set(id, toJson(step)));
        }
        Rollback rollback = environment.rollback();
        if (rollback != null) {
            json.putObject("rollback")
                    .put("step", rollback.step())
                    .put("over", rollback.over())
                    .put("failure", rollback.failure());
        }
        return json;
    }

    private static ObjectNode toJson(PlannedStep step) {
        Instant ended = step.ended();
        ObjectNode json = JSON.createObjectNode()
                .put("began", step.began().toString())
                .put("ended", ended == null ? null : ended.toString())
                .put("failure", step.failure())
                .put("approval", step.approval());
        step.outputs().forEach(json.putObject("outputs")::put);
        return json;
    }

    private static Map<String, PlannedStep> steps(JsonNode json) {
        var steps = new LinkedHashMap<String, PlannedStep>();
        json.path("steps").fields().forEachRemaining(each -> steps.put(each.getKey(), step(each.getValue())));
        return steps;
    }

    private static PlannedStep step(JsonNode json) {
        String ended = optionalText(json, "ended");
        var outputs = new LinkedHashMap<String, String>();
        json.path("outputs")
                .fields()
                .forEachRemaining(each -> outputs.put(each.getKey(), text(each.getKey(), each.getValue())));
        return new PlannedStep(
                Instant.parse(text(json, "began")),
                ended == null ? null : Instant.parse(ended),
                optionalText(json, "failure"),
                outputs,
                optionalText(json, "approval"));
    }

    private static ObjectNode toJson(Failure failure) {
        Place place = failure.place();
        ObjectNode json = JSON.createObjectNode()
                .put("environment", place.environment())
                .put("stage", place.stage())
                .put("outermost", place.outermost())
                .put("phase", failure.phase().toString())
                .put("webhook", failure.definition()) // its name in format 1
                .put("reason", failure.reason())
                .put("verdict", failure.verdict().name());
        ArrayNode branches = json.putArray("branches");
        for (Place.Branch branch : place.branches()) {
            branches.addObject().put("parallel", branch.parallel()).put("branch", branch.branch());
        }
        return json;
    }

    private static Failure failure(JsonNode json) {
        var branches = new ArrayList<Place.Branch>();
        for (JsonNode branch : json.required("branches")) {
            branches.add(new Place.Branch(text(branch, "parallel"), text(branch, "branch")));
        }
        String phase = text(json, "phase");
        return new Failure(
                new Place(
                        optionalText(json, "environment"),
                        optionalText(json, "stage"),
                        optionalText(json, "outermost"),
                        branches),
                Phase.of(phase).orElseThrow(() -> new IllegalArgumentException("there is no phase " + phase)),
                text(json, "webhook"),
                text(json, "reason"),
                Verdict.valueOf(text(json, "verdict")));
    }

    private static void addAll(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }

    private static Deployment fromJson(JsonNode json) {
        int format = json.path("format").asInt();
        if (format != FORMAT) {
            throw new IllegalArgumentException("its format is " + format + ", and this version reads " + FORMAT);
        }
        var leftOut = new ArrayList<String>();
        json.path("leftOut").forEach(each -> leftOut.add(text("leftOut", each)));
        var failures = new ArrayList<Failure>();
        json.path("failures").forEach(each -> failures.add(failure(each)));
        return new Deployment(
                environments(json.required("environments")),
                environments(json.path("named")),
                failures,
                optionalText(json, "cancelsStages"),
                texts(json, "cancelledStages"),
                leftOut,
                json.required("ended").booleanValue());
    }

    private static Map<String, Environment> environments(JsonNode json) {
        var environments = new LinkedHashMap<String, Environment>();
        for (JsonNode each : json) {
            Environment environment = environment(each);
            environments.put(environment.name(), environment);
        }
        return environments;
    }

    private static Environment environment(JsonNode json) {
        return new Environment(
                text(json, "name"),
                State.valueOf(text(json, "state")),
                Instant.parse(text(json, "since")),
                new Declaration(
                        texts(json, "dependsOn"),
                        optionalText(json, "step"),
                        optionalText(json, "stage"),
                        optionalText(json, "within")),
                new Progress(
                        texts(json, "approvals"),
                        json.path("bodyEnded").asBoolean(),
                        json.required("deployed").booleanValue(),
                        steps(json)),
                setback(json));
    }

    private static Setback setback(JsonNode json) {
        return new Setback(
                optionalText(json, "reason"),
                optionalText(json, "cancelledBy"),
                optionalText(json, "afterDeploymentFailure"),
                json.required("needsRollback").booleanValue(),
                rollback(json.get("rollback")));
    }

    @CheckForNull
    private static Rollback rollback(@CheckForNull JsonNode json) {
        return json == null
                ? null
                : new Rollback(text(json, "step"), json.required("over").booleanValue(), optionalText(json, "failure"));
    }

    private static List<String> texts(JsonNode json, String name) {
        var texts = new ArrayList<String>();
        json.required(name).forEach(each -> texts.add(text(name, each)));
        return texts;
    }

    private static String text(JsonNode json, String name) {
        return text(name, json.required(name));
    }

    private static String text(String name, JsonNode value) {
        if (!value.isTextual()) {
            throw new IllegalArgumentException(name + " is not a text");
        }
        return value.textValue();
    }

    @CheckForNull
    private static String optionalText(JsonNode json, String name) {
        return json.path(name).textValue();
    }
}
