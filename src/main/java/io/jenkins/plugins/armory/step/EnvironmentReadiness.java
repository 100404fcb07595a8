package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.Serializable;
import java.util.Objects;

/**
 * The question whether an environment is complete, with those within it, and no approval after its deployment failed. It does not wait, and
 * looks at memory alone, so the thread of the Pipeline engine may ask.
 *
 * @param environment the name
 */
record EnvironmentReadiness(String environment) implements Serializable {

    EnvironmentReadiness(@CheckForNull String environment) {
        this.environment = Objects.requireNonNullElse(environment, "").strip();
    }

    /** @throws AbortException if there can be no environment of this name, such as that of a variable that is not set */
    boolean holds(Run<?, ?> run) throws AbortException {
        if (environment.isEmpty()) {
            throw new AbortException(
                    "armoryEnvironmentReady: environment: is missing; name the environment that the stage needs");
        }
        try {
            ArmoryEnvironmentStep.checkName("environment", environment);
        } catch (IllegalArgumentException x) {
            throw new AbortException("armoryEnvironmentReady: " + x.getMessage());
        }
        return ArmoryRuntime.get().deployments().admitsDependents(run, environment);
    }

    /**
     * Returns a line for the log if the build has not come to the environment, {@code null} if it has. Such an environment is not ready, so
     * with {@code not} a misspelt name would run the stage without a word. It is no error, because its stage may have been skipped.
     */
    @CheckForNull
    String whyUnknown(Run<?, ?> run) {
        return ArmoryRuntime.get().deployments().hasReached(run, environment)
                ? null
                : "armoryEnvironmentReady: this build has not come to environment \"" + environment
                        + "\", so it is not ready. If it never will, correct the name";
    }
}
