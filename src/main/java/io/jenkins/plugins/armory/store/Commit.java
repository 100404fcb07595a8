package io.jenkins.plugins.armory.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.DecisionText;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.Event.OtherFailed;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.DeploymentEvent;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.webhook.text.LogText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.pcollections.TreePMap;

/**
 * A commit before it is written: the next approvals and environments of a build. Nothing outside of it changes until it
 * is on disk.
 *
 * <p>A step's wait ends with the first of its approvals that fails, if it fails fast, or with the last that is decided;
 * that is one event for the environments. A failure also ends the other approvals of the step, and those of its phase
 * that belong to the same environment or stage.
 */
final class Commit {

    /** The effect of an event on an approval. */
    record Applied(Event event, Approval before, Approval.Transition transition) {

        Approval after() {
            return transition.approval();
        }

        /** Returns whether the event has decided the approval. */
        boolean decides() {
            return after().isDecided() && !before.isDecided();
        }
    }

    private final Map<String, Approval> known;
    private final Instant now;
    private TreePMap<String, Integer> pending;
    private Deployment deployment;
    private final List<DeploymentEvent> events = new ArrayList<>();
    private final Set<String> open = new HashSet<>();
    private final List<Approval> created = new ArrayList<>();
    private final List<Applied> applied = new ArrayList<>();
    private final Map<String, Approval> changed = new LinkedHashMap<>();

    /** The values in the log that are known: of new approvals. */
    private final Map<String, Object> json = new LinkedHashMap<>();

    /**
     * @param known the approvals so far, by id
     * @param pending how many of them are pending, by their steps
     */
    Commit(Deployment deployment, Map<String, Approval> known, TreePMap<String, Integer> pending, Instant now) {
        this.deployment = deployment;
        this.known = known;
        this.pending = pending;
        this.now = now;
    }

    /**
     * Adds approvals, unless they are there.
     *
     * @param written their values in the log
     */
    void create(Collection<Approval> all, Map<String, Object> written) {
        if (all.stream().allMatch(each -> find(each.id()) == null)) {
            created.addAll(all);
            all.forEach(each -> {
                changed.put(each.id(), each);
                pending = counted(pending, each.step(), 1);
            });
            json.putAll(written);
        }
    }

    /** Returns how many are pending by their steps, once that has changed for a step. */
    static TreePMap<String, Integer> counted(TreePMap<String, Integer> pending, String step, int change) {
        int number = pending.getOrDefault(step, 0) + change;
        return number > 0 ? pending.plus(step, number) : pending.minus(step);
    }

    /** Applies an event to an approval, if there is one. */
    @CheckForNull
    Approval.Transition on(String id, Event event, Instant at) {
        Approval before = find(id);
        if (before == null) {
            return null;
        }
        Approval.Transition transition = before.on(event, at);
        Applied effect = new Applied(event, before, transition);
        applied.add(effect);
        if (!transition.approval().equals(before)) {
            changed.put(id, transition.approval());
            json.remove(ApprovalValues.keyOf(id));
        }
        if (effect.decides()) {
            pending = counted(pending, before.step(), -1);
            OpenApproval waited = deployment.approvals().get(before.step());
            if (waited != null) {
                ended(waited, transition.approval(), at);
            }
        }
        return transition;
    }

    /** Applies an event to the environments. */
    Deployment.Transition on(DeploymentEvent event) {
        Deployment.Transition transition = deployment.on(event, now);
        deployment = transition.deployment();
        if (transition.problem() == null) {
            events.add(event);
        }
        open.addAll(transition.approvals());
        return transition;
    }

    private void ended(OpenApproval open, Approval approval, Instant at) {
        Decision decision = approval.requireDecision();
        switch (decision.outcome()) {
            case ABORTED -> {
                on(new ApprovalEnded(open, Verdict.STOPPED, open.reason(decision.mdMessage())));
                endAll(open, new Event.Aborted(decision.mdMessage()), at);
            }
            case OTHER_FAILED -> {
                on(new ApprovalEnded(
                        open, Verdict.OTHER_FAILED, LogText.withoutPrefixes(DecisionText.failure(approval))));
                endAll(open, new OtherFailed(decision.mdMessage()), at);
            }
            default -> {
                if (open.failFast() && !decision.isSuccess()) {
                    fail(open, approval, at);
                } else if (!pending.containsKey(open.id())) {
                    firstFailureOf(open)
                            .ifPresentOrElse(
                                    failed -> fail(open, failed, at),
                                    () -> on(new ApprovalEnded(open, Verdict.SUCCESS, "")));
                }
            }
        }
    }

    private Optional<Approval> firstFailureOf(OpenApproval open) {
        return open.failFast()
                ? Optional.empty()
                : known.keySet().stream()
                        .map(this::find)
                        .filter(each -> each.step().equals(open.id())
                                && !each.requireDecision().isSuccess())
                        .min(Comparator.comparing(each -> each.requireDecision().decidedAt()));
    }

    private void fail(OpenApproval open, Approval failed, Instant at) {
        fail(open, LogText.withoutPrefixes(DecisionText.failure(failed)), at);
    }

    /** Ends an approval, or what is like one, by a failure of its own. */
    Deployment.Transition fail(OpenApproval failed, String reason, Instant at) {
        List<OpenApproval> beside = deployment.beside(failed);
        Deployment.Transition transition = on(new ApprovalEnded(failed, Verdict.FAILURE, reason));
        var event = new OtherFailed(OtherFailed.reason(reason));
        endAll(failed, event, at);
        beside.forEach(each -> endAll(each, event, at));
        return transition;
    }

    /** Ends what is pending of a step. */
    void endAll(OpenApproval open, Event event, Instant at) {
        if (pending.containsKey(open.id())) {
            var all = new ArrayList<Approval>(created);
            synchronized (known) {
                all.addAll(known.values());
            }
            all.stream()
                    .filter(each -> each.step().equals(open.id())
                            && !Objects.requireNonNull(find(each.id())).isDecided())
                    .forEach(each -> on(each.id(), event, at));
        }
    }

    @CheckForNull
    private Approval find(String id) {
        Approval approval = changed.get(id);
        return approval == null ? known.get(id) : approval;
    }

    Deployment deployment() {
        return deployment;
    }

    /** Returns the ids of the approvals that have begun or ended for the environments. */
    Set<String> open() {
        return open;
    }

    /**
     * Returns other environments once the same has happened to them. An approval that comes too late for these closes,
     * since it can hold nothing back there.
     */
    Deployment repeated(Deployment other) {
        Deployment repeated = other;
        for (DeploymentEvent event : events) {
            Deployment.Transition transition = repeated.on(event, now);
            repeated = transition.deployment();
            if (transition.problem() != null && event instanceof ApprovalStarted started) {
                var ended = new ApprovalEnded(started.approval(), Verdict.STOPPED, transition.problem());
                repeated = repeated.on(ended, now).deployment();
            }
        }
        return repeated;
    }

    /** Returns whether an approval has failed. */
    boolean closes() {
        return applied.stream()
                .anyMatch(effect ->
                        effect.decides() && !effect.after().requireDecision().isSuccess());
    }

    List<Approval> created() {
        return created;
    }

    List<Applied> applied() {
        return applied;
    }

    Map<String, Object> json() {
        return json;
    }

    /** Returns the approvals that are new or changed, by id. */
    Map<String, Approval> changed() {
        return changed;
    }
}
