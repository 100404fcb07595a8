package io.jenkins.plugins.armory.deployment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.deployment.Deployment.Move;
import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.BuildEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Ended;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.NobodyLeft;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.PlannedStepEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.PlannedStepStarted;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.RollbackEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.RollbackStarted;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.StageCancelled;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Stopped;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.deployment.Environment.Declaration;
import io.jenkins.plugins.armory.deployment.Environment.PlannedStep;
import io.jenkins.plugins.armory.deployment.Environment.Rollback;
import io.jenkins.plugins.armory.deployment.Environment.State;
import io.jenkins.plugins.armory.deployment.TransitionTable.Row;
import io.jenkins.plugins.armory.deployment.TransitionTable.Trigger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The application of one event to a deployment.
 *
 * <p>Each event finds its environment, notes what it brings, and moves the environment by {@link TransitionTable}. Then
 * the environments that wait are settled.
 */
final class Change {

    /** The change of an environment beside its state. */
    interface Effect {
        Environment on(Environment environment, State next);
    }

    private final Deployment before;
    private final Instant now;
    private final Map<String, Environment> environments;
    private final Map<String, Environment> named;
    private final Graph graph;
    private final Failures failures;
    private boolean ended;
    private final List<Move> moves = new ArrayList<>();

    Change(Deployment before, Instant now) {
        this.before = before;
        this.now = now;
        environments = new LinkedHashMap<>(before.environments());
        named = new LinkedHashMap<>(before.named());
        graph = new Graph(environments);
        failures = new Failures(before.failures());
    }

    Transition by(DeploymentEvent event) {
        String problem = apply(event);
        new Settling(this, graph).run();
        var after = new Deployment(environments, named, failures.asList(), before.leftOut(), ended);
        return new Transition(after.equals(before) ? before : after, problem, moves);
    }

    @CheckForNull
    private String apply(DeploymentEvent event) {
        if (event instanceof Declared declared) {
            return declare(declared);
        } else if (event instanceof ApprovalStarted started) {
            return startApproval(started);
        } else if (event instanceof ApprovalEnded ended) {
            endApproval(ended);
        } else if (event instanceof Ended ended) {
            endBody(ended);
        } else if (event instanceof PlannedStepStarted started) {
            return startStep(started);
        } else if (event instanceof PlannedStepEnded ended) {
            endStep(ended);
        } else if (event instanceof RollbackStarted started) {
            return startRollback(started);
        } else if (event instanceof RollbackEnded ended) {
            endRollback(ended);
        } else if (event instanceof Stopped stopped) {
            stop(stopped);
        } else if (event instanceof NobodyLeft nobodyLeft) {
            giveUp(nobodyLeft);
        } else if (event instanceof StageCancelled cancelled) {
            cancelStage(cancelled);
        } else if (event instanceof BuildEnded) {
            endBuild();
        }
        return null;
    }

    /** Returns the environments as they are now, unaffected by further moves. */
    List<Environment> environments() {
        return List.copyOf(environments.values());
    }

    @CheckForNull
    private Environment find(@CheckForNull String name) {
        return name == null ? null : environments.get(name);
    }

    private Environment findOrAdd(String name) {
        Environment pending = named.remove(name);
        return environments.computeIfAbsent(name, it -> pending == null ? Environment.pending(it, now) : pending);
    }

    private void put(Environment environment) {
        environments.put(environment.name(), environment);
    }

    /**
     * Moves an environment by the row of the table that applies.
     *
     * @return whether there is such a row
     */
    boolean move(Environment environment, Trigger trigger, Effect effect) {
        Optional<Row> row = TransitionTable.find(environment, trigger, graph, failures);
        row.ifPresent(found -> {
            put(effect.on(environment, found.to()).in(found.to(), now));
            moves.add(new Move(environment.name(), found));
        });
        return row.isPresent();
    }

