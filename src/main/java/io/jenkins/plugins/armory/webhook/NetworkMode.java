package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The place that a webhook is called from: {@code networkMode} of Armory's {@code webhooks} section. */
@Restricted(NoExternalUse.class)
public enum NetworkMode {
    /** From Jenkins itself. */
    @JsonProperty("direct")
    DIRECT("direct"),
    /** From the Jenkins agent that {@code agentIdentifier} names, for networks that Jenkins itself cannot reach. */
    @JsonProperty("remoteNetworkAgent")
    REMOTE_NETWORK_AGENT("remoteNetworkAgent");

    private final String text;

    NetworkMode(String text) {
        this.text = text;
    }

    /** Returns the mode as it is written in definitions. */
    @Override
    public String toString() {
        return text;
    }

    /**
     * Returns the mode of a definition.
     *
     * @param text {@code null} for the default
     * @throws InvalidWebhookException if there is no such mode
     */
    public static NetworkMode of(@CheckForNull String text) {
        if (text == null) {
            return DIRECT;
        }
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
