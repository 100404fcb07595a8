package io.jenkins.plugins.armory.acceptance.generator;

import io.jenkins.plugins.armory.acceptance.generator.Oracle.Choices;
import io.jenkins.plugins.armory.acceptance.generator.Races.InPlace;
import io.jenkins.plugins.armory.acceptance.generator.Races.Named;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/**
 * Runs a Pipeline by the rules of DESIGN.md, section 5, in one of the orders that there can be. Each rule stands where its
 * sentence is quoted. A part runs until it ends or waits, and is told what comes then.
 */
final class Rules {

    /**
     * What a part throws.
     *
     * @param interruption whether {@code failFast} has stopped it
     */
    private record Thrown(boolean interruption) {
        static final Thrown FAILURE = new Thrown(false);
        static final Thrown INTERRUPTION = new Thrown(true);
    }

    /** What comes after a part. */
    private interface Then {

        /** @param thrown {@code null} for a good end */
        void end(Thrown thrown);
    }

    /** One branch of a {@code parallel} that is run. */
    private record Branch(Join join, int number) {}

    /** Where a part stands. */
    private record Scope(Place stage, Environment environment, List<Branch> branches) {

        Scope in(Place inner) {
            return new Scope(inner, environment, branches);
        }

        Scope in(Environment inner) {
            return new Scope(stage, inner, branches);
        }

        Scope in(Branch inner) {
            List<Branch> all = new ArrayList<>(branches);
            all.add(inner);
            return new Scope(stage, environment, all);
        }

        /** "What has failed is known by the place in the Pipeline (the environment, else the enclosing stage's node)". */
        Place place() {
            return environment == null ? stage : environment.place;
        }

        /** Whether something happened in another branch of a {@code parallel} that is still run. */
        boolean isBeside(List<Branch> others) {
            return others.stream()
                    .anyMatch(other ->
                            branches.stream().anyMatch(own -> own.join == other.join && own.number != other.number));
        }
    }

    /** An approval that has failed. */
    private static final class Failed {
        final int site;
        final Phase phase;
        final List<Branch> branches;
        /** Whether it may have ended others or not. */
        boolean doubtful;

        Failed(Node.Approval approval, Scope scope, boolean doubtful) {
            site = approval.site();
            phase = approval.phase();
            branches = scope.branches;
            this.doubtful = doubtful;
        }
    }

    /** A stage's node or an environment, and what has failed in it. */
    private static final class Place {
        final int text;
        final List<Failed> failed = new ArrayList<>();

        /** @param text of which part of the Pipeline's text */
        Place(int text) {
            this.text = text;
        }
    }

    private enum State {
        MENTIONED,
        WAITING,
        DEPLOYING,
        COMPLETE,
        FAILED,
        ROLLED_BACK,
        CANCELLED
    }

    private enum Answer {
        NO,
        PERHAPS,
        YES
    }

    /** A failure of a throwing phase in an environment. What has other parameters is another site. */
    private record Unresolved(int site, Phase phase) {}

    private static final class Environment {
        final String name;
        State state = State.MENTIONED;
        List<String> dependsOn = List.of();
        /** The one around it, {@code null} for none. */
        Environment outer;

        Place place;
        /** What comes once it waits no longer. */
        Runnable deploy;

        Then then;
        /** Failures of throwing phases that no later approval has made good. */
        final Set<Unresolved> unresolved = new HashSet<>();

        boolean bodyEnded;
        boolean afterFailed;
        boolean afterSucceeded;
        boolean refusedBeforeCall;
        Answer rollsBack = Answer.NO;
        /** What the result becomes where one that depends on it is cancelled. */
        final Set<Result> causes = EnumSet.noneOf(Result.class);

        Environment(String name) {
            this.name = name;
        }

        boolean isOverWithoutDeployment() {
            return state == State.FAILED || state == State.ROLLED_BACK || state == State.CANCELLED;
        }

        /** An environment is as good as those within it. */
        boolean isOrIsWithin(Environment other) {
            return this == other || outer != null && outer.isOrIsWithin(other);
        }
    }

    private static final Scope OUTERMOST = new Scope(null, null, List.of());

    private final GeneratedPipeline pipeline;
    private final Races races;
    private final Choices choices;

