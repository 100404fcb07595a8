package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
import io.jenkins.plugins.armory.acceptance.generator.Site;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Test;

/**
 * Pipelines at random do what the rules of a failure say, and nothing else: which parts are run, which webhooks are called, and
 * what the build's result is.
 *
 * <p>{@code -Dacceptance.pipelines=N} says how many; {@code -Dacceptance.pipelines.seed=S} is the seed of the first one, and the next
 * ones follow it. So {@code -Dacceptance.pipelines=1 -Dacceptance.pipelines.seed=S} runs one of them again. On a real Jenkins, a
 * sixth of them are Declarative.
 */
@AcceptanceTest
class RandomPipelinesTest {

    /** How many builds run at a time. */
    private static final int LANES = 12;

    /** How many Pipelines that disagree are shown whole. */
    private static final int SHOWN = 10;

    private static final boolean REAL = Controller.isReal();

    /** A build that did not do what was expected of it. */
    private record Disagreement(GeneratedPipeline pipeline, String violations, String text) {}

    @Test
    void theyDoWhatTheRulesSay(Jenkins jenkins, ExternalProcess process) throws Exception {
        int count = Integer.getInteger("acceptance.pipelines");
        assertThat(count).as("acceptance.pipelines").isPositive();
        long seed = Long.getLong("acceptance.pipelines.seed");
        System.out.printf("%d Pipelines, -Dacceptance.pipelines.seed=%d%n", count, seed);
        Map<String, Function<Call, Reply>> sites = new ConcurrentHashMap<>();
        process.onCall(call -> sites.get(call.path()).apply(call));

        List<Disagreement> disagreements = new ArrayList<>();
        ExecutorService executor = Executors.newFixedThreadPool(LANES);
        try {
            List<Future<List<Disagreement>>> runs = LongStream.range(seed, seed + count)
                    .mapToObj(each -> executor.submit(() -> run(jenkins, process, sites, each)))
                    .toList();
            for (Future<List<Disagreement>> run : runs) {
                disagreements.addAll(run.get());
            }
        } finally {
            executor.shutdownNow();
        }
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

    private static List<Disagreement> run(
            Jenkins jenkins, ExternalProcess process, Map<String, Function<Call, Reply>> answers, long seed) {
        GeneratedPipeline pipeline = PipelineGenerator.generate(seed, REAL);
        String url = process.url() + "/" + seed;
        Job job = jenkins.createJob(pipeline.script(url));
        List<Site> sites = pipeline.sites();
        for (Site site : sites) {
            answers.put(
                    "/checks/" + seed + "/" + site.number(),
                    call -> site.answer(
                            call,
                            (approval, decision) -> new Build(job, 1)
                                    .decide(
                                            JsonNodeFactory.instance
                                                    .objectNode()
                                                    .put("id", approval),
                                            decision,
                                            "")));
        }
        Build build = job.build();
        List<String> violations = new ArrayList<>();
        try {
            Wait.until("the end of " + build).until(() -> !build.isBuilding());
            violations.addAll(pipeline.expectation().violations(build.awaitLogEnd(), build.result(), sites));
        } catch (ConditionTimeoutException x) {
            violations.add("it does not end");
            build.abort();
        }
        if (violations.isEmpty()) {
            job.delete();
            return List.of();
        }
        String summary = "seed " + seed + ": " + String.join("; ", violations);
        String text =
                String.join("\n", summary, pipeline.script(url), "expected: " + pipeline.expectation(), build.log());
        return List.of(new Disagreement(pipeline, summary, text));
    }
}
