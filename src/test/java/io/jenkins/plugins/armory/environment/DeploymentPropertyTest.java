package io.jenkins.plugins.armory.environment;

import static io.jenkins.plugins.armory.environment.DeploymentTest.NOW;
import static io.jenkins.plugins.armory.environment.DeploymentTest.in;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jenkins.plugins.armory.Seeds;
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
import io.jenkins.plugins.armory.environment.DeploymentEvent.RollbackEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RollbackStarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RulesMet;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Stopped;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.environment.Environment.State;
import io.jenkins.plugins.armory.environment.TransitionTable.Row;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Properties of the environments of a build for any order of events. For graphs of two to four environments the tests
 * visit every state that any number of events leads to, and try every event in it. Larger graphs are tried at random,
 * and their results are compared with the failures in them.
 */
class DeploymentPropertyTest {

    /** An environment of the administrators. */
    private static final String GUARDED = "guarded";

    /** Many states are visited with {@code -Dproperties.cases=10} alone. */
    private static final boolean MANY = Integer.getInteger("properties.cases", 1) > 1;

    /** All that end something; three environments have many states then. */
    private static final Function<String, List<DeploymentEvent>> MORE_OR_FEWER_ENDS =
            MANY ? DeploymentPropertyTest::ends : DeploymentPropertyTest::endsForDependents;

    @Test
    void everyOrderOfTheEventsThatEndSomethingOfTwoThatAreIndependent() {
        visitAll(Map.of("a", List.of(), "b", List.of()), DeploymentPropertyTest::ends);
    }

    @Test
    void everyOrderOfAllEventsTakesEveryRowOfTheTable() {
        var taken = new HashSet<Row>();
        Map<String, List<String>> chain = Map.of("a", List.of(), "b", List.of("a"));
        taken.addAll(visitAll(chain, name -> MANY || name.equals("b") ? allEvents(name) : ends(name)));
        taken.addAll(explore(Map.of("a", List.of()), DeploymentPropertyTest::allEventsAndOneOutside)
                .rows());
        taken.addAll(explore(Map.of("a", List.of("a"), "b", List.of()), DeploymentPropertyTest::allEvents)
                .rows());
        taken.addAll(explore(Map.of(GUARDED, List.of()), DeploymentPropertyTest::allEventsAndOneOutside)
                .rows());
        taken.addAll(explore(Map.of("a", List.of(), GUARDED, List.of("a")), DeploymentPropertyTest::endsAndChecks)
                .rows());

        assertThat(taken).containsExactlyInAnyOrderElementsOf(TransitionTable.ROWS);
    }

    @Test
    void everyOrderOfTheEventsThatEndSomethingOfAChain() {
        visitAll(Map.of("a", List.of(), "b", List.of("a"), "c", List.of("b")), MORE_OR_FEWER_ENDS);
    }

    @Test
    void everyOrderOfTheEventsThatEndSomethingOfTwoThatDependOnOne() {
        visitAll(Map.of("a", List.of(), "b", List.of("a"), "c", List.of("a")), MORE_OR_FEWER_ENDS);
    }

    @Test
    void everyOrderOfTheEventsThatEndSomethingOfOneThatDependsOnTwo() {
        visitAll(Map.of("a", List.of(), "b", List.of(), "c", List.of("b", "a")), MORE_OR_FEWER_ENDS);
    }

    /** The graphs at random have diamonds, too. */
    @Test
    void everyOrderOfTheEventsThatEndSomethingOfADiamond() {
        assumeTrue(MANY, "many states");
        visitAll(
                Map.of("a", List.of(), "b", List.of("a"), "c", List.of("a"), "d", List.of("b", "c")),
                DeploymentPropertyTest::endsForDependents);
    }

    /**
     * Returns those that dependents tell apart. With all of {@link #ends}, four environments have millions of states.
     */
    private static List<DeploymentEvent> endsForDependents(String name) {
        return ends(name).stream()
                .filter(event -> event instanceof Ended
                        || event instanceof ApprovalEnded ended
                                && ended.approval().phase() == Phase.AFTER_DEPLOYMENT)
                .toList();
    }

    /** Returns all events of an environment, and the failure that cancels later stages. */
    private static List<DeploymentEvent> allEventsAndOneOutside(String name) {
        List<DeploymentEvent> events = allEvents(name);
        var outside = Place.OUTERMOST;
        events.add(DeploymentTest.ended(outside, "outside", Phase.AFTER_DEPLOYMENT, "tests", Verdict.FAILURE, "no"));
        return events;
    }

