package io.jenkins.plugins.armory.acceptance;

import static io.jenkins.plugins.armory.acceptance.StagesTest.AFTER;
import static io.jenkins.plugins.armory.acceptance.StagesTest.fail;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.DeploymentFiles;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * {@link StagesTest} for Declarative Pipelines, with what they alone have: {@code post}, {@code when}, restarts from a
 * stage.
 */
@AcceptanceTest
@NeedsRealJenkins
class DeclarativeStagesTest {

    @Test
    void laterStagesOfADeclarativePipelineAreCancelledAndItsPostIsNot(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, """
                pipeline {
                    agent none
                    stages {
                        stage('staging') {
                            steps { %s }
                            post { always { echo 'post of staging' } }
                        }
                        stage('prod') {
                            agent any
                            when { expression { echo 'never'; return true } }
                            steps { echo 'never' }
                            post { always { echo 'never' } }
                        }
                        stage('all') {
                            parallel {
                                stage('east') { steps { echo 'never' } }
                                stage('west') { steps { echo 'never' } }
                            }
                        }
                        stage('matrix') {
                            matrix {
                                axes { axis { name 'REGION'; values 'one', 'two' } }
                                stages { stage('cell') { steps { echo 'never' } } }
                            }
                        }
                    }
                    post {
                        failure { echo 'post: failure' }
                        success { echo 'never' }
                        aborted { echo 'never' }
                    }
                }
                """.formatted(process.approval(AFTER)));

