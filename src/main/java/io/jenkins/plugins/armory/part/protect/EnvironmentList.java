package io.jenkins.plugins.armory.part.protect;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Job;
import hudson.model.Run;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.form.ManualApproval;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.part.protect.window.Windows;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.web.PageTag;
import io.jenkins.plugins.armory.web.Viewer;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.jvnet.localizer.LocaleProvider;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The environments of the administrators as JSON, for one viewer and one request. Users who are no administrators see
 * the environments and builds of jobs that they may read, without the details of rules, credentials and agents.
 */
@Restricted(NoExternalUse.class)
public final class EnvironmentList {

    private final Viewer viewer = new Viewer();
    private final Instant now = Instant.now();
    private final Map<Run<?, ?>, Deployment> running;
    private final List<EndedDeployment> latest;

    /** @throws IOException if the latest deployments cannot be read */
    private EnvironmentList(ArmoryRuntime armory) throws IOException {
        running = armory.deployments().running();
        latest = DeploymentNotes.get().latest();
    }

    /**
     * Returns the environments that the current user may see, or 304 if the client has them.
     *
     * @param known the client's {@code If-None-Match}, {@code null} for none
     * @throws IOException if the latest deployments cannot be read
     */
    public static JsonResponse response(ArmoryRuntime armory, @CheckForNull String known) throws IOException {
        if (ArmoryConfiguration.get().problem().isPresent()) {
            return JsonResponse.unavailable(Messages.EnvironmentList_settings());
        }
        var list = new EnvironmentList(armory);
        ArrayNode environments = JsonNodeFactory.instance.arrayNode();
        visible(list.viewer).forEach(entry -> environments.add(list.json(entry)));
        PageTag tag = new PageTag();
        tag.add(environments);
        return tag.answer(
                known,
                () -> JsonNodeFactory.instance
                        .objectNode()
                        .put("now", list.now.toString())
                        .set("environments", environments));
    }

    /** Returns the environments that a user may see. */
    public static List<EnvironmentDefinition> visible(Viewer viewer) {
        List<EnvironmentDefinition> all = ArmoryEnvironments.get().getEnvironments();
        if (viewer.isAdministrator()) {
            return all;
        }
        var hidden = new ArrayList<>(all);
        for (Job<?, ?> job : Jenkins.get().allItems(Job.class)) { // that the user may read; found one by one
            if (hidden.isEmpty()) {
                break;
            }
            String name = job.getFullName();
            hidden.removeIf(entry -> entry.isFor(name));
        }
        return all.stream().filter(entry -> !hidden.contains(entry)).toList();
    }

    private ObjectNode json(EnvironmentDefinition definition) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("name", definition.getName());
        putWindows(json, definition);
        json.put("before", definition.getBefore().size())
                .put("after", definition.getAfter().size());
        if (viewer.isAdministrator()) {
            json.set("rules", rules(definition));
        }
        ArrayNode underWay = json.putArray("underWay");
        running.entrySet().stream()
                .sorted(Comparator.comparing(each -> each.getKey().getFullDisplayName()))
                .forEach(each -> each.getValue()
                        .find(definition.getName())
                        .flatMap(environment -> underWay(definition, each.getKey(), each.getValue(), environment))
                        .ifPresent(underWay::add));
        ArrayNode deployments = json.putArray("deployments");
        latest.stream()
                .filter(each -> each.environment().equals(definition.getName()) && definition.isFor(each.job()))
                .filter(each -> viewer.maySeePastOf(each.job()))
                .forEach(each -> deployments.add(json(each)));
        return json;
    }

    /** Adds whether a deployment may begin now, and when that changes. */
    private void putWindows(ObjectNode json, EnvironmentDefinition definition) {
        Windows windows;
        try {
            windows = definition.toWindows();
        } catch (IllegalArgumentException x) { // the settings were changed by hand
            json.put("open", false).put("whyClosed", x.getMessage());
            return;
        }
        boolean open = windows.isOpen(now);
        json.put("open", open);
        if (open) {
            put(json, "nextClosing", windows.nextClosing(now));
        } else {
            json.put("whyClosed", windows.whyClosed(now));
            put(json, "nextOpening", windows.nextOpening(now));
        }
    }

    private static void put(ObjectNode json, String name, Optional<Instant> time) {
        time.ifPresent(known -> json.put(name, known.toString()));
    }

    private static ObjectNode rules(EnvironmentDefinition definition) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("jobs", definition.getJobs());
        json.set("before", texts(definition.getBefore()));
        json.set("after", texts(definition.getAfter()));
        json.set("windows", windows(definition));
        json.put("waitAtMost", definition.getWaitAtMost());
        json.set("credentials", JsonResponse.treeOf(definition.getCredentials()));
        return json.set("agents", JsonResponse.treeOf(definition.getAgents()));
    }

    private static ArrayNode texts(List<EnvironmentRule> rules) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        for (EnvironmentRule rule : rules) {
            ObjectNode each = json.addObject().put("webhook", rule.getWebhook());
            ManualApproval people = rule.getManualApproval();
            if (people != null) {
                each.put("message", people.getMessage())
                        .put("people", people.toRequirement().people())
                        .put("notByRequester", people.isNotByRequester());
            }
        }
        return json;
    }

    private static ArrayNode windows(EnvironmentDefinition definition) {
        ArrayNode json = JsonNodeFactory.instance.arrayNode();
        try {
            WindowWords words = new WindowWords(LocaleProvider.getLocale());
            definition
                    .toWindows()
                    .windows()
                    .forEach(window -> json.add(JsonResponse.fieldsOf(window).put("sentence", words.of(window))));
        } catch (IllegalArgumentException x) {
            json.removeAll(); // whyClosed says what is wrong
        }
        return json;
    }

    private Optional<ObjectNode> underWay(
            EnvironmentDefinition definition, Run<?, ?> run, Deployment deployment, Environment environment) {
        String job = run.getParent().getFullName();
        boolean waits = environment.isReached() && !environment.state().isOver();
        boolean rollsBack = deployment.underWay(environment.name()).isPresent();
        return viewer.jobUrl(job)
                .filter(url -> (waits || rollsBack) && definition.isFor(job))
                .map(url -> build(job, run.getNumber(), url)
                        .put("state", deployment.shownState(environment).name())
                        .put("since", environment.since().toString()));
    }

    private ObjectNode json(EndedDeployment ended) {
        ObjectNode json = build(
                        ended.job(), ended.build(), viewer.jobUrl(ended.job()).orElse(null))
                .put("state", ended.state().name())
                .put("checksFailed", ended.checksFailed())
                .put("at", ended.at().toString())
                .put("application", ended.release().application())
                .put("version", ended.release().version())
                .put("replay", ended.replay())
                .put("commit", ended.commit());
        return json.set("decidedBy", JsonResponse.treeOf(ended.decidedBy()));
    }

    /** @param jobUrl {@code null} for a job that is gone */
    private static ObjectNode build(String job, int number, @CheckForNull String jobUrl) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("job", job)
                .put("build", number)
                .put("buildUrl", jobUrl == null ? null : jobUrl + number + '/');
    }
}
