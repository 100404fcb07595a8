package io.jenkins.plugins.armory.environment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.Deployment.Move;
import io.jenkins.plugins.armory.environment.Deployment.Transition;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.BuildEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Ended;
import io.jenkins.plugins.armory.environment.DeploymentEvent.NobodyLeft;
import io.jenkins.plugins.armory.environment.DeploymentEvent.PlannedStepEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.PlannedStepStarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RollbackEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RollbackStarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RulesMet;
import io.jenkins.plugins.armory.environment.DeploymentEvent.StageCancelled;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Stopped;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.environment.Environment.PlannedStep;
import io.jenkins.plugins.armory.environment.Environment.Rollback;
import io.jenkins.plugins.armory.environment.Environment.State;
import io.jenkins.plugins.armory.environment.TransitionTable.Row;
import io.jenkins.plugins.armory.environment.TransitionTable.Trigger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.pcollections.PMap;

/**
 * The application of one event to a deployment.
 *
 * <p>Each event finds its environment, notes what it brings, and moves the environment by {@link TransitionTable}. Then
 * the environments that wait are settled, so one event and all that follows from it are one change.
 */
final class Change {

    /** The characters that are kept of the environments and failures of one build: each event writes all of it. */
    private static final int MOST_OF_BUILD = 4 << 20;

    /** The change of an environment beside its state. */
    private interface Effect {
        Environment on(Environment environment, State next);
    }

    private final Deployment before;
    private final Instant now;
    private final Map<String, Environment> environments;
    private PMap<String, OpenApproval> approvals;
    private final List<Failure> failures;
    private boolean ended;
    private final List<Move> moves = new ArrayList<>();
    private final Set<String> touched = new HashSet<>();

    Change(Deployment before, Instant now) {
        this.before = before;
        this.now = now;
        environments = new LinkedHashMap<>(before.environments());
        approvals = before.approvals();
        failures = new ArrayList<>(before.failures());
    }

    Transition by(DeploymentEvent event) {
        String problem = apply(event);
        settle();
        var after = new Deployment(environments, approvals, failures, before.leftOut(), ended);
        return new Transition(after.equals(before) ? before : after, problem, moves, touched);
    }

    private Graph graph() {
        return new Graph(environments, approvals.values(), failures);
    }

    @CheckForNull
    private String apply(DeploymentEvent event) {
        if (event instanceof Declared declared) {
            return declare(declared);
        } else if (event instanceof ApprovalStarted started) {
            return startApproval(started);
        } else if (event instanceof ApprovalEnded ended) {
            endApproval(ended);
        } else if (event instanceof RulesMet met) {
            admit(met);
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
            noteCancelled(failure -> graph().cancels(failure, cancelled.place(), false));
            Place place = cancelled.place().inStage(cancelled.stage());
            addCancellation(place, cancelled.stage(), cancelled.reason());
        } else if (event instanceof BuildEnded) {
            endBuild();
        }
        return null;
    }

    /** Returns the environments as they are now, unaffected by further moves. */
    private List<Environment> environments() {
        return List.copyOf(environments.values());
    }

    private void put(Environment environment) {
        environments.put(environment.name(), environment);
    }

    /**
     * Moves an environment by the row of the table that applies.
     *
     * @return whether there is such a row
     */
    private boolean move(Environment environment, Trigger trigger, Effect effect) {
        Optional<Row> row = TransitionTable.find(environment, trigger, graph());
        row.ifPresent(found -> {
            put(effect.on(environment, found.to()).in(found.to(), now));
            moves.add(new Move(environment.name(), found));
        });
        return row.isPresent();
    }

    /** Settles the environments, one after another, until none moves any more. */
    private void settle() {
        boolean moved = true;
        while (moved) {
            moved = false;
            Map<String, Environment> closed = graph().dependents(graph().closed());
            Set<String> admitted = graph().admitted(environments().stream()
                    .filter(each -> each.state() == State.WAITING_FOR_DEPENDENCIES)
                    .toList());
            for (Environment environment : environments()) {
                moved |= switch (environment.state()) {
                    case WAITING_FOR_DEPENDENCIES, AWAITING_RULES -> settleWaiting(environment, closed, admitted);
                    case DEPLOYING ->
                        environment.bodyEnded()
                                && !graph().awaitsApprovals(environment)
                                // If it becomes FAILED, the Pipeline caught what was thrown in it.
                                && move(
                                        environment,
                                        Trigger.ALL_ENDED,
                                        (it, next) -> next == State.FAILED ? failed(it, null) : it);
                    default -> false;
                };
            }
        }
    }

