package io.jenkins.plugins.armory.environment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.DeploymentEvent.OriginUnknown;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Restarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.environment.Environment.State;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.pcollections.PMap;
import org.pcollections.TreePMap;

/**
 * The environments of one build and their failed approvals, as an immutable value. {@link #on} returns the next value;
 * {@link TransitionTable} has the states of an environment.
 *
 * <p>Everything follows from a few sentences, which docs/deployments.md explains:
 * <ul>
 * <li><i>Depends.</i> A stage and an environment depend on all that comes before them, see {@link Place#comesBefore}.
 * An environment may choose other environments instead, or none.
 * <li><i>Open.</i> An environment is open once its body has ended without an error, every approval that belongs to it
 * has succeeded, and the environments within it are open. It is closed as soon as that cannot come true any more.
 * <li><i>Throws or cancels.</i> A failure that is thrown closes its environment unless a later success of the same
 * approval makes up for it before the environment's end. Environments that depend on a closed one are cancelled.
 * <li>A failure that is not thrown, of the phase {@code afterDeployment}, cancels stages too, and so does what was
 * cancelled for it. A later success of the same approval makes up for it while nothing has been cancelled.
 * </ul> An environment that is stopped before anything was done for it is CANCELLED and not FAILED, since nothing needs
 * a rollback.
 *
 * @param environments by name, in the order in which the build named them
 * @param approvals the open approvals by their ids: thousands, of which an event touches few. An environment that one
 *     names is a label until the build comes to it
 * @param failures the failed approvals that no later success has made up for, and the cancelled stages and environments
 * @param leftOut names of the outermost stages that a restarted build leaves out; they are not cancelled either
 * @param ended whether the build is over; then nothing changes any more
 */
