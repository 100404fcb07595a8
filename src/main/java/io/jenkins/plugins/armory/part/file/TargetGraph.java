package io.jenkins.plugins.armory.part.file;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The check that no target of a file waits for itself, in time that is linear in the size of the file. */
final class TargetGraph {

    private final Map<String, List<String>> dependencies;
    /** Targets from which no further cycle can be reached. */
    private final Set<String> done = new HashSet<>();

    private TargetGraph(Map<String, List<String>> dependencies) {
        this.dependencies = dependencies;
    }

    /**
     * Notes a problem for cycles, each at its first target.
     *
     * @param targets the targets by their names
     * @param dependencies what each target depends on
     */
    static void check(Map<String, Section> targets, Map<String, List<String>> dependencies) {
        var graph = new TargetGraph(dependencies);
        for (String name : dependencies.keySet()) {
            boolean itself = dependencies.get(name).contains(name);
            List<String> cycle = itself ? List.of(name, name) : graph.cycleFrom(name);
            if (!cycle.isEmpty()) {
                targets.get(cycle.get(0))
                        .problem("would wait for itself: " + String.join(" -> ", cycle)
                                + "; leave one of these out of a dependsOn");
            }
        }
    }

    /** Returns a cycle that can be reached from a target and was not found before, empty if there is none. */
    private List<String> cycleFrom(String start) {
        var path = new ArrayList<String>(); // a stack and no recursion: chains may be long
        var next = new ArrayList<Integer>();
        var onPath = new HashSet<String>();
        String enter = start;
        while (true) {
            if (enter != null && done.add(enter)) {
                path.add(enter);
                next.add(0);
                onPath.add(enter);
            }
            if (path.isEmpty()) {
                return List.of();
            }
            int top = path.size() - 1;
            List<String> all = dependencies.getOrDefault(path.get(top), List.of());
            int index = next.get(top);
            if (index == all.size()) {
                onPath.remove(path.remove(top));
                next.remove(top);
                enter = null;
                continue;
            }
            next.set(top, index + 1);
            enter = all.get(index);
            if (onPath.contains(enter)) {
                var cycle = new ArrayList<>(path.subList(path.indexOf(enter), path.size()));
                cycle.add(enter);
                return cycle;
            }
        }
    }
}
