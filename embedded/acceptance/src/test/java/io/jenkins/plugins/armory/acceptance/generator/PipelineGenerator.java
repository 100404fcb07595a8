package io.jenkins.plugins.armory.acceptance.generator;

import io.jenkins.plugins.armory.acceptance.generator.Node.Again;
import io.jenkins.plugins.armory.acceptance.generator.Node.Approval;
import io.jenkins.plugins.armory.acceptance.generator.Node.CatchError;
import io.jenkins.plugins.armory.acceptance.generator.Node.Element;
import io.jenkins.plugins.armory.acceptance.generator.Node.Environment;
import io.jenkins.plugins.armory.acceptance.generator.Node.Failure;
import io.jenkins.plugins.armory.acceptance.generator.Node.Guard;
import io.jenkins.plugins.armory.acceptance.generator.Node.Mark;
import io.jenkins.plugins.armory.acceptance.generator.Node.Parallel;
import io.jenkins.plugins.armory.acceptance.generator.Node.Retry;
import io.jenkins.plugins.armory.acceptance.generator.Node.Rollback;
import io.jenkins.plugins.armory.acceptance.generator.Node.Sequence;
import io.jenkins.plugins.armory.acceptance.generator.Node.Stage;
import io.jenkins.plugins.armory.acceptance.generator.Node.TimeLimit;
import io.jenkins.plugins.armory.acceptance.generator.Node.Try;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Composes Pipelines at random. What is in them is what people write: environments that depend on each other, in
 * branches or one after the other, with approvals of all phases; approvals in plain stages; {@code retry}, {@code try}
 * and {@code catchError} around them; steps of many approvals; environments of the settings; rollbacks, also within
 * their environments; misspelt names; equal names in different branches.
 *
 * <p>Left out is what the rules do not speak of: environments under {@code failFast}.
 */
public final class PipelineGenerator {

    /** Steps, of which one may have many approvals. */
    private static final int MAX_APPROVALS = 8;

    private static final int MAX_ELEMENTS = 20;
    private static final List<String> STAGES = List.of("build", "verify", "deploy", "check");
    private static final List<String> ENVIRONMENTS = List.of("dev", "staging", "prod", "eu", "us", "asia");
    /** For Pipelines with environments of the settings, each with a few of its own. */
    private static final List<String> PROTECTED = Stream.concat(
                    Stream.of("dev", "staging"),
                    Stream.of(ProtectedEnvironment.values()).map(ProtectedEnvironment::environment))
            .toList();
    /** The environment of the last step, if there is one. */
    private static final String LAST = "last";
    /** What nothing deploys to: for approvals, for dependsOn, for rollbacks. */
    private static final String ELSEWHERE = "elsewhere";

    private static final String NOWHERE = "nowhere";
    private static final String MISSPELT = "stagin";
    private static final List<Outcome> FAILURES =
            List.of(Outcome.FAILURE, Outcome.FAILURE, Outcome.FAILURE, Outcome.REFUSED, Outcome.REJECTION);

    private static final List<Outcome> FAILURES_OF_RULES = List.of(Outcome.FAILURE, Outcome.FAILURE, Outcome.REFUSED);

    private final SplittableRandom random;
    /** Names of those that it may have. */
    private final List<String> environments;

    private final List<String> reached = new ArrayList<>();
    /** The rules of the settings, which ask the same wherever a name stands. */
    private final Map<String, Guard> guards = new HashMap<>();

    private int marks;
    private int approvals;
    private int sites;
    private boolean hasDeadEnd;

    /** Where a part stands, as far as that decides what may be in it. */
    private record Around(int depth, String environment, boolean failFast) {

        Around deeper() {
            return new Around(depth - 1, environment, failFast);
        }

        Around in(String inner) {
            return new Around(depth, inner, failFast);
        }

        Around underFailFast() {
            return new Around(depth - 1, environment, true);
        }
    }

    private PipelineGenerator(SplittableRandom random, List<String> environments) {
        this.random = random;
        this.environments = environments;
    }

