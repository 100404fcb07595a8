package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.jenkins.plugins.armory.acceptance.campaign.Campaign;
import io.jenkins.plugins.armory.acceptance.campaign.Standstill;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import io.jenkins.plugins.armory.acceptance.generator.GeneratedPipeline;
import io.jenkins.plugins.armory.acceptance.generator.PipelineGenerator;
import io.jenkins.plugins.armory.acceptance.generator.ProtectedEnvironment;
import io.jenkins.plugins.armory.acceptance.generator.Site;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Pipelines at random do what the rules of a failure say, and nothing else: which parts are run, which webhooks are
 * called, and what the build's result is.
 *
 * <p>{@code -Dacceptance.pipelines=N} says how many; {@code -Dacceptance.pipelines.seed=S} is the seed of the first
 * one, and the next ones follow it. So {@code -Dacceptance.pipelines=1 -Dacceptance.pipelines.seed=S} runs one of them
 * again. On a real Jenkins, a sixth of them are Declarative. {@code -Dacceptance.pipelines.killed=N} says how many have
 * the controller killed under them, and {@code -Dacceptance.pipelines.restarted=N} how many are restarted from their
 * stages.
 */
class RandomPipelinesTest {

    /** How many builds run at a time. */
    private static final int LANES = 12;

    /** How often a build is restarted. */
    private static final int RESTARTS = 2;

    /** How many Pipelines that disagree are shown whole. */
    private static final int SHOWN = 10;

    /** A Pipeline takes as long, more or less. */
    private static final Duration LATEST_KILL = Duration.ofSeconds(2);

    private static final boolean REAL = Controller.isReal();

    /** A build that did not do what was expected of it. */
    private record Disagreement(GeneratedPipeline pipeline, String violations, String text) {}

    private static final Map<String, Function<Call, Reply>> SITES = new ConcurrentHashMap<>();
    private static final ExternalProcess PROCESS = new ExternalProcess(new InetSocketAddress("0.0.0.0", 0), null);
    private static Controller controller;
    private static Jenkins jenkins;

    @BeforeAll
    static void start() {
        PROCESS.onCall(call -> SITES.get(call.path()).apply(call));
        controller = Controller.create(ProtectedEnvironment.casc(PROCESS.url()));
        controller.start();
        jenkins = new Jenkins(controller);
    }

    @AfterAll
    static void stop() {
        controller.close();
        PROCESS.close();
    }

    @Test
    void theyDoWhatTheRulesSay() throws Exception {
        int count = Integer.getInteger("acceptance.pipelines");
        assertThat(count).as("acceptance.pipelines").isPositive();
        System.out.printf("%d Pipelines, ", count);
        judge(count, seed -> run(new Trial(PipelineGenerator.generate(seed, REAL)), 0));
    }

    /** Judges the Pipelines of that many seeds, several at a time. */
    private static void judge(int count, LongFunction<List<Disagreement>> judgement) throws Exception {
        long seed = Long.getLong("acceptance.pipelines.seed");
        System.out.printf("-Dacceptance.pipelines.seed=%d%n", seed);

        List<Disagreement> disagreements = new ArrayList<>();
        ExecutorService executor = Executors.newFixedThreadPool(LANES);
        try {
            List<Future<List<Disagreement>>> runs = LongStream.range(seed, seed + count)
                    .mapToObj(each -> executor.submit(() -> judgement.apply(each)))
                    .toList();
            for (Future<List<Disagreement>> run : runs) {
                disagreements.addAll(run.get());
            }
        } finally {
            executor.shutdownNow();
        }
        check(disagreements, count);
    }

    /** Each build is restarted from a stage at random, and then the restarted one is. */
    @Test
    @NeedsRealJenkins
    void theyDoSoRestartedFromAStage() throws Exception {
        int count = Integer.getInteger("acceptance.pipelines.restarted");
        assertThat(count).as("acceptance.pipelines.restarted").isPositive();
        System.out.printf("%d Pipelines that are restarted from a stage, ", count);
        judge(count, seed -> run(new Trial(PipelineGenerator.generateDeclarative(seed)), RESTARTS));
    }

