package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Recipes;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The examples of docs/deciding.md for an approval that is asked once more after a failure. */
@AcceptanceTest
class OnceMoreTest {

    private static String recipe(int number, ExternalProcess process) {
        return Recipes.in("deciding.md", "Once more after a failure", process).get(number);
    }

    private static void fail(ExternalProcess process, int times) {
        process.onCall(call -> {
            if (process.calls().size() <= times) {
                call.callback().fail("flaky");
            } else {
                call.callback().succeed("fine");
            }
            return Reply.of(202);
        });
    }

    private static Build build(Jenkins jenkins, String recipe) {
        return jenkins.build("""
                armoryEnvironment('staging') {
                    %s
                }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'deployed to prod' }
                """.formatted(recipe));
    }

    @Test
    void retryAsksAgain(Jenkins jenkins, ExternalProcess process) {
        fail(process, 1);
        Build build = build(jenkins, recipe(0, process));

        assertThat(build.awaitResult("SUCCESS")).contains("failed (callback token): flaky", "deployed to prod");
        assertThat(process.calls()).hasSize(2);
        assertThat(process.calls().stream().map(call -> call.header("Idempotency-Key")))
                .doesNotHaveDuplicates();
    }

    @Test
    void aLoopAsksAgainAfterTheDeployment(Jenkins jenkins, ExternalProcess process) {
        fail(process, 2);
        Build build = build(jenkins, recipe(1, process));

        assertThat(build.awaitResult("UNSTABLE"))
                .contains("A later success of the same approval makes up for this.", "deployed to prod");
        assertThat(process.calls()).hasSize(3);
        assertThat(build.environments()).isEqualTo(Map.of("staging", "COMPLETE", "prod", "COMPLETE"));
    }

    @Test
    void aLoopThatEndsWithoutASuccessCancelsWhatComesAfterIt(Jenkins jenkins, ExternalProcess process) {
        fail(process, 3);
        Build build = build(jenkins, recipe(1, process));

        assertThat(build.awaitResult("FAILURE")).doesNotContain("deployed to prod");
        assertThat(process.calls()).hasSize(3);
        assertThat(build.environments()).isEqualTo(Map.of("staging", "COMPLETE", "prod", "CANCELLED"));
    }
}
