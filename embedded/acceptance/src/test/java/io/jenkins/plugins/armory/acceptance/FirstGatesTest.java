package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Recipes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs each Jenkinsfile of docs/first-gates.md, with a service that says yes and one that says no. */
@AcceptanceTest
class FirstGatesTest {

    @ParameterizedTest
    @ValueSource(strings = {"A callback", "A status", "An answer", "People", "A check after the deployment"})
    void opensForASuccessAlone(String gate, Jenkins jenkins, ExternalProcess process) {
        String pipeline = Recipes.in("first-gates.md", gate, process)
                .get(0)
                .replace("https://ci.example.com", process.url().replaceFirst("/checks$", ""));
        for (boolean success : new boolean[] {true, false}) {
            process.onCall(call -> {
                if (call.body().contains("callbackUri")) {
                    call.callback().send(Callback.body(success, "")).expect(200);
                }
                return StatusTest.state(success ? "passed" : "failed");
            });
            Build build = jenkins.build(pipeline);
            if (gate.equals("People")) {
                build.decide(build.awaitQuestion(), success ? "approve" : "reject", "")
                        .expect(200);
            }

            String log = build.awaitResult(success ? "SUCCESS" : "FAILURE");

            assertThat(log.contains("Deploying to prod")).as(log).isEqualTo(success);
        }
    }
}
