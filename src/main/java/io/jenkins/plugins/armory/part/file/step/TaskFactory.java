package io.jenkins.plugins.armory.part.file.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.part.file.DeploymentPlan;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Action;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.ManualApproval;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Pause;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.RunWebhook;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the calls of Pipeline steps for the plan of one target. */
record TaskFactory(DeploymentPlan.Target target, Map<String, Webhook> webhooks) {

    /** The parameter {@code context} of {@code armoryWebhookApproval}. */
    static final String CONTEXT = "context";

    List<DeploymentRun.Task> all(List<DeploymentPlan.Step> steps, Phase phase) {
        return steps.stream().map(step -> task(step, phase)).toList();
    }

    DeploymentRun.Task task(DeploymentPlan.Step step, Phase phase) {
        LinkedHashMap<String, Object> approval = approval(step, phase);
        long seconds = step instanceof Pause pause ? pause.duration().toSeconds() : 0;
        return new DeploymentRun.Task(step.label(), arguments(step, phase, approval != null), approval, seconds);
    }

    private LinkedHashMap<String, Object> arguments(DeploymentPlan.Step step, Phase phase, boolean isApproval) {
        var arguments = new LinkedHashMap<String, Object>();
        arguments.put("environment", target.name());
        arguments.put("planned", step.id());
        arguments.put("label", step.label());
        arguments.put("phase", phase.toString());
        if (isApproval) {
            arguments.put("approval", true);
        }
        arguments.put("variables", new LinkedHashMap<>(step instanceof Action action ? action.variables() : place()));
        return arguments;
    }

    private Map<String, String> place() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put(Action.ACCOUNT, target.account());
        if (target.namespace() != null) {
            variables.put(Action.NAMESPACE, target.namespace());
        }
        return variables;
    }

    /** Returns the arguments of the approval, {@code null} for a step that is none. */
    @CheckForNull
    private LinkedHashMap<String, Object> approval(DeploymentPlan.Step step, Phase phase) {
        var arguments = new LinkedHashMap<String, Object>();
        arguments.put("phase", phase.toString());
        if (step instanceof RunWebhook run) {
            addWebhook(arguments, webhooks.get(run.webhook()), run);
        } else if (step instanceof ManualApproval manual) {
            addManual(arguments, manual);
        } else {
            return null;
        }
        return arguments;
    }

    private void addWebhook(Map<String, Object> arguments, Webhook webhook, RunWebhook run) {
        arguments.put("name", webhook.name());
        arguments.put("method", webhook.method());
        arguments.put("uriTemplate", webhook.uriTemplate());
        List<Map<String, String>> headers = new ArrayList<>();
        webhook.headers()
                .forEach(header ->
                        headers.add(new LinkedHashMap<>(Map.of("key", header.key(), "value", header.value()))));
        arguments.put("headers", headers);
        if (webhook.body() != null) {
            arguments.put("bodyTemplate", new LinkedHashMap<>(Map.of("inline", webhook.body())));
        }
        arguments.put("retryCount", webhook.retry().count());
        arguments.put("networkMode", webhook.networkMode().toString());
        if (webhook.networkMode() == NetworkMode.REMOTE_NETWORK_AGENT && webhook.agentIdentifier() != null) {
            arguments.put("agentIdentifier", webhook.agentIdentifier());
        }
        arguments.put("disableCallback", webhook.disableCallback());
        arguments.put(CONTEXT, new LinkedHashMap<>(run.context()));
    }

    private void addManual(Map<String, Object> arguments, ManualApproval manual) {
        Map<String, Object> person = new LinkedHashMap<>();
        person.put("message", "Continue the deployment to " + target.name() + "?");
        if (!manual.roles().isEmpty()) {
            person.put("submitters", String.join(", ", manual.roles()));
        }
        arguments.put("manualApproval", person);
        Duration expiration = manual.expiration();
        if (expiration != null) {
            arguments.put("timeout", expiration.toSeconds());
            arguments.put("unit", "SECONDS");
        }
    }
}