    /**
     * @param closed what waits for one that is closed, with that
     * @param admitted the names of those that wait for none
     */
    private boolean settleWaiting(Environment environment, Map<String, Environment> closed, Set<String> admitted) {
        Environment source = closed.get(environment.name());
        if (source != null) {
            String first = source.cancelledBy();
            return cancel(
                    environment, graph().whyClosed(source), first == null || first.isEmpty() ? source.name() : first);
        }
        return environment.state() == State.WAITING_FOR_DEPENDENCIES
                && admitted.contains(environment.name())
                && !graph().awaitsGates(environment)
                && move(environment, Trigger.DEPENDENCIES_OPEN, this::endOfWait);
    }

    private boolean cancel(Environment environment, String reason, String by) {
        noteCancelled(failure -> graph().cancels(failure, environment));
        addCancellation(environment.place().withEnvironment(environment.name()), environment.name(), reason);
        return move(environment, Trigger.DEPENDENCY_CLOSED, (it, next) -> it.withCancellation(reason, by));
    }

    /** Notes that something is cancelled for failures, so that nothing makes up for them any more. */
    private void noteCancelled(Predicate<Failure> causes) {
        failures.replaceAll(failure -> !failure.cancels() && !failure.isCancellation() && causes.test(failure)
                ? failure.withCancels(true)
                : failure);
    }

    /** Adds what was cancelled, once: a loop may come to a stage many times. */
    private void addCancellation(Place place, String name, String reason) {
        Failure cancellation = Failure.cancellation(place, name, reason);
        if (!failures.contains(cancellation)) {
            failures.add(cancellation);
        }
    }

    @CheckForNull
    private String declare(Declared event) {
        String name = event.environment();
        Environment known = environments.getOrDefault(name, Environment.pending(name, now));
        if (known.isReached()) {
            return known.isOf(event.step()) ? null : declareTwice(known, event);
        }
        String full = reasonToRefuse();
        if (full != null) {
            return closeAllThatComesLater(full);
        }
        put(known);
        List<String> chosen = event.dependsOn();
        Optional<Failure> closed = graph().cancelling(event.place(), chosen != null);
        List<String> dependsOn = chosen == null ? graph().before(event.place()) : chosen;
        move(
                known,
                Trigger.REACHED,
                (it, next) -> it.with(copy -> copy.dependsOn(dependsOn)
                        .step(event.step())
                        .place(event.place())
                        .job(event.job())
                        .release(event.release())));
        dependsOn.forEach(each -> environments.computeIfAbsent(each, it -> Environment.pending(it, now)));
        Environment reached = environments.get(name);
        if (event.mistake() != null) {
            move(reached, Trigger.CANNOT_BEGIN, (it, next) -> it.withFailure(event.mistake(), false));
            return event.mistake();
        }
        if (closed.isPresent()) {
            cancel(reached, graph().whyCancelled(closed.get()), closed.get().source());
            noteCancelled(failure -> graph().cancels(failure, event.place(), chosen != null));
            return null;
        }
        List<String> cycle = graph().cycle(name);
        if (cycle.isEmpty()) {
            return null;
        }
        String problem = Problems.waitsForItself(name, cycle, graph());
        move(reached, Trigger.CANNOT_BEGIN, (it, next) -> it.withFailure("It would wait for itself.", false));
        return problem;
    }

    /** Returns why nothing more begins, {@code null} if it may. */
    @CheckForNull
    private String reasonToRefuse() {
        long length =
                environments.values().stream().mapToLong(Environment::length).sum()
                        + failures.stream().mapToLong(Failure::length).sum();
        return length > MOST_OF_BUILD ? Problems.full(MOST_OF_BUILD, length) : null;
    }

    /** What is refused is not kept, and may have guarded whatever comes later. */
    private String closeAllThatComesLater(String reason) {
        String step = "armoryEnvironment";
        var all = new OpenApproval(step, step, Place.OUTERMOST, Phase.AFTER_DEPLOYMENT, step);
        endApproval(new ApprovalEnded(all, Verdict.FAILURE, reason));
        return reason;
    }

    /** Whatever the second one was to do with the environment, its gates included, is not done. */
    private String declareTwice(Environment known, Declared event) {
        String problem = event.mistake() == null ? Problems.declaredTwice(known) : event.mistake();
        var second = new OpenApproval(
                event.step(), event.step(), event.place().withEnvironment(known.name()), Phase.STRATEGY, event.step());
        endApproval(new ApprovalEnded(second, Verdict.STOPPED, problem));
        return problem;
    }

