package io.jenkins.plugins.armory.part.file;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Action;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.ManualApproval;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Pause;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.RunWebhook;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Step;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Makes the steps of targets from the strategies and conditions of a file, without those that have a mistake.
 *
 * <p>In all methods, {@code variables} are the environment variables of every action of a target.
 *
 * @param webhooks the webhooks of the file by their names, without those that have a mistake
 * @param added the context that the Pipeline adds
 */
record StepReader(Section file, Map<String, Webhook> webhooks, Map<String, String> added) {

    private static final int ALL = 100;

    /** Adds an environment variable, unless it has no value. */
    static void put(Map<String, String> variables, String name, @CheckForNull Object value) {
        if (value != null) {
            variables.put(name, value.toString());
        }
    }

    /**
     * Returns the groups of steps of a strategy, one after the other; the steps of a group are side by side.
     *
     * @param prefix the start of the ids, such as {@code prod/strategy}
     */
    List<List<Step>> strategy(String prefix, Section strategy, Map<String, String> variables) {
        var groups = new ArrayList<List<Step>>();
        groups.add(List.of(action(next(prefix, groups), Action.DEPLOY, Action.DEPLOY, variables)));
        if (strategy.has("canary")) {
            Integer weight = null;
            for (Section step : strategy.section("canary").<Section>list("steps")) {
                addGroup(groups, prefix, List.of(step), variables);
                weight = step.has("setWeight") ? step.section("setWeight").number("weight") : weight;
            }
            if (weight == null || weight != ALL) { // after the last step Armory deploys to everything by itself
                groups.add(List.of(setWeight(next(prefix, groups), ALL, variables)));
            }
        } else {
            Section blueGreen = strategy.section("blueGreen");
            addGroup(groups, prefix, blueGreen.list("redirectTrafficAfter"), variables);
            groups.add(List.of(action(next(prefix, groups), "redirect traffic", "redirectTraffic", variables)));
            addGroup(groups, prefix, blueGreen.list("shutDownOldVersionAfter"), variables);
            groups.add(List.of(action(next(prefix, groups), "shut down old version", "shutDownOldVersion", variables)));
        }
        return groups;
    }

    private static String next(String prefix, List<?> before) {
        return prefix + "/" + (before.size() + 1);
    }

    private void addGroup(
            List<List<Step>> groups, String prefix, List<Section> conditions, Map<String, String> variables) {
        String id = next(prefix, groups);
        List<Step> steps = conditions.size() == 1
                ? Stream.ofNullable(step(id, conditions.get(0), variables)).toList()
                : conditions(id, conditions, variables);
        if (!steps.isEmpty()) {
            groups.add(steps);
        }
    }

    /**
     * Returns the steps of conditions that are side by side. Their ids end in the place of the condition in its list.
     */
    List<Step> conditions(String prefix, List<Section> conditions, Map<String, String> variables) {
        var steps = new ArrayList<Step>();
        for (Section condition : conditions) {
            Step step = step(next(prefix, steps), condition, variables);
            if (step != null) {
                steps.add(step);
            }
        }
        return steps;
    }

    @CheckForNull
    private Step step(String id, Section condition, Map<String, String> variables) {
        String kind = condition.fields().iterator().next();
        Section section = condition.section(kind);
        return switch (kind) {
            case "setWeight" -> {
                Integer weight = section.number("weight");
                yield weight == null ? null : setWeight(id, weight, variables);
            }
            case "runWebhook" -> runWebhook(id, section);
            case "analysis" -> analysis(id, section, variables);
            case "exposeServices" -> exposeServices(id, section, variables);
            default -> pause(id, section);
        };
    }

    private static Action setWeight(String id, int percent, Map<String, String> variables) {
        var all = new LinkedHashMap<>(variables);
        put(all, "ARMORY_WEIGHT", percent);
        return action(id, "set weight " + percent, "setWeight", all);
    }

    private static Action action(String id, String label, String name, Map<String, String> variables) {
        var all = new LinkedHashMap<String, String>();
        all.put(Action.VARIABLE, name);
        all.putAll(variables);
        return new Action(id, label, name, all);
    }

    @CheckForNull
    private Step runWebhook(String id, Section section) {
        String name = section.text("name");
        Webhook webhook = webhooks.get(name);
        Map<String, String> context = context(section, webhook == null ? Map.of() : webhook.context());
        if (webhook == null) {
            return null;
        }
        if (webhook.hidesWhereToCallBack()) { // the step would find that only after it was deployed
            section.problem(
                    "name",
                    "nothing in webhook \"" + name
                            + "\" says where to call back to; put {{armory.callbackUri}}/callback"
                            + " into its uriTemplate, a header or its bodyTemplate, or set its disableCallback");
        }
        return new RunWebhook(id, "webhook " + name, name, context);
    }