    private final Map<String, Environment> environments = new LinkedHashMap<>();
    /** Failures of throwing phases of environments that the build has not reached. */
    private final Map<String, Set<Unresolved>> early = new HashMap<>();
    /** How many approvals of an environment are open, also before the build reaches it. */
    private final Map<String, Integer> open = new HashMap<>();
    /** Whether an {@code afterDeployment} approval outside of environments has failed. */
    private boolean gateFailed;

    /** Whether what happens is of the build that is judged, and not of one that it was restarted from. */
    private boolean begun;

    private Result result = Result.SUCCESS;
    private final Map<Integer, Integer> marks = new TreeMap<>();
    private final Map<Integer, Integer> calls = new TreeMap<>();
    /** What can go on, and in what order does not matter. */
    private final Deque<Runnable> ready = new ArrayDeque<>();
    /** What can go on, in any order. */
    private final List<Runnable> racing = new ArrayList<>();

    Rules(GeneratedPipeline pipeline, Races races, Choices choices) {
        this.pipeline = pipeline;
        this.races = races;
        this.choices = choices;
        begun = pipeline.restarts().isEmpty();
        pipeline.body().forEach(node -> {
            if (node instanceof Node.Mark mark) {
                marks.put(mark.number(), 0);
            } else if (node instanceof Node.Approval approval) {
                calls.put(approval.site(), 0);
            }
        });
    }

    /** Adds to what is expected. */
    void run(Expectation expectation) {
        boolean[] ended = {false};
        Then end = thrown -> {
            if (pipeline.post() != null) {
                count(marks, pipeline.post().number());
            }
            if (thrown != null) {
                worsen(thrown.interruption ? Result.ABORTED : Result.FAILURE);
            }
            ended[0] = true;
        };
        if (pipeline.declarative()) {
            declarativeStages(0, end);
        } else {
            run(pipeline.body(), OUTERMOST, end);
        }
        do {
            while (!ready.isEmpty() || !racing.isEmpty()) {
                (ready.isEmpty() ? racing.remove(choices.choose(racing.size())) : ready.remove()).run();
            }
        } while (giveUp());
        if (!ended[0]) {
            throw new IllegalStateException("The rules leave something waiting in " + pipeline);
        }
        if (begun) {
            expectation.allow(marks, calls, result);
        }
    }

    /** After an error, Declarative has the stages begin that it skips, and so they can be cancelled. */
    private void declarativeStages(int number, Then then) {
        List<Node> stages = pipeline.body().parts();
        boolean isLast = number == stages.size() - 1;
        if (pipeline.restarts().contains(number)) {
            restart(number);
        }
        run(stages.get(number), OUTERMOST, thrown -> {
            if (thrown == null && !isLast) {
                declarativeStages(number + 1, then);
                return;
            }
            OptionalInt restart = pipeline.restarts().stream()
                    .mapToInt(Integer::intValue)
                    .filter(each -> each > number)
                    .min();
            if (gateFailed
                    && restart.isPresent()) { // from one that was cancelled, which Declarative does not call skipped
                declarativeStages(restart.getAsInt(), then);
                return;
            }
            if (gateFailed && !isLast) {
                worsen(Result.ABORTED);
            }
            then.end(thrown);
        });
    }

    /**
     * A build is restarted from here: it knows what has happened in the stages before, and "failed approvals still count, except
     * those of the stages that are run again". What was only mentioned, it has not heard of.
     */
    private void restart(int stage) {
        environments.values().removeIf(environment -> environment.state == State.MENTIONED);
        marks.replaceAll((mark, times) -> 0);
        calls.replaceAll((site, times) -> 0);
        boolean counts =
                gateFailed || environments.values().stream().anyMatch(environment -> !environment.causes.isEmpty());
        List<Result> results = List.of(Result.values()); // by what still counts
        result = results.get(counts ? choices.choose(results.size()) : 0);
        begun = stage == pipeline.restarts().get(pipeline.restarts().size() - 1);
    }

    private static void count(Map<Integer, Integer> counts, int what) {
        counts.merge(what, 1, Integer::sum);
    }

    private void worsen(Result to) {
        if (to.compareTo(result) > 0) {
            result = to;
        }
    }

