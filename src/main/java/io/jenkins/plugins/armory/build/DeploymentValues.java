package io.jenkins.plugins.armory.build;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.environment.Environment.PlannedStep;
import io.jenkins.plugins.armory.environment.Failure;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import io.jenkins.plugins.armory.storage.disk.UnknownFormatException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values that a deployment has in the log of its build, by key: what has changed is written, and nothing else. */
final class DeploymentValues {

    static final String PLAN = "plan/";

    private static final int FORMAT = 1;
    private static final String BUILD = "build";
    private static final String ENVIRONMENT = "environment/";
    private static final String PLANNED = "planned/";
    private static final String OPEN = "open/";
    private static final String FAILURE = "failure/";

    private record Build(
            @JsonProperty("format") int format,
            @JsonProperty("leftOut") List<String> leftOut,
            @JsonProperty("ended") boolean ended) {}

    /** A step of a plan that has begun, with the environment that it is of. */
    private record Planned(
            @JsonProperty("environment") String environment,
            @JsonProperty("step") PlannedStep step) {}

    /** What the log has. */
    private Map<String, Record> written = Map.of();

    /** What it has once the last {@link #changes} are written. */
    private Map<String, Record> next = Map.of();

    /** The highest number of a failure so far. */
    private int lastFailure;

    /**
     * Returns the deployment of a log.
     *
     * @param where the log, for messages
     * @throws UnknownFormatException if a newer version of the plugin wrote it
     * @throws IOException if it is not understood
     */
    Deployment read(String where, Map<String, JsonNode> values) throws IOException {
        int format =
                values.containsKey(BUILD) ? values.get(BUILD).path("format").asInt() : FORMAT;
        if (format > FORMAT) {
            throw new UnknownFormatException(where, format, FORMAT);
        }
        var read = new LinkedHashMap<String, Record>();
        for (Map.Entry<String, JsonNode> each : values.entrySet()) {
            String key = each.getKey();
            if (!key.startsWith(PLAN)) {
                read.put(key, StoredJson.read(where + ": " + key, each.getValue(), typeOf(key)));
            }
        }
        remember(read);
        return read.isEmpty() ? Deployment.EMPTY : deployment();
    }

    private static Class<? extends Record> typeOf(String key) {
        return key.startsWith(ENVIRONMENT)
                ? Environment.class
                : key.startsWith(PLANNED)
                        ? Planned.class
                        : key.startsWith(OPEN)
                                ? OpenApproval.class
                                : key.startsWith(FAILURE) ? Failure.class : Build.class;
    }

    private Deployment deployment() {
        var steps = new HashMap<String, Map<String, PlannedStep>>();
        written.forEach((key, value) -> {
            if (value instanceof Planned planned) {
                steps.computeIfAbsent(planned.environment(), name -> new LinkedHashMap<>())
                        .put(key.substring(PLANNED.length()), planned.step());
            }
        });
        var environments = new LinkedHashMap<String, Environment>();
        for (Environment each : all(Environment.class)) {
            environments.put(each.name(), each.withSteps(steps.getOrDefault(each.name(), Map.of())));
        }
        Build build = (Build) written.get(BUILD);
        return new Deployment(
                environments, all(OpenApproval.class), all(Failure.class), build.leftOut(), build.ended());
    }

    private <T extends Record> List<T> all(Class<T> type) {
        return written.values().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }

    /** Returns what the log lacks of a deployment; {@link #written()} says that it has it. */
    Map<String, JsonNode> changes(Deployment deployment) {
        next = valuesOf(deployment);
        var changes = new LinkedHashMap<String, JsonNode>();
        next.forEach((key, value) -> {
            Record known = written.get(key);
            if (value != known && !value.equals(known)) {
                changes.put(key, StoredJson.tree(value));
            }
        });
        written.keySet().stream()
                .filter(key -> !next.containsKey(key))
                .forEach(key -> changes.put(key, NullNode.getInstance()));
        return changes;
    }

    /** Takes note that the log has the deployment whose changes were asked for last. */
    void written() {
        remember(next);
    }

    private void remember(Map<String, Record> values) {
        written = values;
        lastFailure = values.keySet().stream()
                .filter(key -> key.startsWith(FAILURE))
                .mapToInt(key -> Integer.parseInt(key.substring(FAILURE.length())))
                .reduce(lastFailure, Math::max);
    }

    private Map<String, Record> valuesOf(Deployment deployment) {
        var values = new LinkedHashMap<String, Record>();
        values.put(BUILD, new Build(FORMAT, deployment.leftOut(), deployment.ended()));
        deployment.environments().values().forEach(each -> {
            values.put(ENVIRONMENT + each.name(), each.withSteps(Map.of()));
            each.steps().forEach((id, step) -> values.put(PLANNED + id, new Planned(each.name(), step)));
        });
        deployment.approvals().forEach(each -> values.put(OPEN + each.id(), each));
        List<String> keys = keysOf(deployment.failures());
        for (int i = 0; i < keys.size(); i++) {
            values.put(keys.get(i), deployment.failures().get(i));
        }
        return values;
    }

    /** Returns the keys of failures: of those that the log has, the ones there. New ones come last, and no two change places. */
    private List<String> keysOf(List<Failure> failures) {
        Iterator<Map.Entry<String, Record>> known = written.entrySet().stream()
                .filter(each -> each.getValue() instanceof Failure)
                .iterator();
        var keys = new ArrayList<String>();
        int next = lastFailure;
        for (Failure each : failures) {
            String key = null;
            while (key == null && known.hasNext()) {
                Map.Entry<String, Record> candidate = known.next();
                if (((Failure) candidate.getValue()).isSame(each)) {
                    key = candidate.getKey();
                }
            }
            keys.add(key == null ? FAILURE + ++next : key);
        }
        return keys;
    }
}