    @CheckForNull
    private String declare(Declared event) {
        String name = event.environment();
        Environment known = findOrAdd(name);
        if (known.isReached()) {
            return known.isOf(event.step()) ? null : declareTwice(known, event);
        }
        boolean chooses = event.dependsOn() != null;
        List<String> dependsOn = chooses ? event.dependsOn() : graph.before(event.place());
        var declaration = new Declaration(dependsOn, event.step(), event.place());
        String failedBefore = failures.afterDeploymentOf(name);
        move(known, Trigger.REACHED, (it, next) -> it.with(declaration).withAfterDeploymentFailure(failedBefore));
        dependsOn.forEach(this::findOrAdd);
        List<String> cycle = graph.cycle(name);
        if (cycle.isEmpty()) {
            failures.cancelling(event.place(), chooses)
                    .ifPresent(failure -> move(
                            environments.get(name),
                            Trigger.STAGES_CANCELLED,
                            (it, next) -> it.withCancellation(
                                    failure.reason(),
                                    Objects.requireNonNullElse(failure.place().outermost(), ""))));
            return null;
        }
        String problem = Problems.waitsForItself(name, cycle, graph);
        move(
                environments.get(name),
                Trigger.WAITS_FOR_ITSELF,
                (it, next) -> it.withFailure("It would wait for itself.", false));
        return problem;
    }

    /**
     * Returns an environment that waits no longer. If it becomes FAILED, an approval that names it has failed before. The failures
     * stand, for a build that is restarted from here.
     */
    Environment endOfWait(Environment environment, State next) {
        return next == State.FAILED
                ? environment.withFailure(
                        Problems.gateClosed(
                                environment.name(),
                                failures.standingIn(environment).get(0).reason()),
                        false)
                : environment;
    }

    /** Whatever the second one was to do with the environment, its gates included, is not done. */
    private String declareTwice(Environment known, Declared event) {
        String problem = Problems.declaredTwice(known);
        var mistake = new ApprovalEnded(
                event.place().in(known.name()), event.step(), Phase.STRATEGY, event.step(), Verdict.STOPPED, problem);
        endApproval(mistake);
        return problem;
    }

    @CheckForNull
    private String startApproval(ApprovalStarted event) {
        String name = event.place().environment();
        Environment environment = find(name);
        if (environment == null || !environment.isReached()) {
            return name == null ? null : startEarly(name, event);
        }
        String tooLate = Problems.tooLate(environment, event.phase(), graph.isIn(environment, event.place()));
        if (tooLate == null) {
            Environment known = event.planned() == null
                    ? environment
                    : environment.withStep(
                            event.planned(),
                            stepOf(environment, event.planned()).with(event.approval()),
                            event.phase() == Phase.AFTER_DEPLOYMENT);
            Environment awaiting = known.takesFailures() ? known.withApproval(event.approval(), event.phase()) : known;
            put(awaiting);
            move(awaiting, Trigger.APPROVAL_STARTED, (it, next) -> it);
        }
        return tooLate;
    }

    /** Remembers an approval that names what may become an environment later. */
    @CheckForNull
    private String startEarly(String name, ApprovalStarted event) {
        boolean hasEnvironments =
                event.place().body() != null || !graph.before(event.place()).isEmpty();
        if (hasEnvironments) {
            return before.missing(name);
        }
        Environment known = named.getOrDefault(name, Environment.pending(name, now));
        named.put(name, known.withApproval(event.approval(), event.phase()));
        return null;
    }

    /** Returns a step of the plan. Its start may have been lost with a crash, since it is not written by itself. */
    private PlannedStep stepOf(Environment environment, String id) {
        return environment.steps().getOrDefault(id, PlannedStep.begun(now));
    }