    /** Something that branches can see of each other. */
    private void event(boolean isSeen, Runnable event) {
        if (isSeen) {
            racing.add(event);
        } else {
            event.run();
        }
    }

    private void run(Node node, Scope scope, Then then) {
        Branch interrupted = interrupted(scope);
        if (interrupted != null && choices.perhaps()) {
            interrupted.join.interrupted.add(interrupted.number);
            if (node instanceof Node.Approval approval && scope.environment != null && choices.perhaps()) {
                // It had begun: a gate that was interrupted did not open.
                scope.environment.unresolved.add(new Unresolved(approval.site(), approval.phase()));
            }
            if (node instanceof Node.Approval approval && choices.perhaps()) {
                failEarly(approval);
            }
            then.end(Thrown.INTERRUPTION);
        } else if (node instanceof Node.Sequence sequence) {
            sequence(sequence.parts(), scope, then);
        } else if (node instanceof Node.Mark mark) {
            count(marks, mark.number());
            then.end(null);
        } else if (node instanceof Node.Stage stage) {
            stage(stage, scope, then);
        } else if (node instanceof Node.Parallel parallel) {
            new Join(parallel, then).start(scope);
        } else if (node instanceof Node.Environment environment) {
            environment(environment, scope, then);
        } else if (node instanceof Node.Approval approval) {
            approval(approval, scope, then);
        } else if (node instanceof Node.Retry retry) {
            retry(retry.count(), retry.body(), scope, then);
        } else if (node instanceof Node.Try caught) {
            run(caught.body(), scope, thrown -> {
                if (thrown == null) {
                    then.end(null);
                } else {
                    run(
                            caught.handler(),
                            scope,
                            another -> then.end(another == null && caught.rethrows() ? thrown : another));
                }
            });
        } else if (node instanceof Node.CatchError caught) {
            run(caught.body(), scope, thrown -> {
                if (thrown != null) {
                    worsen(thrown.interruption && choices.perhaps() ? Result.ABORTED : Result.FAILURE);
                }
                then.end(null);
            });
        } else if (node instanceof Node.TimeLimit limit) {
            run(limit.body(), scope, then);
        } else if (node instanceof Node.Rollback rollback) {
            rollback(rollback, scope, then);
        } else if (node instanceof Node.Failure) {
            then.end(Thrown.FAILURE);
        } else {
            throw new IllegalArgumentException(String.valueOf(node));
        }
    }

    private void sequence(List<Node> parts, Scope scope, Then then) {
        if (parts.isEmpty()) {
            then.end(null);
            return;
        }
        run(parts.get(0), scope, thrown -> {
            if (thrown != null) {
                then.end(thrown);
            } else {
                sequence(parts.subList(1, parts.size()), scope, then);
            }
        });
    }

    private void retry(int left, Node body, Scope scope, Then then) {
        run(body, scope, thrown -> {
            if (thrown == null || thrown.interruption || left == 1) {
                then.end(thrown);
            } else {
                retry(left - 1, body, scope, then);
            }
        });
    }

    /** A {@code parallel} that is run: waits for all branches, and throws what the first one did that threw. */
    private final class Join {
        final Node.Parallel parallel;
        final Then then;
        final Set<Integer> interrupted = new HashSet<>();
        int running;
        Thrown first;
        int firstBranch;

        Join(Node.Parallel parallel, Then then) {
            this.parallel = parallel;
            this.then = then;
        }

        void start(Scope scope) {
            running = parallel.branches().size();
            for (int i = 0; i < parallel.branches().size(); i++) {
                int number = i;
                ready.add(
                        () -> event(parallel.failFast(), () -> begin(number, scope))); // another may have failed before
            }
        }

        private void begin(int number, Scope scope) {
            if (stops(number) && choices.perhaps()) {
                interrupted.add(number);
                ended(number, Thrown.INTERRUPTION);
            } else {
                run(
                        parallel.branches().get(number),
                        scope.in(new Branch(this, number)),
                        thrown -> ended(number, thrown));
            }
        }

        private void ended(int number, Thrown thrown) {
            if (thrown != null && first == null) {
                first = thrown;
                firstBranch = number;
            }
            running--;
            if (running == 0) {
                then.end(first);
            }
        }

