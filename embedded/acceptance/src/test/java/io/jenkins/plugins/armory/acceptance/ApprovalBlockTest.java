package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** A block, or a stage of a Declarative Pipeline, that runs once an approval has succeeded ({@code armoryApproval}). */
class ApprovalBlockTest {

    private static Controller controller;
    private static Jenkins jenkins;
    private final ExternalProcess process = new ExternalProcess();

    @BeforeAll
    static void createController() {
        controller = Controller.create(Settings.CASC);
        jenkins = new Jenkins(controller);
    }

    @BeforeEach
    void startController() {
        controller.start();
    }

    @AfterAll
    static void closeController() {
        controller.close();
    }

    @AfterEach
    void closeProcess() {
        process.close();
    }

    private String block(String name, String... more) {
        return process.approvalNamed(name, more).replaceFirst("armoryWebhookApproval", "armoryApproval");
    }

    @Test
    void runsItsBodyOnceTheApprovalHasSucceeded() {
        Build build = jenkins.createJob(
                        "def r = " + block("gate") + " { echo 'DEPLOYED'; return 7 }\necho \"returned ${r}\"")
                .build()
                .awaitWaiting(1);
        assertThat(build.log()).doesNotContain("DEPLOYED");

        process.awaitCall().callback().succeed("go");

        assertThat(build.awaitResult("SUCCESS")).containsSubsequence("succeeded", "DEPLOYED", "returned 7");
    }

    @Test
    void anEnvironmentInItIsWarnedOf() {
        Build build = jenkins.createJob("armoryEnvironment('dev') { echo 'DEPLOYED' }\n" + block("gate")
                        + " { armoryEnvironment(name: 'prod', dependsOn: ['dev']) { echo 'on' } }")
                .build();

        process.awaitCall().callback().succeed("go");

        assertThat(build.awaitResult("SUCCESS"))
                .containsSubsequence(
                        "succeeded",
                        "WARNING: armoryApproval is around the environment 'prod', so it is asked for even if 'dev'",
                        "on");
        assertThat(build.log()).doesNotContain("environment 'dev', so");
    }

    @Test
    void doesNotRunItsBodyAfterAFailure() {
        Build build = jenkins.createJob(block("gate") + " { echo 'DEPLOYED' }").build();

        process.awaitCall().callback().fail("no");

        assertThat(build.awaitResult("FAILURE"))
                .contains("failed (callback token): no")
                .doesNotContain("DEPLOYED");
    }

    @Test
    void whatTheBodyThrowsIsThrown() {
        Build build = jenkins.createJob(
                        "try { " + block("gate") + " { error 'broken' } } catch (x) { echo \"caught ${x.message}\" }")
                .build();

        process.awaitCall().callback().succeed("go");

        assertThat(build.awaitResult("SUCCESS")).contains("caught broken");
    }

    @Test
    void isStoppedWhileItWaitsAndWhileItsBodyRuns() {
        String script = block("gate") + " { " + process.approvalNamed("inner") + "\necho 'DEPLOYED' }";
        Build waiting = jenkins.createJob(script).build().awaitWaiting(1);
        Callback late = process.awaitCall().callback();
        waiting.abort();
        assertThat(waiting.awaitResult("ABORTED")).doesNotContain("DEPLOYED");
        assertThat(late.succeed("late")).returns(410, Answer::status);

        Build running = jenkins.createJob(script).build();
        process.awaitCall().callback().succeed("go");
        process.awaitCall();
        running.awaitWaiting(1);
        running.abort();
        assertThat(running.awaitResult("ABORTED")).doesNotContain("DEPLOYED");
    }

    @Test
    void asksOnceAndRunsItsBodyOnceOverKills() {
        Build build = jenkins.createJob(
                        block("gate") + " { echo 'BEGAN'; " + process.approvalNamed("inner") + "\necho 'DEPLOYED' }")
                .build()
                .awaitWaiting(1);
        Callback gate = process.awaitCall().callback();
        controller.kill();
        controller.start();
        gate.succeed("go");
        Callback inner = process.awaitCall().callback();
        build.awaitWaiting(1);
        controller.kill();
        controller.start();

        inner.succeed("done");

        assertThat(build.awaitResult("SUCCESS")).containsOnlyOnce("BEGAN").containsOnlyOnce("DEPLOYED");
        assertThat(process.calls()).hasSize(2);
    }

    @Test
    void isNotForWhatComesAfterTheDeployment() {
        Build build = jenkins.createJob(block("gate", "phase: 'afterDeployment'") + " { echo 'DEPLOYED' }")
                .build();

        assertThat(build.awaitResult("FAILURE"))
                .contains("armoryApproval: phase: afterDeployment comes after what this step guards")
                .doesNotContain("DEPLOYED");
        assertThat(process.calls()).isEmpty();
    }

    @Test
    @EnabledIfSystemProperty(named = "jenkins.war", matches = ".+", disabledReason = "needs Declarative Pipelines")
    void isAnOptionOfAStageThatComesBeforeItsAgent() {
        String script = """
                pipeline {
                    agent none
                    stages {
                        stage('prod') {
                            options { %s }
                            agent { label 'nowhere' }
                            steps { echo 'DEPLOYED' }
                        }
                        stage('later') { steps { echo 'LATER' } }
                    }
                }
                """;
        String manual = "manualApproval: [message: 'Go?']";
        Build refused = jenkins.createJob(script.formatted(block("gate", manual)))
                .build()
                .awaitWaiting(1);
        process.awaitCall().callback().fail("no");
        assertThat(refused.awaitResult("FAILURE")).doesNotContain("DEPLOYED", "LATER", "nowhere");

        Build approved = jenkins.createJob(
                        script.formatted(block("gate")).replace("label 'nowhere'", "label 'built-in'"))
                .build();
        process.awaitCall().callback().succeed("go");
        assertThat(approved.awaitResult("SUCCESS")).containsSubsequence("succeeded", "DEPLOYED", "LATER");
    }

    @Test
    @EnabledIfSystemProperty(named = "jenkins.war", matches = ".+", disabledReason = "needs Declarative Pipelines")
    void anEnvironmentIsAnOptionOfAStageToo() {
        Build build = jenkins.createJob("""
                        pipeline {
                            agent none
                            stages {
                                stage('staging') {
                                    options { armoryEnvironment('staging') }
                                    steps { %s }
                                }
                                stage('prod') {
                                    options { armoryEnvironment(name: 'prod', dependsOn: ['staging']) }
                                    steps { echo 'DEPLOYED' }
                                }
                            }
                        }
                        """.formatted(process.approvalNamed("smoke", "phase: 'afterDeployment'")))
                .build();
        process.awaitCall().callback().fail("no");

        assertThat(build.awaitResult("ABORTED")).doesNotContain("DEPLOYED");
        assertThat(build.environments()).containsEntry("staging", "COMPLETE").containsEntry("prod", "CANCELLED");
    }
}
