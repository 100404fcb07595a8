package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.DeploymentFiles;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Plain stages behind an {@code afterDeployment} approval that failed in no environment, in Scripted Pipelines. */
@AcceptanceTest
class CancelledStagesTest {

    private static final String AFTER = "phase: 'afterDeployment'";

    @Test
    void aStageWhoseNameBeginsAsThoseOfDeclarativeDoIsCancelledToo(Jenkins jenkins, ExternalProcess process) {
        process.fail("smoke");
        Build build = jenkins.build("""
                stage('smoke') { %s }
                stage('Declarative: Deploy') { echo 'never' }
                """.formatted(process.approvalNamed("smoke", AFTER)));

        assertThat(build.awaitResult("FAILURE")).doesNotContain("never");
    }

    /** Returns a branch whose stage has a failed approval, and then sets {@code failed}. */
    private static String failingStage(ExternalProcess process) {
        return "plain: { stage('smoke') { %s; failed = true } }".formatted(process.approvalNamed("smoke", AFTER));
    }

    @Test
    void aStageInAStageThatRunsFailsSinceWhatFollowsMayNeedItsGate(Jenkins jenkins, ExternalProcess process) {
        process.fail("smoke");
        Build build =
                jenkins.build("""
                try {
                    stage('release') {
                        %s
                        try { stage('gate') { %s } } finally { echo 'the gate is left' }
                        echo 'never'
                    }
                } catch (e) {
                    echo "caught: ${e.message}"
                }
                stage('docs') { echo 'never' }
                echo 'to the end'
                """.formatted(process.approvalNamed("smoke", AFTER), process.approvalNamed("scan")));

        assertThat(build.awaitResult("FAILURE"))
                .contains("the gate is left", "caught: ", "Stage 'gate' is cancelled: ", "to the end")
                .doesNotContain("never");
        assertThat(process.calls()).hasSize(1);
        assertThat(build.stageView()).containsEntry("docs", "ABORTED");
    }

    @Test
    void anEnvironmentThatIsDeployedToGoesOnWithItsStagesAndItsParts(Jenkins jenkins, ExternalProcess process) {
        process.fail("smoke");
        Build build = jenkins.build(
                """
                failed = false
                parallel(
                    %s,
                    prod: {
                        armoryEnvironment('prod') {
                            while (!failed) { sleep 1 }
                            stage('gate') { %s }
                            armoryEnvironment('part') { %s }
                            echo 'deployed'
                        }
                    })
                """.formatted(failingStage(process), process.approvalNamed("scan"), process.approvalNamed("part")));

        assertThat(build.awaitResult("UNSTABLE")).contains("deployed").doesNotContain("' is cancelled");
        assertThat(process.calls()).hasSize(3);
        assertThat(build.environments()).isEqualTo(Map.of("prod", "COMPLETE", "part", "COMPLETE"));
    }

    /**
     * Returns a Pipeline in which a stage fails after its deployment while something else runs, which sets {@code
     * begun}; then {@code failed} is set.
     */
    private static String besideAFailure(ExternalProcess process, String running) {
        return """
                begun = false
                failed = false
                parallel(
                    plain: {
                        while (!begun) { sleep 1 }
                        stage('smoke') { %s; failed = true }
                    },
                    file: { %s })
                """.formatted(process.approvalNamed("smoke", AFTER), running);
    }

    @Test
    void aDeploymentOfAFileGoesOnWithItsGates(Jenkins jenkins, ExternalProcess process) {
        process.fail("smoke");
        Build build = jenkins.build(besideAFailure(
                process,
                DeploymentFiles.of(process)
                        .target("prod", "")
                        .steps("{setWeight: {weight: 10}}", DeploymentFiles.run("scan"), "{setWeight: {weight: 100}}")
                        .webhook("scan")
                        .pipeline("""
                                                 {
                                                    echo "did ${env.ARMORY_ACTION} ${env.ARMORY_WEIGHT}"
                                                    begun = true
                                                    while (!failed) { sleep 1 }
                                                }""")));

        assertThat(build.awaitResult("UNSTABLE")).contains("did setWeight 100");
        assertThat(process.calls()).hasSize(2);
        assertThat(build.environments()).isEqualTo(Map.of("prod", "COMPLETE"));
    }

    @Test
    void aDeploymentOfAFileIsRolledBack(Jenkins jenkins, ExternalProcess process) {
        process.fail("smoke");
        Build build = jenkins.build(besideAFailure(
                process,
                DeploymentFiles.of(process)
                        .target("prod", "")
                        .steps("{setWeight: {weight: 100}}")
                        .pipeline("""
                                                 {
                                                    echo "did ${env.ARMORY_ACTION}"
                                                    begun = true
                                                    if (env.ARMORY_ACTION != 'rollback') {
                                                        while (!failed) { sleep 1 }
                                                        error 'No space left on the cluster'
                                                    }
                                                }""")));

        assertThat(build.awaitResult("FAILURE")).contains("did rollback", "Environment 'prod' is rolled back.");
        assertThat(build.environments()).isEqualTo(Map.of("prod", "ROLLED_BACK"));
    }

    @Test
    void aRollbackGoesOnWithItsStagesAndItsParts(Jenkins jenkins, ExternalProcess process) {
        process.fail("smoke");
        Build build = jenkins.build("""
                failed = false
                parallel(
                    %s,
                    prod: {
                        try {
                            armoryEnvironment('prod') {
                                while (!failed) { sleep 1 }
                                error 'No space left on the cluster'
                            }
                        } finally {
                            armoryRollback('prod') {
                                stage('restore') { echo 'restored' }
                                armoryEnvironment('data') { echo 'restored the data' }
                            }
                        }
                    })
                """.formatted(failingStage(process)));

        assertThat(build.awaitResult("FAILURE")).contains("restored", "restored the data");
        assertThat(build.environments()).isEqualTo(Map.of("prod", "ROLLED_BACK", "data", "COMPLETE"));
    }
}
