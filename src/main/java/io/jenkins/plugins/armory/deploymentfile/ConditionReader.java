package io.jenkins.plugins.armory.deploymentfile;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.ManualApproval;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Pause;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.RunWebhook;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Reads the conditions of targets and the steps of strategies.
 *
 * @param webhooks has read the webhooks of the file
 * @param context the context of the file
 * @param added the context that the Pipeline adds
 */
record ConditionReader(
        WebhooksReader webhooks, Map<String, String> context, Map<String, String> added, AnalysisReader analyses) {

    /** The conditions that Armory allows before and after a deployment. */
    static final List<String> OF_TARGETS = List.of("pause", "runWebhook", "analysis");

    static final List<String> OF_CANARY = List.of("setWeight", "pause", "runWebhook", "analysis", "exposeServices");
    static final List<String> OF_BLUE_GREEN = List.of("pause", "runWebhook", "analysis", "exposeServices");

    /** The time that Armory exposes services for, by default. */
    private static final String DEFAULT_TTL_SECONDS = "300";

    /**
     * Reads a list of conditions, without those that have a mistake.
     *
     * @param allowed the kinds of conditions that may be in this list
     */
    List<Condition> read(Section parent, String field, List<String> allowed) {
        String kinds = String.join(", ", allowed);
        return parent.sections(field, "a list of conditions: " + kinds, "a mapping with one of " + kinds).stream()
                .map(section -> condition(section, allowed))
                .filter(Objects::nonNull)
                .toList();
    }

    @CheckForNull
    private Condition condition(Section section, List<String> allowed) {
        List<String> kinds = section.fields().stream().filter(allowed::contains).toList();
        if (kinds.size() == 1 && !section.has(kinds.get(0))) {
            String indented = section.fields().size() > 1 ? "indent what is below it by two spaces more" : "fill it in";
            section.problem(kinds.get(0), "is empty; " + indented);
            return null;
        }
        section.checkKnown(allowed);
        if (kinds.size() != 1) {
            if (kinds.size() > 1 || section.fields().isEmpty()) {
                section.problem("has " + (kinds.isEmpty() ? "nothing" : String.join(" and ", kinds))
                        + "; each entry of the list must have one of " + String.join(", ", allowed));
            }
            return null;
        }
        String kind = kinds.get(0);
        return switch (kind) {
            case "setWeight" -> in(section, kind, "{weight: 25}", ConditionReader::setWeight);
            case "runWebhook" -> in(section, kind, "{name: ...}", this::runWebhook);
            case "analysis" -> in(section, kind, "{interval: 30, units: seconds, queries: [...], ...}", analyses::read);
            case "exposeServices" ->
                in(section, kind, "{services: [...], ttl: " + TimeSpan.SHAPE + "}", ConditionReader::exposeServices);
            default -> in(section, kind, "{untilApproved: true} or " + TimeSpan.SHAPE, ConditionReader::pause);
        };
    }

    @CheckForNull
    private static Condition in(Section parent, String field, String shape, Function<Section, Condition> reader) {
        Section section = parent.section(field, shape);
        return section == null ? null : reader.apply(section);
    }

    @CheckForNull
    private static Condition setWeight(Section section) {
        section.checkKnown(List.of("weight"));
        if (!section.has("weight")) {
            section.problem("weight", "is missing; write weight: 25 for a quarter");
        }
        Long percent = section.number("weight", 0, 100);
        return percent == null ? null : new Condition.Weight(percent);
    }

    @CheckForNull
    private Condition runWebhook(Section section) {
        section.checkKnown(List.of("name", "context"));
        String name = section.requiredName("name", "name one of the webhooks in the section webhooks");
        if (name != null) {
            section.isKnown("name", name, webhooks.names(), "the section webhooks has no");
        }
        Map<String, String> general = new LinkedHashMap<>(context);
        Webhook webhook = name == null ? null : webhooks.find(name);
        if (webhook != null) {
            checkCallback(section, webhook);
            general.putAll(webhook.context());
        }
        general.putAll(added);
        Map<String, String> all = ContextReader.read(section, "context", general);
        return name == null ? null : (id, target) -> new RunWebhook(id, "webhook " + name, name, all);
    }

    /** Notes a problem if nobody could call back: the step would find that only after it was deployed. */
    private static void checkCallback(Section section, Webhook webhook) {
        if (webhook.hidesWhereToCallBack()) {
            section.problem(
                    "name",
                    "nothing in webhook \"" + webhook.name()
                            + "\" says where to call back to; put {{armory.callbackUri}}/callback"
                            + " into its uriTemplate, a header or its bodyTemplate, or set its disableCallback");
        }
    }

    @CheckForNull
    private static Condition pause(Section section) {
        section.checkKnown(List.of(
                "untilApproved", "requiresRoles", "requiresRole", "approvalExpiration", "duration", "unit", "units"));
        section.checkFilled("untilApproved", "requiresRoles", "requiresRole", "approvalExpiration");
        Boolean untilApproved = section.flag("untilApproved");
        boolean timed = section.has("duration") || section.has("unit") || section.has("units");
        if (Boolean.TRUE.equals(untilApproved)) {
            if (timed) {
                String field = section.has("duration") ? "duration" : section.spelling("unit", "units");
                section.problem(field, "does not go with untilApproved: true; leave one out, or write two pauses");
            }
            return approval(section);
        }
        if (untilApproved == null && section.fields().contains("untilApproved")) {
            return null; // empty, or neither true nor false
        }
        for (String field : List.of("requiresRoles", "requiresRole", "approvalExpiration")) {
            if (section.has(field)) {
                section.problem(field, "goes with untilApproved: true alone; add that, or leave it out");
            }
        }
        if (timed) {
            return timed(section);
        }
        if (untilApproved != null) {
            section.problem(
                    "untilApproved", "false waits for nothing; write true, or a time such as " + TimeSpan.SHAPE);
        } else if (!section.has("requiresRoles") && !section.has("requiresRole")) {
            section.problem("waits for nothing; write untilApproved: true, or a time such as " + TimeSpan.SHAPE);
        }
        return null;
    }

    @CheckForNull
    private static Condition timed(Section section) {
        TimeSpan time = TimeSpan.of(section, "duration");
        return time == null ? null : (id, target) -> new Pause(id, "pause " + time.text(), time.duration());
    }

    private static Condition approval(Section section) {
        List<String> roles = roles(section);
        TimeSpan expiration = TimeSpan.in(section, "approvalExpiration");
        Duration duration = expiration == null ? null : expiration.duration();
        String label = roles.isEmpty() ? "approval" : "approval by " + String.join(", ", roles);
        return (id, target) -> new ManualApproval(id, label, roles, duration);
    }

    /** Returns the roles. A part of Armory's documentation has {@code requiresRole}, and one role there without a list. */
    private static List<String> roles(Section section) {
        String field = section.spelling("requiresRoles", "requiresRole");
        if (field.equals("requiresRole") && section.node(field) instanceof ScalarNode) {
            String role = section.nameWithoutComma(field);
            return role == null ? List.of() : List.of(role);
        }
        List<String> roles = section.has(field)
                ? section.requiredNames(field, "names nobody; name a role, or leave it out")
                : section.namesWithoutComma(field);
        String tooMany = Bound.LIST.problemOf(roles.size());
        if (tooMany != null) {
            section.problem(field, tooMany);
        }
        return roles;
    }

    private static Condition exposeServices(Section section) {
        section.checkKnown(List.of("services", "ttl"));
        List<String> services = section.requiredNames("services", "must name at least one service");
        TimeSpan ttl = TimeSpan.in(section, "ttl");
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put(TargetActions.SERVICES, String.join(",", services));
        variables.put(TargetActions.TTL_SECONDS, ttl == null ? DEFAULT_TTL_SECONDS : ttl.seconds());
        String label = "expose services " + String.join(", ", services);
        return (id, target) -> target.action(id, label, "exposeServices", variables);
    }
}
