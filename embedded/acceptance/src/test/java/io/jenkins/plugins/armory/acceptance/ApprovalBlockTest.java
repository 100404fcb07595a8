package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import org.junit.jupiter.api.Test;

/** A block, or a stage of a Declarative Pipeline, that runs once an approval has succeeded ({@code armoryApproval}). */
class ApprovalBlockTest extends SharedController {

    private String block(String name, String... more) {
        return process.approvalNamed(name, more).replaceFirst("armoryWebhookApproval", "armoryApproval");
    }

    @Test
    void runsItsBodyOnceTheApprovalHasSucceeded() {
        Build build = jenkins.build(
                        "def r = " + block("gate") + " { echo 'DEPLOYED'; return 7 }\necho \"returned ${r}\"")
                .awaitWaiting(1);
        assertThat(build.log()).doesNotContain("DEPLOYED");

        process.awaitCallback().succeed("go");

        assertThat(build.awaitResult("SUCCESS")).containsSubsequence("succeeded", "DEPLOYED", "returned 7");
    }

    @Test
    void anEnvironmentInItIsWarnedOf() {
        Build build = jenkins.build("armoryEnvironment('dev') { echo 'DEPLOYED' }\n" + block("gate")
                + " { armoryEnvironment(name: 'prod', dependsOn: ['dev']) { echo 'on' } }");

        process.awaitCallback().succeed("go");

        assertThat(build.awaitResult("SUCCESS"))
                .containsSubsequence(
                        "succeeded",
                        "WARNING: armoryApproval is around the environment 'prod', so it is asked for even if 'dev'",
                        "on");
        assertThat(build.log()).doesNotContain("environment 'dev', so");
    }

    @Test
    void doesNotRunItsBodyAfterAFailure() {
        Build build = jenkins.build(block("gate") + " { echo 'DEPLOYED' }");

        process.awaitCallback().fail("no");

        assertThat(build.awaitResult("FAILURE"))
                .contains("failed (callback token): no")
                .doesNotContain("DEPLOYED");
    }

    @Test
    void whatTheBodyThrowsIsThrown() {
        Build build = jenkins.build(
                "try { " + block("gate") + " { error 'broken' } } catch (x) { echo \"caught ${x.message}\" }");

        process.awaitCallback().succeed("go");

        assertThat(build.awaitResult("SUCCESS")).contains("caught broken");
    }

    @Test
    void isStoppedWhileItWaitsAndWhileItsBodyRuns() {
        String script = block("gate") + " { " + process.approvalNamed("inner") + "\necho 'DEPLOYED' }";
        Build waiting = jenkins.build(script).awaitWaiting(1);
        Callback late = process.awaitCallback();
        waiting.abort();
        assertThat(waiting.awaitResult("ABORTED")).doesNotContain("DEPLOYED");
        late.succeed("late").expect(410);

        Build running = jenkins.build(script);
        process.awaitCallback().succeed("go");
        process.awaitCall();
        running.awaitWaiting(1);
        running.abort();
        assertThat(running.awaitResult("ABORTED")).doesNotContain("DEPLOYED");
    }

    @Test
    void isNotForWhatComesAfterTheDeployment() {
        Build build = jenkins.build(block("gate", "phase: 'afterDeployment'") + " { echo 'DEPLOYED' }");

        assertThat(build.awaitResult("FAILURE"))
                .contains("armoryApproval: phase: afterDeployment comes after what this step guards")
                .doesNotContain("DEPLOYED");
        assertThat(process.calls()).isEmpty();
    }

    @Test
    @NeedsRealJenkins
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
        Build refused = jenkins.build(script.formatted(block("gate", manual))).awaitWaiting(1);
        process.awaitCallback().fail("no");
        assertThat(refused.awaitResult("FAILURE")).doesNotContain("DEPLOYED", "LATER", "nowhere");

        Build approved = jenkins.build(script.formatted(block("gate")).replace("label 'nowhere'", "label 'built-in'"));
        process.awaitCallback().succeed("go");
        assertThat(approved.awaitResult("SUCCESS")).containsSubsequence("succeeded", "DEPLOYED", "LATER");
    }

    @Test
    @NeedsRealJenkins
    void anEnvironmentIsAnOptionOfAStageToo() {
        Build build = jenkins.build("""
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
                        """.formatted(process.approvalNamed("smoke", "phase: 'afterDeployment'")));
        process.awaitCallback().fail("no");

        assertThat(build.awaitResult("FAILURE")).doesNotContain("DEPLOYED");
        assertThat(build.environments()).containsEntry("staging", "COMPLETE").containsEntry("prod", "CANCELLED");
    }
}
