package io.jenkins.plugins.armory.approval;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Where in a deployment an approval stands, with Armory's names. It decides what a failure does. */
@Restricted(NoExternalUse.class)
public enum Phase {
    /** Before anything is deployed: a failure means that nothing is. */
    BEFORE_DEPLOYMENT("beforeDeployment"),
    /** Within the deployment: a failure ends it, and what was deployed is rolled back. */
    STRATEGY("strategy"),
    /** Once all is deployed: a failure leaves it there, and cancels the deployments that depend on it. */
    AFTER_DEPLOYMENT("afterDeployment");

    private final String text;

    Phase(String text) {
        this.text = text;
    }

    /** The phase of that name in a Pipeline. */
    public static Optional<Phase> of(String text) {
        return Arrays.stream(values()).filter(phase -> phase.text.equals(text)).findFirst();
    }

    /** All names, for messages. */
    public static String names() {
        return Arrays.stream(values()).map(Phase::toString).collect(Collectors.joining(", "));
    }

    /** The name in a Pipeline. */
    @Override
    public String toString() {
        return text;
    }
}
