package io.jenkins.plugins.armory.deployment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.BuildEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Ended;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.NobodyLeft;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Restarted;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.RollbackEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.RollbackStarted;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.StageCancelled;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Stopped;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.deployment.Environment.Rollback;
import io.jenkins.plugins.armory.deployment.Environment.State;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The environments of one build. An immutable value; {@link #on} is the whole state machine:
 *
 * <pre>
 * PENDING -> WAITING_FOR_DEPENDENCIES -> DEPLOYING &lt;-> AWAITING_APPROVAL -> COMPLETE
 *                 |          |               |                  |
 *                 |          |               +------------------+--> FAILED -> ROLLED_BACK
 *                 |          +--nobody is left to deploy to what it waits for--> FAILED
 *                 +--one that it depends on failed or was cancelled, or the build ended--> CANCELLED
 * </pre>
 *
 * A failed approval counts where it stands (see {@link Place}), and does what its phase says, as Armory's <i>External
 * Automation</i> and <i>Deployment targets</i> have it:
 * <ul>
 *   <li>Before and within the deployment, the environment fails when its body ends, unless a later approval of the same webhook
 *       and phase in it has succeeded: the failed one may be tried again. The reason is that of the first failure.
 *   <li>After the deployment, the environment stays as it is, and those that depend on it, directly or not, are cancelled at
 *       once.
 *   <li>After the deployment and in no environment, everything that has not begun yet depends on it: plain stages and
 *       environments.
 * </ul>
 * An environment that is stopped before anything was done for it is CANCELLED, also when it is DEPLOYING already, since there
 * is nothing to roll back.
 *
 * @param environments by name, in the order in which they became known
 * @param failures the failed approvals for which nothing has made up
 * @param cancelsStages the reason why stages and environments that are still to come are not run, {@code null} when they are
 * @param cancelledStages names of the stages that were not run for that reason
 * @param leftOut names of the outermost stages that a restarted build leaves out, so that they are not cancelled either
 * @param ended whether the build is over, so that nothing changes any more
 */
@Restricted(NoExternalUse.class)
public record Deployment(
        Map<String, Environment> environments,
        List<Failure> failures,
        @CheckForNull String cancelsStages,
        List<String> cancelledStages,
        List<String> leftOut,
        boolean ended) {

    /** No environments and no failures yet. */
    public static final Deployment EMPTY = new Deployment(Map.of(), List.of(), null, List.of(), List.of(), false);

    /**
     * The deployment after an event.
     *
     * @param problem what is wrong with what the Pipeline asks for, {@code null} when nothing is
     */
    public record Transition(
            Deployment deployment, @CheckForNull String problem) {}

    /** What a build should come to, as far as its environments are concerned; the worst last. */
    public enum Outcome {
        SUCCESS,
        /** An {@code afterDeployment} approval failed, and nothing depended on it. */
        UNSTABLE,
        /** Something was cancelled since a deployment failed. */
        FAILURE,
        /** Something was cancelled since an {@code afterDeployment} approval failed. */
        ABORTED
    }

    public Deployment {
        environments = Collections.unmodifiableMap(new LinkedHashMap<>(environments));
        failures = List.copyOf(failures);
        cancelledStages = List.copyOf(cancelledStages);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * The deployment that a build begins with that was restarted from a stage: gates that failed before that stage stand, and the
     * environments of the stages that are left out are known as they ended. Whatever failed in the stages that are run once more
     * is tried again.
     *
     * @param origin of the build that it was restarted from
     * @param stages names of the outermost stages that are left out
     */
    static Deployment restarted(Deployment origin, Set<String> stages) {
        List<Failure> failures = origin.failures().stream()
                .filter(failure -> failure.place().outermost() != null
                        && stages.contains(failure.place().outermost()))
                .toList();
        Map<String, Environment> environments = new LinkedHashMap<>();
        origin.environments().forEach((name, environment) -> {
            if (environment.stage() != null && stages.contains(environment.stage())) {
                environments.put(
                        name,
                        environment.withAfterDeploymentFailure(failures.stream()
                                .filter(failure -> name.equals(failure.place().environment()))
                                .map(Failure::reason)
                                .findFirst()
                                .orElse(null)));
            }
        });
        String cancelsStages = failures.stream()
                .filter(failure -> failure.place().environment() == null && failure.phase() == Phase.AFTER_DEPLOYMENT)
                .map(Failure::reason)
                .findFirst()
                .orElse(null);
        return new Deployment(environments, failures, cancelsStages, List.of(), List.copyOf(stages), false);
    }

    /**
     * The reason why a stage that begins is not run, {@code null} when it is.
     *
     * @param outermost name of the outermost stage around it, or its own
     */
    @CheckForNull
    public String reasonToCancel(String outermost) {
        return leftOut.contains(outermost) ? null : cancelsStages;
    }

    public Optional<Environment> find(String name) {
        return Optional.ofNullable(environments.get(name));
    }

    /**
     * The failure that ends an approval of that place and phase as it begins: one in another branch of the same
     * {@code parallel}. After a failure in the same branch, or once the branches have ended, it is a new try.
     */
    public Optional<Failure> failedBeside(Place asked, Phase phase) {
        Place place = resolved(asked);
        return failures.stream()
                .filter(failure -> failure.own() && failure.phase() == phase)
                .filter(failure ->
                        failure.place().isShared(place) && failure.place().isBeside(place))
                .findFirst();
    }

    /** An environment that the Pipeline has not come to is a label of the approval's, and its stage is what counts. */
    public Place resolved(Place place) {
        return reached(place.environment())
                ? place
                : new Place(null, place.stage(), place.outermost(), place.branches());
    }

    private boolean reached(@CheckForNull String name) {
        Environment environment = name == null ? null : environments.get(name);
        return environment != null && environment.step() != null;
    }

    /**
     * The problem with a name that the build has never heard of, as long as it has heard of any: it may be misspelt.
     *
     * @return {@code null} when there is none
     */
    @CheckForNull
    public String unknown(String name) {
        return environments.isEmpty() || environments.containsKey(name)
                ? null
                : "environment: this build has no environment \"" + name + "\"; it has "
                        + Change.quoted(environments.keySet()) + ". Correct the name";
    }

    /** Whether this says anything that the next start of Jenkins should know. */
    public boolean isEmpty() {
        return equals(EMPTY);
    }

    /** The environments as a drawing, see {@link GraphText}. */
    public String graph() {
        return GraphText.of(environments.values());
    }

    /**
     * What the build should come to. Whether a failure itself fails the build is up to the Pipeline, which may catch it;
     * but a build in which something was not deployed since something failed is no success.
     */
    public Outcome outcome() {
        Outcome outcome = Outcome.SUCCESS;
        if (cancelsStages != null) {
            outcome = worse(outcome, cancelledStages.isEmpty() ? Outcome.UNSTABLE : Outcome.ABORTED);
        }
        for (Environment environment : environments.values()) {
            if (environment.afterDeploymentFailure() != null) {
                outcome = worse(outcome, Outcome.UNSTABLE);
            }
            if (environment.cancelledBy() != null) {
                boolean after = find(environment.cancelledBy())
                        .map(Environment::afterDeploymentFailure)
                        .isPresent();
                outcome = worse(outcome, after ? Outcome.ABORTED : Outcome.FAILURE);
            }
        }
        return outcome;
    }

    private static Outcome worse(Outcome one, Outcome other) {
        return one.compareTo(other) < 0 ? other : one;
    }

    /**
     * The state machine. An event that means nothing any more, such as one that is heard twice, changes nothing.
     *
     * @param event what happened
     * @param now when it happened
     */
    public Transition on(DeploymentEvent event, Instant now) {
        if (ended) {
            return new Transition(this, "The build is over.");
        }
        if (event instanceof Restarted restarted) {
            return new Transition(isEmpty() ? restarted(restarted.origin(), restarted.stages()) : this, null);
        }
        Change change = new Change(this, now);
        String problem = null;
        if (event instanceof Declared declared) {
            problem = change.declare(declared);
        } else if (event instanceof ApprovalStarted started) {
            problem = change.start(started);
        } else if (event instanceof ApprovalEnded ended) {
            change.end(ended);
        } else if (event instanceof Ended ended) {
            change.end(ended);
        } else if (event instanceof RollbackStarted started) {
            problem = change.start(started);
        } else if (event instanceof RollbackEnded ended) {
            change.end(ended);
        } else if (event instanceof Stopped stopped) {
            change.stop(stopped);
        } else if (event instanceof NobodyLeft nobodyLeft) {
            change.giveUp(nobodyLeft);
        } else if (event instanceof StageCancelled cancelled) {
            change.cancel(cancelled);
        } else if (event instanceof BuildEnded) {
            change.endBuild();
        }
        change.settle();
        return new Transition(change.result(), problem);
    }

    /** One transition under way. */
    private static final class Change {

        private final Deployment before;
        private final Instant now;
        private final Map<String, Environment> environments;
        private final List<Failure> failures;

        @CheckForNull
        private String cancelsStages;

        private final List<String> cancelledStages;
        private boolean ended;

        Change(Deployment before, Instant now) {
            this.before = before;
            this.now = now;
            environments = new LinkedHashMap<>(before.environments());
            failures = new ArrayList<>(before.failures());
            cancelsStages = before.cancelsStages();
            cancelledStages = new ArrayList<>(before.cancelledStages());
        }

        Deployment result() {
            Deployment after =
                    new Deployment(environments, failures, cancelsStages, cancelledStages, before.leftOut(), ended);
            return after.equals(before) ? before : after;
        }

        private void put(Environment environment) {
            environments.put(environment.name(), environment);
        }

        @CheckForNull
        private Environment find(@CheckForNull String name) {
            return name == null ? null : environments.get(name);
        }

        @CheckForNull
        String declare(Declared event) {
            Environment known = find(event.environment());
            if (known != null && known.step() != null) {
                return known.isOf(event.step()) ? null : twice(known);
            }
            if (known == null) {
                known = Environment.pending(event.environment(), now);
            }
            put(known.reached(event.dependsOn(), event.step(), event.stage(), now));
            event.dependsOn().forEach(name -> environments.computeIfAbsent(name, it -> Environment.pending(it, now)));
            List<String> cycle = cycle(event.environment());
            if (cycle.isEmpty()) {
                return null;
            }
            String problem = "dependsOn: \"" + event.environment() + "\" would wait for itself: "
                    + String.join(" -> ", cycle) + "\n" + GraphText.of(environments.values());
            put(environments.get(event.environment()).failed("It would wait for itself.", false, now));
            return problem;
        }

        private static String twice(Environment known) {
            String name = "name: \"" + known.name() + "\" ";
            return known.state().isOver() && known.state() != State.COMPLETE
                    ? name + "was deployed to already in this build, which ended as " + known.state() + ": "
                            + known.reason()
                            + "\nAn environment is deployed to once; to try again, put retry into armoryEnvironment, around its"
                            + " steps."
                    : name + "is deployed to twice in this build; give one of the two another name";
        }

        /** The way along dependencies from the environment back to itself; empty when there is none. */
        private List<String> cycle(String name) {
            Map<String, String> from = new LinkedHashMap<>();
            Deque<String> open = new ArrayDeque<>(List.of(name));
            while (!open.isEmpty()) {
                String at = open.remove();
                for (String next : environments.get(at).dependsOn()) {
                    if (next.equals(name)) {
                        List<String> way = new ArrayList<>(List.of(name));
                        for (String back = at; !back.equals(name); back = from.get(back)) {
                            way.add(1, back);
                        }
                        way.add(name);
                        return way;
                    }
                    if (!from.containsKey(next)) {
                        from.put(next, at);
                        open.add(next);
                    }
                }
            }
            return List.of();
        }

        @CheckForNull
        String start(ApprovalStarted event) {
            Environment environment = find(event.place().environment());
            if (environment == null || environment.step() == null) {
                return event.place().environment() == null
                        ? null
                        : unknown(event.place().environment());
            }
            boolean after = event.phase() == Phase.AFTER_DEPLOYMENT;
            if (environment.state().isOver() && environment.state() != State.COMPLETE && !environment.isRollingBack()) {
                return "environment \"" + environment.name() + "\" is " + environment.state() + " already: "
                        + environment.reason();
            }
            if (environment.state() == State.COMPLETE && !after) {
                return "environment \"" + environment.name() + "\" is complete, and an approval of the phase "
                        + event.phase()
                        + " would guard nothing any more; put it into armoryEnvironment('" + environment.name()
                        + "'), or give it phase: 'afterDeployment'";
            }
            if (!environment.approvals().contains(event.approval())
                    && environment.state().isUnderWay()) {
                List<String> approvals = new ArrayList<>(environment.approvals());
                approvals.add(event.approval());
                put(environment.awaiting(approvals, environment.deployed() || after, now));
            }
            return null;
        }

        /** The problem with a name that none of the build's environments has, as long as it has any. */
        @CheckForNull
        private String unknown(String name) {
            if (environments.containsKey(name) && environments.values().stream().anyMatch(it -> it.step() != null)) {
                return "environment: this build has not come to environment \"" + name + "\" yet; put the approval into"
                        + " armoryEnvironment('" + name + "')";
            }
            return before.unknown(name);
        }

        void end(ApprovalEnded event) {
            Place place = before.resolved(event.place());
            note(event, place);
            boolean failed = event.verdict() == Verdict.FAILURE || event.verdict() == Verdict.OTHER_FAILED;
            boolean failedAfter = failed && event.phase() == Phase.AFTER_DEPLOYMENT;
            Environment environment = find(place.environment());
            if (environment == null) {
                if (failedAfter && cancelsStages == null) {
                    cancelsStages = event.reason();
                }
                return;
            }
            if (environment.approvals().contains(event.approval())) {
                List<String> approvals = new ArrayList<>(environment.approvals());
                approvals.remove(event.approval());
                environment = environment.awaiting(approvals, environment.deployed(), now);
            }
            if (failedAfter && environment.takesFailures() && environment.afterDeploymentFailure() == null) {
                environment = environment.withAfterDeploymentFailure(event.reason());
            }
            put(environment.bodyEnded() ? over(environment) : environment);
        }

        /** Keeps a failure until the same approval succeeds when it is tried again; those after the deployment stand. */
        private void note(ApprovalEnded event, Place place) {
            switch (event.verdict()) {
                case SUCCESS ->
                    failures.removeIf(failure -> failure.phase() != Phase.AFTER_DEPLOYMENT
                            && failure.isOf(place, event.phase(), event.webhook())
                            && !failure.place().isBeside(place));
                case FAILURE, OTHER_FAILED -> {
                    Environment environment = find(place.environment());
                    boolean counts = environment == null || environment.takesFailures();
                    boolean known = failures.stream()
                            .anyMatch(failure -> failure.isOf(place, event.phase(), event.webhook())
                                    && failure.place().equals(place));
                    if (counts && !known) {
                        failures.add(new Failure(
                                place,
                                event.phase(),
                                event.webhook(),
                                event.reason(),
                                event.verdict() == Verdict.FAILURE));
                    }
                }
                case STOPPED -> {} // the part of the build that it stands in is stopped too, and that counts
            }
        }

        void end(Ended event) {
            Environment environment = find(event.environment());
            if (environment == null
                    || !environment.isOf(event.step())
                    || !environment.state().isUnderWay()) {
                return;
            }
            put(event.failure() == null ? over(environment.withBodyEnded()) : failed(environment, event.failure()));
        }

        /** The environment once its body has ended without an error; what it comes to is open while approvals are. */
        private Environment over(Environment environment) {
            if (!environment.state().isUnderWay() || !environment.approvals().isEmpty()) {
                return environment;
            }
            return failuresIn(environment).isEmpty() ? environment.in(State.COMPLETE, now) : failed(environment, null);
        }

        /**
         * The environment with its deployment failed.
         *
         * @param failure of its body, {@code null} where the Pipeline has caught that of an approval and gone on
         */
        private Environment failed(Environment environment, @CheckForNull String failure) {
            List<Failure> approvals = failuresIn(environment);
            failures.removeIf(each -> environment.name().equals(each.place().environment())); // it has the reason
            boolean nothingDone = failure != null
                    && !approvals.isEmpty()
                    && approvals.stream().allMatch(each -> each.phase() == Phase.BEFORE_DEPLOYMENT);
            return environment.failed(
                    approvals.isEmpty() ? failure : approvals.get(0).reason(),
                    !environment.deployed() && !nothingDone,
                    now);
        }

        /** What failed before or within the deployment, the oldest first. */
        private List<Failure> failuresIn(Environment environment) {
            return failures.stream()
                    .filter(failure -> environment.name().equals(failure.place().environment()))
                    .filter(failure -> failure.phase() != Phase.AFTER_DEPLOYMENT)
                    .toList();
        }

        @CheckForNull
        String start(RollbackStarted event) {
            Environment environment = find(event.environment());
            if (environment == null || environment.step() == null) {
                return "it was not deployed to";
            }
            if (environment.rollback() != null) {
                return environment.rollback().step().equals(event.step()) ? null : "it has been rolled back already";
            }
            if (environment.state() != State.FAILED) {
                return "its state is " + environment.state();
            }
            if (!environment.needsRollback()) {
                return environment.deployed()
                        ? "it failed after its deployment, and what is deployed stays"
                        : "it failed before anything was deployed";
            }
            put(environment.with(State.FAILED, new Rollback(event.step(), false, null), now));
            return null;
        }

        void end(RollbackEnded event) {
            Environment environment = find(event.environment());
            Rollback rollback = environment == null ? null : environment.rollback();
            if (rollback != null && !rollback.over() && rollback.step().equals(event.step())) {
                put(environment.with(
                        event.failure() == null ? State.ROLLED_BACK : State.FAILED,
                        new Rollback(event.step(), true, event.failure()),
                        now));
            }
        }

        void stop(Stopped event) {
            Environment environment = find(event.environment());
            if (environment != null
                    && environment.isOf(event.step())
                    && (environment.state() == State.WAITING_FOR_DEPENDENCIES
                            || environment.state() == State.DEPLOYING)) {
                put(environment.cancelled(event.reason(), null, now));
            }
        }

        void giveUp(NobodyLeft event) {
            if (!event.seen().equals(before)) {
                return;
            }
            for (Environment environment : List.copyOf(environments.values())) {
                List<String> never = environment.dependsOn().stream()
                        .filter(name -> environments.get(name).state() == State.PENDING)
                        .toList();
                if (environment.state() == State.WAITING_FOR_DEPENDENCIES && !never.isEmpty()) {
                    put(environment.failed(neverComes(never, event.stages()) + "\n" + before.graph(), false, now));
                } else if (environment.state().isUnderWay()) {
                    put(failed(environment, "Its step has ended, and Jenkins went down before that was written."));
                }
            }
        }

        private static String neverComes(List<String> names, Set<String> stages) {
            List<String> onlyStages = names.stream().filter(stages::contains).toList();
            return "dependsOn: nothing in this build deploys to " + quoted(names) + ", and nothing that could is left; "
                    + (onlyStages.isEmpty()
                            ? "correct the name, or put the environment that is depended on before this one, or in a branch"
                                    + " beside it"
                            : "there is a stage " + quoted(onlyStages) + ", but a stage is no environment: put"
                                    + " armoryEnvironment('" + onlyStages.get(0)
                                    + "') { ... } into it, around what is in it");
        }

        private static String quoted(Collection<String> names) {
            return "\"" + String.join("\", \"", names) + "\"";
        }

        void cancel(StageCancelled event) {
            if (cancelsStages != null) {
                cancelledStages.add(event.stage());
            }
        }

        void endBuild() {
            ended = true;
            for (Environment environment : List.copyOf(environments.values())) {
                if (environment.state().isUnderWay()) {
                    put(environment.failed("The build ended.", !environment.deployed(), now));
                } else if (!environment.state().isOver()) {
                    put(environment.cancelled("The build ended.", null, now));
                }
            }
        }

        /** Lets those go on that can, and cancels those that never will, until nothing changes any more. */
        void settle() {
            boolean changed = true;
            while (changed) {
                changed = false;
                for (Environment environment : List.copyOf(environments.values())) {
                    if (environment.state() == State.WAITING_FOR_DEPENDENCIES) {
                        Environment next = settle(environment);
                        put(next);
                        changed |= next != environment;
                    }
                }
            }
        }

        private Environment settle(Environment environment) {
            if (cancelsStages != null) {
                cancelledStages.add(environment.name());
                return environment.cancelled(cancelsStages, null, now);
            }
            boolean admitted = true;
            for (String name : environment.dependsOn()) {
                Environment dependency = environments.get(name);
                if (dependency.blocksDependents()) {
                    return environment.cancelled(
                            reason(dependency),
                            dependency.cancelledBy() == null ? name : dependency.cancelledBy(),
                            now);
                }
                admitted &= dependency.admitsDependents();
            }
            return admitted ? environment.in(State.DEPLOYING, now) : environment;
        }

        /** Why the environment lets none that depends on it go on; the same for those that depend on it indirectly. */
        private static String reason(Environment blocking) {
            if (blocking.afterDeploymentFailure() != null) {
                return "\"" + blocking.name() + "\" is deployed, but: " + blocking.afterDeploymentFailure();
            }
            if (blocking.cancelledBy() != null) {
                return String.valueOf(blocking.reason());
            }
            return "\"" + blocking.name() + "\" was not deployed: " + firstLine(String.valueOf(blocking.reason()));
        }

        private static String firstLine(String text) {
            return text.lines().findFirst().orElse("");
        }
    }
}
