package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExampleReceiver;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The example of environments on a controller that is killed at each of its transitions: they are what the approvals bring
 * about, so it is killed when a callback has been accepted, before anybody has seen what comes of it.
 */
class EnvironmentsRestartTest {

    private static final int ENVIRONMENTS = 5;
    private static final Set<String> OVER = Set.of("COMPLETE", "FAILED", "ROLLED_BACK", "CANCELLED");

    private static Controller controller;
    private static Jenkins jenkins;
    private final ExternalProcess process = new ExternalProcess();

    @BeforeAll
    static void createController() {
        controller = Controller.create(Settings.CASC);
        jenkins = new Jenkins(controller);
    }

    @BeforeEach
    void startController() {
        controller.start();
    }

    @AfterAll
    static void closeController() {
        controller.close();
    }

    @AfterEach
    void closeProcess() {
        process.close();
    }

    private static void kill() {
        controller.kill();
        controller.start();
    }

    /**
     * Waits until all that the build can do without an answer is done. A Jenkins that is killed between the end of a stage's
     * body and the end of the stage never ends that stage, whatever is in it, since Pipeline does not save how the body
     * ended. The other branches must not be there when a kill is to show something. A stage that had ended when the kill came
     * just before that was saved ends again, and is in the log twice then.
     */
    private static void awaitQuiet(Build build) {
        Wait.until(build + " waits for answers alone").ignoreExceptions().untilAsserted(() -> {
            Map<String, String> environments = build.environments();
            Collection<String> states = environments.values();
            assertThat(states).hasSize(ENVIRONMENTS).doesNotContain("PENDING", "DEPLOYING");
            assertThat(build.countWaiting())
                    .as("approvals that wait in %s", environments)
                    .isEqualTo(Collections.frequency(states, "AWAITING_APPROVAL"));
            String log = build.log();
            assertThat(log.split("\\Q[Pipeline] // stage\\E", -1).length - 1)
                    .as("stages that have ended in %s:%n%s", environments, log)
                    .isGreaterThanOrEqualTo(
                            (int) states.stream().filter(OVER::contains).count());
        });
    }

    private static void succeed(Call call) {
        Answer answer = Wait.until("an answer")
                .ignoreExceptions()
                .until(() -> call.callback().succeed("passed"), it -> it.status() < 500);
        answer.expect(200);
    }

    @Test
    void transitionsOutliveAKill() {
        Build build = ExampleReceiver.createJobOfEnvironments(jenkins, "kills")
                .build(Map.of("RECEIVER", process.url(), "OUTCOMES", ""));

        Set<String> answered = new HashSet<>();
        while (answered.size() < 15) {
            Call call = process.awaitCall();
            if (!answered.add(call.header("Idempotency-Key"))) {
                continue; // made again, since the kill came before it was known to have been made
            }
            awaitQuiet(build);
            succeed(call);
            if (answered.size() % 4 == 0) { // after each of the three approvals of an environment in turn
                kill();
            }
        }

        build.awaitResult("SUCCESS");
        Wait.until("the states of " + build)
                .untilAsserted(() -> assertThat(build.environments().values())
                        .hasSize(ENVIRONMENTS)
                        .containsOnly("COMPLETE"));
        assertThat(build.hasNothingPending()).isTrue();
    }

    /** Killed before its rollback's gate is called, while that waits, and once it is decided. */
    @Test
    void aRollbackWithinADeploymentOutlivesAKill() {
        Build build = jenkins.build("""
                armoryEnvironment('prod') {
                    try {
                        %s
                    } catch (e) {
                        echo "rolled back: ${armoryRollback('prod') { %s; echo 'restored' }}"
                        throw e
                    }
                }
                """.formatted(process.approvalNamed("checks"), process.approvalNamed("restore")));
        process.awaitCallback().fail("1 failed").expect(200);
        kill();
        Call restore = process.awaitCall();
        kill();
        succeed(restore);
        kill();

        assertThat(build.awaitResult("FAILURE"))
                .contains("Rolling back environment 'prod'.", "restored", "rolled back: true")
                .containsOnlyOnce("Environment 'prod' is rolled back.");
        assertThat(build.environments()).isEqualTo(Map.of("prod", "ROLLED_BACK"));
    }
}