        boolean stops(int number) {
            return parallel.failFast() && first != null && firstBranch != number && !interrupted.contains(number);
        }
    }

    /** The branch in the scope that {@code failFast} is to stop, {@code null} when none is. */
    private static Branch interrupted(Scope scope) {
        return scope.branches.stream()
                .filter(branch -> branch.join.stops(branch.number))
                .findFirst()
                .orElse(null);
    }

    private static boolean mayBeStopped(Scope scope) {
        return scope.branches.stream().anyMatch(branch -> branch.join.parallel.failFast());
    }

    /**
     * "An afterDeployment approval that stands in no environment of the build belongs to the stage it stands in, and everything
     * that begins later is its dependent: plain stages and environments".
     */
    private void stage(Node.Stage stage, Scope scope, Then then) {
        event(races.matters(Races.GATE), () -> {
            boolean cancelled = gateFailed && scope.environment == null; // what is deployed to goes on whole
            if (cancelled) {
                worsen(Result.ABORTED); // "build result ABORTED if something was cancelled"
                // "Nothing of the stage runs; the stages after it go on." In a stage that runs, what follows may need a
                // gate in it.
                then.end(scope.stage == null ? null : Thrown.FAILURE);
            } else {
                run(stage.body(), scope.in(new Place(races.place(stage))), then);
            }
        });
    }

    private boolean hasHeardOfEnvironments() {
        return !environments.isEmpty();
    }

    private Environment mention(String name) {
        return environments.computeIfAbsent(name, Environment::new);
    }

    /** @param name may be {@code null} */
    private boolean isReached(String name) {
        Environment known = environments.get(name);
        return known != null && known.state != State.MENTIONED;
    }

    private void environment(Node.Environment step, Scope scope, Then then) {
        event(races.matters(Races.GATE, Races.HEARD, new Named(step.name())), () -> {
            if (isReached(step.name())) {
                boolean cancelled = gateFailed && choices.perhaps();
                if (!cancelled) {
                    failTwice(environments.get(step.name()));
                }
                then.end(cancelled ? null : Thrown.FAILURE);
                return;
            }
            Environment environment = mention(step.name());
            environment.dependsOn = step.dependsOn();
            environment.dependsOn.forEach(this::mention);
            environment.outer = scope.environment;
            environment.place = new Place(races.place(step));
            environment.then = then;
            environment.unresolved.addAll(early.getOrDefault(step.name(), Set.of()));
            environment.deploy = () -> run(
                    step.body(),
                    scope.in(environment),
                    thrown ->
                            event(races.matters(Races.GATE, new Named(step.name())), () -> over(environment, thrown)));
            environment.state = State.WAITING;
            settle();
        });
    }

    /** "If the Pipeline deploys to one twice, and catches that error, its dependents are cancelled". */
    private void failTwice(Environment environment) {
        if (environment.state == State.COMPLETE) {
            worsen(Result.UNSTABLE);
            environment.causes.add(Result.ABORTED);
            settle();
        } else if (environment.state == State.WAITING || environment.state == State.DEPLOYING) {
            environment.unresolved.add(new Unresolved(0, Phase.STRATEGY));
        }
    }

    /** Lets the environments that wait go on, or cancels them, until nothing changes any more. */
    private void settle() {
        boolean changed;
        do {
            changed = false;
            for (Environment environment : environments.values()) {
                changed |= environment.state == State.WAITING && settle(environment);
            }
        } while (changed);
    }

    private boolean settle(Environment environment) {
        Set<Result> causes = EnumSet.noneOf(Result.class);
        if (gateFailed && environment.outer == null) {
            causes.add(
                    Result.ABORTED); // "everything that begins later is its dependent: plain stages and environments"
        }
        boolean complete = true;
        for (String name : environment.dependsOn) {
            Environment dependency = environments.get(name);
            environments.values().stream()
                    .filter(each -> each.isOrIsWithin(dependency))
                    .forEach(each -> causes.addAll(each.causes));
            complete &= dependency.state == State.COMPLETE && !isOpen(dependency);
        }
        if (!causes.isEmpty()) { // "every environment that depends on this one, directly or not, is CANCELLED"
            environment.state = State.CANCELLED;
            environment.causes.addAll(causes);
            worsen(causes.size() == 1 || choices.perhaps() ? causes.iterator().next() : Result.ABORTED);
            ready.add(() -> environment.then.end(null));
        } else if (complete && !environment.unresolved.isEmpty()) { // a gate of it did not open
            environment.state = State.FAILED;
            environment.causes.add(Result.FAILURE);
            ready.add(() -> environment.then.end(Thrown.FAILURE));
        } else if (complete) { // "environment COMPLETE, dependents may start"
            environment.state = State.DEPLOYING;
            ready.add(environment.deploy);
        } else {
            return false;
        }
        return true;
    }

