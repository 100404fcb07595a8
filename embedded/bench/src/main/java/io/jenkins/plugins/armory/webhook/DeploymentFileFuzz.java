package io.jenkins.plugins.armory.webhook;

import java.nio.charset.StandardCharsets;

/** Checks that any deployment file is read or refused with a reason, without much time and memory. */
public final class DeploymentFileFuzz {

    private DeploymentFileFuzz() {}

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        try {
            DeploymentFile file = DeploymentFile.parse("deployment.yml", new String(data, StandardCharsets.UTF_8));
            file.webhooks().values().forEach(webhook -> {
                if (webhook.name() == null) {
                    throw new AssertionError("a webhook has a name");
                }
            });
            file.context().forEach((key, value) -> key.concat(value));
            file.target("staging");
        } catch (DeploymentFile.InvalidException x) {
            if (x.getMessage() == null || !x.getMessage().contains("deployment.yml")) {
                throw new AssertionError("it says which file", x);
            }
        }
    }
}
