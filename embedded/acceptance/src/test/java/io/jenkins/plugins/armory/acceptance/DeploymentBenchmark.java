package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What environments cost: builds with 200 of them, 40 levels deep, each in a stage or by itself, beside one with 200 plain stages
 * in the same places, and one with a step of Pipeline's own around what is in each stage, which tells what a step with a body
 * costs the engine. Five branches of 40 stages each; an environment depends on those of its own and of the next branch one level
 * above. Not a test: nothing but a person judges the times, which it prints. Run it by its name, see docs/performance.md.
 */
@AcceptanceTest
class DeploymentBenchmark {

    private static final int BRANCHES = 5;
    private static final int LEVELS = 40;
    private static final int ROUNDS = Integer.getInteger("acceptance.rounds", 7);

    private static final String SCRIPT = """
            def branches = [:]
            for (int b = 0; b < %1$d; b++) {
                int branch = b
                branches["branch ${branch}"] = {
                    for (int l = 0; l < %2$d; l++) {
                        int level = l
                        String name = "${level}/${branch}"
                        %3$s
                    }
                }
            }
            parallel branches
            """;

    private static final String ENVIRONMENT = """
            armoryEnvironment(name: name, dependsOn: level == 0
                ? [] : ["${level - 1}/${branch}".toString(), "${level - 1}/${(branch + 1) %% %d}".toString()]) { echo 'deployed' }
            """.formatted(BRANCHES);

    @Test
    void environmentsBesidePlainStages(Jenkins jenkins) {
        Map<String, Job> jobs = new LinkedHashMap<>();
        jobs.put("plain stages", create(jenkins, inStage("echo 'deployed'")));
        jobs.put("timeout in a stage", create(jenkins, inStage("timeout(time: 1, unit: 'DAYS') { echo 'deployed' }")));
        jobs.put("armoryEnvironment in a stage", create(jenkins, inStage(ENVIRONMENT)));
        jobs.put("armoryEnvironment without a stage", create(jenkins, ENVIRONMENT));
        Map<String, List<Long>> millis = new LinkedHashMap<>();
        jobs.values().forEach(DeploymentBenchmark::run); // to warm up
        for (int round = 0; round < ROUNDS; round++) {
            jobs.forEach((name, job) ->
                    millis.computeIfAbsent(name, it -> new ArrayList<>()).add(run(job)));
        }
        millis.forEach((name, all) -> {
            List<Long> sorted = all.stream().sorted().toList();
            System.out.printf(
                    "%d stages in %d levels, %s: median %d ms, %d to %d ms (%d builds)%n",
                    BRANCHES * LEVELS,
                    LEVELS,
                    name,
                    sorted.get(ROUNDS / 2),
                    sorted.get(0),
                    sorted.get(ROUNDS - 1),
                    ROUNDS);
        });
    }

    private static String inStage(String body) {
        return "stage(name) { " + body + " }";
    }

    private static Job create(Jenkins jenkins, String atEachPlace) {
        return jenkins.createJob(SCRIPT.formatted(BRANCHES, LEVELS, atEachPlace));
    }

    private static long run(Job job) {
        Build build = job.build();
        build.awaitResult("SUCCESS");
        assertThat(build.log()).contains("deployed");
        return build.duration();
    }
}
