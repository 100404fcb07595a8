package io.jenkins.plugins.armory.store;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.environment.Environment.PlannedStep;
import io.jenkins.plugins.armory.environment.Failure;
import io.jenkins.plugins.armory.store.disk.StoredJson;
import io.jenkins.plugins.armory.store.disk.UnknownFormatException;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.pcollections.TreePMap;

/** The values that a deployment has in the log of its build, by key: what has changed is written, and nothing else. */
final class DeploymentValues {

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

    /** The failures that the log has, by key. */
    private Map<String, Failure> failures = Map.of();

    /** Those that it has once the last {@link #changes} are written. */
    private Map<String, Failure> next = Map.of();

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
        Build build = new Build(FORMAT, List.of(), false);
        var environments = new LinkedHashMap<String, Environment>();
        var steps = new HashMap<String, Map<String, PlannedStep>>();
        var approvals = new HashMap<String, OpenApproval>();
        var failed = new LinkedHashMap<String, Failure>();
        for (Map.Entry<String, JsonNode> each : values.entrySet()) {
            String key = each.getKey();
            String at = where + ": " + key;
            JsonNode value = each.getValue();
            if (key.startsWith(ENVIRONMENT)) {
                Environment environment = StoredJson.read(at, value, Environment.class);
                environments.put(environment.name(), environment);
            } else if (key.startsWith(PLANNED)) {
                Planned planned = StoredJson.read(at, value, Planned.class);
                steps.computeIfAbsent(planned.environment(), name -> new LinkedHashMap<>())
                        .put(key.substring(PLANNED.length()), planned.step());
            } else if (key.startsWith(OPEN)) {
                OpenApproval open = StoredJson.read(at, value, OpenApproval.class);
                approvals.put(open.id(), open);
            } else if (key.startsWith(FAILURE)) {
                failed.put(key, StoredJson.read(at, value, Failure.class));
                lastFailure = Math.max(lastFailure, Integer.parseInt(key.substring(FAILURE.length())));
            } else if (key.equals(BUILD)) {
                build = StoredJson.read(at, value, Build.class);
            }
        }
        failures = failed;
        environments.replaceAll((name, each) -> each.withSteps(steps.getOrDefault(name, Map.of())));
        return new Deployment(
                environments, TreePMap.from(approvals), List.copyOf(failures.values()), build.leftOut(), build.ended());
    }

    /**
     * Returns what the log lacks of a deployment; {@link #written()} says that it has it.
     *
     * @param before what the log has, {@code null} before its first line
     * @param approvals the ids of the approvals that have begun or ended since
     */
    Map<String, Object> changes(@CheckForNull Deployment before, Deployment after, Set<String> approvals) {
        var changes = new LinkedHashMap<String, Object>();
        Deployment known = before == null ? Deployment.EMPTY : before;
        add(changes, BUILD, before == null ? null : build(before), build(after));
        after.environments().forEach((name, each) -> {
            Environment earlier = known.environments().get(name);
            if (!each.equals(earlier)) {
                add(changes, ENVIRONMENT + name, withoutSteps(earlier), withoutSteps(each));
                Map<String, PlannedStep> begun = earlier == null ? Map.of() : earlier.steps();
                each.steps()
                        .forEach((id, step) ->
                                add(changes, PLANNED + id, planned(name, begun.get(id)), planned(name, step)));
            }
        });
        for (String id : approvals) {
            add(changes, OPEN + id, known.approvals().get(id), after.approvals().get(id));
        }
        next = keyed(after.failures());
        next.forEach((key, failure) -> add(changes, key, failures.get(key), failure));
        failures.keySet().stream().filter(key -> !next.containsKey(key)).forEach(key -> changes.put(key, null));
        return changes;
    }

    /** Returns all that the log has of a deployment. */
    Map<String, Object> all(Deployment written) {
        Map<String, Object> all = changes(null, written, written.approvals().keySet());
        failures.forEach((key, failure) -> add(all, key, null, failure));
        return all;
    }

    private static Build build(Deployment deployment) {
        return new Build(FORMAT, deployment.leftOut(), deployment.ended());
    }

    @CheckForNull
    private static Environment withoutSteps(@CheckForNull Environment environment) {
        return environment == null ? null : environment.withSteps(Map.of());
    }

    @CheckForNull
    private static Planned planned(String environment, @CheckForNull PlannedStep step) {
        return step == null ? null : new Planned(environment, step);
    }

    private static void add(
            Map<String, Object> changes, String key, @CheckForNull Record before, @CheckForNull Record after) {
        if (!Objects.equals(before, after)) {
            changes.put(key, after);
        }
    }

    /** Takes note that the log has the deployment whose changes were asked for last. */
    void written() {
        failures = next;
    }

    /** Returns failures by key: those that the log has keep theirs. New ones come last, and no two change places. */
    private Map<String, Failure> keyed(List<Failure> all) {
        if (all.isEmpty()) {
            return Map.of();
        }
        Iterator<Map.Entry<String, Failure>> known = failures.entrySet().iterator();
        var keyed = new LinkedHashMap<String, Failure>();
        for (Failure each : all) {
            String key = null;
            while (key == null && known.hasNext()) {
                Map.Entry<String, Failure> candidate = known.next();
                if (candidate.getValue().isSame(each)) {
                    key = candidate.getKey();
                }
            }
            keyed.put(key == null ? FAILURE + ++lastFailure : key, each);
        }
        return keyed;
    }
}