    /** In each round, the controller is killed at a moment at random under as many Pipelines as run at a time. */
    @Test
    void theyDoSoDespiteAKill() {
        int count = Integer.getInteger("acceptance.pipelines.killed");
        assertThat(count).as("acceptance.pipelines.killed").isPositive();
        long seed = Long.getLong("acceptance.pipelines.seed");
        System.out.printf("%d Pipelines under kills, -Dacceptance.pipelines.seed=%d%n", count, seed);

        List<Disagreement> disagreements = new ArrayList<>();
        int tried = 0;
        int unfinished = 0;
        Random random = new Random(seed);
        for (long first = seed; first < seed + count; first += LANES) {
            List<Trial> trials = LongStream.range(first, Math.min(first + LANES, seed + count))
                    .mapToObj(each -> PipelineGenerator.generate(each, REAL))
                    .filter(each -> !each.timesOutAtTimes())
                    .map(Trial::new)
                    .toList();
            tried += trials.size();
            trials.forEach(Trial::start);
            trials.forEach(Trial::awaitStart);
            Campaign.pause(random.nextLong(LATEST_KILL.toNanos()));
            controller.kill();
            Campaign.startAsAServiceManagerDoes(controller, () -> {});
            for (Trial trial : trials) {
                boolean whole = trial.awaitEndDespiteKill();
                unfinished += whole ? 0 : 1;
                List<Disagreement> own = trial.judge(trial.violationsDespiteKill(whole));
                trial.deleteUnless(own);
                disagreements.addAll(own);
            }
        }
        System.out.printf(
                "%d of them were tried, of which %d lost their start, their end, or that of their log, in the controller%n",
                tried, unfinished);
        check(disagreements, tried);
    }

    private static void check(List<Disagreement> disagreements, int count) {
        disagreements.sort(Comparator.comparingInt(disagreement -> disagreement.pipeline.size()));
        if (!disagreements.isEmpty()) {
            fail(disagreements.size() + " of " + count + " Pipelines did something else than the rules say:\n"
                    + lines(disagreements.stream().map(Disagreement::violations)) + "\nThe smallest of them:\n"
                    + lines(disagreements.stream().limit(SHOWN).map(Disagreement::text)));
        }
    }

    private static String lines(Stream<String> texts) {
        return texts.collect(Collectors.joining("\n"));
    }

    /** @param restarts how often the build is restarted from a stage, unless something disagrees before */
    private static List<Disagreement> run(Trial first, int restarts) {
        first.start();
        List<Disagreement> disagreements = first.judge(first.awaitViolations());
        Optional<Trial> trial = Optional.of(first);
        for (int restart = 0; restart < restarts && trial.isPresent() && disagreements.isEmpty(); restart++) {
            trial = trial.get().restart(new Random(first.pipeline.seed() + restart));
            disagreements =
                    trial.map(each -> each.judge(each.awaitViolations())).orElse(disagreements);
        }
        first.deleteUnless(disagreements);
        return disagreements;
    }

    /** One Pipeline with a build of its job, and the external processes that it calls. */
    private static final class Trial {

        /**
         * The build's file has the last id of a node, and not the program's: a Jenkins killed between the two gives ids
         * twice.
         */
        private static final String ID_GIVEN_TWICE =
                "nodes.StepEndNode cannot be cast to class org.jenkinsci.plugins.workflow.cps.nodes.StepStartNode";

        private final GeneratedPipeline pipeline;
        private final String script;
        private final List<Site> calledSites;
        private final Job job;
        private final Build build;

        Trial(GeneratedPipeline pipeline) {
            this.pipeline = pipeline;
            script = pipeline.script(PROCESS.url(host(pipeline.seed())) + "/" + pipeline.seed());
            calledSites = pipeline.sites();
            job = jenkins.createJob(script);
            build = new Build(job, 1);
            listen();
        }

