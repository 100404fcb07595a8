package io.jenkins.plugins.armory.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ExtensionList;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.environment.Release;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.BuildInfo;
import io.jenkins.plugins.armory.store.BuildState;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The environments and approvals of a build as JSON. */
final class BuildDeployment {

    /** The approvals of a build on one page, beside those of its plans. */
    private static final int MOST_SHOWN = 100;

    private BuildDeployment() {}

    /**
     * Returns the environments, and the approvals that the viewer may see: those of a plan, and a page of the others.
     *
     * @param search for those that are in no plan
     * @param known the client's {@code If-None-Match}, {@code null} for none
     * @throws IOException if they cannot be read
     */
    static JsonResponse response(ArmoryRuntime armory, Run<?, ?> run, ApprovalSearch search, @CheckForNull String known)
            throws IOException {
        boolean building = run.isBuilding(); // read before the approvals: once a build has ended, none is pending
        ApprovalList list = new ApprovalList(armory);
        BuildState state = armory.deployments().of(run);
        Deployment deployment = state.newest();
        String doubt = state.doubt().orElse(null);
        List<Approval> approvals = armory.approvalsOf(run).stream()
                .filter(list::sees)
                .sorted(Comparator.comparing(ApprovalSearch::rank))
                .toList();
        Set<String> planned = deployment.environments().values().stream()
                .flatMap(environment -> environment.steps().values().stream())
                .map(Environment.PlannedStep::approval)
                .collect(Collectors.toSet());
        Map<Boolean, List<Approval>> byPlan =
                approvals.stream().collect(Collectors.partitioningBy(approval -> planned.contains(approval.id())));
        Map<String, Long> counts = byPlan.get(false).stream()
                .collect(Collectors.groupingBy(ApprovalSearch::stateOf, TreeMap::new, Collectors.counting()));
        List<Approval> found =
                byPlan.get(false).stream().filter(search::matches).toList();
        List<Approval> shown = Stream.concat(
                        byPlan.get(true).stream(),
                        found.stream().skip(search.from()).limit(MOST_SHOWN))
                .toList();
        PageTag tag = new PageTag();
        tag.add(building);
        BuildInfo info = BuildInfo.of(run);
        tag.add(info);
        tag.add(deployment);
        Map<String, JsonNode> pieces = ExtensionList.lookup(BuildPiece.class).stream()
                .collect(Collectors.toMap(BuildPiece::name, piece -> piece.of(state)));
        tag.add(pieces);
        tag.add(search);
        tag.add(counts);
        tag.add(found.size());
        shown.forEach(approval -> list.addTo(tag, approval));
        return tag.answer(known, () -> {
            ObjectNode body = json(deployment)
                    .put("doubt", doubt)
                    .put("now", Instant.now().toString())
                    .put("building", building);
            body.set("buildInfo", JsonResponse.fieldsOf(info));
            body.setAll(pieces);
            body.put("found", found.size()).set("counts", JsonResponse.treeOf(counts));
            ArrayNode array = body.putArray("approvals");
            shown.forEach(approval -> array.add(list.json(approval)));
            return body;
        });
    }

    /** Returns the environments and the cancelled stages. */
    static ObjectNode json(Deployment deployment) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        ArrayNode environments = json.putArray("environments");
        deployment.environments().values().forEach(environment -> environments.add(json(deployment, environment)));
        Map<String, String> cancelled = deployment.cancelled();
        json.set("cancelledStages", JsonResponse.treeOf(cancelled.keySet()));
        return json.put("cancelsStages", cancelled.values().stream().findFirst().orElse(null));
    }

    private static ObjectNode json(Deployment deployment, Environment environment) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", environment.name());
        json.set("dependsOn", JsonResponse.treeOf(environment.dependsOn()));
        json.put("state", deployment.shownState(environment).name())
                .put("since", environment.since().toString())
                .put("cancelledBy", environment.cancelledBy());
        Release release = environment.release();
        if (release != null) {
            json.put("application", release.application()).put("version", release.version());
        }
        putReason(json, "reason", deployment.reason(environment));
        putReason(json, "afterDeploymentFailure", deployment.failedCheck(environment));
        if (!environment.steps().isEmpty()) {
            ObjectNode steps = json.putObject("steps");
            environment.steps().forEach((id, step) -> steps.set(id, json(step)));
        }
        Environment.Rollback rollback = environment.rollback();
        if (rollback != null) {
            putReason(json.putObject("rollback").put("over", rollback.over()), "failure", rollback.failure());
        }
        return json;
    }

    /** Adds a reason, which may be the message of a callback, and its HTML. */
    private static void putReason(ObjectNode json, String name, @CheckForNull String reason) {
        json.put(name, reason).put(name + "Html", reason == null ? null : ApprovalList.html(reason));
    }

    private static ObjectNode json(Environment.PlannedStep step) {
        ObjectNode json = JsonResponse.fieldsOf(step);
        json.remove("outputs");
        putReason(json, "failure", step.failure());
        return json;
    }
}
