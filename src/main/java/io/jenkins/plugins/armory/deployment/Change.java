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
    private final Graph graph;
    private final Failures failures;

    @CheckForNull
    private String cancelsStages;

    private final List<String> cancelledStages;
    private boolean ended;
    private final List<Move> moves = new ArrayList<>();

    Change(Deployment before, Instant now) {
        this.before = before;
        this.now = now;
        environments = new LinkedHashMap<>(before.environments());
        graph = new Graph(environments);
        failures = new Failures(before.failures());
        cancelsStages = before.cancelsStages();
        cancelledStages = new ArrayList<>(before.cancelledStages());
    }

    Transition by(DeploymentEvent event) {
        String problem = apply(event);
        new Settling(this, graph).run();
        var after = new Deployment(
                environments, failures.asList(), cancelsStages, cancelledStages, before.leftOut(), ended);
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
    String cancelsStages() {
        return cancelsStages;
    }

    @CheckForNull
    private Environment find(@CheckForNull String name) {
        return name == null ? null : environments.get(name);
    }

    private Environment findOrAdd(String name) {
        return environments.computeIfAbsent(name, it -> Environment.pending(it, now));
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
            return known.isOf(event.step()) ? null : Problems.declaredTwice(known);
        }
        var declaration = new Declaration(event.dependsOn(), event.step(), event.stage(), event.within());
        move(known, Trigger.REACHED, (it, next) -> it.with(declaration));
        event.dependsOn().forEach(this::findOrAdd);
        List<String> cycle = graph.cycle(name);
        if (cycle.isEmpty()) {
            return null;
        }
        String problem = Problems.waitsForItself(name, cycle, graph);
        move(
                environments.get(name),
                Trigger.WAITS_FOR_ITSELF,
                (it, next) -> it.withFailure("It would wait for itself.", false));
        return problem;
    }

    @CheckForNull
    private String startApproval(ApprovalStarted event) {
        String name = event.place().environment();
        Environment environment = find(name);
        if (environment == null || !environment.isReached()) {
            return name == null ? null : before.notReached(name);
        }
        String tooLate = Problems.tooLate(environment, event.phase());
        if (tooLate == null) {
            boolean after = event.phase() == Phase.AFTER_DEPLOYMENT;
            Environment known = event.planned() == null
                    ? environment
                    : environment.withStep(
                            event.planned(),
                            stepOf(environment, event.planned()).with(event.approval()),
                            after);
            put(known);
            move(known, Trigger.APPROVAL_STARTED, (it, next) -> it.withApproval(event.approval(), after));
        }
        return tooLate;
    }

    /** Returns a step of the plan. Its start may have been lost with a crash, since it is not written by itself. */
    private PlannedStep stepOf(Environment environment, String id) {
        return environment.steps().getOrDefault(id, PlannedStep.begun(now));
    }

    private void endApproval(ApprovalEnded event) {
        Place place = before.resolved(event.place());
        Environment environment = find(place.environment());
        noteVerdict(event, place, environment);
        boolean failedAfter = event.verdict().isFailure() && event.phase() == Phase.AFTER_DEPLOYMENT
                // A gate that was interrupted did not open. Nothing else keeps the dependents of a complete environment
                // from it.
                || event.verdict() == Verdict.STOPPED && environment != null && environment.state() == State.COMPLETE;
        if (environment != null) {
            Environment noted = environment.withoutApproval(event.approval());
            if (failedAfter && noted.takesFailures() && noted.afterDeploymentFailure() == null) {
                noted = noted.withAfterDeploymentFailure(event.reason());
            }
            put(noted);
            move(noted, Trigger.APPROVAL_ENDED, this::endOfBody);
        } else if (failedAfter && cancelsStages == null) {
            cancelsStages = event.reason();
        }
    }

    private void noteVerdict(ApprovalEnded event, Place place, @CheckForNull Environment environment) {
        switch (event.verdict()) {
            case SUCCESS -> failures.retried(event, place);
            case FAILURE, OTHER_FAILED -> {
                if (environment == null || environment.takesFailures()) {
                    failures.add(event, place);
                }
            }
            case STOPPED -> { // a gate that was interrupted did not open, whatever the Pipeline catches
                Environment named = find(event.place().environment()); // even if the Pipeline comes to it later
                if (named != null && (named.takesFailures() || !named.state().isOver())) {
                    failures.add(event, event.place());
                }
            }
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
        failures.removeAllOf(environment);
        boolean nothingDone = failure != null
                && !approvals.isEmpty()
                && approvals.stream().allMatch(each -> each.phase() == Phase.BEFORE_DEPLOYMENT);
        return environment.withFailure(
                approvals.isEmpty() ? failure : approvals.get(0).reason(), !environment.deployed() && !nothingDone);
    }

    @CheckForNull
    private String startStep(PlannedStepStarted event) {
        Environment environment = find(event.environment());
        if (environment == null || !environment.isReached()) {
            return before.notReached(event.environment());
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
        var rollback = new Rollback(event.step(), false, null);
        boolean started = environment != null
                && (environment.isRolledBackBy(event.step())
                        || move(environment, Trigger.ROLLBACK_STARTED, (it, next) -> it.withRollback(rollback)));
        return started ? null : Problems.noRollback(environment);
    }

    private void endRollback(RollbackEnded event) {
        Environment environment = find(event.environment());
        if (environment != null && environment.isRollingBack() && environment.isRolledBackBy(event.step())) {
            Trigger trigger = event.failure() == null ? Trigger.ROLLBACK_SUCCEEDED : Trigger.ROLLBACK_FAILED;
            var rollback = new Rollback(event.step(), true, event.failure());
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
            move(
                    environment,
                    Trigger.NOBODY_LEFT,
                    (it, next) -> it.state().isUnderWay()
                            ? failed(it, "Its step has ended, and Jenkins went down before that was written.")
                            : it.withFailure(
                                    Problems.neverReached(graph.notReached(it), event.stages(), before.graph()),
                                    false));
        }
    }

    private void cancelStage(StageCancelled event) {
        if (cancelsStages != null) {
            cancelledStages.add(event.stage());
        }
    }

    /** Returns an environment as cancelled with the later stages. */
    Environment cancelledWithStages(Environment environment) {
        cancelledStages.add(environment.name());
        return environment.withCancellation(cancelsStages, null);
    }

    private void endBuild() {
        ended = true;
        String reason = "The build ended.";
        for (Environment environment : environments()) {
            move(
                    environment,
                    Trigger.BUILD_ENDED,
                    (it, next) -> next == State.FAILED
                            ? it.withFailure(reason, !it.deployed())
                            : it.withCancellation(reason, null));
        }
    }
}
