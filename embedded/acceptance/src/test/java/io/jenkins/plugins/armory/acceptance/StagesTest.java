package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Stages of Scripted Pipelines, as Pipeline Graph View and Stage View show them or the embedded controller lists them: what a failed
 * approval after the deployment does where there are no environments, and how waiting and cancelled environments look.
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
    void environmentsThatStandInNoStageAreStages(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                armoryEnvironment('staging') { %s }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                armoryEnvironment(name: 'notify', dependsOn: []) { echo "in ${env.STAGE_NAME} ${env.ARMORY_ENVIRONMENT_NAME}" }
                echo 'behind them'
                """.formatted(process.approval(AFTER))).awaitWaiting(1);
        assertThat(build.graphView()).as("while it waits").containsOnly(entry("staging", "paused"));
        assertThat(build.stageView()).as("while it waits").containsOnly(entry("staging", "IN_PROGRESS"));
        process.awaitCallback().fail("2 of 42 failed");

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "Environment 'prod' is cancelled: \"staging\" is deployed, but: ",
                        "in notify notify",
                        "behind them")
                .doesNotContain("never");
        assertThat(build.graphView())
                .containsOnly(entry("staging", "unstable"), entry("prod", "aborted"), entry("notify", "success"));
        assertThat(build.stageView())
                .containsOnly(entry("staging", "UNSTABLE"), entry("prod", "ABORTED"), entry("notify", "SUCCESS"));
    }

    private static Build deployInBranches(Jenkins jenkins, ExternalProcess process) {
        return jenkins.build("""
                stage('all') {
                    parallel east: { armoryEnvironment('staging') { %s } },
                             west: { armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' } },
                             south: { armoryEnvironment('notify') { echo 'independent' } }
                }
                """.formatted(process.approval(AFTER)))
                .awaitLog("Environment 'prod' waits for 'staging'.")
                .awaitWaiting(1);
    }

    @Test
    void environmentsOfBranchesAreStagesInThem(Jenkins jenkins, ExternalProcess process) {
        Build build = deployInBranches(jenkins, process);
        assertThat(build.graphView())
                .as("while two of them wait")
                .contains(entry("staging", "paused"))
                .doesNotContainKey("prod");
        process.awaitCallback().fail("2 of 42 failed");

        assertThat(build.awaitResult("FAILURE")).contains("independent").doesNotContain("never");
        assertThat(build.graphView())
                .contains(entry("staging", "unstable"), entry("prod", "aborted"), entry("notify", "success"));
        assertThat(build.stageView())
                .containsEntry("staging", "UNSTABLE")
                .containsEntry("prod", "ABORTED")
                .containsEntry("notify", "SUCCESS");
    }

    @Test
    @EnabledIfSystemProperty(
            named = "jenkins.war",
            matches = ".+",
            disabledReason = "the embedded controller lists stages, without the branches around them")
    void branchesAreShownAsTheEnvironmentsInThem(Jenkins jenkins, ExternalProcess process) {
        Build build = deployInBranches(jenkins, process);
        assertThat(build.graphView())
                .as("while two of them wait")
                .contains(entry("east", "running"), entry("west", "running"));
        process.awaitCallback().fail("2 of 42 failed");

        build.awaitResult("FAILURE");
        assertThat(build.graphView())
                .contains(entry("east", "unstable"), entry("west", "aborted"), entry("south", "success"));
    }

    @Test
    void environmentThatFailsIsAFailedStage(Jenkins jenkins) {
        Build build = jenkins.build("armoryEnvironment('prod') { error 'kubectl: not found' }");

        build.awaitResult("FAILURE");
        assertThat(build.graphView()).containsOnly(entry("prod", "failure"));
        assertThat(build.stageView()).containsOnly(entry("prod", "FAILED"));
    }

    @Test
    void environmentInAStageIsNoStageOfItsOwn(Jenkins jenkins) {
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
    void environmentThatIsAStageIsALaterStageToo(Jenkins jenkins, ExternalProcess process) {
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
        assertThat(build.graphView()).containsOnlyKeys("staging", "prod").containsEntry("prod", "aborted");
        assertThat(build.stageView()).containsOnlyKeys("staging", "prod").containsEntry("prod", "ABORTED");
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
    @EnabledIfSystemProperty(
            named = "jenkins.war",
            matches = ".+",
            disabledReason = "the embedded controller lists stages, without the steps in them")
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
    @EnabledIfSystemProperty(
            named = "jenkins.war",
            matches = ".+",
            disabledReason = "the embedded controller lists stages, without the steps in them")
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
