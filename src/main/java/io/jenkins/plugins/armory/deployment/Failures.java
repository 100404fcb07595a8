package io.jenkins.plugins.armory.deployment;

import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalEnded;
import java.util.ArrayList;
import java.util.List;

/** The failed approvals of a build by place, while an event is applied. */
final class Failures {

    private final List<Failure> all;

    Failures(List<Failure> all) {
        this.all = new ArrayList<>(all);
    }

    List<Failure> asList() {
        return all;
    }

    /**
     * Adds the failure of an approval, once for each place, phase and definition. A failure takes the place of a stop, since a retry may
     * make up for the stop alone.
     */
    void add(ApprovalEnded event, Place place) {
        var added = new Failure(place, event.phase(), event.definition(), event.reason(), event.verdict());
        if (!added.isStop()) {
            all.replaceAll(failure -> failure.isStop() && isSame(failure, added) ? added : failure);
        }
        if (all.stream().noneMatch(failure -> isSame(failure, added))) {
            all.add(added);
        }
    }

    private static boolean isSame(Failure one, Failure other) {
        return one.place().equals(other.place())
                && one.phase() == other.phase()
                && one.definition().equals(other.definition());
    }

    /**
     * Removes the failures that a successful retry makes up for. A failure that was not thrown stands, and so does a
     * failure in another branch of the same {@code parallel}.
     */
    void retried(ApprovalEnded event, Place place) {
        all.removeIf(failure -> failure.isThrown()
                && failure.isOf(place, event.phase(), event.definition())
                && !failure.place().isBeside(place));
    }

    /** Returns the failures that were thrown in an environment, the oldest first. */
    List<Failure> standingIn(Environment environment) {
        return all.stream()
                .filter(failure -> isIn(environment, failure) && failure.isThrown())
                .toList();
    }

    /** Removes the failures of an environment. */
    void removeAllOf(Environment environment) {
        all.removeIf(failure -> isIn(environment, failure));
    }

    private static boolean isIn(Environment environment, Failure failure) {
        return environment.name().equals(failure.place().environment());
    }
}