    private static List<DeploymentEvent> allEvents(String name) {
        var events = new ArrayList<DeploymentEvent>(ends(name));
        for (Phase phase : List.of(Phase.STRATEGY, Phase.AFTER_DEPLOYMENT)) {
            events.add(DeploymentTest.started(in(name), name + phase, phase));
        }
        events.add(DeploymentTest.ended(in(name), name + Phase.STRATEGY, Phase.STRATEGY, "tests", Verdict.SUCCESS, ""));
        events.add(new Stopped(name, name, "stopped"));
        events.add(new RollbackStarted(name, "another rollback", Place.OUTERMOST));
        events.add(new RollbackStarted(name, "rollback", new Place(null, null, name, List.of(), name)));
        events.add(new RollbackEnded(name, "rollback", "failed"));
        return events;
    }

    private static List<DeploymentEvent> ends(String name) {
        var events = new ArrayList<DeploymentEvent>();
        for (Phase phase : List.of(Phase.STRATEGY, Phase.AFTER_DEPLOYMENT)) {
            events.add(DeploymentTest.ended(in(name), name + phase, phase, "tests", Verdict.FAILURE, "no"));
        }
        events.add(new Ended(name, name, null));
        events.add(new Ended(name, name, "failed"));
        if (name.equals(GUARDED)) {
            events.add(new RulesMet(name, name));
            events.add(new Ended(name, name, null, check(name).approval()));
        }
        events.add(new RollbackStarted(name, "rollback", Place.OUTERMOST));
        events.add(new RollbackEnded(name, "rollback", null));
        return events;
    }

    private static List<DeploymentEvent> endsAndChecks(String name) {
        List<DeploymentEvent> events = ends(name);
        events.add(check(name));
        return events;
    }

    private static ApprovalStarted check(String name) {
        return DeploymentTest.started(in(name), name + Phase.AFTER_DEPLOYMENT, Phase.AFTER_DEPLOYMENT);
    }

    /** Visits every state of a graph without cycles, and returns the rows of the table that were taken. */
    private static Set<Row> visitAll(
            Map<String, List<String>> graph, Function<String, List<DeploymentEvent>> eventsOf) {
        Exploration exploration = explore(graph, eventsOf);
        assertThat(exploration.states())
                .hasSizeGreaterThan(1000)
                .anySatisfy(end ->
                        assertThat(states(end)).containsOnly(State.COMPLETE).hasSameSizeAs(graph.keySet()));
        return exploration.rows();
    }

    /** Returns a place in the body of an environment. */
    private static Place within(String environment) {
        return new Place(environment, null, environment, List.of(), environment);
    }

    private static List<State> states(Deployment deployment) {
        return deployment.environments().values().stream()
                .map(Environment::state)
                .toList();
    }

    private record Exploration(Set<Deployment> states, Set<Row> rows) {}

    private static Exploration explore(
            Map<String, List<String>> graph, Function<String, List<DeploymentEvent>> eventsOf) {
        var begins = new ArrayList<DeploymentEvent>(List.of(new BuildEnded()));
        graph.forEach((name, dependsOn) -> begins.add(new Declared(
                name,
                dependsOn,
                name,
                new Place(null, null, name, List.of(), null),
                name.equals(GUARDED) ? "job" : null,
                null,
                null)));
        var seen = new HashSet<Deployment>(Set.of(Deployment.EMPTY));
        var taken = new HashSet<Row>();
        var numbers = new HashMap<Failure, Integer>();
        var open = new ArrayDeque<Deployment>(seen);
        while (!open.isEmpty()) {
            Deployment before = open.remove();
            var possible = new ArrayList<DeploymentEvent>(begins);
            possible.add(new NobodyLeft(before));
            graph.keySet().stream()
                    // With what comes before several environments are reached, there are tens of millions of states.
                    .filter(name -> graph.size() == 1
                            || before.find(name).filter(Environment::isReached).isPresent())
                    .forEach(name -> possible.addAll(eventsOf.apply(name)));
            for (DeploymentEvent event : possible) {
                Transition transition = before.on(event, NOW);
                Deployment after = transition.deployment();
                var step = new Step(before, event, after);
                check(step);
                checkMoves(transition.moves(), step);
                transition.moves().forEach(move -> taken.add(move.row()));
                if (step.changes()) {
                    Deployment inOrder = withFailuresInOrder(after, numbers); // all reasons are equal
                    if (seen.add(inOrder)) {
                        open.add(inOrder);
                    }
                }
            }
        }
        return new Exploration(seen, taken);
    }

