package io.jenkins.plugins.armory.deployment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.deployment.Environment.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The graph of dependencies between the environments of a build.
 *
 * @param environments by name; the map is a view, so the graph changes with it
 */
record Graph(Map<String, Environment> environments) {

    /**
     * Returns the names of the environments that come before a place, without those that another one of them depends on. In the body of
     * an environment, those in the same body.
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
                dependencies(all.get(i)).map(Environment::name).forEach(covered::add);
            }
        }
        return all.stream()
                .map(Environment::name)
                .filter(name -> !covered.contains(name))
                .toList();
    }

    /** Returns the names along the shortest cycle through an environment, from it back to itself; empty if there is none. */
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
     * Returns the dependencies of an environment, and the environments within it, which end before it does. A restarted build may
     * not know the environment, which has none then.
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

    /** Returns whether everything is open that an environment depends on, directly or not. */
    boolean admits(Environment environment) {
        return dependencies(environment).allMatch(this::isOpen);
    }

    /** Returns whether an environment is open, with all environments within it. */
    boolean isOpen(Environment environment) {
        return withAllWithin(environment).allMatch(Environment::isOpen);
    }

    /** Returns the first environment that keeps another one closed: one that it depends on, directly or not, or one within those. */
    Optional<Environment> blocking(Environment environment) {
        return dependencies(environment)
                .flatMap(this::withAllWithin)
                .filter(Environment::isClosed)
                .findFirst();
    }

    /** Returns the environment that cancels a stage: one before it, or one within that, which is closed by what was not thrown. */
    Optional<Environment> cancelling(Place stage) {
        return environments.values().stream()
                .filter(each -> each.isReached() && each.place().comesBefore(stage))
                .filter(Environment::isClosedQuietly)
                .findFirst();
    }

    /** Returns the names of the environments that depend on an environment, or on one around it, and have begun. */
    List<String> startedDependents(String name) {
        return environments.values().stream()
                .filter(Environment::hasBegun)
                .filter(each -> dependencies(each)
                        .flatMap(this::withAllWithin)
                        .anyMatch(dependency -> dependency.name().equals(name)))
                .map(Environment::name)
                .toList();
    }

    /** Returns whether an environment within this one is not over. */
    boolean hasOpenWithin(Environment environment) {
        return within(environment).anyMatch(each -> !each.state().isOver());
    }

    /** Returns the first environment within this one that is closed by what was thrown: the Pipeline has caught that. */
    Optional<Environment> caughtWithin(Environment environment) {
        return within(environment)
                .flatMap(this::withAllWithin)
                .filter(each -> each.isClosed() && !each.isClosedQuietly())
                .findFirst();
    }

    /** Returns whether a place is in the body of an environment, or of its rollback. */
    boolean isIn(Environment environment, Place place) {
        for (String body = place.body(); body != null; body = around(body)) {
            if (environment.hasBody(body)) {
                return true;
            }
        }
        return false;
    }

    /** Returns the body around a body, {@code null} for none. */
    @CheckForNull
    private String around(String body) {
        return environments.values().stream()
                .filter(each -> each.hasBody(body))
                .findFirst()
                .map(each -> each.isRolledBackBy(body)
                        ? each.rollback().body()
                        : each.place().body())
                .orElse(null);
    }

    private Stream<Environment> withAllWithin(Environment environment) {
        return Stream.concat(Stream.of(environment), within(environment).flatMap(this::withAllWithin));
    }

    private Stream<Environment> within(Environment environment) {
        return environments.values().stream()
                .filter(each -> environment.hasBody(each.place().body())
                        || environment.isOf(
                                String.valueOf(aroundRollback(each.place().body()))));
    }

    /** Returns the body around a body of a rollback, {@code null} for any other. */
    @CheckForNull
    private String aroundRollback(@CheckForNull String body) {
        return body != null && environments.values().stream().anyMatch(each -> each.isRolledBackBy(body))
                ? around(body)
                : null;
    }

    /** Returns the names of the dependencies that the Pipeline has not reached. */
    List<String> notReached(Environment environment) {
        return environment.dependsOn().stream()
                .filter(name -> environments.get(name).state() == State.PENDING)
                .toList();
    }

    /** Returns what an environment depends on, directly or not. A restarted build may not know all of them. */
    private Stream<Environment> dependencies(Environment environment) {
        Set<String> names = new LinkedHashSet<>();
        var open = new ArrayDeque<>(environment.dependsOn());
        while (!open.isEmpty()) {
            String name = open.remove();
            if (environments.containsKey(name) && names.add(name)) {
                open.addAll(environments.get(name).dependsOn());
            }
        }
        return names.stream().map(environments::get);
    }

    /** Returns the drawing of the graph for the log. */
    @Override
    public String toString() {
        return GraphText.of(environments.values());
    }
}
