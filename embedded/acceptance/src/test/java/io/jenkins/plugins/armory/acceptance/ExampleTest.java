package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExampleReceiver;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The examples of the documentation do what it says. */
@AcceptanceTest
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the example's check is a shell script")
class ExampleTest {

    private static ExampleReceiver receiver;
    private static Job job;

    @BeforeAll
    static void start(Jenkins jenkins) {
        receiver = new ExampleReceiver();
        job = ExampleReceiver.createJob(jenkins, "example");
    }

    @AfterAll
    static void stop() {
        receiver.close();
    }

    @Test
    void deploymentWhoseChecksPassGoesOn() {
        Build build = receiver.build(job, "pass");

        assertThat(build.awaitResult("SUCCESS"))
                .contains("The external process says: All **42** checks of `staging` passed.", "Deploy to production");
    }

    @Test
    void deploymentWhoseChecksFailStops() {
        Build build = receiver.build(job, "fail");

        assertThat(build.awaitResult("FAILURE"))
                .contains("failed (callback token): **3** of 42 checks of `staging` failed.")
                .doesNotContain("Deploy to production");
    }
}
