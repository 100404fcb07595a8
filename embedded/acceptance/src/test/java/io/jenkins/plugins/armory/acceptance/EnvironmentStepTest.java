package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The steps armoryEnvironment and armoryRollback: graphs that cannot be, bodies, stops, and rollbacks. */
@AcceptanceTest
class EnvironmentStepTest {

    private static void assertStates(Build build, Map<String, String> states) {
        Wait.until("the states of " + build)
                .untilAsserted(() -> assertThat(build.environments()).isEqualTo(states));
    }

    private static void refuse(ExternalProcess process, String name) {
        process.onCall(call -> Reply.of(call.path().endsWith(name) ? 400 : 202));
    }

    @Test
    void environmentsInOrderNeedNoParallel(Jenkins jenkins) {
        Build build = jenkins.build("""
                armoryEnvironment('dev') { echo 'one' }
                def value = armoryEnvironment(name: 'prod', dependsOn: ['dev']) { echo 'two'; 42 }
                echo "value ${value}"
                """);

        assertThat(build.awaitResult("SUCCESS")).contains("one", "two", "value 42");
        assertStates(build, Map.of("dev", "COMPLETE", "prod", "COMPLETE"));
    }

    /** As in a stage, a last line such as {@code readFile('out') =~ /v(.*)/} is no reason to fail. */
    @Test
    void aValueThatCannotBeSavedIsNoFailure(Jenkins jenkins) {
        Build build = jenkins.build("""
                def version = armoryEnvironment('dev') { 'version 42' =~ /n (.*)/ }[0][1]
                def size = armoryEnvironment('prod') { [found: ['v1' =~ /v/]] }.found.size()
                armoryEnvironment('docs') { new Odd() }
                echo "version ${version}, size ${size}"

                class Odd implements Serializable {
                    private void writeObject(ObjectOutputStream out) { [1].each { out.writeInt(it) } }
                }
                """);

        assertThat(build.awaitResult("SUCCESS")).contains("version 42, size 1");
        assertStates(build, Map.of("dev", "COMPLETE", "prod", "COMPLETE", "docs", "COMPLETE"));
    }

    @Test
    void bodyKnowsItsEnvironment(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                stage('deploy') {
                    armoryEnvironment('prod') {
                        echo "in ${env.ARMORY_ENVIRONMENT_NAME} of ${env.STAGE_NAME}"
                        %s
                    }
                    echo "behind it: ${env.ARMORY_ENVIRONMENT_NAME}"
                }
                """.formatted(process.approval())).awaitWaiting(1);
        assertThat(build.approval().get("environment").asText()).isEqualTo("prod");
        assertThat(build.approval().get("phase").asText()).isEqualTo("strategy");
        assertStates(build, Map.of("prod", "AWAITING_APPROVAL"));
        process.awaitCallback().succeed("fine");

        assertThat(build.awaitResult("SUCCESS")).contains("in prod of deploy", "behind it: null");
    }

    @Test
    void templatesKnowWhatIsDeployed(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                def tell = { armoryWebhookApproval(uriTemplate: '%s/{{armory.application}}/{{armory.version}}', disableCallback: true) }
                try {
                    armoryEnvironment(name: 'prod', version: '2.7.1') { tell(); error 'kubectl: not found' }
                } catch (e) {
                    armoryRollback('prod') { tell() }
                }
                armoryEnvironment(name: 'docs', dependsOn: [], version: 'v 3', application: 'manual') { tell() }
                """.formatted(process.url()));