    /** Nothing else runs, so what an environment waits for does not come: "rejects cycles and unknown names with a clear error". */
    private boolean giveUp() {
        List<Environment> waitInVain = environments.values().stream()
                .filter(environment -> environment.state == State.WAITING)
                .filter(environment -> environment.dependsOn.stream().anyMatch(name -> !isReached(name)))
                .toList();
        for (Environment environment : waitInVain) {
            environment.state = State.FAILED;
            environment.causes.add(Result.FAILURE);
            environment.rollsBack = Answer.PERHAPS;
            ready.add(() -> environment.then.end(Thrown.FAILURE));
        }
        settle();
        return !waitInVain.isEmpty();
    }

    private boolean isOpen(Environment environment) {
        return open.getOrDefault(environment.name, 0) > 0;
    }

    /** The body of an environment is over. Approvals elsewhere that name it may be open. */
    private void over(Environment environment, Thrown thrown) {
        environment.bodyEnded = true;
        // else it was rolled back within
        if (environment.state == State.DEPLOYING && (thrown != null || !isOpen(environment))) {
            conclude(environment, thrown);
        }
        environment.then.end(thrown);
    }

    private void conclude(Environment environment, Thrown thrown) {
        // "a failure of a throwing phase counts for the environment unless a later approval of the same webhook and
        // phase in it
        // succeeds, and dependents are cancelled when the environment is over, not before"
        boolean failed = thrown != null
                || !environment.unresolved.isEmpty()
                || environment.refusedBeforeCall && choices.perhaps();
        environment.state = failed ? State.FAILED : State.COMPLETE;
        if (failed) {
            environment.causes.add(Result.FAILURE);
            environment.rollsBack = rollsBack(environment, thrown);
        }
        settle();
    }

    private static Answer rollsBack(Environment environment, Thrown thrown) {
        boolean before = false;
        boolean strategy = false;
        boolean after = false;
        for (Unresolved failure : environment.unresolved) {
            before |= failure.phase == Phase.BEFORE_DEPLOYMENT;
            strategy |= failure.phase == Phase.STRATEGY;
            after |= failure.phase == Phase.AFTER_DEPLOYMENT;
        }
        if (environment.afterFailed) {
            return Answer.NO; // "never after an afterDeployment failure"
        }
        if (after
                || environment.afterSucceeded
                || environment.refusedBeforeCall
                || thrown != null && thrown.interruption
                || before && strategy) {
            return Answer.PERHAPS;
        }
        // beforeDeployment: "nothing is deployed: environment FAILED"; strategy: "armoryRollback runs, environment
        // ROLLED_BACK". Where
        // the Pipeline has caught the former and gone on, something may be deployed, and "failed before it was
        // complete" holds.
        return before && thrown != null ? Answer.NO : Answer.YES;
    }

    private void rollback(Node.Rollback rollback, Scope scope, Then then) {
        event(races.matters(Races.HEARD, new Named(rollback.environment())), () -> {
            Environment environment = environments.get(rollback.environment());
            if (environment == null) {
                // "So is armoryRollback of one that the build has never heard of": an error
                then.end(hasHeardOfEnvironments() ? Thrown.FAILURE : null);
                return;
            }
            // "runs once, if the deployment began and failed, and no afterDeployment approval had begun"
            if (environment.state == State.FAILED && is(environment.rollsBack)) {
                rollBack(environment, rollback, scope, then);
            } else if (environment.state == State.DEPLOYING && failsAround(environment, scope)) {
                if (is(rollsBack(environment, Thrown.FAILURE))) {
                    environment.causes.add(Result.FAILURE); // "closed as soon as that cannot come true any more"
                    rollBack(environment, rollback, scope, then);
                } else {
                    then.end(null);
                }
            } else { // where it is still deployed to, that is an error: it may fail yet
                then.end(environment.state == State.DEPLOYING ? Thrown.FAILURE : null);
            }
        });
    }

