package io.jenkins.plugins.armory.integration;

import io.jenkins.plugins.armory.api.ApprovalView;
import io.jenkins.plugins.armory.approval.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The names of checks. A check is known by its name alone, and must not be green for one approval while another waits. So
 * approvals of one build that would have the same name and are pending at the same time are numbered. The name is equal in all builds
 * of a commit, and for a retry, so that what comes later replaces what was before. The numbers follow from the records of the build's
 * approvals, so that an approval has the same one after a restart.
 */
final class CheckNames {

    private final Function<ApprovalView, ? extends Collection<? extends ApprovalView>> ofBuild;
    private final Map<String, String> names = new ConcurrentHashMap<>();

    /** @param ofBuild returns the approvals of an approval's build, pending and decided ones */
    CheckNames(Function<ApprovalView, ? extends Collection<? extends ApprovalView>> ofBuild) {
        this.ofBuild = ofBuild;
    }

    /** Returns the name of an approval's check, which stays the same. */
    String nameOf(ApprovalView approval) {
        return names.computeIfAbsent(approval.getId(), id -> name(approval, number(approval)));
    }

    /** Drops what is kept of an approval, for which nothing is published any more. */
    void forget(ApprovalView approval) {
        names.remove(approval.getId());
    }

    private int number(ApprovalView approval) {
        Map<String, ApprovalView> alike = new HashMap<>();
        ofBuild.apply(approval).stream()
                .filter(other -> name(other, 1).equals(name(approval, 1)))
                .forEach(other -> alike.put(other.getId(), other));
        alike.put(approval.getId(), approval);
        Map<ApprovalView, Integer> numbers = new LinkedHashMap<>();
        alike.values().stream()
                .sorted(Comparator.comparing(ApprovalView::getCreatedAt).thenComparing(ApprovalView::getId))
                .forEach(each -> numbers.put(each, firstFree(numbers, each.getCreatedAt())));
        return numbers.get(approval);
    }

    /** Returns the first number that no approval has that was pending at a time. */
    private static int firstFree(Map<ApprovalView, Integer> numbers, Instant at) {
        Set<Integer> taken = numbers.keySet().stream()
                .filter(each -> isPending(each, at))
                .map(numbers::get)
                .collect(Collectors.toSet());
        return IntStream.iterate(1, number -> number + 1)
                .filter(number -> !taken.contains(number))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isPending(ApprovalView approval, Instant at) {
        ApprovalView.Decision decision = approval.getDecision();
        return decision == null || decision.getDecidedAt().isAfter(at);
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
