package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Plain stages behind an {@code afterDeployment} approval that failed in no environment, in Scripted Pipelines. */
@AcceptanceTest
class CancelledStagesTest {

    private static final String AFTER = "phase: 'afterDeployment'";

    @Test
    void stagesThatBeginLaterAreNotRunAndThePipelineGoesOnBehindThem(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob("""
                stage('staging') {
                    %s
                    echo 'goes on'
                }
                stage('prod') {
                    stage('nested') { echo 'never' }
                    echo 'never'
                }
                parallel a: { stage('in a') { echo 'never' } }, b: { echo 'in b' }
                echo "between: ${currentBuild.result}"
                stage('more') { error 'never' }
                echo 'to the end'
                """.formatted(process.approval(AFTER))).build();
        process.awaitCall().callback().fail("2 of 42 failed");

        assertThat(build.awaitResult("ABORTED"))
                .contains("goes on", "in b", "between: ABORTED", "to the end")
                .contains("[armory] Stage 'prod' is cancelled: ", "2 of 42 failed")
                .doesNotContain("never");
        assertThat(build.deployment().get("cancelledStages"))
                .extracting(stage -> stage.asText())
                .containsExactly("prod", "in a", "more");
        assertThat(build.stageView())
                .contains(entry("staging", "SUCCESS"), entry("prod", "ABORTED"), entry("more", "ABORTED"))
                .doesNotContainKey("nested");
    }

    @Test
    void stagesAreCancelledAfterAKillToo() {
        try (Controller controller = Controller.create(Settings.CASC);
                ExternalProcess process = new ExternalProcess()) {
            controller.start();
            Build build = new Jenkins(controller)
                    .createJob(
                            "after-kill",
                            """
                            stage('staging') {
                                %s
                                %s
                            }
                            stage('prod') { echo 'never' }
                            """.formatted(process.approvalNamed("failing", AFTER), process.approvalNamed("waiting")),
                            List.of())
                    .build();
            process.awaitCall().callback().fail("2 of 42 failed");
            build.awaitWaiting(1);
            ExternalProcess.Call waiting = process.awaitCall();

            controller.kill();
            controller.start();
            waiting.callback().succeedOnceUp("fine");

            assertThat(build.awaitResult("ABORTED"))
                    .contains("Stage 'prod' is cancelled: ")
                    .doesNotContain("never");
        }
    }
}
