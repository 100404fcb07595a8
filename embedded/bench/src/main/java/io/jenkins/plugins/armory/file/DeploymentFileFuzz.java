package io.jenkins.plugins.armory.file;

import io.jenkins.plugins.armory.deployment.DeploymentPlan.Step;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Target;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * Checks that any deployment file is read or refused with a reason, without much time and memory, and that a plan is
 * consistent.
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
            file.webhooks().values().forEach(webhook -> check(webhook.name() != null, "a webhook has a name"));
            file.context().forEach((key, value) -> key.concat(value));
            file.target("staging");
            file.unusedByWebhooks().forEach(name -> check(name.lines().count() == 1, "one line: " + name));
        } catch (DeploymentFile.InvalidException x) {
            checkMessage(x);
        }
    }

    private static void plan(String text) {
        try {
            PlannedDeployment planned = PlannedDeployment.read(NAME, text);
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
