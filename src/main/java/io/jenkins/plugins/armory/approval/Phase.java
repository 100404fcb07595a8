package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The phases of a deployment in which an approval may stand, with Armory's names. The phase decides what a failure
 * does.
 */
@Restricted(NoExternalUse.class)
public enum Phase {
    /** Before the deployment: after a failure, nothing is deployed. */
    @JsonProperty("beforeDeployment")
    BEFORE_DEPLOYMENT("beforeDeployment"),
    /** Within the deployment: a failure ends it, and what was deployed is rolled back. */
    @JsonProperty("strategy")
    STRATEGY("strategy"),
    /** After the deployment: after a failure it stays, and the deployments that depend on it are cancelled. */
    @JsonProperty("afterDeployment")
    AFTER_DEPLOYMENT("afterDeployment");

    private final String text;

    Phase(String text) {
        this.text = text;
    }

    /** Returns the phase of that name in a Pipeline; empty if there is none. */
    public static Optional<Phase> of(String text) {
        return Arrays.stream(values()).filter(phase -> phase.text.equals(text)).findFirst();
    }

    public static String names() {
        return Arrays.stream(values()).map(Phase::toString).collect(Collectors.joining(", "));
    }

    /** Returns the name in a Pipeline. */
    @Override
    public String toString() {
        return text;
    }
}