    /** "In the environment's own body too, if an approval of it stands failed there". */
    private boolean failsAround(Environment environment, Scope scope) {
        return scope.environment != null
                && scope.environment.isOrIsWithin(environment)
                && (!environment.unresolved.isEmpty() || environment.refusedBeforeCall && choices.perhaps());
    }

    private void rollBack(Environment environment, Node.Rollback rollback, Scope scope, Then then) {
        environment.state = State.ROLLED_BACK;
        settle();
        run(rollback.body(), scope.in(environment), then); // goes on whole, as the deployment does
    }

    private boolean is(Answer answer) {
        return answer == Answer.YES || answer == Answer.PERHAPS && choices.perhaps();
    }

    /** Where an approval counts: in the environment that it names, once the build has reached that. */
    private Scope counting(Node.Approval approval, Scope scope) {
        return isReached(approval.environment()) ? scope.in(environments.get(approval.environment())) : scope;
    }

    private void approval(Node.Approval approval, Scope where, Then then) {
        event(isSeen(approval, where), () -> {
            Scope scope = counting(approval, where);
            // "environment: that names none of a build's environments, in a build that has any, is an error before the
            // call"
            if (approval.environment() != null && hasHeardOfEnvironments() && !isReached(approval.environment())) {
                if (scope.environment != null) {
                    scope.environment.refusedBeforeCall = true;
                }
                event(
                        isSeen(approval, where),
                        () -> { // what is refused counts a moment later
                            failAsRefused(approval);
                            then.end(Thrown.FAILURE);
                        });
            } else if (isTooLate(approval, scope.environment)) {
                then.end(Thrown.FAILURE);
            } else if (is(othersFailed(approval, scope))) {
                // "an approval that starts after one of the same phase has failed in another branch ends at once"
                fail(approval, scope, true, then);
            } else {
                String name = approval.environment() != null || scope.environment == null
                        ? approval.environment()
                        : scope.environment.name;
                open.merge(String.valueOf(name), 1, Integer::sum);
                Then closing = thrown -> {
                    close(String.valueOf(name));
                    then.end(thrown);
                };
                event(isSeen(approval, where), () -> decide(approval, counting(approval, where), closing));
            }
        });
    }

    /** Whether the environment that it names, or stands in, is over. With a phase that throws, "the dependents stay closed". */
    private boolean isTooLate(Node.Approval approval, Environment environment) {
        if (environment == null) {
            return false;
        }
        if (approval.environment() == null) { // it stands in the body, where the environment was rolled back
            return environment.isOverWithoutDeployment();
        }
        if (environment.state == State.COMPLETE && approval.phase() != Phase.AFTER_DEPLOYMENT) {
            failTwice(environment);
            return true;
        }
        return environment.isOverWithoutDeployment();
    }

    /** An approval of an environment has ended: it may have been the last thing that the environment, or its dependents, waited for. */
    private void close(String name) {
        open.merge(name, -1, Integer::sum);
        Environment environment = environments.get(name);
        if (environment != null
                && environment.state == State.DEPLOYING
                && environment.bodyEnded
                && !isOpen(environment)) {
            conclude(environment, null);
        }
        settle();
    }

    /** Whether other branches can tell when it begins and ends, or it can tell something of them. */
    private boolean isSeen(Node.Approval approval, Scope scope) {
        Place place = scope.place();
        return mayBeStopped(scope)
                || approval.environment() != null && races.matters(Races.HEARD, new Named(approval.environment()))
                || place != null && races.matters(new InPlace(approval.phase(), place.text))
                || scope.environment == null && approval.phase() == Phase.AFTER_DEPLOYMENT && races.matters(Races.GATE);
    }