    /** The Pipeline of that seed, always the same; those with too many orders of events are passed over. */
    public static GeneratedPipeline generate(long seed, boolean mayBeDeclarative) {
        SplittableRandom random = new SplittableRandom(seed);
        return generate(seed, random, mayBeDeclarative && random.nextInt(6) == 0);
    }

    /** The same, always a Declarative one. */
    public static GeneratedPipeline generateDeclarative(long seed) {
        return generate(seed, new SplittableRandom(seed), true);
    }

    private static GeneratedPipeline generate(long seed, SplittableRandom random, boolean declarative) {
        List<String> environments = random.nextBoolean() ? PROTECTED : ENVIRONMENTS;
        while (true) {
            GeneratedPipeline pipeline = new PipelineGenerator(random.split(), environments).compose(seed, declarative);
            if (pipeline.isClear()) {
                return pipeline;
            }
        }
    }

    private GeneratedPipeline compose(long seed, boolean declarative) {
        Around top = new Around(3, null, false);
        List<Node> parts = new ArrayList<>();
        int count = 2 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            parts.add(guarded(topPart(top)));
        }
        if (chance(3)) {
            List<String> dependsOn = chosen();
            parts.add(environment(LAST, dependsOn, marked(List.of())));
        }
        if (declarative) { // which has no two stages of one name
            for (int i = 0; i < parts.size(); i++) {
                parts.set(i, new Stage("part " + (i + 1), marked(List.of(parts.get(i)))));
            }
        } else {
            parts = marked(parts).parts();
        }
        Mark post = declarative ? mark() : null;
        return new GeneratedPipeline(seed, declarative, new Sequence(parts), post);
    }

    private boolean chance(int oneOf) {
        return random.nextInt(oneOf) == 0;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** One of them; the more often it is there, the more likely. */
    private Node oneOf(List<Supplier<Node>> kinds) {
        return one(kinds).get();
    }

    private Mark mark() {
        return new Mark(++marks);
    }

    private String stageName() {
        return one(STAGES);
    }

    /** The parts with markers before, between and behind them. */
    private Sequence marked(List<Node> parts) {
        List<Node> all = new ArrayList<>(List.of(mark()));
        for (Node part : parts) {
            all.add(part);
            all.add(mark());
        }
        return new Sequence(all);
    }

    /** So that often something comes after a failure. */
    private Node guarded(Node part) {
        return switch (random.nextInt(6)) {
            case 0, 1 -> new Try(new Sequence(List.of(part)), marked(List.of()), false);
            case 2 -> new CatchError(new Sequence(List.of(part)));
            default -> part;
        };
    }

    private Node topPart(Around around) {
        return oneOf(List.of(
                this::graph,
                this::graph,
                this::graph,
                this::startsAfterFailure,
                () -> stage(around),
                () -> stage(around),
                () -> stage(around),
                () -> environment(around),
                () -> environment(around),
                () -> part(around),
                () -> part(around),
                () -> part(around)));
    }

    private Sequence block(Around around) {
        int count = 1 + random.nextInt(2);
        return marked(IntStream.range(0, count).mapToObj(i -> part(around)).toList());
    }

    private Node part(Around around) {
        if (around.depth == 0) {
            return approval(around, phase(), false);
        }
        List<Supplier<Node>> kinds = new ArrayList<>(List.of(
                () -> approval(around, phase(), false),
                () -> approval(around, phase(), false),
                () -> approval(around, phase(), false),
                () -> stage(around),
                () -> stage(around),
                () -> new Try(block(around.deeper()), marked(List.of()), chance(4)),
                () -> new Retry(2, marked(List.of(repeated(around.deeper())))),
                () -> again(approval(around, Phase.AFTER_DEPLOYMENT, true)),
                () -> new CatchError(block(around.deeper())),
                () -> new TimeLimit(block(around.deeper())),
                () -> chance(2) ? new Failure() : mark()));
        if (!around.failFast) {
            kinds.add(() -> parallel(around));
            kinds.add(() -> parallel(around));
            kinds.add(() -> sameStages(around));
            kinds.add(() -> environment(around));
            kinds.add(() -> chance(2) ? new Rollback(MISSPELT, marked(List.of())) : mark());
        }
        return oneOf(kinds);
    }

    /** Asks once more after a failure: {@code retry}, or a loop where a failure is not thrown. */
    private Node again(Node node) {
        return node instanceof Approval approval && approval.phase() == Phase.AFTER_DEPLOYMENT && !approval.isMany()
                ? new Again(2, approval)
                : new Retry(2, marked(List.of(node)));
    }

    private Node repeated(Around around) {
        return chance(3) ? part(around) : approval(around, phase(), true);
    }

    private Stage stage(Around around) {
        return new Stage(stageName(), block(around.deeper()));
    }

    private Parallel parallel(Around around) {
        boolean failFast = chance(5);
        Around inner = failFast ? around.underFailFast() : around.deeper();
        int count = failFast ? 2 : 2 + random.nextInt(2);
        return new Parallel(
                failFast, IntStream.range(0, count).mapToObj(i -> block(inner)).toList());
    }

    /** Branches with a stage of the same name, each with an approval of the same phase. */
    private Parallel sameStages(Around around) {
        String name = stageName();
        Phase phase = phase();
        return new Parallel(
                false,
                IntStream.range(0, 2)
                        .mapToObj(i -> new Sequence(List.of(
                                new Stage(name, marked(List.of(approval(around.deeper(), phase, false)))), mark())))
                        .toList());
    }

    /**
     * An approval that certainly starts after one of its phase has failed in another branch of the stage: environments
     * see to the order.
     */
    private Node startsAfterFailure() {
        if (unused().size() < 2 || approvals + 2 > MAX_APPROVALS) {
            return mark();
        }
        String first = newEnvironment();
        String second = newEnvironment();
        Phase phase = phase();
        approvals++;
        boolean slow = chance(4);
        Outcome outcome = one(List.of(Outcome.FAILURE, Outcome.REFUSED));
        Element failing = new Element(++sites, "w" + approvals, false, slow, List.of(outcome));
        Around around = new Around(1, null, false);
        return new Stage(
                stageName(),
                marked(List.of(new Parallel(
                        false,
                        List.of(
                                marked(List.of(
                                        new Try(
                                                new Sequence(List.of(new Approval(phase, null, List.of(failing)))),
                                                marked(List.of()),
                                                false),
                                        environment(first, List.of(), marked(List.of())))),
                                marked(List.of(
                                        environment(second, List.of(first), marked(List.of())),
                                        approval(around, phase, false))))))));
    }

    private Phase phase() {
        return one(List.of(
                Phase.BEFORE_DEPLOYMENT,
                Phase.STRATEGY,
                Phase.STRATEGY,
                Phase.AFTER_DEPLOYMENT,
                Phase.AFTER_DEPLOYMENT));
    }

    private Node approval(Around around, Phase phase, boolean repeated) {
        return approval(around, phase, repeated, "w" + (approvals + 1));
    }

    private Node approval(Around around, Phase phase, boolean repeated, String webhook) {
        String environment = null;
        if (chance(12)) {
            List<String> names = new ArrayList<>(List.of(ELSEWHERE, NOWHERE, LAST));
            if (around.environment != null) {
                names.add(around.environment);
                names.add(around.environment);
            }
            environment = one(names);
        }
        return approval(environment, phase, repeated, webhook);
    }

    private Node approval(String environment, Phase phase, boolean repeated) {
        return approval(environment, phase, repeated, "w" + (approvals + 1));
    }

    private Node approval(String environment, Phase phase, boolean repeated, String webhook) {
        if (approvals == MAX_APPROVALS) {
            return mark();
        }
        approvals++;
        if (chance(5)) {
            return new Approval(phase, environment, many(repeated, webhook));
        }
        return new Approval(phase, environment, List.of(element(repeated, webhook)));
    }

    private Element element(boolean repeated, String webhook) {
        if (chance(25)) {
            return new Element(++sites, webhook, false, false, List.of(Outcome.TIME_OUT));
        }
        if (chance(20)) {
            return new Element(++sites, webhook, false, false, List.of(Outcome.UNREACHABLE));
        }
        List<Outcome> outcomes = IntStream.range(0, repeated ? 2 : 1)
                .mapToObj(i -> random.nextInt(3) < 2 ? Outcome.SUCCESS : one(FAILURES))
                .toList();
        boolean person = outcomes.contains(Outcome.REJECTION) || chance(8);
        return new Element(++sites, webhook, person, chance(4), outcomes);
    }

    /** All succeed, but for one, or a few that always fail. */
    private List<Element> many(boolean repeated, String webhook) {
        List<Element> elements = new ArrayList<>();
        int count = 2 + random.nextInt(MAX_ELEMENTS - 1);
        int odd = random.nextInt(count);
        boolean fails = chance(6);
        for (int i = 0; i < count; i++) {
            boolean mayFail = i == odd || fails && chance(4);
            elements.add(
                    mayFail
                            ? element(repeated && i == odd, webhook)
                            : new Element(++sites, webhook, chance(8), chance(4), List.of(Outcome.SUCCESS)));
        }
        return elements;
    }

    /** An environment by itself, which may depend on those before it. */
    private Node environment(Around around) {
        if (around.environment != null || around.failFast) {
            return approval(around, phase(), false);
        }
        if (unused().isEmpty() || !reached.isEmpty() && chance(25)) {
            return deployment(one(reached), noneOrAll()); // once more, which is an error
        }
        List<String> dependsOn = chosen();
        return deployment(newEnvironment(), dependsOn);
    }

    private List<String> chosen() {
        return reached.isEmpty() || chance(2) ? noneOrAll() : List.of(one(reached));
    }

    /** {@code dependsOn: []}, or no such parameter. */
    private List<String> noneOrAll() {
        return chance(3) ? List.of() : null;
    }

    private List<String> unused() {
        return environments.stream().filter(name -> !reached.contains(name)).toList();
    }

    private Environment environment(String name, List<String> dependsOn, Sequence body) {
        return new Environment(name, dependsOn, guards.computeIfAbsent(name, this::guard), body);
    }

    private Guard guard(String environment) {
        return ProtectedEnvironment.named(environment)
                .map(each -> new Guard(true, each.isOfOthers(), rules(each.before()), rules(each.after())))
                .orElse(Guard.NONE);
    }

    private List<Element> rules(List<String> webhooks) {
        return webhooks.stream().map(this::rule).toList();
    }

    private Element rule(String webhook) {
        boolean person = ProtectedEnvironment.asksPerson(webhook);
        Outcome failure = person && chance(2) ? Outcome.REJECTION : one(FAILURES_OF_RULES);
        return new Element(++sites, webhook, person, chance(4), List.of(chance(5) ? failure : Outcome.SUCCESS));
    }

    private String newEnvironment() {
        String name = one(unused());
        reached.add(name);
        return name;
    }

    /** Several environments that depend on each other, in branches or one after the other. */
    private Node graph() {
        int count = Math.min(2 + random.nextInt(3), unused().size());
        if (count < 2) {
            return mark();
        }
        List<String> names = new ArrayList<>();
        List<Sequence> steps = new ArrayList<>();
        for (int i = 0; i < count && !unused().isEmpty(); i++) { // an environment within another one takes a name, too
            List<String> before =
                    names.stream().filter(name -> random.nextInt(5) < 3).toList();
            List<String> dependsOn = new ArrayList<>(before);
            if (!hasDeadEnd && chance(15)) {
                dependsOn.add(NOWHERE);
                hasDeadEnd = true;
            }
            String name = newEnvironment();
            names.add(name);
            Node deployment = deployment(name, dependsOn.isEmpty() ? noneOrAll() : dependsOn);
            if (chance(3)) {
                deployment = new Stage(chance(2) ? name : stageName(), marked(List.of(deployment)));
            }
            steps.add(marked(List.of(deployment)));
        }
        if (chance(2)) {
            steps.add(marked(List.of(beside(one(names)))));
        }
        if (chance(3)) {
            return new Sequence(List.copyOf(steps));
        }
        for (int i = steps.size() - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            Sequence moved = steps.get(i);
            steps.set(i, steps.get(other));
            steps.set(other, moved);
        }
        return new Parallel(false, List.copyOf(steps));
    }

    /** An approval beside the environment that it names: that may wait, be deployed to, or be over. */
    private Node beside(String environment) {
        Phase phase = phase();
        return switch (random.nextInt(4)) {
            case 0 -> approval(environment, phase, false);
            case 1 -> new CatchError(marked(List.of(again(approval(environment, phase, true)))));
            case 2 -> new CatchError(marked(List.of(approval(environment, phase, false))));
            default -> new Try(new Sequence(List.of(approval(environment, phase, false))), marked(List.of()), false);
        };
    }

    /** An environment with what people put around it. */
    private Node deployment(String name, List<String> dependsOn) {
        Node environment = environment(name, dependsOn, deploymentBody(name));
        Node rollback = rollback(name);
        return switch (random.nextInt(8)) {
            case 0, 1 -> new Try(new Sequence(List.of(environment)), marked(List.of(rollback)), chance(2));
            case 2 ->
                new Sequence(List.of(
                        new Try(new Sequence(List.of(environment)), marked(List.of()), false),
                        mark(),
                        rollback,
                        mark()));
            case 3 -> new Sequence(List.of(environment, mark(), rollback, mark()));
            case 4 -> chance(3) ? new Retry(2, marked(List.of(environment))) : environment;
            default -> environment;
        };
    }

    private Node rollback(String name) {
        return new Rollback(name, marked(chance(4) ? List.of(new Stage(stageName(), marked(List.of()))) : List.of()));
    }

    /** An environment within another one. */
    private Node nestedIn(String outer) {
        String name =
                environments == PROTECTED && !unused().isEmpty() && chance(2) ? newEnvironment() : outer + "-part";
        Phase phase = chance(2) ? Phase.AFTER_DEPLOYMENT : Phase.STRATEGY;
        Node environment =
                environment(name, noneOrAll(), marked(List.of(approvals(new Around(2, name, false), phase))));
        return chance(2) ? environment : new Try(new Sequence(List.of(environment)), marked(List.of()), false);
    }

    private Sequence deploymentBody(String name) {
        Around around = new Around(1, name, false);
        List<Node> parts = new ArrayList<>();
        if (chance(4)) {
            parts.add(approvals(around, Phase.BEFORE_DEPLOYMENT));
        }
        if (chance(4)) {
            Phase phase = chance(4) ? Phase.BEFORE_DEPLOYMENT : Phase.STRATEGY;
            parts.add(new Try(
                    marked(List.of(approval(around, phase, false))), marked(List.of(rollback(name))), chance(2)));
        }
        if (chance(5)) {
            parts.add(new Stage(stageName(), marked(List.of(approvals(around, Phase.STRATEGY)))));
        } else if (chance(2)) {
            parts.add(approvals(around, Phase.STRATEGY));
        }
        if (chance(25)) {
            parts.add(new Failure());
        }
        if (chance(12)) {
            parts.add(nestedIn(name));
        }
        if (chance(2)) {
            parts.add(approvals(around, Phase.AFTER_DEPLOYMENT));
        }
        return marked(parts);
    }

    /** The approvals of one phase of an environment, with what people put around them. */
    private Node approvals(Around around, Phase phase) {
        return switch (random.nextInt(9)) {
            case 0 -> again(approval(around, phase, true));
            case 1 -> new Try(new Sequence(List.of(approval(around, phase, false))), marked(List.of()), false);
            case 2 -> { // the same once more, or one of the same webhook that asks about something else
                String webhook = "w" + (approvals + 1);
                Node first = approval(around, phase, true, webhook);
                Node second = chance(2) ? first : approval(around, phase, false, webhook);
                yield new Try(new Sequence(List.of(first)), marked(List.of(second)), false);
            }
            case 3 -> new CatchError(marked(List.of(approval(around, phase, false))));
            case 4 ->
                new Parallel(
                        false,
                        List.of(
                                marked(List.of(approval(around, phase, false))),
                                marked(List.of(approval(around, phase, false), approval(around, phase, chance(2))))));
            default -> approval(around, phase, false);
        };
    }
}