        String job = build.job().name();
        for (String path : List.of(job + "/2.7.1", job + "/2.7.1", "manual/v%203")) {
            assertThat(process.awaitCall().path()).endsWith('/' + path);
        }
        build.awaitResult("UNSTABLE");
        assertThat(build.deployment().at("/environments/1").toString())
                .contains("\"application\":\"manual\",\"version\":\"v 3\"");
    }

    @Test
    void whatTheBodyThrowsIsThrown(Jenkins jenkins) {
        Build build = jenkins.build("""
                try {
                    armoryEnvironment('prod') { error 'kubectl: not found' }
                } catch (e) {
                    echo "caught ${e.message}"
                    echo "rolled back: ${armoryRollback('prod') { echo 'restored' }}"
                    echo "again: ${armoryRollback('prod') { echo 'never' }}"
                    throw e
                }
                """);

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "caught kubectl: not found",
                        "restored",
                        "rolled back: true",
                        "again: false",
                        "Nothing to roll back in environment 'prod': it has been rolled back already.",
                        "ERROR: kubectl: not found")
                .doesNotContain("never");
        assertStates(build, Map.of("prod", "ROLLED_BACK"));
    }

    @Test
    void failureOfARollbackIsToldBesideTheFirst(Jenkins jenkins) {
        Build build = jenkins.build("""
                try {
                    armoryEnvironment('prod') { error 'kubectl: not found' }
                } finally {
                    echo "rolled back: ${armoryRollback('prod') { error 'no backup' }}"
                }
                """);

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "The rollback of environment 'prod' failed: no backup (It was rolled back because its deployment"
                                + " failed: kubectl: not found)",
                        "rolled back: false",
                        "ERROR: kubectl: not found");
        assertThat(build.deployment().at("/environments/0/rollback/failure").asText())
                .isEqualTo("no backup");
        assertStates(build, Map.of("prod", "FAILED"));
    }

    /** {@code sh} may still be tried again there. */
    @Test
    void rollbackWithinTheDeploymentIsRefusedWhileNoApprovalHasFailed(Jenkins jenkins) {
        for (String body : List.of(
                "armoryRollback('prod') { echo 'never' }",
                "try { error 'no such image' } catch (e) { armoryRollback('prod') { echo 'never' } }")) {
            Build build = jenkins.build("armoryEnvironment('prod') { " + body + " }");

            assertThat(build.awaitResult("FAILURE"))
                    .contains(
                            "armoryRollback: environment: \"prod\" is still being deployed to, and no approval of it has"
                                    + " failed; put armoryRollback after")
                    .doesNotContain("never");
        }
    }

    @Test
    void rollbackWithinTheDeploymentRunsOnceAfterAFailedApproval(Jenkins jenkins, ExternalProcess process) {
        refuse(process, "checks");
        Build build = jenkins.build("""
                try {
                    armoryEnvironment('prod') {
                        try {
                            %s
                        } catch (e) {
                            echo "rolled back: ${armoryRollback('prod') { stage('restore') { echo 'restored' } }}"
                            throw e
                        }
                    }
                } finally {
                    echo "again: ${armoryRollback('prod') { echo 'never' }}"
                }
                """.formatted(process.approvalNamed("checks")));

        assertThat(build.awaitResult("FAILURE"))
                .containsSubsequence(
                        "Rolling back environment 'prod'.",
                        "restored",
                        "Environment 'prod' is rolled back.",
                        "rolled back: true",
                        "Nothing to roll back in environment 'prod': it has been rolled back already.",
                        "again: false")
                .contains("ERROR: Webhook 'checks'")
                .doesNotContain("never");
        assertStates(build, Map.of("prod", "ROLLED_BACK"));
    }

    @Test
    void cycleEndsTheBuildWithAListOfTheEnvironments(Jenkins jenkins) {
        Build build = jenkins.build("""
                parallel a: { armoryEnvironment(name: 'a', dependsOn: ['b']) { echo 'never' } },
                         b: { armoryEnvironment(name: 'b', dependsOn: ['a']) { echo 'never' } }
                """);

        assertThat(build.awaitResult("FAILURE"))
                .containsPattern("armoryEnvironment: dependsOn: \"[ab]\" would wait for itself: ([ab]) -> [ab] -> \\1")
                .containsPattern("[ab] WAITING_FOR_DEPENDENCIES, depends on [ab]\n")
                .doesNotContain("never");
    }

    @Test
    void environmentThatNobodyIsLeftToDeployToIsNamed(Jenkins jenkins) {
        Build build = jenkins.build("""
                parallel(
                    dev: { armoryEnvironment('dev') { sleep 2 } },
                    prod: { armoryEnvironment(name: 'prod', dependsOn: ['stagin']) { echo 'never' } },
                    copy: { armoryEnvironment(name: 'copy', dependsOn: ['prod']) { echo 'never' } })
                """);

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "dependsOn: nothing in this build deploys to \"stagin\"",
                        "prod WAITING_FOR_DEPENDENCIES, depends on stagin\n",
                        "stagin not reached\n",
                        "dev COMPLETE")
                .doesNotContain("never");
        assertStates(build, Map.of("dev", "COMPLETE", "stagin", "CANCELLED", "prod", "FAILED", "copy", "CANCELLED"));
    }

    @Test
    void whatIsDeployedToInALaterBranchIsWaitedFor(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                parallel prod: { armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'in prod' } },
                         staging: { %s; armoryEnvironment('staging') { echo 'in staging' } }
                """.formatted(process.approval()))
                .awaitLog("Environment 'prod' waits for 'staging'.")
                .awaitWaiting(1);
        assertStates(build, Map.of("prod", "WAITING_FOR_DEPENDENCIES", "staging", "PENDING"));
        process.awaitCallback().succeed("fine");

        assertThat(build.awaitResult("SUCCESS")).containsSubsequence("in staging", "in prod");
    }

    @Test
    void abortEndsAnEnvironmentThatWaits(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                parallel prod: { armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' } },
                         staging: { armoryEnvironment('staging') { %s } }
                """.formatted(process.approval()))
                .awaitLog("Environment 'prod' waits for 'staging'.")
                .awaitWaiting(1);
        build.abort();

        assertThat(build.awaitResult("ABORTED")).doesNotContain("never");
        assertStates(build, Map.of("staging", "FAILED", "prod", "CANCELLED"));
        assertThat(build.hasNothingPending()).isTrue();
    }

    @Test
    void timeoutAroundAnEnvironmentThatWaitsEndsIt(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                parallel prod: {
                             try {
                                 timeout(time: 2, unit: 'SECONDS') {
                                     armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                                 }
                             } catch (e) {
                                 echo 'given up'
                             }
                         },
                         staging: { armoryEnvironment('staging') { %s } }
                """.formatted(process.approval())).awaitLog("given up");
        process.awaitCallback().succeed("fine");

        assertThat(build.awaitResult("UNSTABLE")).doesNotContain("never");
        assertStates(build, Map.of("staging", "COMPLETE", "prod", "CANCELLED"));
    }

    @Test
    void afterDeploymentFailureCancelsWhatWaitsAtOnce(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                parallel prod: { armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' } },
                         staging: {
                             armoryEnvironment('staging') { %s; input 'Hold' }
                         }
                """.formatted(process.approval("phase: 'afterDeployment'")))
                .awaitLog("Environment 'prod' waits for 'staging'.");
        process.awaitCallback().fail("1 failed");

        build.awaitLog(
                "Environment 'prod' is cancelled: \"staging\" is deployed, but: Webhook approval 'checks' failed");
        build.awaitLog("Hold").abort();
        build.awaitResult("ABORTED");
    }

    @Test
    void wrongParametersAreNamed(Jenkins jenkins, ExternalProcess process) {
        assertThat(jenkins.build(process.approval("phase: 'later'")).awaitResult("FAILURE"))
                .contains("phase: there is no phase \"later\"; known are beforeDeployment, strategy, afterDeployment");
        assertThat(jenkins.build("armoryEnvironment(name: ' ') { }").awaitResult("FAILURE"))
                .contains("armoryEnvironment: name: is missing");
        assertThat(jenkins.build("armoryEnvironment(name: 'a', dependsOn: ['']) { }")
                        .awaitResult("FAILURE"))
                .contains("armoryEnvironment: dependsOn: has an empty name");
        assertThat(jenkins.build("armoryRollback('') { }").awaitResult("FAILURE"))
                .contains("armoryRollback: environment: is missing");
    }
}