    private void endApproval(ApprovalEnded event) {
        Place place = before.resolved(event.place());
        Environment environment = find(place.environment());
        noteVerdict(event, place, environment);
        endEarly(event);
        if (environment != null) {
            Environment noted = environment.withoutApproval(event.approval());
            boolean failedAfter = event.verdict().isFailure() && event.phase() == Phase.AFTER_DEPLOYMENT;
            if (failedAfter && noted.takesFailures() && noted.afterDeploymentFailure() == null) {
                noted = noted.withAfterDeploymentFailure(event.reason());
            } else if (event.verdict() == Verdict.STOPPED && noted.state() == State.COMPLETE && !noted.isClosed()) {
                // A gate that was interrupted did not open. Its body is over, so nothing makes up for that.
                noted = noted.withFailure(event.reason(), false);
            }
            put(noted);
            move(noted, Trigger.APPROVAL_ENDED, this::endOfBody);
        }
    }

    /** Forgets an approval that began before its environment was reached. */
    private void endEarly(ApprovalEnded event) {
        String name = event.place().environment();
        Environment known = find(name);
        if (known != null && !known.isReached()) {
            put(known.withoutApproval(event.approval()));
        } else if (name != null) {
            named.computeIfPresent(name, (it, early) -> early.withoutApproval(event.approval()));
            named.values().removeIf(early -> !early.awaitsApprovals());
        }
    }

    private void noteVerdict(ApprovalEnded event, Place place, @CheckForNull Environment environment) {
        switch (event.verdict()) {
            case SUCCESS -> {
                // Nothing makes up for a failure of a complete environment, not even for a stop.
                if (environment == null || environment.state() != State.COMPLETE) {
                    failures.retried(event, place);
                    failures.retried(event, event.place());
                }
            }
            case FAILURE, OTHER_FAILED -> {
                // What was not thrown cancels what comes behind it, whatever becomes of its environment.
                if (environment == null || environment.takesFailures() || event.phase() == Phase.AFTER_DEPLOYMENT) {
                    failures.add(event, place);
                }
                if (environment == null) {
                    addForLater(event);
                }
            }
            case STOPPED ->
                addForLater(event); // a gate that was interrupted did not open, whatever the Pipeline catches
            case CANCELLED -> throw new IllegalArgumentException("an approval is not cancelled");
        }
    }

    /** Adds a failure of the environment that the event names, even if the Pipeline comes to it later. */
    private void addForLater(ApprovalEnded event) {
        String name = event.place().environment();
        Environment known = find(name);
        if (name != null && (known == null || known.takesFailures())) {
            failures.add(event, event.place());
        }
    }

    private void endBody(Ended event) {
        Environment environment = find(event.environment());
        if (environment == null || !environment.isOf(event.step())) {
            return;
        }
        if (event.failure() == null) {
            move(environment, Trigger.BODY_SUCCEEDED, (it, next) -> endOfBody(it.withBodyEnded(), next));
        } else {
            move(environment, Trigger.BODY_FAILED, (it, next) -> failed(it, event.failure()));
        }
    }

    /**
     * Returns an environment at the end of its body. If it becomes FAILED although the body succeeded, the Pipeline
     * caught the failure of an approval.
     */
    private Environment endOfBody(Environment environment, State next) {
        return next == State.FAILED ? failed(environment, null) : environment;
    }

    /**
     * Returns an environment with the failure of its deployment. If an approval failed, that is the reason, and not the
     * error that it led to.
     *
     * @param failure of the body, {@code null} if the body succeeded
     */
    private Environment failed(Environment environment, @CheckForNull String failure) {
        List<Failure> approvals = failures.standingIn(environment).stream()
                .filter(each -> failure == null || !each.isStop()) // else the body has stopped with it, and says why
                .toList();
        failures.removeStandingIn(environment);
        boolean nothingDone = failure != null
                && !approvals.isEmpty()
                && approvals.stream().allMatch(each -> each.phase() == Phase.BEFORE_DEPLOYMENT);
        String other = failure == null
                ? graph.caughtWithin(environment).map(Environment::reason).orElse(null)
                : failure;
        return environment.withFailure(
                approvals.isEmpty() ? other : approvals.get(0).reason(), !environment.deployed() && !nothingDone);
    }

    @CheckForNull
    private String startStep(PlannedStepStarted event) {
        Environment environment = find(event.environment());
        if (environment == null || !environment.isReached()) {
            return before.missing(event.environment());
        }
        if (!environment.steps().containsKey(event.step())) {
            put(environment.withStep(event.step(), PlannedStep.begun(now), event.after()));
        }
        return null;
    }