    /**
     * Whether one of the phase has failed in another branch; "in the same branch, once the failure was caught, it is a new try".
     */
    private static Answer othersFailed(Node.Approval approval, Scope scope) {
        if (scope.place() == null) {
            return Answer.NO;
        }
        Answer answer = Answer.NO;
        for (Failed failed : scope.place().failed) {
            if (failed.phase == approval.phase() && scope.isBeside(failed.branches)) {
                answer = failed.doubtful && answer != Answer.YES ? Answer.PERHAPS : Answer.YES;
            }
        }
        return answer;
    }

    /** "Until the build comes to an environment of that name": what has failed by then keeps it from being deployed to. */
    private void failEarly(Node.Approval approval) {
        if (approval.environment() != null && !isReached(approval.environment())) {
            early.computeIfAbsent(approval.environment(), name -> new HashSet<>())
                    .add(new Unresolved(approval.site(), approval.phase()));
        }
    }

    /** An error before the call. The environment may have been reached since, and is deployed to then, which fails. */
    private void failAsRefused(Node.Approval approval) {
        if (!isReached(approval.environment())) {
            failEarly(approval);
            return;
        }
        Environment environment = environments.get(approval.environment());
        if (environment.state == State.COMPLETE) {
            failTwice(environment);
        } else {
            environment.unresolved.add(new Unresolved(approval.site(), approval.phase()));
        }
    }

    private void decide(Node.Approval approval, Scope scope, Then then) {
        Outcome outcome = approval.outcome(calls.get(approval.site()));
        Branch interrupted = interrupted(scope);
        if (interrupted != null && (outcome == Outcome.TIME_OUT || choices.perhaps())) {
            interrupted.join.interrupted.add(interrupted.number);
            if (choices.perhaps()) {
                call(approval, outcome);
            }
            failEarly(approval);
            then.end(Thrown.INTERRUPTION);
            return;
        }
        boolean ended = othersFailed(approval, scope) != Answer.NO && choices.perhaps();
        if (!ended || choices.perhaps()) {
            call(approval, outcome);
        }
        if (ended) {
            fail(approval, scope, true, then);
        } else if (outcome == Outcome.SUCCESS) {
            succeed(approval, scope, then);
        } else {
            fail(approval, scope, false, then);
        }
    }

    private void call(Node.Approval approval, Outcome outcome) {
        if (outcome != Outcome.UNREACHABLE) {
            count(calls, approval.site());
        }
    }

    private void succeed(Node.Approval approval, Scope scope, Then then) {
        if (scope.environment != null) {
            // "unless a later approval of the same webhook and phase in it succeeds"
            scope.environment.unresolved.remove(new Unresolved(approval.site(), approval.phase()));
            scope.environment.afterSucceeded |= approval.phase() == Phase.AFTER_DEPLOYMENT;
        }
        if (approval.environment() != null) {
            early.getOrDefault(approval.environment(), new HashSet<>())
                    .remove(new Unresolved(approval.site(), approval.phase()));
        }
        if (scope.place() != null) {
            scope.place().failed.stream()
                    .filter(failed -> failed.phase == approval.phase() && failed.site == approval.site())
                    .forEach(failed -> failed.doubtful = true);
        }
        then.end(null);
    }

    private void fail(Node.Approval approval, Scope scope, boolean atOnce, Then then) {
        if (scope.place() != null) {
            scope.place().failed.add(new Failed(approval, scope, atOnce));
        }
        if (approval.phase() != Phase.AFTER_DEPLOYMENT) { // "step throws"
            if (scope.environment != null) {
                scope.environment.unresolved.add(new Unresolved(approval.site(), approval.phase()));
            }
            failEarly(approval);
            then.end(Thrown.FAILURE);
            return;
        }
        if (scope.environment != null && scope.environment.isOverWithoutDeployment()) { // meanwhile
            if (choices.perhaps()) {
                worsen(Result.UNSTABLE);
            }
            then.end(null);
            return;
        }
        // "the step does not throw and nothing is rolled back"; "build result ABORTED if something was cancelled, else
        // UNSTABLE"
        worsen(Result.UNSTABLE);
        if (scope.environment == null) {
            gateFailed = true;
        } else {
            scope.environment.afterFailed = true;
            scope.environment.causes.add(Result.ABORTED);
        }
        settle();
        then.end(null);
    }
}
