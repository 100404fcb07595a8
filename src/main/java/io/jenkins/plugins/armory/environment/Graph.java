package io.jenkins.plugins.armory.environment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.Environment.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the environments of a build, its open approvals and its failures mean for each other. The collections are views,
 * so the graph changes with them.
 *
 * @param environments by name
 */
record Graph(Map<String, Environment> environments, Collection<OpenApproval> approvals, List<Failure> failures) {

    private Optional<Environment> reached(@CheckForNull String name) {
        return Optional.ofNullable(environments.get(name)).filter(Environment::isReached);
    }

    /** Returns the place of an approval as it counts. Until the Pipeline reaches its environment, the stage counts. */
    Place resolved(Place place) {
        return reached(place.environment()).isPresent() ? place : place.withEnvironment(null);
    }

    /**
     * Returns the names of the environments that come before a place, without those that another one of them depends
     * on. In the body of an environment, those in the same body.
     */
    List<String> before(Place place) {
        List<Environment> all = environments.values().stream()
                .filter(Environment::isReached)
                .filter(each -> each.place().comesBefore(place)
                        && Objects.equals(each.place().body(), place.body()))
                .toList();
        Set<String> covered = new LinkedHashSet<>();
        for (int i = all.size() - 1; i >= 0; i--) { // the later ones depend on the earlier ones, mostly
            if (!covered.contains(all.get(i).name())) {
                addDependencies(all.get(i), covered);
            }
        }
        return all.stream()
                .map(Environment::name)
                .filter(name -> !covered.contains(name))
                .toList();
    }

    /**
     * Returns the names along the shortest cycle through an environment, from it back to itself; empty if there is
     * none.
     */
    List<String> cycle(String name) {
        var from = new LinkedHashMap<String, String>();
        var open = new ArrayDeque<String>(List.of(name));
        while (!open.isEmpty()) {
            String at = open.remove();
            for (String next : waitsFor(at)) {
                if (next.equals(name)) {
                    return path(name, at, from);
                }
                if (!from.containsKey(next)) {
                    from.put(next, at);
                    open.add(next);
                }
            }
        }
        return List.of();
    }

    /**
     * Returns the dependencies of an environment, and the environments within it, which end before it does. A restarted
     * build may not know the environment, which has none then.
     */
    private List<String> waitsFor(String name) {
        Environment environment = environments.get(name);
        return environment == null
                ? List.of()
                : Stream.concat(
                                environment.dependsOn().stream(),
                                within(environment).map(Environment::name))
                        .toList();
    }

    private static List<String> path(String name, String last, Map<String, String> from) {
        var path = new ArrayList<String>(List.of(name));
        for (String back = last; !back.equals(name); back = from.get(back)) {
            path.add(1, back);
        }
        path.add(name);
        return path;
    }

    /** Returns what has failed in an environment, the oldest first. */
    Stream<Failure> failuresIn(Environment environment) {
        return failures.stream()
                .filter(failure -> environment.name().equals(failure.place().environment()));
    }

    List<Failure> thrownIn(Environment environment) {
        return failuresIn(environment).filter(Failure::isThrown).toList();
    }

    /** Returns whether an approval is open that belongs to an environment. */
    boolean awaitsApprovals(Environment environment) {
        return approvals.stream().anyMatch(open -> open.isOf(environment.name()));
    }

    /** Returns whether an approval is open that an environment waits for before its deployment begins. */
    boolean awaitsGates(Environment environment) {
        return approvals.stream()
                .anyMatch(open -> open.isOf(environment.name()) && open.phase() == Phase.BEFORE_DEPLOYMENT);
    }

    /** Returns whether the environment itself is open: see the sentence <i>Open</i> of {@link Deployment}. */
    boolean isOpen(Environment environment) {
        return environment.state() == State.COMPLETE && !isClosed(environment) && !awaitsApprovals(environment);
    }

    /** Returns whether the environment itself can never be open. What was thrown is made up for until its end. */
    boolean isClosed(Environment environment) {
        return environment.isReached()
                && (environment.endedWithoutDeployment()
                        || failuresIn(environment)
                                .anyMatch(each -> !each.isThrown() || environment.state() == State.COMPLETE));
    }

    /**
     * Returns whether an environment is closed by what was thrown, so that a {@code catch} may have decided about it.
     */
    private boolean hasThrown(Environment environment) {
        return environment.state() == State.COMPLETE
                ? !thrownIn(environment).isEmpty()
                : environment.endedWithoutDeployment() && !environment.isCancelled();
    }