    /**
     * Returns an environment that waits no longer. If it becomes FAILED, an approval that names it has failed before.
     * The failures stand, for a build that is restarted from here.
     */
    private Environment endOfWait(Environment environment, State next) {
        return next == State.FAILED
                ? environment.withFailure(
                        Problems.gateClosed(
                                environment.name(),
                                graph().reasonToFail(environment).orElseThrow()),
                        false)
                : environment;
    }

    @CheckForNull
    private String startApproval(ApprovalStarted event) {
        OpenApproval approval = event.approval();
        String name = approval.place().environment();
        Environment environment = environments.get(name);
        String problem = null;
        if (environment != null && environment.isReached()) {
            problem = Problems.tooLate(environment, approval.phase(), graph().isIn(environment, approval.place()));
        } else if (name != null
                && (approval.place().body() != null
                        || !graph().before(approval.place()).isEmpty())) {
            problem = before.missing(name, "the approval into");
        }
        if (problem == null && name != null && !approvals.containsKey(approval.id())) {
            problem = reasonToRefuse();
        }
        if (problem == null) {
            begin(approval, event.planned(), environment);
        }
        return problem;
    }

    private void begin(OpenApproval approval, @CheckForNull String planned, @CheckForNull Environment environment) {
        if (environment != null) {
            Environment checked = environment.checked(approval.phase());
            // The start of the step may have been lost with a crash, since it is not written by itself.
            put(
                    planned == null
                            ? checked
                            : checked.withStep(
                                    planned,
                                    checked.steps()
                                            .getOrDefault(planned, PlannedStep.begun(now))
                                            .with(approval.id()),
                                    false));
        }
        if (!approvals.containsKey(approval.id())) {
            approvals = approvals.plus(approval.id(), approval);
            touched.add(approval.id());
        }
    }

    private void endApproval(ApprovalEnded event) {
        OpenApproval approval = event.approval();
        Place place = approval.place();
        approvals = approvals.minus(approval.id());
        touched.add(approval.id());
        Environment environment = environments.get(place.environment());
        if (event.verdict() == Verdict.SUCCESS) {
            boolean complete = environment != null && environment.state() == State.COMPLETE;
            failures.removeIf(failure -> isRetriedBy(failure, approval)
                    // A stop or a mistake has closed a complete environment for good.
                    && (failure.isThrown() ? !complete : !failure.cancels()));
            return;
        }
        var failure =
                new Failure(place, approval.phase(), approval.definition(), event.reason(), event.verdict(), false);
        if (environment == null
                ? !failure.isStop() || place.environment() != null
                : !failure.isThrown() || !environment.endedWithoutDeployment()) {
            add(failure);
        }
        if (environment != null && !failure.isThrown()) {
            put(environment.checked(approval.phase()));
        }
    }

    /**
     * Returns whether a success is a retry of a failure. What is in another branch of the same {@code parallel} is
     * none.
     */
    private boolean isRetriedBy(Failure failure, OpenApproval success) {
        Place place = failure.place();
        return failure.phase() == success.phase()
                && failure.definition().equals(success.definition())
                && !failure.isCancellation()
                && !place.isBeside(success.place())
                && (Objects.equals(place.shared(), success.place().shared())
                                && Objects.equals(
                                        place.outermost(), success.place().outermost())
                        || graph().resolved(place).isShared(graph().resolved(success.place())));
    }

    /**
     * Adds the failure of an approval, once for each place, phase and definition. A failure takes the place of a stop,
     * since a retry may make up for the stop alone.
     */
    private void add(Failure failure) {
        failures.removeIf(each -> each.isStop() && !failure.isStop() && each.isSame(failure));
        if (failures.stream().noneMatch(failure::isSame)) {
            failures.add(failure);
        }
    }

    private void admit(RulesMet event) {
        Environment environment = environments.get(event.environment());
        if (environment != null && environment.isOf(event.step())) {
            move(
                    environment,
                    Trigger.RULES_MET,
                    (it, next) -> next == State.DEPLOYING ? it.withAdmitted(true) : endOfWait(it, next));
        }
    }