        private Trial(GeneratedPipeline pipeline, Trial origin) {
            this.pipeline = pipeline;
            script = origin.script;
            calledSites = pipeline.sites();
            job = origin.job;
            build = new Build(job, origin.build.number() + 1);
            listen();
        }

        /**
         * A host of its own, so that no Pipeline waits for the calls of the others, which are limited for each host.
         */
        private static String host(long seed) {
            return "127.0.0." + (2 + seed % 200);
        }

        private void listen() {
            for (Site site : calledSites) {
                SITES.put("/checks/" + site.path(pipeline.seed(), job.name()), call -> site.answer(call, this::decide));
            }
        }

        /**
         * Restarts the build, which is over, from one of its stages. There may be none of which the rules can tell what
         * comes.
         */
        Optional<Trial> restart(Random random) {
            List<String> stages = build.restartableStages();
            int stage = random.nextInt(stages.size()); // after an error, the last ones are missing
            GeneratedPipeline again = pipeline.restartedFrom(stage);
            if (!again.isClear()) {
                return Optional.empty();
            }
            Trial restarted = new Trial(again, this);
            build.restartFrom(stages.get(stage));
            return Optional.of(restarted);
        }

        private Answer decide(String approval, String decision) {
            return build.as(ProtectedEnvironment.PERSON)
                    .decide(JsonNodeFactory.instance.objectNode().put("id", approval), decision, "");
        }

        void start() {
            job.build();
        }

        /** Jenkins itself keeps a build as running that was killed before its first step. */
        void awaitStart() {
            Wait.until("the first step of " + build)
                    .until(() -> build.log()
                                    .lines()
                                    .filter(line -> line.startsWith("[Pipeline]"))
                                    .count()
                            > 1);
        }

        List<String> awaitViolations() {
            try {
                build.awaitEnd();
                return pipeline.expectation().violations(build.awaitLogEnd(), build.result(), calledSites);
            } catch (ConditionTimeoutException x) {
                build.abort();
                return List.of("it does not end");
            }
        }

        /** Waits for the end, and returns whether Jenkins has kept all that there was to know of it. */
        boolean awaitEndDespiteKill() {
            Standstill standstill = new Standstill(build);
            boolean stands;
            try {
                Wait.until("the end of " + build).until(() -> standstill.lasts(REAL) || !build.isBuilding());
                stands = build.isBuilding();
                if (stands) {
                    build.kill();
                    Wait.until("the end by force of " + build).until(() -> !build.isBuilding());
                }
            } catch (ConditionTimeoutException x) {
                return true; // which is a violation of its own
            }
            return REAL
                    ? !stands
                            && build.log().contains("\nFinished: ")
                            && !build.log().contains(ID_GIVEN_TWICE)
                            && !Campaign.isEndLost(
                                    build, job.jenkins().controller().output())
                    : !build.isLostAtStart();
        }

        List<String> violationsDespiteKill(boolean whole) {
            if (build.isBuilding()) {
                return List.of("it does not end, at " + build.innermostSteps());
            }
            List<String> violations = new ArrayList<>(pipeline.expectation()
                    .violationsDespiteKill(
                            REAL ? build.log() : build.awaitLogEnd(), build.result(), calledSites, whole));
            try {
                Wait.until("nothing of " + build + " is pending").until(build::hasNothingPending);
            } catch (ConditionTimeoutException x) {
                violations.add("approvals are left: " + build.approvals());
            }
            return violations;
        }

        /** Deletes the job if all is well. */
        void deleteUnless(List<Disagreement> disagreements) {
            if (disagreements.isEmpty()) {
                job.delete();
            }
        }

        private String restarts() {
            return pipeline.restarts().isEmpty() ? "" : ", restarted at " + pipeline.restarts();
        }

        List<Disagreement> judge(List<String> violations) {
            if (violations.isEmpty()) {
                return List.of();
            }
            String summary = "seed " + pipeline.seed() + restarts() + ": " + String.join("; ", violations);
            String text = String.join("\n", summary, script, "expected: " + pipeline.expectation(), build.log());
            return List.of(new Disagreement(pipeline, summary, text));
        }
    }
}