    /** Returns whether an environment is open, with all environments within it. */
    boolean isOpenWithin(Environment environment) {
        return isOpen(environment) && within(environment).allMatch(this::isOpen);
    }

    /** Returns whether everything is open that an environment depends on, directly or not. */
    boolean admits(Environment environment) {
        return admitted(List.of(environment)).contains(environment.name());
    }

    /** Returns the names of those of some environments that {@link #admits} holds for. */
    Set<String> admitted(List<Environment> some) {
        List<Environment> notOpen =
                environments.values().stream().filter(each -> !isOpen(each)).toList();
        Set<String> names = notOpen.stream().map(Environment::name).collect(Collectors.toSet());
        List<Environment> ready = some.stream()
                .filter(each -> Collections.disjoint(each.dependsOn(), names))
                .toList(); // mostly none: then there is no need to look further
        Set<String> held = ready.isEmpty() ? Set.of() : dependents(notOpen).keySet();
        return ready.stream()
                .map(Environment::name)
                .filter(name -> !held.contains(name))
                .collect(Collectors.toSet());
    }

    /** Returns the environments that can never be open. */
    List<Environment> closed() {
        return environments.values().stream().filter(this::isClosed).toList();
    }

    /**
     * Returns what depends, directly or not, on one of some environments, or on one around such a one: by name, with
     * the first of those environments that it depends on. Looks at each dependency once for all of them, since many
     * environments may wait for many.
     */
    Map<String, Environment> dependents(List<Environment> some) {
        if (some.isEmpty()) {
            return Map.of();
        }
        var direct = new HashMap<String, List<String>>();
        environments
                .values()
                .forEach(each -> each.dependsOn()
                        .forEach(name -> direct.computeIfAbsent(name, it -> new ArrayList<>())
                                .add(each.name())));
        var dependents = new HashMap<String, Environment>();
        var seen = new HashSet<String>();
        for (Environment each : some) {
            var open = new ArrayDeque<>(around(each.place()));
            open.add(each.name());
            while (!open.isEmpty()) {
                String next = open.remove();
                if (seen.add(next)) {
                    List<String> further = direct.getOrDefault(next, List.of());
                    further.forEach(name -> dependents.putIfAbsent(name, each));
                    open.addAll(further);
                }
            }
        }
        return dependents;
    }

    /** Returns the names of the environments that depend on an environment, or on one around it, and have begun. */
    List<String> startedDependents(Environment environment) {
        Map<String, Environment> dependents = dependents(List.of(environment));
        return environments.values().stream()
                .filter(each -> each.hasBegun() && dependents.containsKey(each.name()))
                .map(Environment::name)
                .toList();
    }

    /** Returns the first failure that {@link #cancels} what begins at a place. */
    Optional<Failure> cancelling(Place place, boolean chooses) {
        return failures.stream()
                .filter(failure -> cancels(failure, place, chooses))
                .findFirst();
    }

    /**
     * Returns whether a failure was not thrown and comes before a place, so that it cancels what begins there.
     *
     * @param chooses whether the approvals of environments do not count: whoever chooses among those has chosen
     */
    boolean cancels(Failure failure, Place place, boolean chooses) {
        if (failure.isThrown()) {
            return false;
        }
        Optional<Environment> environment = reached(failure.place().environment());
        boolean comesBefore = failure.place().comesBefore(place)
                || environment.filter(each -> each.place().comesBefore(place)).isPresent();
        return comesBefore && !(chooses && environment.isPresent());
    }

    /** Returns whether a failed check is why an environment that depends on its own is cancelled. */
    boolean cancels(Failure failure, Environment dependent) {
        return !failure.isThrown()
                && reached(failure.place().environment())
                        .filter(environment -> dependents(List.of(environment)).containsKey(dependent.name()))
                        .isPresent();
    }

    /** Returns whether an environment is under way and no mistake has closed it, see {@link Environment#isUnderWay}. */
    boolean isUnderWay(Environment environment) {
        return environment.isUnderWay()
                && (environment.isRollingBack() || failuresIn(environment).noneMatch(Failure::isStop));
    }

    /** Returns whether an environment within this one is not over. */
    boolean hasOpenWithin(Environment environment) {
        return within(environment).anyMatch(each -> !each.state().isOver());
    }

