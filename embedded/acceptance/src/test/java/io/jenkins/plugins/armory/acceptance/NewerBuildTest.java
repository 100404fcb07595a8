package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.RealJenkins;
import io.jenkins.plugins.armory.acceptance.driver.Recipes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The examples of docs/deciding.md for a newer build, which need plugins that the embedded controller cannot have. */
@NeedsRealJenkins
class NewerBuildTest {

    private static RealJenkins controller;
    private static Jenkins jenkins;
    private ExternalProcess process;

    @BeforeAll
    static void start() {
        controller = RealJenkins.create(Settings.CASC);
        controller.start();
        jenkins = new Jenkins(controller);
    }

    @AfterAll
    static void stop() throws Exception {
        if (controller != null) {
            controller.close();
        }
    }

    @BeforeEach
    void startProcess() {
        process = new ExternalProcess();
    }

    @AfterEach
    void stopProcess() {
        process.close();
    }

    private static void assertEndedWithItsApproval(Build older) {
        assertThat(older.awaitResult("NOT_BUILT")).doesNotContain("went on");
        assertThat(older.approval().at("/decision/outcome").asText()).isEqualTo("ABORTED");
    }

    @Test
    void aMilestoneEndsTheOlderBuildOnceTheNewerIsApproved() {
        Job job = jenkins.createJob(
                Recipes.in("deciding.md", "A newer build", process).get(0) + "echo 'went on'");
        Build older = job.build();
        process.awaitCallback();
        Build newer = job.build();
        Callback ofNewer = process.awaitCallback();
        assertThat(older.isBuilding()).isTrue();

        ofNewer.succeed("fine").expect(200);

        assertThat(newer.awaitResult("SUCCESS")).contains("went on");
        assertEndedWithItsApproval(older);
    }

    @Test
    void abortPreviousEndsTheOlderBuildAtOnce() {
        Job job = jenkins.createJob("""
                pipeline {
                    agent none
                    options { disableConcurrentBuilds(abortPrevious: true) }
                    stages { stage('prod') { steps { %s } } }
                    post { success { echo 'went on' } }
                }
                """.formatted(process.approval()));
        Build older = job.build();
        process.awaitCallback();
        Build newer = job.build();

        assertEndedWithItsApproval(older);
        process.awaitCallback().succeed("fine").expect(200);
        assertThat(newer.awaitResult("SUCCESS")).contains("went on");
    }
}