    private void endStep(PlannedStepEnded event) {
        Environment environment = find(event.environment());
        PlannedStep known = environment == null ? null : environment.steps().get(event.step());
        if (known != null && !known.isOver()) {
            put(environment.withStep(event.step(), known.over(now, event.failure(), event.outputs()), false));
        }
    }

    @CheckForNull
    private String startRollback(RollbackStarted event) {
        Environment environment = find(event.environment());
        var rollback = new Rollback(event.step(), event.place().body(), false, null);
        boolean within = before.failsAround(event.environment(), event.place());
        boolean started = environment != null
                && (environment.isRolledBackBy(event.step())
                        || mayBeRolledBackIn(environment, event.place())
                                && move(
                                        environment,
                                        Trigger.ROLLBACK_STARTED,
                                        (it, next) -> (it.state().isUnderWay() ? failed(it, null) : it)
                                                .withRollback(rollback)));
        return started ? null : Problems.noRollback(environment, within);
    }

    /** Returns whether the deployment is over, or the rollback is in its own body. */
    private boolean mayBeRolledBackIn(Environment environment, Place place) {
        return environment.state().isOver() || graph.isIn(environment, place);
    }

    private void endRollback(RollbackEnded event) {
        Environment environment = find(event.environment());
        if (environment != null && environment.isRollingBack() && environment.isRolledBackBy(event.step())) {
            Trigger trigger = event.failure() == null ? Trigger.ROLLBACK_SUCCEEDED : Trigger.ROLLBACK_FAILED;
            var rollback = new Rollback(event.step(), environment.rollback().body(), true, event.failure());
            move(environment, trigger, (it, next) -> it.withRollback(rollback));
        }
    }

    private void stop(Stopped event) {
        Environment environment = find(event.environment());
        if (environment != null && environment.isOf(event.step())) {
            move(environment, Trigger.STOPPED, (it, next) -> it.withCancellation(event.reason(), null));
        }
    }

    private void giveUp(NobodyLeft event) {
        if (!event.seen().equals(before)) {
            return;
        }
        for (Environment environment : environments()) {
            if (graph.hasOpenWithin(environment)) {
                continue; // it goes on once that is given up
            }
            String lost = "has ended, and Jenkins went down before that was written.";
            stopOpenBeside(environment, "Its approval " + lost);
            move(
                    environment,
                    Trigger.NOBODY_LEFT,
                    (it, next) -> it.state().isUnderWay()
                            ? failed(it, "Its step " + lost)
                            : it.withFailure(
                                    graph.notReached(it).isEmpty()
                                            ? "An approval that names it " + lost
                                            : Problems.neverReached(
                                                    graph.notReached(it), event.stages(), before.graph()),
                                    false));
        }
    }

    /** Ends the open approvals of an environment that was complete before they began. They did not open. */
    private void stopOpenBeside(Environment environment, String reason) {
        if (environment.state() == State.COMPLETE) {
            Place place = environment.place().in(environment.name());
            environment
                    .approvals()
                    .forEach(each -> endApproval(
                            new ApprovalEnded(place, each, Phase.AFTER_DEPLOYMENT, each, Verdict.STOPPED, reason)));
        }
    }

    private void cancelStage(StageCancelled event) {
        Place place = event.place().inStage(event.stage());
        failures.add(new Failure(place, Phase.AFTER_DEPLOYMENT, event.stage(), event.reason(), Verdict.CANCELLED));
    }

    private void endBuild() {
        ended = true;
        String reason = "The build ended.";
        for (Environment environment : environments()) {
            stopOpenBeside(environment, reason);
            move(
                    environment,
                    Trigger.BUILD_ENDED,
                    (it, next) -> next == State.FAILED
                            ? it.withFailure(reason, !it.deployed())
                            : it.withCancellation(reason, null));
        }
    }
}
