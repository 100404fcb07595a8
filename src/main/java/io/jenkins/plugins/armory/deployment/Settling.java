package io.jenkins.plugins.armory.deployment;

import io.jenkins.plugins.armory.deployment.Environment.State;
import io.jenkins.plugins.armory.deployment.TransitionTable.Trigger;
import java.util.Optional;

/**
 * The last part of each change: environments that wait for their dependencies go on or are cancelled. So one event and all
 * that follows from it are one change.
 */
final class Settling {

    private final Change change;
    private final Graph graph;

    Settling(Change change, Graph graph) {
        this.change = change;
        this.graph = graph;
    }

    /** Settles the environments, one after another, until none moves any more. */
    void run() {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (Environment environment : change.environments()) {
                moved |= environment.state() == State.WAITING_FOR_DEPENDENCIES && settle(environment);
            }
        }
    }

    private boolean settle(Environment environment) {
        Optional<Environment> blocking = graph.blocking(environment);
        if (blocking.isPresent()) {
            return change.move(environment, Trigger.DEPENDENCY_LOST, (it, next) -> cancelledBy(blocking.get(), it));
        }
        return graph.admits(environment)
                && !environment.awaitsGates()
                && change.move(environment, Trigger.DEPENDENCIES_COMPLETE, change::endOfWait);
    }

    private static Environment cancelledBy(Environment blocking, Environment environment) {
        String first = blocking.cancelledBy();
        return environment.withCancellation(
                reason(blocking), first == null || first.isEmpty() ? blocking.name() : first);
    }

    /** Returns why an environment blocks its dependents. Indirect dependents have the same reason. */
    static String reason(Environment blocking) {
        if (blocking.afterDeploymentFailure() != null) {
            return "\"" + blocking.name() + "\" is deployed, but: " + blocking.afterDeploymentFailure();
        }
        String reason = String.valueOf(blocking.reason());
        return blocking.isCancelled()
                ? reason
                : "\"" + blocking.name() + "\" is closed: "
                        + reason.lines().findFirst().orElse("");
    }
}
