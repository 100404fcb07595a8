package io.jenkins.plugins.armory.deployment;

import static io.jenkins.plugins.armory.deployment.DeploymentTest.NOW;
import static io.jenkins.plugins.armory.deployment.DeploymentTest.in;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.BuildEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Ended;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.NobodyLeft;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.RollbackEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.RollbackStarted;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Stopped;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.deployment.Environment.State;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/**
 * What holds whatever happens in whatever order. With two to four environments, every state that any order of any number of
 * events leads to is visited and every event tried in it; larger graphs are tried at random, against what the failures in
 * them must come to.
 */
class DeploymentPropertyTest {

    @Property(tries = 1)
    void everyOrderOfAllEventsOfTwoThatAreIndependent() {
        visitAll(Map.of("a", List.of(), "b", List.of()), DeploymentPropertyTest::allEvents);
    }

    @Property(tries = 1)
    void everyOrderOfAllEventsOfOneThatDependsOnAnother() {
        visitAll(Map.of("a", List.of(), "b", List.of("a")), DeploymentPropertyTest::allEvents);
    }

    @Property(tries = 1)
    void everyOrderOfTheEventsThatEndSomethingOfAChain() {
        visitAll(Map.of("a", List.of(), "b", List.of("a"), "c", List.of("b")), DeploymentPropertyTest::ends);
    }

    @Property(tries = 1)
    void everyOrderOfTheEventsThatEndSomethingOfTwoThatDependOnOne() {
        visitAll(Map.of("a", List.of(), "b", List.of("a"), "c", List.of("a")), DeploymentPropertyTest::ends);
    }

    @Property(tries = 1)
    void everyOrderOfTheEventsThatEndSomethingOfOneThatDependsOnTwo() {
        visitAll(Map.of("a", List.of(), "b", List.of(), "c", List.of("b", "a")), DeploymentPropertyTest::ends);
    }

    @Property(tries = 1)
    void everyOrderOfTheEventsThatEndSomethingOfADiamond() {
        visitAll(
                Map.of("a", List.of(), "b", List.of("a"), "c", List.of("a"), "d", List.of("b", "c")),
                DeploymentPropertyTest::ends);
    }

    private static List<DeploymentEvent> allEvents(String name) {
        List<DeploymentEvent> events = new ArrayList<>(ends(name));
        for (Phase phase : List.of(Phase.STRATEGY, Phase.AFTER_DEPLOYMENT)) {
            events.add(new ApprovalStarted(in(name), name + phase, phase));
        }
        events.add(new ApprovalEnded(in(name), name + Phase.STRATEGY, Phase.STRATEGY, "tests", Verdict.SUCCESS, ""));
        events.add(new Stopped(name, name, "stopped"));
        events.add(new RollbackStarted(name, "another rollback"));
        events.add(new RollbackEnded(name, "rollback", "failed"));
        return events;
    }

    private static List<DeploymentEvent> ends(String name) {
        List<DeploymentEvent> events = new ArrayList<>();
        for (Phase phase : List.of(Phase.STRATEGY, Phase.AFTER_DEPLOYMENT)) {
            events.add(new ApprovalEnded(in(name), name + phase, phase, "tests", Verdict.FAILURE, "no"));
        }
        events.add(new Ended(name, name, null));
        events.add(new Ended(name, name, "failed"));
        events.add(new RollbackStarted(name, "rollback"));
        events.add(new RollbackEnded(name, "rollback", null));
        return events;
    }