@Restricted(NoExternalUse.class)
public record Deployment(
        Map<String, Environment> environments,
        PMap<String, OpenApproval> approvals,
        List<Failure> failures,
        List<String> leftOut,
        boolean ended) {

    /** A deployment without environments and failures. */
    public static final Deployment EMPTY = new Deployment(Map.of(), TreePMap.empty(), List.of(), List.of(), false);

    /** What the failure is known by that stands for an origin that is not known. */
    private static final String UNKNOWN_ORIGIN = "origin";

    /** What the failure is known by that stands for a log that is in doubt. */
    private static final String DOUBT = "doubt";

    /**
     * The effect of an event.
     *
     * @param problem why the Pipeline asks for something impossible, {@code null} if it does not
     * @param moves the transitions of environments, in order
     * @param approvals the ids of the approvals that have begun or ended
     */
    public record Transition(
            Deployment deployment, @CheckForNull String problem, List<Move> moves, Set<String> approvals) {

        private static Transition to(Deployment deployment, @CheckForNull String problem) {
            return new Transition(deployment, problem, List.of(), Set.of());
        }
    }

    /** A transition of one environment. */
    public record Move(String environment, TransitionTable.Row row) {

        @Override
        public String toString() {
            return environment + ": " + row;
        }
    }

    /** The result that a build should have for its environments, the worst last. */
    public enum Outcome {
        SUCCESS,
        /** An environment is closed, or an {@code afterDeployment} approval failed. */
        UNSTABLE,
        /** Something was cancelled, a rollback failed, or the log is in doubt. */
        FAILURE
    }

    public Deployment {
        environments = environments.isEmpty()
                ? Collections.emptyMap()
                : Collections.unmodifiableMap(new LinkedHashMap<>(environments));
        failures = List.copyOf(failures);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * Returns the effect of an event. Events that come twice or too late change nothing.
     *
     * @param now when the event happened
     */
    public Transition on(DeploymentEvent event, Instant now) {
        if (ended) {
            return Transition.to(this, doubt().orElse("The build is over."));
        }
        if (event instanceof Restarted restarted) {
            return Transition.to(isEmpty() ? restarted(restarted) : this, null);
        }
        if (event instanceof OriginUnknown unknown) {
            return Transition.to(isEmpty() ? cancelled(unknown.reason()) : this, null);
        }
        return new Change(this, now).by(event);
    }

    /**
     * Returns the deployment with which a build starts that is restarted from a stage. Environments of the stages that
     * are left out stay as they were. So do all failures but those of the stages that are run again: one outside any
     * stage may be of a stage that is left out, as in a Declarative Pipeline that stands in a stage. What the origin
     * did not know is not known now.
     */
    private static Deployment restarted(Restarted event) {
        Deployment origin = event.origin();
        var environments = new LinkedHashMap<String, Environment>();
        origin.environments().forEach((name, environment) -> {
            String stage = environment.place().outermost();
            if (stage != null && event.leftOut().contains(stage)) {
                environments.put(name, environment.ofOrigin());
            }
        });
        List<Failure> failures = origin.failures().stream()
                .filter(failure -> failure.place().outermost() == null
                        || !event.again().contains(failure.place().outermost()))
                .map(failure -> failure.withPlace(failure.place().ofOrigin()))
                .toList();
        return new Deployment(environments, TreePMap.empty(), failures, List.copyOf(event.leftOut()), false);
    }

    /** Returns a deployment with nothing but the reason why every stage is cancelled. */
    private static Deployment cancelled(String reason) {
        var unknown = new Failure(
                Place.OUTERMOST, Phase.AFTER_DEPLOYMENT, UNKNOWN_ORIGIN, reason, Verdict.OTHER_FAILED, true);
        return new Deployment(Map.of(), TreePMap.empty(), List.of(unknown), List.of(), false);
    }

    /**
     * Returns a deployment whose log cannot be relied on: what is not over has failed, all that comes later is
     * cancelled, and nothing changes any more.
     */
    public Deployment inDoubt(String reason, Instant now) {
        var closed = new LinkedHashMap<>(environments);
        closed.replaceAll((name, each) ->
                each.state().isOver() ? each : each.withFailure(reason, false).in(State.FAILED, now));
        var all = new ArrayList<>(failures);
        all.add(new Failure(Place.OUTERMOST, Phase.AFTER_DEPLOYMENT, DOUBT, reason, Verdict.OTHER_FAILED, true));
        return new Deployment(closed, TreePMap.empty(), all, leftOut, true);
    }

    /** Returns why the log of the build cannot be relied on; empty if it can. */
    public Optional<String> doubt() {
        return failures.stream()
                .filter(failure ->
                        failure.definition().equals(DOUBT) && failure.place().equals(Place.OUTERMOST))
                .map(Failure::reason)
                .findFirst();
    }

    /**
     * Returns whether something is closed that was not before: an approval has failed, or an environment or its time
     * for secrets is over.
     */
    public boolean closesMoreThan(Deployment before) {
        return ended != before.ended
                || !new HashSet<>(before.failures).containsAll(failures)
                || environments.values().stream().anyMatch(each -> {
                    Environment known = before.environments.get(each.name());
                    return known != null
                            && !known.equals(each)
                            && (!known.state().isOver() && each.state().isOver()
                                    || known.isUnderWay() && !each.isUnderWay());
                });
    }

    /** Returns whether there is nothing that the next start of Jenkins has to know. */
    public boolean isEmpty() {
        return equals(EMPTY);
    }

    public Optional<Environment> find(String name) {
        return Optional.ofNullable(environments.get(name));
    }

    private Graph view() {
        return new Graph(environments, approvals.values(), failures);
    }

    /** Returns whether an environment is open, with all environments within it. */
    public boolean isOpen(String name) {
        return find(name).filter(view()::isOpenWithin).isPresent();
    }

    /**
     * Returns the full name that the job had whose rules were met, while the build is deploying to an environment of
     * the administrators or rolling it back; else empty.
     */
    public Optional<String> underWay(String name) {
        return ended ? Optional.empty() : find(name).filter(view()::isUnderWay).map(each -> each.job());
    }

    /** Returns the state of an environment as it is shown: also whether approvals are open. */
    public State shownState(Environment environment) {
        boolean awaits = environment.state() == State.DEPLOYING && view().awaitsApprovals(environment);
        return awaits ? State.AWAITING_APPROVAL : environment.state();
    }

    /**
     * Returns why an environment has failed, was cancelled, or was closed once it was complete; {@code null} otherwise.
     */
    @CheckForNull
    public String reason(Environment environment) {
        return view().reason(environment);
    }

    /** Returns why a check after the deployment to an environment has failed, {@code null} if none has. */
    @CheckForNull
    public String failedCheck(Environment environment) {
        return view().failedCheck(environment);
    }

    /**
     * Returns why a stage that begins is cancelled, {@code null} if it is not: something before it is closed by what
     * was not thrown, so that no {@code catch} of the Pipeline has decided about it.
     */
    @CheckForNull
    public String reasonToCancel(Place stage) {
        Graph view = view();
        return view.cancelling(stage, false).map(view::whyCancelled).orElse(null);
    }

    /** Returns the names of the stages and environments that were cancelled, each with the reason. */
    public Map<String, String> cancelled() {
        var cancelled = new LinkedHashMap<String, String>();
        failures.stream()
                .filter(Failure::isCancellation)
                .forEach(failure -> cancelled.putIfAbsent(failure.definition(), failure.reason()));
        return cancelled;
    }

    /** Returns whether a restarted build leaves out the outermost stage of that name. */
    public boolean leavesOut(String stage) {
        return leftOut.contains(Place.known(stage));
    }

    /**
     * Returns the failure that ends an approval as it begins: one of the same place and phase in another branch of the
     * same {@code parallel}. After a failure in the same branch, or behind the branches, an approval is a retry.
     */
    public Optional<Failure> failedBeside(Place asked, Phase phase) {
        Place place = resolved(asked);
        return failures.stream()
                .filter(failure -> failure.isOwn() && failure.phase() == phase)
                .filter(failure -> resolved(failure.place()).isShared(place)
                        && failure.place().isBeside(place))
                .findFirst();
    }

    /** Returns what ends when an approval fails: all of its phase that belongs where it does. */
    public List<OpenApproval> beside(OpenApproval failed) {
        Place place = resolved(failed.place());
        return approvals.values().stream()
                .filter(open -> open.phase() == failed.phase()
                        && !open.id().equals(failed.id())
                        && resolved(open.place()).isShared(place))
                .toList();
    }

    /** Returns the place of an approval as it counts, see {@link Graph#resolved}. */
    public Place resolved(Place place) {
        return view().resolved(place);
    }

    /** Returns whether an approval of an environment stands failed, and a step is in the body of that environment. */
    public boolean failsAround(String name, Place step) {
        Graph view = view();
        return find(name)
                .filter(environment -> view.isIn(environment, step)
                        && view.reasonToFail(environment).isPresent())
                .isPresent();
    }

    /**
     * Returns the names of the environments that an approval can no longer hold back, although they depend on its
     * environment.
     *
     * @param place of the approval
     */
    public List<String> startedDependents(Place place) {
        Environment environment = environments.get(place.environment());
        return environment == null ? List.of() : view().startedDependents(environment);
    }

    /**
     * Returns the problem with the name of an environment that is not reached.
     *
     * @param step the step that has the name, and where it belongs, as in {@code armoryRollback after}
     */
    public String missing(String name, String step) {
        return environments.containsKey(name)
                ? Problems.notReached(name, step)
                : Problems.unknown(name, environments.keySet());
    }

    /** Returns a line for each environment, for the log. */
    public String graph() {
        return view().toString();
    }

    /**
     * Returns the result that the build should have at least. A failure that was thrown does not count here by itself,
     * since the Pipeline may catch it.
     */
    public Outcome outcome() {
        if (doubt().isPresent()
                || failures.stream().anyMatch(Failure::isCancellation)
                || environments.values().stream().anyMatch(Environment::isRollbackFailed)) {
            return Outcome.FAILURE;
        }
        boolean closed = environments.values().stream().anyMatch(view()::isClosed);
        return closed || failures.stream().anyMatch(failure -> !failure.isThrown())
                ? Outcome.UNSTABLE
                : Outcome.SUCCESS;
    }

    /** Returns why the build is no success although the Pipeline went on, a line for each environment and approval. */
    public List<String> reasons() {
        Graph view = view();
        Stream<String> ofStages = failures.stream()
                .filter(failure -> !failure.isThrown() && !failure.isCancellation())
                .filter(failure -> resolved(failure.place()).environment() == null)
                .map(Failure::reason);
        Stream<String> ofEnvironments =
                environments.values().stream().filter(view::isClosed).map(view::whyClosed);
        return Stream.concat(ofStages, ofEnvironments).distinct().toList();
    }
}
