package io.jenkins.plugins.armory.deploymentfile;

import io.jenkins.plugins.armory.deployment.DeploymentPlan.RunWebhook;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Step;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Target;
import io.jenkins.plugins.armory.storage.ReadBack;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Checks that any deployment file is read or refused with a reason, without much time and memory, that a plan is consistent, and that the
 * store reads back what is called for it.
 */
public final class DeploymentFileFuzz {

    private static final String NAME = "config";

    private DeploymentFileFuzz() {}

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        plan(text);
    }

    private static void readBack(Webhook webhook, Map<String, String> context) {
        try {
            ReadBack.check(ReadBack.calling(webhook, context));
        } catch (InvalidWebhookException x) {
            check(x.getMessage().startsWith("context: "), "the step says what is wrong: " + x.getMessage());
        }
    }

    private static void plan(String text) {
        try {
            PlannedDeployment planned = PlannedDeployment.read(text, Map.of(), Map.of());
            planned.plan().steps().forEach(step -> {
                if (step instanceof RunWebhook run) {
                    readBack(planned.webhooks().get(run.webhook()), run.context());
                }
            });
            Set<String> ids = new HashSet<>();
            planned.plan().steps().map(Step::id).forEach(id -> check(ids.add(id), "an id is there once: " + id));
            Set<String> done = new HashSet<>();
            for (int i = 0; i < planned.plan().targets().size(); i++) {
                planned.plan().targets().stream()
                        .filter(target -> done.containsAll(target.dependsOn()))
                        .map(Target::name)
                        .forEach(done::add);
            }
            planned.plan().targets().forEach(target -> check(done.contains(target.name()), "no cycle"));
            planned.plan()
                    .targets()
                    .forEach(target -> check(ids.add(target.rollback().id()), "its own rollback"));
        } catch (PlannedDeployment.InvalidException x) {
            checkMessage(x);
            check(
                    x.getMessage()
                            .lines()
                            .allMatch(line -> line.matches(".+ line \\d+, column \\d+: .+")
                                    || line.startsWith(NAME + ": is not YAML: ")),
                    "each mistake has a place: " + x.getMessage());
        }
    }

    private static void checkMessage(PlannedDeployment.InvalidException x) {
        check(x.getMessage() != null && x.getMessage().startsWith(NAME), "it says which file: " + x.getMessage());
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
