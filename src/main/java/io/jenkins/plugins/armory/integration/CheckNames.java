package io.jenkins.plugins.armory.integration;

import io.jenkins.plugins.armory.api.ApprovalView;
import io.jenkins.plugins.armory.approval.Phase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The names of checks. A check is known by its name alone, and must not be green for one approval while another waits. So
 * approvals of one build that would have the same name and are pending at the same time are numbered. The name is equal in all builds
 * of a commit, and for a retry, so that what comes later replaces what was before.
 */
final class CheckNames {

    private final Supplier<? extends Collection<? extends ApprovalView>> pending;

    /** By build and name, the numbers by the ids of approvals. */
    private final Map<String, Map<String, Integer>> numbers = new HashMap<>();

    /** @param pending returns the pending approvals of this Jenkins */
    CheckNames(Supplier<? extends Collection<? extends ApprovalView>> pending) {
        this.pending = pending;
    }

    /** Returns the name of an approval's check, which stays the same until {@link #forget}. */
    synchronized String nameOf(ApprovalView approval) {
        if (!numbers.getOrDefault(key(approval), Map.of()).containsKey(approval.getId())) {
            // After a restart, others are not known either.
            pending.get().stream()
                    .filter(other -> other.getBuildNumber() == approval.getBuildNumber())
                    .filter(other -> key(other).equals(key(approval)))
                    .sorted(Comparator.comparing(ApprovalView::getCreatedAt).thenComparing(ApprovalView::getId))
                    .forEach(this::number);
        }
        return name(approval, number(approval));
    }

    private int number(ApprovalView approval) {
        Map<String, Integer> known = numbers.computeIfAbsent(key(approval), key -> new HashMap<>());
        return known.computeIfAbsent(approval.getId(), id -> firstFree(known.values()));
    }

    private static int firstFree(Collection<Integer> taken) {
        return IntStream.iterate(1, number -> number + 1)
                .filter(number -> !taken.contains(number))
                .findFirst()
                .orElseThrow();
    }

    synchronized void forget(ApprovalView approval) {
        numbers.computeIfPresent(key(approval), (key, known) -> {
            known.remove(approval.getId());
            return known.isEmpty() ? null : known;
        });
    }

    private static String key(ApprovalView approval) {
        return approval.getJob() + '#' + approval.getBuildNumber() + ' ' + name(approval, 1);
    }

    private static String name(ApprovalView approval, int number) {
        List<String> details = new ArrayList<>();
        details.add(approval.getEnvironment());
        details.add(approval.getPhase().equals(Phase.STRATEGY.toString()) ? null : approval.getPhase());
        details.add(number == 1 ? null : Messages.ApprovalChecks_number(number));
        details.removeIf(Objects::isNull);
        return details.isEmpty()
                ? Messages.ApprovalChecks_name(approval.getWebhook())
                : Messages.ApprovalChecks_nameIn(approval.getWebhook(), String.join(", ", details));
    }
}