        assertThat(build.awaitResult("FAILURE"))
                .contains("post of staging", "post: failure")
                .doesNotContain("never");
        assertThat(build.graphView())
                .containsEntry("prod", "aborted")
                .containsEntry("all", "aborted")
                .containsEntry("matrix", "aborted");
        assertThat(build.stageView())
                .containsEntry("prod", "ABORTED")
                .containsEntry("all", "ABORTED")
                .containsEntry("matrix", "ABORTED");
    }

    @Test
    void stagesOfBranchesThatHaveNotBegunAreCancelled(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, """
                pipeline {
                    agent none
                    stages {
                        stage('all') {
                            parallel {
                                stage('east') {
                                    stages {
                                        stage('east staging') { steps { %s } }
                                        stage('east prod') { steps { echo 'never' } }
                                    }
                                }
                                stage('west') { steps { echo 'independent' } }
                            }
                        }
                    }
                }
                """.formatted(process.approval(AFTER)));

        assertThat(build.awaitResult("FAILURE")).contains("independent").doesNotContain("never");
        assertThat(build.graphView()).as("it ends the stage that it is in").containsEntry("east prod", "failure");
    }

    @Test
    void environmentThatMayNotBeDeployedToIsShownAsAborted(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, """
                pipeline {
                    agent none
                    stages {
                        stage('staging') {
                            options { armoryEnvironment('staging') }
                            steps { %s }
                        }
                        stage('prod') {
                            options { armoryEnvironment('prod') }
                            steps { echo 'never' }
                        }
                        stage('notify') {
                            options { armoryEnvironment(name: 'notify', dependsOn: []) }
                            steps { echo 'independent' }
                        }
                    }
                    post { failure { echo 'post: failure' } }
                }
                """.formatted(process.approval(AFTER)));

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "independent",
                        "post: failure",
                        "Environment 'prod' is cancelled: \"staging\" is deployed, but: ")
                .doesNotContain("never");
        Wait.until("the states of " + build)
                .untilAsserted(() -> assertThat(build.environments())
                        .isEqualTo(Map.of("staging", "COMPLETE", "prod", "CANCELLED", "notify", "COMPLETE")));
        assertThat(build.graphView())
                .contains(entry("staging", "unstable"), entry("prod", "aborted"), entry("notify", "success"));
        assertThat(build.stageView())
                .containsEntry("staging", "UNSTABLE")
                .containsEntry("prod", "ABORTED")
                .containsEntry("notify", "SUCCESS");
    }

    @Test
    void aStageWhoseOptionsMentionAnEnvironmentIsNone(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, """
                pipeline {
                    agent none
                    stages {
                        stage('staging') { steps { %s } }
                        stage('prod') {
                            options { armoryApproval(manualApproval: [message: 'Go on after armoryEnvironment staging?']) }
                            steps { echo 'never' }
                        }
                    }
                }
                """.formatted(process.approval(AFTER)));

        assertThat(build.awaitResult("FAILURE"))
                .contains("Stage 'prod' is cancelled: ")
                .doesNotContain("never");
    }

    /** Neither in a stage beside that of its name, nor in the Pipeline's {@code post}. */
    @Test
    void aStageInAScriptIsNotTheDeclaredOneOfItsName(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, """
                pipeline {
                    agent none
                    stages {
                        stage('check') {
                            steps {
                                script {
                                    stage('tests') { %s }
                                    stage('prod') { echo 'never' }
                                }
                            }
                        }
                        stage('prod') {
                            options { armoryEnvironment('prod') }
                            steps { echo 'never' }
                        }
                        stage('docs') {
                            options { armoryEnvironment(name: 'docs', dependsOn: []) }
                            steps { echo 'never' }
                        }
                    }
                    post { always { script { stage('docs') { echo 'never' } } } }
                }
                """.formatted(process.approval(AFTER)));

        assertThat(build.awaitResult("FAILURE"))
                .contains("Stage 'prod' is cancelled: ", "Stage 'docs' is cancelled: ")
                .doesNotContain("never");
    }

    /** Its cell is a stage that the Jenkinsfile does not have. */
    @Test
    void anEnvironmentInAMatrixChoosesWhatItDependsOn(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, """
                pipeline {
                    agent none
                    stages {
                        stage('regions') {
                            matrix {
                                axes { axis { name 'REGION'; values 'one' } }
                                stages {
                                    stage('staging') {
                                        options { armoryEnvironment('staging') }
                                        steps { %s }
                                    }
                                    stage('docs') {
                                        options { armoryEnvironment(name: 'docs', dependsOn: []) }
                                        steps { echo 'independent' }
                                    }
                                }
                            }
                        }
                    }
                }
                """.formatted(process.approval(AFTER)));

        assertThat(build.awaitResult("UNSTABLE")).contains("independent");
    }

    /** The first recipe of docs/deployments.md: no executor is held while the check is awaited. */
    @Test
    void aCheckInAStageOfItsOwnHoldsNoExecutorAndClosesItsEnvironment(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                pipeline {
                    agent none
                    stages {
                        stage('staging') {
                            options { armoryEnvironment('staging') }
                            stages {
                                stage('deploy') {
                                    agent any
                                    steps { echo 'deployed' }
                                }
                                stage('check') {
                                    steps { %s }
                                }
                            }
                        }
                        stage('docs') {
                            options { armoryEnvironment(name: 'docs', dependsOn: []) }
                            agent any
                            steps { echo 'published' }
                        }
                        stage('prod') {
                            agent any
                            steps { echo 'never' }
                        }
                    }
                }
                """.formatted(process.approval(AFTER))).awaitWaiting(1);
        assertThat(build.log()).contains("deployed").doesNotContain("so an executor of");
        process.awaitCallback().fail("2 of 42 failed");

        assertThat(build.awaitResult("FAILURE")).contains("published").doesNotContain("never");
        assertThat(build.environments()).isEqualTo(Map.of("staging", "COMPLETE", "docs", "COMPLETE"));
        assertThat(build.graphView()).containsEntry("prod", "aborted");
    }

    @Test
    void rollbackInPostRunsAfterAFailureOfTheDeploymentAlone(Jenkins jenkins, ExternalProcess process) {
        String script = """
                pipeline {
                    agent none
                    stages {
                        stage('prod') {
                            steps { armoryEnvironment('prod') { %s } }
                            post { always { armoryRollback('prod') { echo 'restored' } } }
                        }
                    }
                    post { failure { echo 'post: failure' } }
                }
                """;
        Build failed = fail(jenkins, process, script.formatted(process.approval()));
        assertThat(failed.awaitResult("FAILURE")).contains("restored", "post: failure");

        Build after = fail(jenkins, process, script.formatted(process.approval(AFTER)));
        assertThat(after.awaitResult("UNSTABLE"))
                .contains("Nothing to roll back in environment 'prod': its state is COMPLETE.")
                .doesNotContain("restored");
    }

    @Test
    void mistakeInPostIsALineAndNoStackTrace(Jenkins jenkins) {
        Build build = jenkins.build("""
                pipeline {
                    agent none
                    stages {
                        stage('prod') {
                            steps { armoryEnvironment('prod') { error 'the deployment failed' } }
                            post { always { armoryRollback('prdo') { echo 'never' } } }
                        }
                    }
                }
                """);

        assertThat(build.awaitResult("FAILURE"))
                .contains("armoryRollback: environment: this build has no environment \"prdo\"")
                .doesNotContain("\tat io.jenkins.plugins.armory", "never");
    }

    private static final String RESTARTABLE = """
            pipeline {
                agent none
                stages {
                    stage('build') { steps { echo 'built' } }
                    stage('smoke') { steps { %s } }
                    stage('prod') { steps { echo 'deployed to prod' } }
                }
            }
            """;

    @Test
    void aBuildThatIsRestartedBehindAFailedApprovalDoesNotRunWhatItGuards(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, RESTARTABLE.formatted(process.approval(AFTER)));
        build.awaitResult("FAILURE");

        Build restarted = build.restartFrom("prod");
        assertThat(restarted.awaitResult("FAILURE"))
                .contains("Stage 'prod' is cancelled: Webhook approval 'checks' failed")
                .doesNotContain("deployed to prod", "Stage 'build' is cancelled", "Stage 'smoke' is cancelled");
        assertThat(process.calls()).hasSize(1);

        Build again = restarted.restartFrom("smoke");
        process.awaitCallback().succeed("fine");
        assertThat(again.awaitResult("SUCCESS")).contains("deployed to prod");
    }

    /**
     * Declarative runs a stage in one that it leaves out, if it has the name of the stage that the build is restarted
     * from.
     */
    @Test
    void aStageOfTheSameNameInOneThatIsLeftOutIsCancelledToo(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, """
                pipeline {
                    agent none
                    stages {
                        stage('smoke') { steps { %s } }
                        stage('staging') {
                            stages {
                                stage('build') { steps { echo 'never' } }
                                stage('prod') { steps { echo 'never' } }
                                stage('notes') { steps { echo 'never' } }
                            }
                        }
                        stage('prod') { steps { echo 'never' } }
                    }
                }
                """.formatted(process.approval(AFTER)));
        build.awaitResult("FAILURE");

        Build restarted = build.restartFrom("prod");
        assertThat(restarted.awaitResult("FAILURE")).doesNotContain("\nnever").doesNotContain("'staging' is cancelled");
        assertThat(restarted.graphView()).containsEntry("prod", "aborted");
    }

    @Test
    void aBuildThatIsRestartedFromAStageKnowsTheEnvironmentsBefore(Jenkins jenkins, ExternalProcess process) {
        Build build = fail(jenkins, process, """
                pipeline {
                    agent none
                    stages {
                        stage('dev') {
                            options { armoryEnvironment('dev') }
                            steps { echo 'deployed' }
                        }
                        stage('staging') {
                            options { armoryEnvironment('staging') }
                            steps { %s }
                        }
                        stage('test') {
                            options { armoryEnvironment(name: 'test', dependsOn: ['dev']) }
                            steps { echo 'tested' }
                        }
                        stage('prod') {
                            options { armoryEnvironment('prod') }
                            steps { echo 'never' }
                        }
                    }
                }
                """.formatted(process.approval(AFTER)));
        build.awaitResult("FAILURE");

        Build restarted = build.restartFrom("test");
        assertThat(restarted.awaitResult("FAILURE"))
                .contains("tested", "'prod' is cancelled: \"staging\" is deployed, but: ")
                .doesNotContain("never");
        assertThat(restarted.environments())
                .containsOnly(
                        entry("dev", "COMPLETE"),
                        entry("staging", "COMPLETE"),
                        entry("test", "COMPLETE"),
                        entry("prod", "CANCELLED"));
    }

    @Test
    void deploymentFileRunsInADeclarativePipeline(Jenkins jenkins, ExternalProcess process) {
        process.onCall(call -> {
            call.callback().fail("2 of 42 failed");
            return Reply.of(202);
        });
        String step = DeploymentFiles.of(process)
                .target("staging", "afterDeployment: [" + DeploymentFiles.run("tests") + "]")
                .target("prod", "dependsOn: [staging]")
                .target("docs", "")
                .steps(DeploymentFiles.weight(100))
                .webhook("tests")
                .pipeline("{ echo \"DID ${env.ARMORY_ENVIRONMENT_NAME} ${env.ARMORY_ACTION}\" }");
        Build build = jenkins.build("""
                pipeline {
                    agent none
                    stages {
                        stage('deploy') {
                            steps {
                                %s
                            }
                        }
                        stage('independent') {
                            options { armoryEnvironment(name: 'independent', dependsOn: []) }
                            steps { echo 'goes on' }
                        }
                        stage('later') { steps { echo 'never' } }
                    }
                }
                """.formatted(step));

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "DID staging deploy",
                        "DID docs setWeight",
                        "'prod' is cancelled",
                        "goes on",
                        "'later' is cancelled")
                .doesNotContain("DID prod", "never");
        assertThat(build.graphView())
                .contains(entry("staging", "unstable"), entry("prod", "aborted"), entry("docs", "success"));
    }
}
