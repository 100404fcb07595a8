package io.jenkins.plugins.armory.acceptance.part.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.AcceptanceTest;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExampleReceiver;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The deployment file of the documentation does what it says. */
@AcceptanceTest
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the example's check is a shell script")
class ExampleFileTest {

    @Test
    void deploymentFileWhoseChecksPassWaitsForAPerson(Jenkins jenkins) {
        try (ExampleReceiver receiver = new ExampleReceiver()) {
            Build build = receiver.buildDeploymentFile(
                    ExampleReceiver.createJobOfDeploymentFile(jenkins, "example-file"), "pass", "pass");

            JsonNode question = build.awaitQuestion();
            assertThat(question.get("environment").asText()).isEqualTo("production");
            build.decide(question, "approve", "").expect(200);

            assertThat(build.awaitResult("SUCCESS")).contains("production: setWeight 100");
        }
    }
}