    /** @param numbers of all failures so far */
    private static Deployment withFailuresInOrder(Deployment deployment, Map<Failure, Integer> numbers) {
        deployment.failures().forEach(failure -> numbers.putIfAbsent(failure, numbers.size()));
        return new Deployment(
                deployment.environments(),
                deployment.approvals(),
                deployment.failures().stream()
                        .sorted(Comparator.comparingInt(numbers::get))
                        .toList(),
                deployment.leftOut(),
                deployment.ended());
    }

    /** One event, and the deployments before and after it. */
    private record Step(Deployment before, DeploymentEvent event, Deployment after, boolean changes) {

        Step(Deployment before, DeploymentEvent event, Deployment after) {
            this(before, event, after, !after.equals(before));
        }

        /** Throws for a condition that does not hold. AssertJ takes too long for millions of them. */
        void require(boolean condition, String what) {
            if (!condition) {
                throw new AssertionError(what + "\n" + this);
            }
        }
    }

    private static void check(Step step) {
        Deployment after = step.after();
        if (step.changes()) {
            step.require(
                    after.on(step.event(), NOW).deployment().equals(after), "an event that comes twice counts once");
            step.require(after.outcome().compareTo(step.before().outcome()) >= 0, "the outcome only gets worse");
        }
        for (Environment now : after.environments().values()) {
            Environment was = step.before().find(now.name()).orElse(Environment.pending(now.name(), NOW));
            checkState(was, now, step);
            checkDependencies(was, now, step);
            checkEnd(was, now, step);
        }
    }

    private static void checkState(Environment was, Environment now, Step step) {
        step.require(now.state() != State.AWAITING_APPROVAL, "that is shown, and no state");
        step.require(
                !now.name().equals(GUARDED)
                        || now.state() != State.DEPLOYING
                        || was.state() == State.DEPLOYING
                        || was.state() == State.AWAITING_RULES && step.event() instanceof RulesMet,
                "no environment of the administrators is deployed to before its rules are met");
        step.require(
                step.after().underWay(now.name()).isEmpty()
                        || now.name().equals(GUARDED)
                                && (now.state() == State.DEPLOYING && !now.bodyEnded() || now.isRollingBack()),
                "under way while its body or its rollback runs");
        step.require(
                (now.state() == State.PENDING) == (now.step() == null)
                        || step.event() instanceof BuildEnded
                        || was.state().isOver(),
                "is pending exactly until it is reached");
        step.require(
                !(step.event() instanceof BuildEnded) || now.state().isOver(), "no environment outlives its build");
    }

    private static void checkDependencies(Environment was, Environment now, Step step) {
        for (String name : now.dependsOn()) {
            Environment dependency = step.after().find(name).orElseThrow();
            step.require(
                    !(graph(step.after()).isClosed(dependency) && now.state() == State.WAITING_FOR_DEPENDENCIES),
                    "no environment waits for one that will never admit it");
            step.require(
                    now.state() != State.DEPLOYING
                            || was.state() == State.DEPLOYING
                            || step.after().isOpen(name),
                    "no environment is deployed to before its dependencies");
        }
    }

    private static Graph graph(Deployment deployment) {
        return new Graph(deployment.environments(), deployment.approvals().values(), deployment.failures());
    }

    private static void checkEnd(Environment was, Environment now, Step step) {
        boolean rolledBack = was.state() == State.FAILED
                && now.state() == State.ROLLED_BACK
                && step.event() instanceof RollbackEnded
                && was.rollback() != null;
        step.require(was.state() == now.state() || !was.state().isOver() || rolledBack, "a final state stays");
        step.require(
                !was.state().isOver() || was.reason() == null || was.reason().equals(now.reason()),
                "the first reason stands");
        step.require(
                was.rollback() == null
                        || was.rollback().step().equals(now.rollback().step()),
                "there is one rollback");
        step.require(
                now.rollback() == null || now.needsRollback() && !now.deployed(),
                "only a failed deployment is rolled back");
    }

