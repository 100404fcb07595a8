package io.jenkins.plugins.armory.environment;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.webhook.text.Bound;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * One environment of a build, as an immutable value. {@link Deployment#on} makes the next value; the state itself
 * follows {@link TransitionTable}.
 *
 * @param since when the state began
 * @param dependsOn names of the environments that must be complete first
 * @param step id of its {@code armoryEnvironment}, {@code null} before the Pipeline reaches it
 * @param place of the step
 * @param job the full name of the job whose rules of the administrators come before the body, {@code null} for an
 *     environment without such rules
 * @param release what is deployed, {@code null} before the Pipeline reaches it
 * @param admitted whether the rules of the administrators were met in this build, so that the body may begin
 * @param bodyEnded whether the body of {@code armoryEnvironment} has ended without an error
 * @param deployed whether an {@code afterDeployment} approval has begun; from then on nothing is rolled back
 * @param steps the steps of the environment's plan that have begun, by id, in the order in which they did; empty
 *     without a plan
 * @param reason why the environment failed or was cancelled, {@code null} otherwise
 * @param cancelledBy name of the environment or stage whose failure cancelled this one, empty for a failure outside of
 *     both, {@code null} for none
 * @param needsRollback whether the deployment failed when something may have been deployed
 * @param rollback {@code null} before it begins
 */
@Restricted(NoExternalUse.class)
@RecordBuilder
public record Environment(
        @JsonProperty("name") String name,
        @JsonProperty("state") State state,
        @JsonProperty("since") Instant since,
        @JsonProperty("dependsOn") List<String> dependsOn,
        @CheckForNull @JsonProperty("step") String step,
        @JsonProperty("place") Place place,
        @CheckForNull @JsonProperty("job") String job,
        @CheckForNull @JsonProperty("release") Release release,
        @JsonProperty("admitted") boolean admitted,
        @JsonProperty("bodyEnded") boolean bodyEnded,
        @JsonProperty("deployed") boolean deployed,
        @JsonProperty("steps") Map<String, PlannedStep> steps,
        @CheckForNull @JsonProperty("reason") String reason,
        @CheckForNull @JsonProperty("cancelledBy") String cancelledBy,
        @JsonProperty("needsRollback") boolean needsRollback,
        @CheckForNull @JsonProperty("rollback") Rollback rollback)
        implements EnvironmentBuilder.With {

    /** The state of an environment. */
    public enum State {
        /** Another environment depends on it, and the Pipeline has not reached it. */
        PENDING(false),
        /** The Pipeline has reached it, and a dependency is not complete. */
        WAITING_FOR_DEPENDENCIES(false),
        /** What it depends on is open, and a rule of the administrators is pending, see {@link Declaration#job}. */
        AWAITING_RULES(false),
        /** The Pipeline deploys to it. */
        DEPLOYING(false),
        /**
         * What {@link #DEPLOYING} is shown as while at least one approval is open, see {@link Deployment#shownState}.
         */
        AWAITING_APPROVAL(false),
        /** It is deployed. Its dependents follow, unless an {@code afterDeployment} approval failed. */
        COMPLETE(true),
        /** Its deployment failed and is not rolled back. */
        FAILED(true),
        /** Its deployment failed and is rolled back. */
        ROLLED_BACK(true),
        /** It was not deployed to. */
        CANCELLED(true);

        private final boolean over;

        State(boolean over) {
            this.over = over;
        }

        /** Returns whether the deployment is over, successful or not. */
        public boolean isOver() {
            return over;
        }
    }

    /**
     * A step of the plan of an environment that has begun.
     *
     * @param began when it began
     * @param ended when it ended, {@code null} while it runs
     * @param failure why it failed, {@code null} if it did not
     * @param outputs the values that its body returned for later templates
     * @param approval id of its approval, {@code null} for none
     */
    public record PlannedStep(
            @JsonProperty("began") Instant began,
            @CheckForNull @JsonProperty("ended") Instant ended,
            @CheckForNull @JsonProperty("failure") String failure,
            @JsonProperty("outputs") Map<String, String> outputs,
            @CheckForNull @JsonProperty("approval") String approval) {

        public PlannedStep {
            Objects.requireNonNull(began, "began");
            failure = Bound.TEXT.cut(failure);
            outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
        }

        static PlannedStep begun(Instant now) {
            return new PlannedStep(now, null, null, Map.of(), null);
        }

        PlannedStep with(String newApproval) {
            return new PlannedStep(began, ended, failure, outputs, newApproval);
        }

        PlannedStep over(Instant now, @CheckForNull String why, Map<String, String> returned) {
            return new PlannedStep(began, now, why, returned, approval);
        }

        public boolean isOver() {
            return ended != null;
        }
    }

    /**
     * The rollback of an environment. An environment has one at most.
     *
     * @param step id of the {@code armoryRollback} step
     * @param body id of the body around the step, see {@link Place#body}
     * @param over whether it has ended
     * @param failure why it failed, {@code null} if it did not
     */
    public record Rollback(
            @JsonProperty("step") String step,
            @CheckForNull @JsonProperty("body") String body,
            @JsonProperty("over") boolean over,
            @CheckForNull @JsonProperty("failure") String failure) {
        public Rollback {
            Objects.requireNonNull(step, "step");
            failure = Bound.TEXT.cut(failure);
        }
    }

    public Environment {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(place, "place");
        dependsOn = List.copyOf(dependsOn);
        steps = Collections.unmodifiableMap(new LinkedHashMap<>(steps));
        reason = Bound.TEXT.cut(reason);
    }

    /** Returns about how many characters it takes where it is kept. */
    long length() {
        Stream<String> values = steps.values().stream()
                .flatMap(step -> step.outputs().entrySet().stream())
                .flatMap(output -> Stream.of(output.getKey(), output.getValue()));
        Map<String, String> known = release == null ? Map.of() : release.variables();
        long texts = Stream.of(
                        Stream.of(name, Objects.requireNonNullElse(reason, "")),
                        known.values().stream(),
                        dependsOn.stream(),
                        values)
                .flatMap(all -> all)
                .mapToLong(String::length)
                .sum();
        return texts + Failure.OVERHEAD * (1L + steps.size());
    }

    /** Returns an environment that the Pipeline has not reached. */
    static Environment pending(String name, Instant now) {
        return EnvironmentBuilder.builder()
                .name(name)
                .state(State.PENDING)
                .since(now)
                .dependsOn(List.of())
                .place(Place.OUTERMOST)
                .steps(Map.of())
                .build();
    }

    /** Returns whether it was cancelled for what it depends on. One that is stopped has the state CANCELLED too. */
    public boolean isCancelled() {
        return cancelledBy != null;
    }

    /** Returns whether its rollback failed. */
    boolean isRollbackFailed() {
        return rollback != null && rollback.failure() != null;
    }

    /** Returns whether the deployment failed, rolled back or not. */
    public boolean hasFailed() {
        return endedWithoutDeployment() && state != State.CANCELLED;
    }

    /** Returns whether the environment failed, was rolled back or was cancelled. */
    boolean endedWithoutDeployment() {
        return state.isOver() && state != State.COMPLETE;
    }

    /** Returns whether the Pipeline deploys, or has deployed, to the environment. */
    boolean hasBegun() {
        return isReached()
                && state != State.WAITING_FOR_DEPENDENCIES
                && state != State.AWAITING_RULES
                && state != State.CANCELLED;
    }

    /**
     * Returns whether the build deploys to an environment of the administrators, or rolls it back, after the rules were
     * met in this very build. A failure that was caught does not end that.
     */
    boolean isUnderWay() {
        return admitted && (state == State.DEPLOYING && !bodyEnded || isRollingBack());
    }

    /** Returns whether the rollback runs. A rollback may have approvals of its own. */
    boolean isRollingBack() {
        return rollback != null && !rollback.over();
    }

    /** Returns the ids of the steps that wait for their turn, or whose bodies run. */
    public Stream<String> stepsUnderWay() {
        boolean runs = isReached() && !state.isOver() && !bodyEnded;
        return Stream.of(runs ? step : null, isRollingBack() ? rollback.step() : null)
                .filter(Objects::nonNull);
    }

    /**
     * Returns whether an {@code armoryEnvironment} of the build has this name; otherwise it is only a dependency of
     * others.
     */
    public boolean isReached() {
        return step != null;
    }

    /** Returns whether a body is that of the environment or of its rollback. */
    boolean hasBody(@CheckForNull String body) {
        return body != null && (body.equals(step) || isRolledBackBy(body));
    }

    /** Returns the body around the environment or around its rollback, {@code null} for none. */
    @CheckForNull
    String bodyAround(String body) {
        return rollback != null && isRolledBackBy(body) ? rollback.body() : place.body();
    }

    boolean isOf(String otherStep) {
        return otherStep.equals(step);
    }

    boolean isRolledBackBy(String rollbackStep) {
        return rollback != null && rollback.step().equals(rollbackStep);
    }

    Environment in(State newState, Instant now) {
        return newState == state ? this : with(copy -> copy.state(newState).since(now));
    }

    /**
     * Returns the environment at the begin or the end of an approval: once a check of what is deployed has begun,
     * nothing is rolled back.
     */
    Environment checked(Phase phase) {
        boolean after = phase == Phase.AFTER_DEPLOYMENT && (state == State.DEPLOYING || state == State.COMPLETE);
        return withDeployed(deployed || after);
    }

    /**
     * Returns the environment with a step of its plan.
     *
     * @param after whether the step comes after the deployment
     */
    Environment withStep(String id, PlannedStep step, boolean after) {
        var all = new LinkedHashMap<>(steps);
        all.put(id, step);
        return with(copy -> copy.deployed(deployed || after).steps(all));
    }

    Environment withFailure(@CheckForNull String why, boolean isToRollBack) {
        return with(copy -> copy.reason(why).needsRollback(isToRollBack));
    }

    Environment withCancellation(@CheckForNull String why, @CheckForNull String by) {
        return with(copy -> copy.reason(why).cancelledBy(by).needsRollback(false));
    }

    /** Returns the environment as a restarted build knows it. */
    Environment ofOrigin() {
        return with(copy -> copy.place(place.ofOrigin()).admitted(false));
    }
}