    private static void visitAll(Map<String, List<String>> graph, Function<String, List<DeploymentEvent>> eventsOf) {
        List<DeploymentEvent> events = new ArrayList<>(List.of(new BuildEnded()));
        graph.forEach((name, dependsOn) -> {
            events.add(new Declared(name, dependsOn, name, name));
            events.addAll(eventsOf.apply(name));
        });
        Set<Deployment> seen = new HashSet<>(Set.of(Deployment.EMPTY));
        Deque<Deployment> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            Deployment before = open.remove();
            List<DeploymentEvent> possible = new ArrayList<>(events);
            possible.removeIf(event -> event instanceof ApprovalEnded ended
                    && !isReached(before, ended.place().environment()));
            possible.add(new NobodyLeft(before, Set.of()));
            for (DeploymentEvent event : possible) {
                Deployment after = before.on(event, NOW).deployment();
                check(before, event, after);
                Deployment inOrder = withFailuresInOrder(after); // the reasons are all the same
                if (seen.add(inOrder)) {
                    open.add(inOrder);
                }
            }
        }
        assertThat(seen).hasSizeGreaterThan(1000);
        assertThat(seen)
                .anySatisfy(end ->
                        assertThat(states(end)).containsOnly(State.COMPLETE).hasSameSizeAs(graph.keySet()));
    }

    private static Deployment withFailuresInOrder(Deployment deployment) {
        return new Deployment(
                deployment.environments(),
                deployment.failures().stream()
                        .sorted(Comparator.comparing(Failure::toString))
                        .toList(),
                deployment.cancelsStages(),
                deployment.cancelledStages(),
                deployment.leftOut(),
                deployment.ended());
    }

    /** Before that, an approval is none of the environment's. */
    private static boolean isReached(Deployment deployment, String name) {
        return deployment
                .find(name)
                .filter(environment -> environment.step() != null)
                .isPresent();
    }

    private static List<State> states(Deployment deployment) {
        return deployment.environments().values().stream()
                .map(Environment::state)
                .toList();
    }

    private static void check(Deployment before, DeploymentEvent event, Deployment after) {
        // Plain conditions: an assertion for each of millions would take its time.
        require(after.on(event, NOW).deployment().equals(after), "twice is as good as once", before, event, after);
        require(after.outcome().compareTo(before.outcome()) >= 0, "the outcome only gets worse", before, event, after);
        for (Environment now : after.environments().values()) {
            Environment was = before.find(now.name()).orElse(Environment.pending(now.name(), NOW));
            checkStep(was, now, before, event, after);
            require(
                    (now.state() == State.AWAITING_APPROVAL)
                            == (now.state().isUnderWay() && !now.approvals().isEmpty()),
                    "awaits approvals exactly while there are some",
                    before,
                    event,
                    after);
            require(
                    (now.state() == State.PENDING) == (now.step() == null)
                            || event instanceof BuildEnded
                            || was.state().isOver(),
                    "is pending exactly until it is reached",
                    before,
                    event,
                    after);
            for (String name : now.dependsOn()) {
                Environment dependency = after.find(name).orElseThrow();
                require(
                        !(dependency.blocksDependents() && now.state() == State.WAITING_FOR_DEPENDENCIES),
                        "nobody waits for what will not come",
                        before,
                        event,
                        after);
                require(
                        !now.state().isUnderWay() || was.state().isUnderWay() || dependency.admitsDependents(),
                        "nothing is deployed before all that it depends on",
                        before,
                        event,
                        after);
            }
            require(
                    now.rollback() == null || now.needsRollback() && now.afterDeploymentFailure() == null,
                    "only what failed within its deployment is rolled back",
                    before,
                    event,
                    after);
            require(
                    !(event instanceof BuildEnded) || now.state().isOver(),
                    "no environment outlives its build",
                    before,
                    event,
                    after);
        }
    }

    private static void checkStep(
            Environment was, Environment now, Deployment before, DeploymentEvent event, Deployment after) {
        boolean rolledBack = was.state() == State.FAILED
                && now.state() == State.ROLLED_BACK
                && event instanceof RollbackEnded
                && was.rollback() != null;
        require(
                was.state() == now.state() || !was.state().isOver() || rolledBack,
                "over is over",
                before,
                event,
                after);
        require(
                !was.state().isOver() || Objects.equals(was.reason(), now.reason()),
                "the first reason stands",
                before,
                event,
                after);
        require(
                was.rollback() == null
                        || was.rollback().step().equals(now.rollback().step()),
                "there is one rollback",
                before,
                event,
                after);
    }

    private static void require(
            boolean condition, String what, Deployment before, DeploymentEvent event, Deployment after) {
        if (!condition) {
            throw new AssertionError(what + "\n  before: " + before + "\n  event: " + event + "\n  after: " + after);
        }
    }

    private enum Fate {
        SUCCEEDS,
        FAILS_BEFORE,
        FAILS_WITHIN,
        FAILS_AFTER
    }

    /** Builds of any graph whose environments all run side by side come to what the failures alone say. */
    @Property(tries = 2000)
    void anyGraphComesToWhatItsFailuresSay(
            @ForAll @IntRange(min = 1, max = 12) int size,
            @ForAll long seed,
            @ForAll @IntRange(max = 100) int percent) {
        Random random = new Random(seed);
        Map<String, List<String>> graph = new LinkedHashMap<>();
        Map<String, Fate> fates = new LinkedHashMap<>();
        for (int i = 0; i < size; i++) {
            List<String> dependsOn = graph.keySet().stream()
                    .filter(name -> random.nextInt(3) == 0)
                    .toList();
            graph.put("e" + i, dependsOn);
            fates.put("e" + i, random.nextInt(100) < percent ? Fate.values()[1 + random.nextInt(3)] : Fate.SUCCEEDS);
        }
        Deployment end = play(graph, fates, random);

        Map<String, State> expected = new LinkedHashMap<>();
        graph.forEach((name, dependsOn) -> {
            boolean admitted = dependsOn.stream()
                    .allMatch(it -> expected.get(it) == State.COMPLETE && fates.get(it) != Fate.FAILS_AFTER);
            expected.put(name, admitted ? endOf(fates.get(name)) : State.CANCELLED);
        });
        assertThat(end.environments().values().stream()
                        .collect(Collectors.toMap(Environment::name, Environment::state)))
                .isEqualTo(expected);
    }

    private static State endOf(Fate fate) {
        return switch (fate) {
            case SUCCEEDS, FAILS_AFTER -> State.COMPLETE;
            case FAILS_BEFORE -> State.FAILED;
            case FAILS_WITHIN -> State.ROLLED_BACK;
        };
    }

    /** Lets every environment be reached at a random moment, and then take its steps whenever its turn comes. */
    private static Deployment play(Map<String, List<String>> graph, Map<String, Fate> fates, Random random) {
        Map<String, Deque<DeploymentEvent>> scripts = new LinkedHashMap<>();
        graph.forEach((name, dependsOn) ->
                scripts.put(name, new ArrayDeque<>(List.of(new Declared(name, dependsOn, name, name)))));
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
        List<DeploymentEvent> events = new ArrayList<>(List.of(
                new ApprovalStarted(in(name), name, phase),
                new ApprovalEnded(in(name), name, phase, "tests", verdict, "no")));
        boolean thrown = fate == Fate.FAILS_BEFORE || fate == Fate.FAILS_WITHIN;
        events.add(new Ended(name, name, thrown ? "no" : null));
        if (fate == Fate.FAILS_WITHIN) {
            events.add(new RollbackStarted(name, "r"));
            events.add(new RollbackEnded(name, "r", null));
        }
        return events;
    }
}
