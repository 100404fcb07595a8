package io.jenkins.plugins.armory.deployment;

import io.jenkins.plugins.armory.deployment.Environment.State;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * A drawing of the environments for the build's log. Each is below the first one that it depends on:
 *
 * <pre>
 * dev COMPLETE
 * └─ staging WAITING_FOR_DEPENDENCIES (also depends on: qa)
 *    ├─ prod-east PENDING
 *    └─ prod-west PENDING
 * </pre>
 *
 * An environment with several dependencies is drawn once and names the others. A cycle is drawn from one of its
 * environments until it comes back there.
 */
final class GraphText {

    private final Collection<Environment> all;
    private final Set<String> drawn = new HashSet<>();
    private final StringBuilder text = new StringBuilder();

    private GraphText(Collection<Environment> all) {
        this.all = all;
    }

    static String of(Collection<Environment> all) {
        var graph = new GraphText(all);
        all.stream().filter(environment -> environment.dependsOn().isEmpty()).forEach(root -> graph.draw(root, "", ""));
        for (Environment environment : all) { // the rest is on cycles or below them
            if (!graph.drawn.contains(environment.name())) {
                graph.draw(environment, "", "");
            }
        }
        return graph.text.toString();
    }

    private void draw(Environment environment, String first, String others) {
        text.append(first).append(environment.name());
        if (!drawn.add(environment.name())) {
            text.append(" (a cycle: see above)\n");
            return;
        }
        text.append(' ').append(environment.state() == State.PENDING ? "not reached" : environment.state());
        if (environment.dependsOn().size() > 1) {
            List<String> more =
                    environment.dependsOn().subList(1, environment.dependsOn().size());
            text.append(" (also depends on: ").append(String.join(", ", more)).append(')');
        }
        text.append('\n');
        Iterator<Environment> below = all.stream()
                .filter(other ->
                        !other.dependsOn().isEmpty() && other.dependsOn().get(0).equals(environment.name()))
                .iterator();
        while (below.hasNext()) {
            Environment next = below.next();
            boolean last = !below.hasNext();
            draw(next, others + (last ? "└─ " : "├─ "), others + (last ? "   " : "│  "));
        }
    }
}
