package io.jenkins.plugins.armory.part.file;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Action;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.ManualApproval;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.RunWebhook;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Step;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Target;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The size of a plan, in characters. Each step has what its condition and its webhook have, for each target, so that a
 * plan can be as large as the square of its file.
 */
final class PlanSize {

    /** The most steps: a file of a few lines can have very many targets times conditions. */
    private static final int MAX_STEPS = 10_000;

    /** The most characters: each is kept in memory, and each call is written with its approval. */
    private static final long MAX_LENGTH = 20_000_000;

    /** The size of an entry of a map or list beside its characters, since it is an object. */
    private static final int ENTRY = 50;

    private final Map<String, Long> webhooks = new LinkedHashMap<>();
    private long length;
    private int steps;

    /** @param webhooks the webhooks by their names */
    PlanSize(Map<String, Webhook> webhooks) {
        webhooks.forEach((name, webhook) -> this.webhooks.put(name, lengthOf(webhook)));
    }

    void add(Target target) {
        steps += target.steps().count();
        length += target.steps().mapToLong(this::lengthOf).sum();
    }

    /** Returns why the plan is too large, {@code null} if it is not. */
    @CheckForNull
    String problem() {
        String most = steps > MAX_STEPS
                ? MAX_STEPS + " steps"
                : length > MAX_LENGTH ? MAX_LENGTH + " characters, with what its webhooks send" : null;
        return most == null ? null : "makes a plan of more than " + most + "; deploy to fewer targets with one file";
    }

    private long lengthOf(Step step) {
        long own = step.id().length() + step.label().length();
        if (step instanceof RunWebhook run) {
            return own + webhooks.get(run.webhook()) + lengthOf(run.context());
        } else if (step instanceof ManualApproval manual) {
            return own + lengthOf(manual.roles());
        }
        return step instanceof Action action ? own + lengthOf(action.variables()) : own;
    }

    private static long lengthOf(Webhook webhook) {
        long headers = webhook.headers().stream()
                .mapToLong(
                        header -> ENTRY + header.key().length() + header.value().length())
                .sum();
        return webhook.uriTemplate().length() + headers + lengthOf(webhook.body());
    }

    private static long lengthOf(Map<String, String> map) {
        return lengthOf(map.keySet()) + lengthOf(map.values());
    }

    private static long lengthOf(Collection<String> texts) {
        return texts.stream().mapToLong(text -> ENTRY + text.length()).sum();
    }

    private static long lengthOf(@CheckForNull String text) {
        return text == null ? 0 : text.length();
    }
}
