package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
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

    private static final int TARGETS = Integer.getInteger("acceptance.targets", 20);
    private static final int ACTIONS = 5;

    /** How many targets are deployed to side by side. */
    private static final int LAYER = 5;

    private static final String BY_HAND = """
            def branches = [:]
            for (int t = 0; t < %1$d; t++) {
                int target = t
                branches["t${target}"] = {
                    stage("t${target}") {
                        armoryEnvironment(name: "t${target}", dependsOn: target < %2$d ? [] : ["t${target - %2$d}".toString()]) {
                            for (int a = 0; a < %3$d; a++) {
                                int action = a
                                stage("action ${action}") { echo 'deployed' }
                            }
                        }
                    }
                }
            }
            parallel branches
            """.formatted(TARGETS, LAYER, ACTIONS);

    @Test
    void environmentsBesidePlainStages(Jenkins jenkins) {
        Map<String, Job> jobs = new LinkedHashMap<>();
        jobs.put("plain stages", create(jenkins, inStage("echo 'deployed'")));
        jobs.put("timeout in a stage", create(jenkins, inStage("timeout(time: 1, unit: 'DAYS') { echo 'deployed' }")));
        jobs.put("armoryEnvironment in a stage", create(jenkins, inStage(ENVIRONMENT)));
        jobs.put("armoryEnvironment without a stage", create(jenkins, ENVIRONMENT));
        measure(BRANCHES * LEVELS + " stages in " + LEVELS + " levels", jobs);
    }

    /** Targets with five actions each, five of them at a time, and the same written by hand with the steps that Pipelines have for it. */
    @Test
    void deploymentFileBesideTheSameByHand(Jenkins jenkins, ExternalProcess process) {
        DeploymentFiles file = DeploymentFiles.of(process)
                .steps(
                        DeploymentFiles.weight(25),
                        DeploymentFiles.weight(50),
                        DeploymentFiles.weight(75),
                        DeploymentFiles.weight(100));
        for (int target = 0; target < TARGETS; target++) {
            file.target("t" + target, target < LAYER ? "" : "dependsOn: [t" + (target - LAYER) + "]");
        }
        Map<String, Job> jobs = new LinkedHashMap<>();
        jobs.put("by hand, without the record of the actions", jenkins.createJob(BY_HAND));
        jobs.put("armoryDeployment", jenkins.createJob(file.pipeline("{ echo 'deployed' }")));
        measure(TARGETS + " targets with " + ACTIONS + " actions", jobs);
    }

    private static void measure(String what, Map<String, Job> jobs) {
        Map<String, List<Long>> millis = new LinkedHashMap<>();
        jobs.values().forEach(DeploymentBenchmark::run); // to warm up
        for (int round = 0; round < ROUNDS; round++) {
            jobs.forEach((name, job) ->
                    millis.computeIfAbsent(name, it -> new ArrayList<>()).add(run(job)));
        }
        millis.forEach((name, all) -> {
            List<Long> sorted = all.stream().sorted().toList();
            System.out.printf(
                    "%s, %s: median %d ms, %d to %d ms (%d builds)%n",
                    what, name, sorted.get(ROUNDS / 2), sorted.get(0), sorted.get(ROUNDS - 1), ROUNDS);
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
