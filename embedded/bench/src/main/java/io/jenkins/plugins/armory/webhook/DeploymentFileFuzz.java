package io.jenkins.plugins.armory.webhook;

import java.nio.charset.StandardCharsets;

/** Whatever is in a deployment file, it is read, or refused with a reason; and it takes no time and memory to speak of. */
public final class DeploymentFileFuzz {

    private DeploymentFileFuzz() {}

    /** What Jazzer calls. */
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
