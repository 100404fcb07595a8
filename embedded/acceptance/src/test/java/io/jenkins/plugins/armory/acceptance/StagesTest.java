package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.Test;

/**
 * Stages of Scripted Pipelines, as Pipeline Graph View and Stage View show them or the embedded controller lists them:
 * what a failed approval after the deployment does where there are no environments, and how waiting and cancelled
 * environments look.
 */
@AcceptanceTest
class StagesTest {

    static final String AFTER = "phase: 'afterDeployment'";

    /** A build whose first approval fails. */
    static Build fail(Jenkins jenkins, ExternalProcess process, String script) {
        Build build = jenkins.build(script);
        process.awaitCallback().fail("2 of 42 failed");
        return build;
    }

    @Test
    void laterStagesOfAScriptedPipelineAreCancelled(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, """
                stage('staging') {
                    def r = %s
                    echo "goes on: ${r.success}"
                }
                stage('prod') { echo 'never' }
                stage('more') {
                    stage('nested') { echo 'never' }
                    parallel a: { stage('in a') { echo 'never' } }, b: { echo 'never' }
                }
                echo "between: ${currentBuild.result}"
                """.formatted(process.approval(AFTER)));

        assertThat(build.awaitResult("FAILURE"))
                .contains("goes on: false", "between: UNSTABLE", "Stage 'prod' is cancelled: ")
                .doesNotContain("never");
        assertThat(build.deployment().get("cancelledStages"))
                .extracting(stage -> stage.asText())
                .containsExactly("prod", "more");
        assertThat(build.graphView())
                .containsOnly(entry("staging", "unstable"), entry("prod", "aborted"), entry("more", "aborted"));
        assertThat(build.stageView())
                .containsOnly(entry("staging", "UNSTABLE"), entry("prod", "ABORTED"), entry("more", "ABORTED"));
    }

    @Test
    void nothingIsCancelledWhereNothingFollows(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, "stage('prod') { %s }".formatted(process.approval(AFTER)));

        build.awaitResult("UNSTABLE");
        assertThat(build.graphView()).containsOnly(entry("prod", "unstable"));
    }

    @Test
    void environmentsAreNoStages(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, """
                armoryEnvironment('staging') { %s }
                armoryEnvironment(name: 'notify', dependsOn: []) { echo "in ${env.STAGE_NAME} ${env.ARMORY_ENVIRONMENT_NAME}" }
                stage('prod') { armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' } }
                echo 'behind them'
                """.formatted(process.approval(AFTER)));

        assertThat(build.awaitResult("FAILURE"))
                .contains("Stage 'prod' is cancelled: ", "in null notify", "behind them")
                .doesNotContain("never");
        assertThat(build.environments()).containsOnly(entry("staging", "COMPLETE"), entry("notify", "COMPLETE"));
        assertThat(build.graphView()).containsOnly(entry("prod", "aborted"));
        assertThat(build.stageView()).containsOnly(entry("prod", "ABORTED"));
    }

    private static Build deployInBranches(Jenkins jenkins, ExternalProcess process) {
        return jenkins.build("""
                stage('all') {
                    parallel east: { stage('staging') { armoryEnvironment('staging') { %s } } },
                             west: { stage('prod') { armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' } } },
                             south: { stage('notify') { armoryEnvironment('notify') { echo 'independent' } } }
                }
                """.formatted(process.approval(AFTER)))
                .awaitLog("Environment 'prod' waits for 'staging'.")
                .awaitWaiting(1);
    }

    @Test
    void waitingAndCancelledEnvironmentsShowAsTheirStages(Jenkins jenkins, ExternalProcess process) {
        Build build = deployInBranches(jenkins, process);
        assertThat(build.graphView()).as("while two of them wait").contains(entry("staging", "paused"));
        process.awaitCallback().fail("2 of 42 failed");

        assertThat(build.awaitResult("FAILURE"))
                .contains("Environment 'prod' is cancelled: \"staging\" is deployed, but: ", "independent")
                .doesNotContain("never");
        assertThat(build.graphView())
                .contains(entry("staging", "unstable"), entry("prod", "aborted"), entry("notify", "success"));
        assertThat(build.stageView())
                .containsEntry("staging", "UNSTABLE")
                .containsEntry("prod", "ABORTED")
                .containsEntry("notify", "SUCCESS");
    }

    @Test
    void environmentInAStageShowsAsThat(Jenkins jenkins) {
        Build build = jenkins.build("""
                stage('deploy') {
                    timeout(time: 1, unit: 'HOURS') { armoryEnvironment('prod') { echo "in ${env.STAGE_NAME}" } }
                }
                """);

        assertThat(build.awaitResult("SUCCESS")).contains("in deploy");
        assertThat(build.graphView()).containsOnly(entry("deploy", "success"));
        assertThat(build.stageView()).containsOnly(entry("deploy", "SUCCESS"));
    }

    @Test
    void environmentsBehindAFailureAreCancelledInItsStageToo(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, """
                stage('staging') {
                    %s
                    echo 'in the current stage'
                    armoryEnvironment('copy') { echo 'never' }
                }
                armoryEnvironment('prod') { echo 'never' }
                """.formatted(process.approval(AFTER)));

        assertThat(build.awaitResult("FAILURE"))
                .contains("in the current stage", "Environment 'prod' is cancelled: ")
                .doesNotContain("never");
        assertThat(build.deployment().get("cancelledStages"))
                .extracting(stage -> stage.asText())
                .containsExactly("copy", "prod");
    }

    @Test
    void stagesAreShownAsPausedWhileTheyWait(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                stage('waits') { %s }
                """.formatted(process.approval())).awaitWaiting(1);
        assertThat(build.graphView()).containsOnly(entry("waits", "paused"));
        assertThat(build.stageView()).as("Stage View").containsOnly(entry("waits", "IN_PROGRESS"));

        process.awaitCallback().succeed("fine");
        build.awaitResult("SUCCESS");
        assertThat(build.graphView()).containsEntry("waits", "success");
        assertThat(build.stageView()).containsEntry("waits", "SUCCESS");
    }

    @Test
    @NeedsRealJenkins
    void stepsInBranchesAreShownAsPausedWhileTheyWait(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(
                        "parallel a: { stage('in a') { %s } }, b: { echo 'in b' }".formatted(process.approval()))
                .awaitWaiting(1);
        assertThat(build.graphViewSteps("Wait for an approval")).containsExactly("paused");

        process.awaitCallback().succeed("fine");
        build.awaitResult("SUCCESS");
        assertThat(build.graphViewSteps("Wait for an approval")).containsExactly("success");
    }

    @Test
    @NeedsRealJenkins
    void failedApprovalAfterTheDeploymentIsAnUnstableStep(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, "stage('prod') { %s }".formatted(process.approval(AFTER)));

        build.awaitResult("UNSTABLE");
        assertThat(build.graphViewSteps("Wait for an approval")).containsExactly("unstable");
    }

    @Test
    void aStageIsNoEnvironment(Jenkins jenkins) {
        Build build = jenkins.build("""
                stage('staging') { echo 'deployed' }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                """);

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "nothing in this build deploys to \"staging\"",
                        "A stage of that name is no environment: put armoryEnvironment('staging')")
                .doesNotContain("never");
    }
}
