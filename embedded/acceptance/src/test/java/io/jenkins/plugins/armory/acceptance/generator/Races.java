package io.jenkins.plugins.armory.acceptance.generator;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds what branches of {@code parallel} can tell each other: where one branch changes something that another one
 * looks at, the order in which they come to it matters. All else is independent, so that one order stands for all.
 */
final class Races {

    /** Whether something is closed that a stage comes behind: by an approval that names it, from another branch. */
    static final Object GATE = "gate";
    /** Whether something is cancelled. */
    static final Object CANCELLED = "cancelled";

    /** An environment. */
    record Named(String environment) {}

    /** The approvals of a phase in one stage or environment of the Pipeline. */
    record InPlace(Phase phase, int place) {}

    /** @param branches around it, by number of the {@code parallel}, each with the branch's own number */
    private record Access(Object what, boolean changes, Map<Node, Integer> branches) {}

    private final Map<Node, Integer> places = new IdentityHashMap<>();
    private final List<Access> accesses = new ArrayList<>();
    private final Set<Object> racing = new HashSet<>();

    /** The environments of the whole Pipeline. */
    private final List<Node.Environment> environments = new ArrayList<>();

    Races(Node pipeline) {
        pipeline.forEach(node -> {
            if (node instanceof Node.Environment environment) {
                environments.add(environment);
            }
        });
        visit(pipeline, null, null, new IdentityHashMap<>());
        for (Access one : accesses) {
            for (Access other : accesses) {
                if (one.changes && one.what.equals(other.what) && areBeside(one.branches, other.branches)) {
                    racing.add(one.what);
                }
            }
        }
    }

    private static boolean areBeside(Map<Node, Integer> one, Map<Node, Integer> other) {
        return one.entrySet().stream()
                .anyMatch(branch -> other.getOrDefault(branch.getKey(), branch.getValue())
                        != branch.getValue().intValue());
    }

    /** Tells a stage or an environment of the text from all others. */
    int place(Node node) {
        return places.computeIfAbsent(node, key -> places.size());
    }

    boolean matters(Object... whats) {
        for (Object what : whats) {
            if (racing.contains(what)) {
                return true;
            }
        }
        return false;
    }

    private void visit(Node node, Node stage, Node.Environment environment, Map<Node, Integer> branches) {
        if (node instanceof Node.Stage) {
            accesses.add(new Access(GATE, false, branches));
            accesses.add(new Access(CANCELLED, true, branches));
            node.parts().forEach(part -> visit(part, node, environment, branches));
        } else if (node instanceof Node.Environment reached) {
            accesses.add(new Access(GATE, false, branches));
            accesses.add(new Access(CANCELLED, true, branches));
            accesses.add(new Access(new Named(reached.name()), true, branches));
            visit(reached, Phase.BEFORE_DEPLOYMENT, reached.guard().before(), branches);
            visit(reached, Phase.AFTER_DEPLOYMENT, reached.guard().after(), branches);
            visit(reached.body(), stage, reached, branches);
        } else if (node instanceof Node.Rollback rollback) {
            if (environments.stream().noneMatch(each -> each.name().equals(rollback.environment()))) {
                accesses.add(new Access(CANCELLED, false, branches));
            }
            accesses.add(new Access(new Named(rollback.environment()), true, branches));
            visit(rollback.body(), stage, environment, branches);
        } else if (node instanceof Node.Approval approval) {
            visit(approval, environment == null ? stage : environment, environment, branches);
        } else if (node instanceof Node.Parallel parallel) {
            for (int i = 0; i < parallel.branches().size(); i++) {
                Map<Node, Integer> inner = new IdentityHashMap<>(branches);
                inner.put(parallel, i);
                visit(parallel.branches().get(i), stage, environment, inner);
            }
        } else {
            node.parts().forEach(part -> visit(part, stage, environment, branches));
        }
    }

    /** An approval beside its environment: when that is deployed to depends on the others. */
    private void visitNamed(Node.Approval approval, Map<Node, Integer> branches) {
        List<Node.Environment> named = environments.stream()
                .filter(each -> each.name().equals(approval.environment()))
                .toList();
        named.forEach(each ->
                accesses.add(new Access(new InPlace(approval.phase(), place(each)), approval.mayFail(), branches)));
        if (!named.isEmpty()) {
            accesses.add(new Access(GATE, true, branches));
            environments.forEach(each -> accesses.add(new Access(new Named(each.name()), true, branches)));
        }
    }

    /** The rules of an environment are approvals in it. */
    private void visit(
            Node.Environment environment, Phase phase, List<Node.Element> rules, Map<Node, Integer> branches) {
        if (!rules.isEmpty()) {
            visit(new Node.Approval(phase, null, rules), environment, environment, branches);
        }
    }

    private void visit(Node.Approval approval, Node place, Node.Environment environment, Map<Node, Integer> branches) {
        if (approval.environment() != null) {
            visitNamed(approval, branches);
        }
        if (approval.mayFail()) {
            accesses.add(new Access(CANCELLED, true, branches));
        }
        if (place != null) {
            accesses.add(new Access(new InPlace(approval.phase(), place(place)), approval.mayFail(), branches));
        }
    }
}
