package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What environments cost: a build with 200 of them, 40 levels deep, beside one with 200 plain stages in the same places. Five
 * branches of 40 stages each; an environment depends on those of its own and of the next branch one level above. Not a test:
 * nothing but a person judges the times, which it prints. Run it by its name, see docs/deployments.md.
 */
@AcceptanceTest
class DeploymentBenchmark {

    private static final int BRANCHES = 5;
    private static final int LEVELS = 40;
    private static final int ROUNDS = 7;

    private static final String SCRIPT =
            """
            def branches = [:]
            for (int b = 0; b < %1$d; b++) {
                int branch = b
                branches["branch ${branch}"] = {
                    for (int l = 0; l < %2$d; l++) {
                        int level = l
                        stage("${level}/${branch}") {
                            %3$s
                        }
                    }
                }
            }
            parallel branches
            """;

    private static final String ENVIRONMENT =
            """
            def above = level == 0 ? [] : ["${level - 1}/${branch}", "${level - 1}/${(branch + 1) %% %d}"]
            armoryEnvironment(name: "${level}/${branch}", dependsOn: above) { echo 'deployed' }
            """;

    @Test
    void environmentsBesidePlainStages(Jenkins jenkins) {
        Job plain = jenkins.createJob(SCRIPT.formatted(BRANCHES, LEVELS, "echo 'deployed'"));
        Job environments = jenkins.createJob(SCRIPT.formatted(BRANCHES, LEVELS, ENVIRONMENT.formatted(BRANCHES)));
        List<Long> plainMillis = new ArrayList<>();
        List<Long> environmentMillis = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            plainMillis.add(run(plain));
            environmentMillis.add(run(environments));
        }
        System.out.printf(
                "%d environments, %d levels: plain stages %d ms, environments %d ms (medians of %d; plain %s, environments %s)%n",
                BRANCHES * LEVELS,
                LEVELS,
                median(plainMillis),
                median(environmentMillis),
                ROUNDS,
                plainMillis,
                environmentMillis);
    }

    private static long run(Job job) {
        Build build = job.build();
        build.awaitResult("SUCCESS");
        assertThat(build.log()).contains("deployed");
        return build.duration();
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}
