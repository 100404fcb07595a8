package io.jenkins.plugins.armory.deployment;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.OriginUnknown;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Restarted;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The environments of one build and their failed approvals, as an immutable value. {@link #on} returns the next value;
 * {@link TransitionTable} has the states of an environment.
 *
 * <p>A failed approval counts at its {@link Place}. What it does depends on its phase, as in Armory's <i>External
 * Automation</i> and <i>Deployment targets</i>:
 * <ul>
 *   <li>{@code beforeDeployment} and {@code strategy}: the environment fails when its body ends, or as the Pipeline reaches it. It
 *       does not fail if a later approval of the same definition and phase succeeds in it, so an approval may be retried. The first
 *       failure is the reason.
 *   <li>{@code afterDeployment} in an environment: the environment keeps its state. Its direct and indirect dependents are
 *       cancelled at once.
 *   <li>{@code afterDeployment} outside any environment: every stage and environment that has not begun is cancelled.
 * </ul>
 * An environment that is stopped before anything was done for it is CANCELLED and not FAILED, since nothing needs a
 * rollback.
 *
 * @param environments by name, in the order in which the build named them
 * @param named what approvals named before the build had any environment, with the approvals that are open. It becomes an
 *     environment if the build comes to it, and is a label until then
 * @param failures the failed approvals that no retry has made up for
 * @param cancelsStages why later stages and environments are cancelled, {@code null} if they are not
 * @param cancelledStages names of the stages that were cancelled for that reason, in their order
 * @param leftOut names of the outermost stages that a restarted build leaves out; they are not cancelled either
 * @param ended whether the build is over; then nothing changes any more
 */
@Restricted(NoExternalUse.class)
public record Deployment(
        @JsonProperty("environments") Map<String, Environment> environments,
        @JsonProperty("named") Map<String, Environment> named,
        @JsonProperty("failures") List<Failure> failures,
        @CheckForNull @JsonProperty("cancelsStages") String cancelsStages,
        @JsonProperty("cancelledStages") List<String> cancelledStages,
        @JsonProperty("leftOut") List<String> leftOut,
        @JsonProperty("ended") boolean ended) {

    /** A deployment without environments and failures. */
    public static final Deployment EMPTY =
            new Deployment(Map.of(), Map.of(), List.of(), null, List.of(), List.of(), false);

    /**
     * The effect of an event.
     *
     * @param problem why the Pipeline asks for something impossible, {@code null} if it does not
     * @param moves the transitions of environments, in order
     */
    public record Transition(
            Deployment deployment, @CheckForNull String problem, List<Move> moves) {
        public Transition {
            moves = List.copyOf(moves);
        }

        private static Transition to(Deployment deployment, @CheckForNull String problem) {
            return new Transition(deployment, problem, List.of());
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
        /** An {@code afterDeployment} approval failed, and nothing was cancelled. */
        UNSTABLE,
        /** A deployment failed, and something was cancelled. */
        FAILURE,
        /** An {@code afterDeployment} approval failed, and something was cancelled. */
        ABORTED;

        private Outcome orWorse(Outcome other) {
            return compareTo(other) < 0 ? other : this;
        }
    }

    public Deployment {
        environments = Collections.unmodifiableMap(new LinkedHashMap<>(environments));
        named = Collections.unmodifiableMap(new LinkedHashMap<>(named));
        failures = List.copyOf(failures);
        cancelledStages = List.copyOf(cancelledStages);
        leftOut = List.copyOf(leftOut);
    }

    /**
     * Returns the effect of an event. Events that come twice or too late change nothing.
     *
     * @param now when the event happened
     */
    public Transition on(DeploymentEvent event, Instant now) {
        if (ended) {
            return Transition.to(this, "The build is over.");
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
     * Returns the deployment with which a build starts that is restarted from a stage. Environments of the stages that are left out stay
     * as they were. So do all failures but those of the stages that are run again: one outside any stage may be of a stage that is left
     * out, as in a Declarative Pipeline that stands in a stage. What the origin did not know is not known now.
     */
    private static Deployment restarted(DeploymentEvent.Restarted event) {
        Deployment origin = event.origin();
        List<Failure> failures = origin.failures().stream()
                .filter(failure -> failure.place().outermost() == null
                        || !event.again().contains(failure.place().outermost()))
                .toList();
        var environments = new LinkedHashMap<String, Environment>();
        origin.environments().forEach((name, environment) -> {
            if (environment.stage() != null && event.leftOut().contains(environment.stage())) {
                boolean complete = environment.state() == Environment.State.COMPLETE;
                environments.put(
                        name, environment.withAfterDeploymentFailure(complete ? firstReasonIn(name, failures) : null));
            }
        });
        List<Failure> outside = failures.stream()
                .filter(failure -> failure.phase() == Phase.AFTER_DEPLOYMENT)
                .toList();
        String cancels = origin.isOfUnknownOrigin() ? origin.cancelsStages() : firstReasonIn(null, outside);
        return new Deployment(
                environments, Map.of(), failures, cancels, List.of(), List.copyOf(event.leftOut()), false);
    }

    /** Returns a deployment with nothing but the reason why every stage is cancelled. */
    private static Deployment cancelled(String reason) {
        return new Deployment(Map.of(), Map.of(), List.of(), reason, List.of(), List.of(), false);
    }

    /** Returns whether stages are cancelled for another reason than a failed approval of the build or its origins. */
    private boolean isOfUnknownOrigin() {
        return cancelsStages != null && failures.stream().map(Failure::reason).noneMatch(cancelsStages::equals);
    }

    @CheckForNull
    private static String firstReasonIn(@CheckForNull String environment, List<Failure> failures) {
        return failures.stream()
                .filter(failure -> Objects.equals(environment, failure.place().environment()))
                .map(Failure::reason)
                .findFirst()
                .orElse(null);
    }

    /** Returns whether there is nothing that the next start of Jenkins has to know. */
    public boolean isEmpty() {
        return equals(EMPTY);
    }

    public Optional<Environment> find(String name) {
        return Optional.ofNullable(environments.get(name));
    }

    /** Returns whether an environment is complete, with all environments within it, and its dependents may be deployed to. */
    public boolean admitsDependents(String name) {
        return find(name).filter(new Graph(environments)::admitsDependents).isPresent();
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
                .filter(failure ->
                        failure.place().isShared(place) && failure.place().isBeside(place))
                .findFirst();
    }

    /**
     * Returns the place of an approval as it counts. Until the Pipeline reaches its environment, the stage
     * counts.
     */
    public Place resolved(Place place) {
        String name = place.environment();
        boolean reached =
                name != null && find(name).filter(Environment::isReached).isPresent();
        return reached ? place : new Place(null, place.stage(), place.outermost(), place.branches());
    }

    /**
     * Returns whether an approval of an environment stands failed, and a step is in the body of that environment.
     *
     * @param within name of the environment around the step, {@code null} for none
     */
    public boolean failsAround(String name, @CheckForNull String within) {
        return find(name)
                .filter(environment ->
                        !new Failures(failures).standingIn(environment).isEmpty())
                .filter(environment ->
                        new Graph(environments).withAllAround(within).contains(name))
                .isPresent();
    }

    /**
     * Returns the names of the environments that an approval can no longer hold back, although they depend on its environment.
     *
     * @param place of the approval
     */
    public List<String> startedDependents(Place place) {
        String name = resolved(place).environment();
        return name == null ? List.of() : new Graph(environments).startedDependents(name);
    }

    /**
     * Returns the problem with a name that no environment has; {@code null} if one has it, or if there are no
     * environments.
     */
    @CheckForNull
    public String unknown(String name) {
        return environments.isEmpty() || environments.containsKey(name)
                ? null
                : Problems.unknown(name, environments.keySet());
    }

    /**
     * Returns the problem with the name of an environment that is not reached; {@code null} if none is reached and the
     * name is known, or there are no environments.
     */
    @CheckForNull
    String notReached(String name) {
        boolean anyReached = environments.values().stream().anyMatch(Environment::isReached);
        return anyReached && environments.containsKey(name) ? Problems.notReached(name) : unknown(name);
    }

    /** Returns the drawing of the environments for the log. */
    public String graph() {
        return GraphText.of(environments.values());
    }

    /**
     * Returns the result that the build should have. A failure alone does not count here, since the Pipeline may catch
     * it. A build in which something was cancelled is no success.
     */
    public Outcome outcome() {
        Outcome outcome = Outcome.SUCCESS;
        if (cancelsStages != null) {
            outcome = cancelledStages.isEmpty() ? Outcome.UNSTABLE : Outcome.ABORTED;
        }
        for (Environment environment : environments.values()) {
            outcome = outcome.orWorse(outcomeOf(environment));
        }
        return outcome;
    }

    private Outcome outcomeOf(Environment environment) {
        if (environment.cancelledBy() == null) {
            return environment.afterDeploymentFailure() == null ? Outcome.SUCCESS : Outcome.UNSTABLE;
        }
        boolean after = find(environment.cancelledBy())
                .map(Environment::afterDeploymentFailure)
                .isPresent();
        return after ? Outcome.ABORTED : Outcome.FAILURE;
    }
}
