package io.jenkins.plugins.armory.deployment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalEnded;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    /** Removes the failures that were thrown in an environment. */
    void removeStandingIn(Environment environment) {
        all.removeAll(standingIn(environment));
    }

    void add(Failure failure) {
        all.add(failure);
    }

    /** Returns why an {@code afterDeployment} approval that names an environment has failed, {@code null} if none has. */
    @CheckForNull
    String afterDeploymentOf(String environment) {
        return all.stream()
                .filter(failure -> !failure.isThrown()
                        && environment.equals(failure.place().environment()))
                .map(Failure::reason)
                .findFirst()
                .orElse(null);
    }

    /**
     * Returns what was not thrown and comes before a place, so that it cancels what begins there.
     *
     * @param outsideAlone whether the approvals of environments do not count: whoever chooses among those has chosen
     */
    Optional<Failure> cancelling(Place place, boolean outsideAlone) {
        return all.stream()
                .filter(failure -> !failure.isThrown() && failure.place().comesBefore(place))
                .filter(failure -> !outsideAlone || failure.place().environment() == null)
                .findFirst();
    }

    private static boolean isIn(Environment environment, Failure failure) {
        return environment.name().equals(failure.place().environment());
    }
}
