package io.jenkins.plugins.armory.acceptance.driver;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/** A Pipeline job. */
public record Job(Jenkins jenkins, String name) {

    String path() {
        return "job/" + name + "/";
    }

    /** Starts a build and returns once it runs. */
    public Build build() {
        return started(jenkins.post(path() + "build"));
    }

    /** Starts a build of a job that has parameters. */
    public Build build(Map<String, String> parameters) {
        String query = parameters.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + URLEncoder.encode(entry.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        return started(jenkins.post(path() + "buildWithParameters?" + query));
    }

    /** Jenkins answers with the address of a queue item, which some time later names the build. */
    private Build started(Answer answer) {
        String item = answer.header("Location").orElseThrow();
        String path = item.substring(item.indexOf("queue/")) + "api/json";
        JsonNode build = Wait.until("a build of " + name + " starts")
                .until(() -> jenkins.get(path).json().path("executable"), JsonNode::isObject);
        return new Build(this, build.get("number").asInt());
    }

    /** Asks for a build and does not wait for what becomes of that. */
    public void requestBuild() {
        jenkins.post(path() + "build");
    }

    /** Whether the controller knows it. */
    public boolean exists() {
        return jenkins.isThere(path() + "api/json");
    }

    public void delete() {
        jenkins.post(path() + "doDelete");
    }
}
