package io.jenkins.plugins.armory.deployment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.deployment.Environment.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The graph of dependencies between the environments of a build.
 *
 * @param environments by name; the map is a view, so the graph changes with it
 */
record Graph(Map<String, Environment> environments) {

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

    /** Returns whether all dependencies admit an environment. */
    boolean admits(Environment environment) {
        return dependencies(environment).allMatch(this::admitsDependents);
    }

    /** Returns whether an environment, and all environments within it, admit its dependents. */
    boolean admitsDependents(Environment environment) {
        return withAllWithin(environment).allMatch(Environment::admitsDependents);
    }

    /** Returns the first dependency, or environment within one, that will never admit an environment. */
    Optional<Environment> blocking(Environment environment) {
        return dependencies(environment)
                .flatMap(this::withAllWithin)
                .filter(Environment::blocksDependents)
                .findFirst();
    }

    /** Returns the names of the environments that depend on an environment, or on one around it, and have begun. */
    List<String> startedDependents(String name) {
        List<String> around = withAllAround(name);
        return environments.values().stream()
                .filter(each -> each.hasBegun() && !Collections.disjoint(each.dependsOn(), around))
                .map(Environment::name)
                .toList();
    }

    /**
     * Returns the names of an environment and of all environments around it.
     *
     * @param name {@code null} for none
     */
    List<String> withAllAround(@CheckForNull String name) {
        var around = new ArrayList<String>();
        for (String each = name; each != null; each = environments.get(each).within()) {
            around.add(each);
        }
        return around;
    }

    /** Returns whether an environment within this one is not over. */
    boolean hasOpenWithin(Environment environment) {
        return within(environment).anyMatch(each -> !each.state().isOver());
    }

    private Stream<Environment> withAllWithin(Environment environment) {
        return Stream.concat(Stream.of(environment), within(environment).flatMap(this::withAllWithin));
    }

    private Stream<Environment> within(Environment environment) {
        return environments.values().stream().filter(each -> environment.name().equals(each.within()));
    }

    /** Returns the names of the dependencies that the Pipeline has not reached. */
    List<String> notReached(Environment environment) {
        return dependencies(environment)
                .filter(dependency -> dependency.state() == State.PENDING)
                .map(Environment::name)
                .toList();
    }

    private Stream<Environment> dependencies(Environment environment) {
        return environment.dependsOn().stream().map(environments::get);
    }

    /** Returns the drawing of the graph for the log. */
    @Override
    public String toString() {
        return GraphText.of(environments.values());
    }
}
