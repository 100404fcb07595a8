package io.jenkins.plugins.armory.webhook;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Where a webhook is called from: {@code networkMode} of Armory's {@code webhooks} section. */
public enum NetworkMode {
    /** From Jenkins itself. */
    DIRECT("direct"),
    /** From the Jenkins agent that {@code agentIdentifier} names, which may reach what Jenkins itself does not. */
    REMOTE_NETWORK_AGENT("remoteNetworkAgent");

    private final String text;

    NetworkMode(String text) {
        this.text = text;
    }

    /** The mode as it is written in definitions. */
    @Override
    public String toString() {
        return text;
    }

    /** @throws InvalidWebhookException when there is no such mode */
    public static NetworkMode of(String text) {
        return Arrays.stream(values())
                .filter(mode -> mode.text.equals(text.strip()))
                .findFirst()
                .orElseThrow(() -> new InvalidWebhookException(
                        "networkMode",
                        "\"" + text + "\" is not one of "
                                + Arrays.stream(values())
                                        .map(NetworkMode::toString)
                                        .collect(Collectors.joining(", "))));
    }
}
