package io.jenkins.plugins.armory.integration;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.api.ApprovalView;
import io.jenkins.plugins.armory.approval.Phase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * The checks of one job's approvals that are pending. A check is known by its name alone, which is equal in all builds of a commit and for a retry, so
 * that what comes later replaces what was before. Approvals of one build that have the same name at the same time share the check, and so
 * do all of one list: it is over when none of them is pending, and then as bad as its first failure.
 */
final class SharedChecks {

    private static final String OTHER_FAILED = "OTHER_FAILED";

    /** The builds of which is known that they were read. One that is forgotten is read once more. */
    private static final int BUILDS = 20;

    private final Function<ApprovalView, ? extends Collection<? extends ApprovalView>> ofBuild;
    private final Map<List<Object>, Shared> checks = new HashMap<>();

    /**
     * The approvals that a build had at its first event, by the names of their checks; those of a name until its first event. All that comes
     * later has an event, so a build with many names is not read for each of them.
     */
    private final Map<List<Object>, Map<String, List<Before>>> before = new LinkedHashMap<>(16, 0.75f, true);

    /** What is kept of an approval, without its templates. */
    private record Before(
            String id, Instant createdAt, @CheckForNull ApprovalView.Decision decision) {

        static Before of(ApprovalView approval) {
            return new Before(approval.getId(), approval.getCreatedAt(), approval.getDecision());
        }
    }

    /** The approvals of one check, by their ids. */
    private static final class Shared {
        private final Set<String> pending = new HashSet<>();
        private final Set<String> asking = new HashSet<>();

        @CheckForNull
        private ApprovalView.Decision failure;

        void ended(ApprovalView.Decision decision) {
            if (!decision.isSuccess()
                    && (failure == null || failure.getOutcome().equals(OTHER_FAILED))) {
                failure = decision;
            }
        }
    }

    /** @param ofBuild returns the approvals of an approval's build, to know after a restart what was before */
    SharedChecks(Function<ApprovalView, ? extends Collection<? extends ApprovalView>> ofBuild) {
        this.ofBuild = ofBuild;
    }

    private static List<Object> key(ApprovalView approval) {
        return List.of(approval.getJob(), approval.getBuildNumber(), nameOf(approval));
    }

    private Shared of(ApprovalView approval) {
        Shared check = checks.computeIfAbsent(key(approval), key -> begun(approval));
        check.pending.add(approval.getId());
        return check;
    }

    private Shared begun(ApprovalView approval) {
        var found = new Shared();
        List<Before> alike = takeBefore(approval);
        Instant start = approval.getCreatedAt();
        for (Before other : alike) {
            if (other.decision() == null) {
                found.pending.add(other.id());
                start = start.isAfter(other.createdAt()) ? other.createdAt() : start;
            }
        }
        for (Before other : alike) {
            ApprovalView.Decision decision = other.decision();
            if (decision != null && decision.getDecidedAt().isAfter(start)) {
                found.ended(decision);
            }
        }
        return found;
    }

    /** Takes the approvals of the same check that were there at the first event of their build. */
    private List<Before> takeBefore(ApprovalView approval) {
        List<Object> build = List.of(approval.getJob(), approval.getBuildNumber());
        Map<String, List<Before>> known = before.get(build);
        if (known == null) {
            known = ofBuild.apply(approval).stream()
                    .filter(other -> !checks.containsKey(key(other))) // if it was forgotten: those have events
                    .collect(groupingBy(SharedChecks::nameOf, mapping(Before::of, toList())));
            if (!known.isEmpty()) { // without the approval itself, they could not be read
                before.put(build, known);
            }
            if (before.size() > BUILDS) {
                before.remove(before.keySet().iterator().next());
            }
        }
        List<Before> alike = known.remove(nameOf(approval));
        return alike == null ? List.of() : alike;
    }

    /** Returns whether the check begins with this approval. */
    boolean begins(ApprovalView approval) {
        boolean isNew = !checks.containsKey(key(approval));
        of(approval);
        return isNew;
    }

    /** Returns whether the check is to say that the approval waits, for people or for others. */
    boolean waits(ApprovalView approval, boolean asks) {
        Shared check = of(approval);
        boolean changes = asks ? check.asking.add(approval.getId()) : check.asking.remove(approval.getId());
        return check.pending.size() == 1 || changes && check.asking.size() == (asks ? 1 : 0);
    }

    /** Returns the decision of the check at the end of an approval, {@code null} while there is none. */
    @CheckForNull
    ApprovalView.Decision end(ApprovalView approval) {
        Shared check = of(approval);
        ApprovalView.Decision decision = Objects.requireNonNull(approval.getDecision(), "a decided approval");
        check.ended(decision);
        check.pending.remove(approval.getId());
        check.asking.remove(approval.getId());
        if (!check.pending.isEmpty()) {
            return null;
        }
        checks.remove(key(approval));
        return Objects.requireNonNullElse(check.failure, decision);
    }

    static String nameOf(ApprovalView approval) {
        List<String> details = new ArrayList<>();
        details.add(approval.getEnvironment());
        details.add(approval.getPhase().equals(Phase.STRATEGY.toString()) ? null : approval.getPhase());
        details.removeIf(Objects::isNull);
        String name = approval.getPath().isEmpty() ? approval.getWebhook() : Messages.ApprovalChecks_list();
        return details.isEmpty()
                ? Messages.ApprovalChecks_name(name)
                : Messages.ApprovalChecks_nameIn(name, String.join(", ", details));
    }
}