    /**
     * Returns the context of a call. It is in every step of the plan, so its size is limited.
     *
     * @param ofWebhook that of the webhook that is called
     */
    private Map<String, String> context(Section section, Map<String, String> ofWebhook) {
        var context = new LinkedHashMap<String, String>();
        Stream.of(
                        file.<String>map("context"),
                        file.<String>map("contextOverrides"),
                        ofWebhook,
                        added,
                        section.<String>map("context"))
                .forEach(context::putAll);
        context.forEach((key, value) -> {
            if (value.equals(Names.NO_VALUE)) {
                section.problem(
                        "context",
                        "\"" + key + "\" is the text \"null\", which stands for no value; give it another one");
            }
        });
        Stream.of(Bound.LIST.problemOf(context.size()), Bound.TEXT.problemOf(Webhook.lengthOf(context)))
                .filter(Objects::nonNull)
                .forEach(problem -> section.problem("context", "with the context of the whole deployment, " + problem));
        return context;
    }

    @CheckForNull
    private static Step pause(String id, Section section) {
        Boolean untilApproved = section.flag("untilApproved");
        List<String> time = present(section, "duration", "unit");
        if (Boolean.TRUE.equals(untilApproved)) {
            time.stream()
                    .limit(1)
                    .forEach(field -> section.problem(
                            field, "does not go with untilApproved: true; leave one out, or write two pauses"));
            return approval(id, section);
        }
        if (section.has("untilApproved") && untilApproved == null) {
            return null;
        }
        List<String> ofApproval = present(section, "requiresRoles", "approvalExpiration");
        ofApproval.forEach(
                field -> section.problem(field, "goes with untilApproved: true alone; add that, or leave it out"));
        if (time.isEmpty() && ofApproval.isEmpty() && !section.isFlawed()) {
            section.problem("waits for nothing; write " + Fields.SOME_PAUSE);
        } else if (time.size() == 1) {
            section.problem(time.get(0), "is only a part of a time; write duration: 30, unit: minutes");
        }
        TimeSpan span = TimeSpan.of(section, "duration");
        return span == null ? null : new Pause(id, "pause " + span.text(), span.duration());
    }

    private static List<String> present(Section section, String... fields) {
        return Stream.of(fields).filter(section::has).toList();
    }

    private static Step approval(String id, Section section) {
        List<String> roles = section.list("requiresRoles");
        TimeSpan expiration = TimeSpan.of(section.section("approvalExpiration"), "duration");
        return new ManualApproval(
                id,
                roles.isEmpty() ? "approval" : "approval by " + String.join(", ", roles),
                roles,
                expiration == null ? null : expiration.duration());
    }

    private static Step exposeServices(String id, Section section, Map<String, String> variables) {
        List<String> services = section.list("services");
        TimeSpan ttl = TimeSpan.of(section.section("ttl"), "duration");
        var all = new LinkedHashMap<>(variables);
        all.put("ARMORY_SERVICES", String.join(",", services));
        all.put("ARMORY_TTL_SECONDS", ttl == null ? "300" : ttl.seconds()); // Armory's default
        return action(id, "expose services " + String.join(", ", services), "exposeServices", all);
    }

    /**
     * Returns an analysis. The queries themselves are not run here: the body gets their names, and the context as a
     * JSON object of texts in one variable, since a key such as {@code a.b} cannot be part of a variable's name.
     */
    private Step analysis(String id, Section section, Map<String, String> variables) {
        List<String> queries = section.list("queries");
        var all = new LinkedHashMap<>(variables);
        all.put("ARMORY_QUERIES", String.join(",", queries));
        TimeSpan interval = TimeSpan.of(section, "interval");
        put(all, "ARMORY_INTERVAL_SECONDS", interval == null ? null : interval.seconds());
        put(all, "ARMORY_JUDGMENT_RUNS", section.number("numberOfJudgmentRuns"));
        put(all, "ARMORY_METRIC_PROVIDER", file.section("analysis").text("defaultMetricProviderName"));
        put(all, "ARMORY_METRIC_PROVIDER", section.text("metricProviderName"));
        put(all, "ARMORY_LOOKBACK_METHOD", section.text("lookbackMethod"));
        put(all, "ARMORY_ROLLBACK_MODE", section.text("rollBackMode"));
        put(all, "ARMORY_ROLLFORWARD_MODE", section.text("rollForwardMode"));
        put(all, "ARMORY_ABORT_ON_FAILED_JUDGMENT", section.flag("abortOnFailedJudgment"));
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        context(section, Map.of()).forEach(json::put);
        all.put("ARMORY_ANALYSIS_CONTEXT", json.toString());
        return action(id, "analysis " + String.join(", ", queries), "analysis", all);
    }
}