    private void endBody(Ended event) {
        Environment environment = environments.get(event.environment());
        if (environment == null || !environment.isOf(event.step())) {
            return;
        }
        if (event.failure() != null) {
            move(environment, Trigger.BODY_FAILED, (it, next) -> failed(it, event.failure()));
        } else if (environment.state() == State.DEPLOYING) {
            Environment ended = environment.withBodyEnded(true);
            put(ended);
            if (graph().hasCaught(ended)) {
                move(ended, Trigger.BODY_FAILED, (it, next) -> failed(it, null));
            } else if (event.check() != null
                    && !environment.bodyEnded()
                    && graph().reasonToFail(ended).isEmpty()) {
                begin(event.check(), null, ended);
            }
        }
    }

    /**
     * Returns an environment with the failure of its deployment. If an approval failed, that is the reason, and not the
     * error that it led to.
     *
     * @param failure of the body, {@code null} if the body succeeded
     */
    private Environment failed(Environment environment, @CheckForNull String failure) {
        List<Failure> thrown = graph().thrownIn(environment);
        List<Failure> failed = failure == null
                ? thrown
                : thrown.stream().filter(each -> !each.isStop()).toList(); // the body stopped with them, and says why
        boolean nothingDone = failure != null
                && !failed.isEmpty()
                && failed.stream().allMatch(each -> each.phase() == Phase.BEFORE_DEPLOYMENT);
        String reason = failed.stream()
                .map(Failure::reason)
                .findFirst()
                .or(() -> Optional.ofNullable(failure))
                .or(() -> graph().reasonToFail(environment))
                .orElse(null);
        failures.removeAll(thrown);
        return environment.withFailure(reason, environment.hasBegun() && !environment.deployed() && !nothingDone);
    }

    @CheckForNull
    private String startStep(PlannedStepStarted event) {
        Environment environment = environments.get(event.environment());
        if (environment == null || !environment.isReached()) {
            return before.missing(event.environment(), "it into");
        }
        if (!environment.steps().containsKey(event.step())) {
            put(environment.withStep(event.step(), PlannedStep.begun(now), event.after()));
        }
        return null;
    }

    private void endStep(PlannedStepEnded event) {
        Environment environment = environments.get(event.environment());
        PlannedStep known = environment == null ? null : environment.steps().get(event.step());
        if (known != null && !known.isOver()) {
            put(environment.withStep(event.step(), known.over(now, event.failure(), event.outputs()), false));
        }
    }

    @CheckForNull
    private String startRollback(RollbackStarted event) {
        Environment environment = environments.get(event.environment());
        boolean within = before.failsAround(event.environment(), event.place());
        if (environment != null && environment.isRolledBackBy(event.step())) {
            return null;
        }
        var rollback = new Rollback(event.step(), event.place().body(), false, null);
        boolean started = environment != null
                && (environment.state().isOver() || graph().isIn(environment, event.place()))
                && move(
                        environment,
                        Trigger.ROLLBACK_STARTED,
                        (it, next) -> (it.state().isOver() ? it : failed(it, null)).withRollback(rollback));
        return started ? null : Problems.noRollback(environment, within);
    }

    private void endRollback(RollbackEnded event) {
        Environment environment = environments.get(event.environment());
        Rollback running = environment == null ? null : environment.rollback();
        if (running != null && environment.isRollingBack() && environment.isRolledBackBy(event.step())) {
            Trigger trigger = event.failure() == null ? Trigger.ROLLBACK_SUCCEEDED : Trigger.ROLLBACK_FAILED;
            var rollback = new Rollback(event.step(), running.body(), true, event.failure());
            move(environment, trigger, (it, next) -> it.withRollback(rollback));
        }
    }

    private void stop(Stopped event) {
        Environment environment = environments.get(event.environment());
        if (environment != null && environment.isOf(event.step())) {
            move(environment, Trigger.STOPPED, (it, next) -> it.withCancellation(event.reason(), null));
        }
    }

    private void giveUp(NobodyLeft event) {
        if (!event.seen().equals(before)) {
            return;
        }
        String lost = " has ended, and Jenkins went down before that was written.";
        for (Environment environment : environments()) {
            if (!graph().hasOpenWithin(environment)) { // else it goes on once that is given up
                move(
                        environment,
                        Trigger.NOBODY_LEFT,
                        (it, next) -> it.state() == State.DEPLOYING
                                ? failed(it, "Its step" + lost)
                                : it.withFailure(Problems.neverReached(graph().notReached(it), before.graph()), false));
            }
        }
    }

    private void endBuild() {
        ended = true;
        String reason = "The build ended.";
        approvals.values().forEach(open -> endApproval(new ApprovalEnded(open, Verdict.STOPPED, reason)));
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