    /**
     * Returns why an environment fails at the end of its body: what was thrown in it and stands, or within it and was
     * caught.
     */
    Optional<String> reasonToFail(Environment environment) {
        return Stream.concat(
                        thrownIn(environment).stream().map(Failure::reason),
                        within(environment).filter(this::hasThrown).map(this::reason))
                .findFirst();
    }

    /**
     * Returns whether something that was thrown in the body of an environment was caught there. A success elsewhere is
     * no retry of it.
     */
    boolean hasCaught(Environment environment) {
        return thrownIn(environment).stream().anyMatch(each -> isIn(environment, each.place()))
                || within(environment).anyMatch(this::hasThrown);
    }

    /** Returns whether the deployment to an environment has failed before its end, so that it is to be rolled back. */
    boolean isToRollBack(Environment environment) {
        boolean began = thrownIn(environment).stream().anyMatch(each -> each.phase() != Phase.BEFORE_DEPLOYMENT)
                || within(environment).anyMatch(this::hasThrown);
        return began && !environment.deployed();
    }

    /**
     * Returns why an environment has failed, was cancelled, or was closed once it was complete; {@code null} otherwise.
     */
    @CheckForNull
    String reason(Environment environment) {
        return environment.state() == State.COMPLETE
                ? thrownIn(environment).stream()
                        .map(Failure::reason)
                        .findFirst()
                        .orElse(null)
                : environment.reason();
    }

    /** Returns why a check after the deployment to an environment has failed, {@code null} if none has. */
    @CheckForNull
    String failedCheck(Environment environment) {
        return failuresIn(environment)
                .filter(failure -> !failure.isThrown() && !failure.isCancellation())
                .map(Failure::reason)
                .findFirst()
                .orElse(null);
    }

    /** Returns why what depends on a failure is cancelled: an environment of it is named. */
    String whyCancelled(Failure failure) {
        return reached(failure.place().environment()).map(this::whyClosed).orElse(failure.reason());
    }

    /** Returns why an environment is closed. What is cancelled for it has the same reason. */
    String whyClosed(Environment environment) {
        if (environment.isCancelled()) {
            return environment.reason();
        }
        String check = environment.endedWithoutDeployment() ? null : failedCheck(environment);
        String why = check == null
                ? String.valueOf(reason(environment)).lines().findFirst().orElse("")
                : check;
        boolean deployed = check != null && environment.hasBegun();
        return "\"" + environment.name() + "\" is " + (deployed ? "deployed, but: " : "closed: ") + why;
    }

    /** Returns whether a place is in the body of an environment, or of its rollback. */
    boolean isIn(Environment environment, Place place) {
        return around(place).contains(environment.name());
    }

    private Stream<Environment> within(Environment environment) {
        return environments.values().stream().filter(each -> isIn(environment, each.place()));
    }

    /** Returns the names of the environments in whose bodies, or in the bodies of whose rollbacks, a place is. */
    private List<String> around(Place place) {
        String body = place.body();
        if (body == null) {
            return List.of();
        }
        var around = new ArrayList<String>();
        while (body != null) {
            String inner = body;
            Optional<Environment> owner = environments.values().stream()
                    .filter(each -> each.hasBody(inner))
                    .findFirst();
            owner.map(Environment::name).ifPresent(around::add);
            body = owner.map(each -> each.bodyAround(inner)).orElse(null);
        }
        return around;
    }

    /** Returns the names of the dependencies that the Pipeline has not reached. */
    List<String> notReached(Environment environment) {
        return environment.dependsOn().stream()
                .filter(name -> environments.get(name).state() == State.PENDING)
                .toList();
    }

    /**
     * Adds the names of what an environment depends on, directly or not, to those of what others depend on. A restarted
     * build may not know all of them.
     */
    private void addDependencies(Environment environment, Set<String> names) {
        var open = new ArrayDeque<>(environment.dependsOn());
        while (!open.isEmpty()) {
            Environment next = environments.get(open.remove());
            if (next != null && names.add(next.name())) {
                open.addAll(next.dependsOn());
            }
        }
    }

    /** Returns a line for each environment, for the log. */
    @Override
    public String toString() {
        return environments.values().stream()
                .map(each -> each.name() + " "
                        + (each.state() == State.PENDING ? "not reached" : each.state())
                        + (each.dependsOn().isEmpty() ? "" : ", depends on " + String.join(", ", each.dependsOn()))
                        + "\n")
                .collect(Collectors.joining());
    }
}
