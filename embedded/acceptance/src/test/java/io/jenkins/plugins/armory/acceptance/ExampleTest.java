package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExampleReceiver;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Recipes;
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
                .contains("failed (callback token): 3 of 42 checks of \"staging\" failed.")
                .doesNotContain("Deploy to production");
    }

    /** Its webhook is looked up after the check of the arguments. */
    @Test
    void manyApprovalsOfTheStepsPageHaveTheRightArguments(Jenkins jenkins, ExternalProcess process) {
        String example =
                Recipes.in("step.md", "Many approvals at once", process).get(0);

        assertThat(jenkins.build("def regions = ['eu-west']\n" + example).awaitResult("FAILURE"))
                .contains("ERROR: region=eu-west (approvals[0]): webhook: there is no webhook \"region-tests\"");
    }

    @Test
    void regionsAreCheckedInOneStep(Jenkins jenkins) {
        Job regions = ExampleReceiver.createJobOfRegions(jenkins, "example-regions");

        assertThat(receiver.buildRegions(regions, "").awaitResult("SUCCESS"))
                .contains(
                        "eu-west: All **42** checks of `eu-west` passed.",
                        "ap-south: All **42** checks of `ap-south` passed.");
        assertThat(receiver.buildRegions(regions, "us-east").awaitResult("FAILURE"))
                .contains(
                        "of 5 approvals failed: checks of us-east (approvals[2]): Webhook approval 'checks of us-east' failed")
                .contains("3 of 42 checks of \"us-east\" failed.");
    }
}