    /** Checks that a state changes by rows of the table alone. */
    private static void checkMoves(List<Move> moves, Step step) {
        var states = new HashMap<String, State>();
        step.before().environments().forEach((name, environment) -> states.put(name, environment.state()));
        for (Move move : moves) {
            State from = states.put(move.environment(), move.row().to());
            step.require(move.row().from() == (from == null ? State.PENDING : from), "a row is taken from its state");
        }
        step.after().environments().forEach((name, now) -> {
            State state = states.getOrDefault(name, State.PENDING);
            step.require(state == now.state(), "a state changes by rows alone");
        });
    }

    private enum Fate {
        SUCCEEDS,
        FAILS_BEFORE,
        FAILS_WITHIN,
        FAILS_AFTER
    }

    /**
     * The result depends on the failures and not on the order in which the environments of a build run side by side.
     */
    @Test
    void theResultOfAnyGraphFollowsFromItsFailures() {
        Seeds.each(600, draw -> {
            int percent = draw.between(0, 100);
            var graph = new LinkedHashMap<String, List<String>>();
            var fates = new LinkedHashMap<String, Fate>();
            for (int i = draw.between(1, 12); i > 0; i--) {
                List<String> dependsOn =
                        graph.keySet().stream().filter(name -> draw.oneIn(3)).toList();
                graph.put("e" + i, dependsOn);
                fates.put("e" + i, draw.nextInt(100) < percent ? Fate.values()[1 + draw.nextInt(3)] : Fate.SUCCEEDS);
            }
            Deployment end = play(graph, fates, draw);

            var expected = new LinkedHashMap<String, State>();
            graph.forEach((name, dependsOn) -> {
                boolean admitted = dependsOn.stream()
                        .allMatch(it -> expected.get(it) == State.COMPLETE && fates.get(it) != Fate.FAILS_AFTER);
                expected.put(name, admitted ? endOf(fates.get(name)) : State.CANCELLED);
            });
            assertThat(end.environments().values().stream()
                            .collect(Collectors.toMap(Environment::name, Environment::state)))
                    .isEqualTo(expected);
        });
    }

    private static State endOf(Fate fate) {
        return switch (fate) {
            case SUCCEEDS, FAILS_AFTER -> State.COMPLETE;
            case FAILS_BEFORE -> State.FAILED;
            case FAILS_WITHIN -> State.ROLLED_BACK;
        };
    }

    /** Plays the scripts of all environments, interleaved at random. */
    private static Deployment play(Map<String, List<String>> graph, Map<String, Fate> fates, Random random) {
        var scripts = new LinkedHashMap<String, Deque<DeploymentEvent>>();
        graph.forEach((name, dependsOn) -> scripts.put(
                name,
                new ArrayDeque<>(List.of(new Declared(
                        name, dependsOn, name, new Place(null, null, name, List.of(), null), null, null, null)))));
        fates.forEach((name, fate) -> scripts.get(name).addAll(script(name, fate)));
        Deployment deployment = Deployment.EMPTY;
        TreeSet<String> running = new TreeSet<>(graph.keySet());
        while (!running.isEmpty()) {
            String name = List.copyOf(running).get(random.nextInt(running.size()));
            State state = deployment.find(name).map(Environment::state).orElse(State.PENDING);
            Deque<DeploymentEvent> script = scripts.get(name);
            if (state == State.CANCELLED || script.isEmpty()) {
                running.remove(name);
            } else if (state != State.WAITING_FOR_DEPENDENCIES) {
                Transition transition = deployment.on(script.remove(), NOW);
                assertThat(transition.problem()).isNull();
                deployment = transition.deployment();
            }
        }
        return deployment;
    }

    private static List<DeploymentEvent> script(String name, Fate fate) {
        Phase phase = fate == Fate.FAILS_BEFORE
                ? Phase.BEFORE_DEPLOYMENT
                : fate == Fate.FAILS_AFTER ? Phase.AFTER_DEPLOYMENT : Phase.STRATEGY;
        Verdict verdict = fate == Fate.SUCCEEDS ? Verdict.SUCCESS : Verdict.FAILURE;
        var events = new ArrayList<DeploymentEvent>(List.of(
                DeploymentTest.started(within(name), name, phase),
                DeploymentTest.ended(within(name), name, phase, "tests", verdict, "no")));
        boolean thrown = fate == Fate.FAILS_BEFORE || fate == Fate.FAILS_WITHIN;
        events.add(new Ended(name, name, thrown ? "no" : null));
        if (fate == Fate.FAILS_WITHIN) {
            events.add(new RollbackStarted(name, "r", Place.OUTERMOST));
            events.add(new RollbackEnded(name, "r", null));
        }
        return events;
    }
}
