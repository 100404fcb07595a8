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

    private static final String NAME = "deployment.yml";

    private DeploymentFileFuzz() {}

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        readWebhooks(text);
        plan(text);
    }

    private static void readWebhooks(String text) {
        try {
            DeploymentFile file = DeploymentFile.parse(NAME, text);
            file.webhooks().values().forEach(webhook -> readBack(webhook, file.context()));
            file.target("staging");
            file.unusedByWebhooks().forEach(name -> check(name.lines().count() == 1, "one line: " + name));
        } catch (DeploymentFile.InvalidException x) {
            checkMessage(x);
        }
    }

    private static void readBack(Webhook webhook, Map<String, String> context) {
        if (webhook.bodyPath() != null) {
            return; // the step reads it first
        }
        try {
            ReadBack.check(ReadBack.calling(webhook, context));
        } catch (InvalidWebhookException x) {
            check(x.getMessage().startsWith("context: "), "the step says what is wrong: " + x.getMessage());
        }
    }

    private static void plan(String text) {
        try {
            PlannedDeployment planned = PlannedDeployment.read(NAME, text);
            planned.plan().steps().forEach(step -> {
                if (step instanceof RunWebhook run) {
                    readBack(planned.file().webhooks().get(run.webhook()), run.context());
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
        } catch (DeploymentFile.InvalidException x) {
            checkMessage(x);
            check(
                    x.getMessage()
                            .lines()
                            .allMatch(line -> line.matches(".+ line \\d+, column \\d+: .+")
                                    || line.startsWith(NAME + ": is not YAML: ")),
                    "each mistake has a place: " + x.getMessage());
        }
    }

    private static void checkMessage(DeploymentFile.InvalidException x) {
        check(x.getMessage() != null && x.getMessage().startsWith(NAME), "it says which file: " + x.getMessage());
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
