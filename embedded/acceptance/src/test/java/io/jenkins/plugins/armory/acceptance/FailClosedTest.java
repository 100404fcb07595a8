package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No gate opens by accident: what a failed approval guards is not run, and the log says why. */
@AcceptanceTest
class FailClosedTest {

    private static final String AFTER = "phase: 'afterDeployment'";

    @Test
    void environmentsAreCancelledAfterAFailureInAPlainStage(Jenkins jenkins, ExternalProcess process) {
        process.fail("smoke");
        Build build = jenkins.build("""
                armoryEnvironment('staging') { echo 'deployed' }
                stage('smoke') { %s }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                stage('plain') { echo 'never' }
                """.formatted(process.approvalNamed("smoke", AFTER)));

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "ERROR: Webhook approval 'smoke' failed",
                        "Stages and environments behind this are cancelled.",
                        "'prod' is cancelled: ",
                        "Stage 'plain' is cancelled: ")
                .doesNotContain("never");
        assertThat(build.environments()).isEqualTo(Map.of("staging", "COMPLETE", "prod", "CANCELLED"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "timeout: 1, unit: 'SECONDS'",
                "heartbeat: 1, heartbeatUnit: 'SECONDS'",
                "manualApproval: [message: 'Go?']"
            })
    void howeverItFails(String how, Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                armoryEnvironment('staging') { echo 'deployed' }
                stage('smoke') { %s }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                """.formatted(process.approvalNamed("smoke", AFTER, how)));
        if (how.startsWith("manual")) {
            build.awaitWaiting(1);
            build.decide(build.approval(), "reject", "not today");
        }

        assertThat(build.awaitResult("FAILURE")).doesNotContain("never");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "timeout(time: 1, unit: 'SECONDS') { %s }",
                "parallel(failFast: true, gate: { %s }, lint: { sleep 1; error 'lint' })",
                "armoryWebhookApproval('deploy-cheks')",
                "armoryWebhookApproval(webhook: env.NOT_SET)",
                "armoryWebhookApproval(message: 'Go?')",
                "armoryWebhookApproval(manualApproval: [required: 1.9])",
                "armoryWebhookApproval(phase: 1, manualApproval: [message: 'Go?'])",
                "armoryWebhookApproval(phase: 'afterDeployment', manualApproval: [submitters: env.NOT_SET])",
                "armoryApproval(manualApproval: [requird: 2]) { echo 'never' }",
                "armoryWebhookApproval(webhook: 'deploy-checks', environment: 'stagin')",
                "armoryWebhookApproval(webhook: 'deploy-checks', environment: \"${env.NOT_SET}\")",
                "armoryEnvironment(name: 'part', dependOn: ['dev']) { echo 'never' }",
                "armoryEnvironment(env.NOT_SET) { echo 'never' }",
                "armoryEnvironment('staging') { echo 'never' }",
                "armoryDeployment(config: 'targets: {}') { echo 'never' }",
                "armoryDeployment(confg: 'targets: {}') { echo 'never' }"
            })
    void anInterruptedGateThatIsCaughtStaysClosed(String gate, Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                catchError { armoryEnvironment('staging') { try { %s } catch (e) { echo "caught" } } }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                """.formatted(gate.replace("%s", process.approval())));

        assertThat(build.awaitResult("FAILURE")).contains("caught").doesNotContain("never");
        assertThat(build.environments()).containsEntry("staging", "FAILED").containsEntry("prod", "CANCELLED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "armoryWebhookApproval(environment: 'staging', phase: 'afterDeployment', manualApproval: [requird: 2])",
                "armoryWebhookApproval(environment: 'staging', phase: 'afterDeploymnt', manualApproval: [message: 'Go?'])",
                "armoryWebhookApproval(environment: 'staging', manualApproval: [message: 'Go?'])",
                "timeout(time: 1, unit: 'SECONDS') { %s }",
                "parallel(failFast: true, gate: { %s }, lint: { sleep 1; error 'lint' })"
            })
    void aGateBesideItsCompleteEnvironmentThatDoesNotOpenKeepsThatClosed(
            String gate, Jenkins jenkins, ExternalProcess process) {
        Build build =
                jenkins.build("""
                armoryEnvironment('staging') { echo 'deployed' }
                try { %s } catch (e) { echo "caught" }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                """.formatted(gate.replace("%s", process.approval("environment: 'staging'", AFTER))));

        assertThat(build.awaitResult("FAILURE")).contains("caught").doesNotContain("never");
        assertThat(build.environments()).isEqualTo(Map.of("staging", "COMPLETE", "prod", "CANCELLED"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'part'", "name: 'part', dependOn: ['dev']"})
    void anEnvironmentThatIsStoppedAsItBeginsKeepsTheOneAroundItClosed(String arguments, Jenkins jenkins) {
        Build build = jenkins.build("""
                catchError {
                    armoryEnvironment('staging') {
                        try {
                            parallel(
                                failFast: true,
                                part: { armoryEnvironment(%s) { echo 'never' } },
                                lint: { error 'lint' })
                        } catch (e) {
                            echo "caught"
                        }
                    }
                }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                """.formatted(arguments));

        assertThat(build.awaitResult("FAILURE")).contains("caught").doesNotContain("never");
        assertThat(build.environments()).containsEntry("prod", "CANCELLED");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name: 'staging', dependOn: ['dev']",
                "name: 'staging', dependsOn: [env.NOT_SET]",
                "name: 'staging', dependsOn: [['dev']]",
                "name: env.NOT_SET",
                "name: 'sta\\nging'",
                "dependsOn: []"
            })
    void anEnvironmentThatIsMistakenIsClosed(String arguments, Jenkins jenkins) {
        Build build = jenkins.build("""
                catchError { armoryEnvironment(%s) { echo 'never' } }
                stage('report') { echo 'caught' }
                armoryEnvironment('prod') { echo 'never' }
                """.formatted(arguments));

        assertThat(build.awaitResult("FAILURE"))
                .contains("caught", "Environment 'prod' is cancelled", "ERROR: armoryEnvironment: ")
                .doesNotContain("never", "armoryEnvironment: armoryEnvironment");
        assertThat(build.environments()).containsEntry("prod", "CANCELLED");
    }

    /** Two of one name would be one environment, in the branch of the first. */
    @Test
    void environmentsWithoutANameAreClosedInEachBranch(Jenkins jenkins) {
        Build build = jenkins.build("""
                def branches = [:]
                for (region in ['eu', 'us']) {
                    def prod = "prod-$region"
                    branches[region] = {
                        catchError { armoryEnvironment(name: env.NOT_SET) { echo 'never' } }
                        armoryEnvironment(prod) { echo 'never' }
                    }
                }
                parallel branches
                """);

        assertThat(build.awaitResult("FAILURE")).doesNotContain("never");
        assertThat(build.environments()).containsEntry("prod-eu", "CANCELLED").containsEntry("prod-us", "CANCELLED");
    }

    @Test
    void whatWasCaughtIsThrownAgainThoughAnApprovalBesideIsPending(Jenkins jenkins) {
        Build build = jenkins.build("""
                parallel(
                    deploy: {
                        armoryEnvironment('prod') {
                            try { armoryWebhookApproval(manualApproval: [message: 'Canary?']) } catch (e) { echo 'caught' }
                        }
                        echo 'never'
                    },
                    soak: {
                        armoryWebhookApproval(environment: 'prod', phase: 'afterDeployment', manualApproval: [message: 'Soaked?'])
                    })
                echo 'never'
                """);
        build.awaitWaiting(2);
        build.decide(approval(build, "strategy"), "reject", "errors");
        build.awaitLog("Failed in branch deploy");
        assertThat(build.environments()).isEqualTo(Map.of("prod", "FAILED"));
        build.decide(approval(build, "afterDeployment"), "approve", "");

        assertThat(build.awaitResult("FAILURE")).contains("caught").doesNotContain("never");
    }

    private static JsonNode approval(Build build, String phase) {
        return build.approvals().stream()
                .filter(each -> phase.equals(each.path("phase").asText()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void anEnvironmentInARollbackIsAPartOfTheEnvironmentAroundBoth(Jenkins jenkins) {
        Build build = jenkins.build("""
                try { armoryEnvironment('dev') { error 'No space left on the cluster' } } catch (e) { echo "caught" }
                catchError {
                    armoryEnvironment(name: 'staging', dependsOn: []) {
                        armoryRollback('dev') {
                            try { armoryEnvironment('data') { error 'No backup' } } catch (e) { echo "caught" }
                        }
                    }
                }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                """);

        assertThat(build.awaitResult("FAILURE")).doesNotContain("never");
        assertThat(build.environments()).containsEntry("data", "FAILED").containsEntry("prod", "CANCELLED");
    }

    @Test
    void theEnvironmentSaysWhichOfItsGatesWasInterrupted(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(
                "armoryEnvironment('staging') { try { timeout(time: 1, unit: 'SECONDS') { %s } } catch (e) { echo 'caught' } }"
                        .formatted(process.approvalNamed("smoke")));

        assertThat(build.awaitResult("FAILURE")).contains("The environment \"staging\" has failed: Approval 'smoke': ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gate, staging", "staging, gate"})
    void anOpenGateOfACompleteEnvironmentHoldsBackWhatComesLater(
            String order, Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                def branches = [
                    gate: { if (%s) { sleep 1 }; %s },
                    staging: { armoryEnvironment('staging') { sleep %s } }]
                parallel(branches + [prod: { sleep 4; armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' } }])
                """.formatted(
                        order.startsWith("staging"),
                        process.approval("environment: 'staging'", AFTER),
                        order.startsWith("staging") ? "0" : "2"));
        Call gate = process.awaitCall();
        Wait.until("prod is reached").until(() -> build.environments().containsKey("prod"));
        gate.callback().fail("broken");

        assertThat(build.awaitResult("FAILURE")).contains("broken").doesNotContain("never");
        assertThat(build.environments()).isEqualTo(Map.of("staging", "COMPLETE", "prod", "CANCELLED"));
    }

    @Test
    void aGateThatFailedBeforeItsEnvironmentKeepsItClosed(Jenkins jenkins, ExternalProcess process) {
        process.fail("checks");
        Build build = jenkins.build(
                """
                stage('gate') { catchError(buildResult: 'SUCCESS') { %s } }
                catchError { armoryEnvironment('prod') { echo 'never' } }
                armoryEnvironment(name: 'docs', dependsOn: ['prod']) { echo 'never' }
                """.formatted(process.approvalNamed("checks", "environment: 'prod'", "phase: 'beforeDeployment'")));

        assertThat(build.awaitResult("FAILURE"))
                .contains("armoryEnvironment: an approval that names \"prod\" has failed: ")
                .doesNotContain("never");
    }

    @ParameterizedTest
    @ValueSource(strings = {"beforeDeployment", "strategy", "afterDeployment"})
    void aGateThatBeganWhileItsEnvironmentWaitedHoldsBackWhatDependsOnIt(
            String phase, Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(
                """
                parallel(
                    staging: { armoryEnvironment('staging') { sleep 4 } },
                    prod: { catchError { armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'DEPLOYED' } } },
                    gate: { sleep 2; catchError { %s } },
                    copy: { armoryEnvironment(name: 'copy', dependsOn: ['prod']) { echo 'never' } })
                """.formatted(process.approvalNamed("gate", "environment: 'prod'", "phase: '" + phase + "'")));
        Call gate = process.awaitCall();
        Wait.until("prod is deployed to")
                .until(() -> build.environments().get("staging").equals("COMPLETE")
                        && build.environments()
                                .get("prod")
                                .equals(
                                        phase.equals("beforeDeployment")
                                                ? "WAITING_FOR_DEPENDENCIES"
                                                : "AWAITING_APPROVAL"));
        gate.callback().fail("broken");

        assertThat(build.awaitResult("FAILURE")).contains("broken").doesNotContain("never");
        assertThat(build.environments()).containsEntry("copy", "CANCELLED");
    }

    /** What asks about something else is no retry. */
    @Test
    void aSuccessMakesUpForNoFailureOfAnotherApproval(Jenkins jenkins, ExternalProcess process) {
        AtomicInteger calls = new AtomicInteger();
        process.onCall(call -> {
            if (calls.getAndIncrement() == 0) {
                call.callback().fail("broken in the east");
            } else {
                call.callback().succeed("");
            }
            return Reply.of(202);
        });
        Build build = jenkins.build("""
                catchError {
                    armoryEnvironment('staging') {
                        for (part in ['east', 'west']) { catchError { %s } }
                    }
                }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                """.formatted(process.approval("context: [part: part]")));

        assertThat(build.awaitResult("FAILURE")).contains("broken in the east").doesNotContain("never");
        assertThat(build.environments()).isEqualTo(Map.of("staging", "FAILED", "prod", "CANCELLED"));
    }

    @Test
    void whoeverDeploysToAnEnvironmentTwiceKeepsItClosed(Jenkins jenkins) {
        Build build = jenkins.build("""
                armoryEnvironment('staging') { echo 'deployed' }
                catchError { armoryEnvironment('staging') { echo 'never' } }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                """);

        assertThat(build.awaitResult("FAILURE")).contains("deployed to twice").doesNotContain("never");
    }

    @Test
    void aGateThatComesAfterWhatItShouldHoldBackSaysSo(Jenkins jenkins) {
        Build build = jenkins.build("""
                armoryEnvironment('staging') { echo 'deployed' }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'too early' }
                armoryWebhookApproval(environment: 'staging', phase: 'afterDeployment', manualApproval: [message: 'Go?'])
                """);
        build.awaitWaiting(1);
        build.decide(build.approval(), "approve", "");

        assertThat(build.awaitResult("SUCCESS"))
                .contains("WARNING: environment 'staging' was complete before this approval began, and 'prod' did not"
                        + " wait for it. Put it into armoryEnvironment('staging') { }");
    }

    /** An environment is as good as those within it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "armoryEnvironment('part') { %s }",
                "armoryEnvironment('whole') { armoryEnvironment('part') { %s } }",
                "try { armoryEnvironment('part') { error 'broken' } } catch (e) { }",
                "try { armoryEnvironment(name: 'part', dependsOn: ['staging']) { } } catch (e) { }"
            })
    void aFailureInANestedEnvironmentKeepsTheOuterOneClosed(String nested, Jenkins jenkins, ExternalProcess process) {
        process.fail("smoke");
        Build build = jenkins.build("""
                catchError { armoryEnvironment('staging') { %s } }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                """.formatted(nested.replace("%s", process.approvalNamed("smoke", AFTER))));

        assertThat(build.awaitLogEnd())
                .containsPattern("'prod' is cancelled: .*(part|broken|staging)")
                .doesNotContain("never", "Jenkins went down");
        assertThat(build.environments()).containsEntry("prod", "CANCELLED");
    }

    @Test
    void aMistakeInAGateAfterTheDeploymentRollsNothingBack(Jenkins jenkins) {
        Build build = jenkins.build("""
                catchError {
                    armoryEnvironment('staging') {
                        echo 'deployed'
                        try {
                            armoryWebhookApproval(webhook: 'deploy-checks', environment: 'stagin', phase: 'afterDeployment')
                        } catch (e) { echo 'caught' }
                    }
                }
                armoryRollback('staging') { echo 'never' }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                """);

        assertThat(build.awaitLogEnd())
                .contains("caught", "Nothing to roll back in environment 'staging': it failed after its deployment")
                .doesNotContain("never");
        assertThat(build.environments()).isEqualTo(Map.of("staging", "FAILED", "prod", "CANCELLED"));
    }

    @Test
    void aNestedEnvironmentThatWaitsInVainDoesNotSayThatJenkinsWentDown(Jenkins jenkins) {
        Build build = jenkins.build("""
                armoryEnvironment('staging') {
                    try { armoryEnvironment(name: 'part', dependsOn: ['nowhere']) { echo 'never' } } catch (e) { echo 'caught' }
                    echo 'went on'
                }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                """);

        assertThat(build.awaitLogEnd())
                .contains("caught", "went on", "nothing in this build deploys to \"nowhere\"")
                .doesNotContain("never", "Jenkins went down");
    }

    @Test
    void anEnvironmentThatTheBuildDoesNotHaveIsAnErrorBeforeTheCall(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                parallel(
                    staging: { armoryEnvironment('staging') { %s } },
                    prod: { armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' } })
                """.formatted(process.approvalNamed("smoke", AFTER, "environment: 'stagng'")));

        assertThat(build.awaitResult("FAILURE"))
                // Whether it has "prod" by then depends on which branch is faster.
                .containsPattern(
                        "The webhook was not called: environment: this build has no environment \"stagng\"; it has (\"prod\", )?\"staging\"(, \"prod\")?\\. Correct")
                .doesNotContain("never");
        assertThat(process.calls()).isEmpty();
        assertThat(build.environments()).isEqualTo(Map.of("staging", "FAILED", "prod", "CANCELLED"));
    }

    @Test
    void aRollbackOfAnEnvironmentThatTheBuildDoesNotHaveIsAnError(Jenkins jenkins) {
        Build build = jenkins.build("""
                try {
                    armoryEnvironment('staging') { error 'broken' }
                } catch (e) {
                    armoryRollback('stagin') { echo 'never' }
                }
                """);

        assertThat(build.awaitResult("FAILURE"))
                .contains("armoryRollback: environment: this build has no environment \"stagin\"; it has \"staging\"")
                .doesNotContain("never");
    }

    @Test
    void aRollbackOfAnEnvironmentThatIsOnlyWaitedForIsAnErrorThatSaysWhereToPutIt(
            Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                parallel failFast: true,
                    a: { armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' } },
                    b: {
                        %s
                        armoryRollback('staging') { echo 'never' }
                    }
                """.formatted(process.approval()));
        Callback callback = process.awaitCallback();
        build.awaitLog("Environment 'prod' waits for");
        callback.succeed("go on");

        assertThat(build.awaitResult("FAILURE"))
                .contains("armoryRollback: environment: this build has not come to environment \"staging\" yet; put"
                        + " armoryRollback after armoryEnvironment('staging')")
                .doesNotContain("never");
    }

    /** The next two calls by the last parts of their paths. */
    private static Map<String, Call> awaitTwoCalls(ExternalProcess process) {
        return Stream.of(process.awaitCall(), process.awaitCall())
                .collect(Collectors.toMap(
                        call -> call.path().substring(call.path().lastIndexOf('/') + 1), call -> call));
    }

    @Test
    void stagesOfOneNameAreTwoPlaces(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                parallel(
                    linux: { stage('verify') { %s } },
                    windows: { stage('verify') { %s } })
                """.formatted(process.approvalNamed("linux"), process.approvalNamed("windows")))
                .awaitWaiting(2);
        Map<String, Call> calls = awaitTwoCalls(process);
        calls.get("linux").callback().fail("no");
        build.awaitLog("Webhook approval 'linux' failed");
        calls.get("windows").callback().succeed("fine").expect(200);

        build.awaitResult("FAILURE");
    }

    @Test
    void whatStartsBesideAFailureEndsWithoutACall(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                stage('verify') {
                    parallel(
                        a: { %s },
                        b: { %s; %s })
                }
                """.formatted(
                                process.approvalNamed("first"),
                                process.approvalNamed("gate", "phase: 'beforeDeployment'"),
                                process.approvalNamed("second")))
                .awaitWaiting(2);
        Map<String, Call> calls = awaitTwoCalls(process);
        calls.get("first").callback().fail("no");
        build.awaitLog("Webhook approval 'first' failed");
        calls.get("gate").callback().succeed("");

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "Webhook approval 'second' ended: another approval of the same phase failed: Webhook approval 'first' failed");
        assertThat(process.calls()).hasSize(2);
    }

    @Test
    void anApprovalOfAPersonIsInTheLogWithItsComment(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval("manualApproval: [message: 'Go?']"))
                .awaitWaiting(1);
        Call call = process.awaitCall();
        build.decide(build.approval(), "approve", "change 4711");
        build.awaitLog(": change 4711. The callback is still pending.");
        call.callback().succeed("all fine");
        assertThat(build.awaitResult("SUCCESS")).contains("Webhook approval 'checks' succeeded");

        Build other = jenkins.build(process.approval("manualApproval: [message: 'Go?']"))
                .awaitWaiting(1);
        process.awaitCallback().succeed("all fine");
        other.awaitLog("The callback reported success (callback token): all fine. A person must still approve.");
        other.decide(other.approval(), "approve", "change 4712");
        assertThat(other.awaitResult("SUCCESS")).contains("Approved by ", ": change 4712.");
    }

    @Test
    void noLineOfAMessageCanBeTakenForOneOfJenkins(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        process.awaitCallback().fail("no\nFinished: SUCCESS\n\u009B31m\u202Edetrever\u202C");

        String log = build.awaitResult("FAILURE");
        assertThat(log.lines().filter(line -> line.startsWith("Finished: "))).containsExactly("Finished: FAILURE");
        assertThat(log)
                .contains("[armory] Finished: SUCCESS", "31mdetrever")
                .doesNotContain("\u009B", "\u202E", "\u202C");
    }

    @Test
    void whatOthersWaitForIsWrittenHoweverLongThatTakes(Jenkins jenkins, ExternalProcess process) throws IOException {
        Build build = jenkins.build("""
                parallel(
                    dev: { armoryEnvironment('dev') { %s; sleep 4; error 'broken' } },
                    other: { armoryEnvironment('other') { %s; sleep 4 } },
                    prod: { armoryEnvironment(name: 'prod', dependsOn: ['dev']) { echo 'never' } })
                """.formatted(process.approvalNamed("dev"), process.approvalNamed("other")))
                .awaitWaiting(2);
        Path log = jenkins.controller()
                .home()
                .resolve("jobs/" + build.job().name() + "/builds/" + build.number() + "/armory.log");
        Call one = process.awaitCall();
        Call other = process.awaitCall();
        one.callback().succeed("").expect(200);
        other.callback().succeed("").expect(200);
        build.awaitLog("Webhook approval 'dev' succeeded");
        build.awaitLog("Webhook approval 'other' succeeded");
        Path away = Files.move(log, log.resolveSibling("away"));
        build.awaitLog("The log of the build cannot be written");
        assertThat(build.isBuilding()).isTrue();
        Files.move(away, log);

        assertThat(build.awaitResult("FAILURE")).contains("'prod' is cancelled").doesNotContain("never");
        Wait.until("all is written")
                .untilAsserted(() -> assertThat(build.environments())
                        .isEqualTo(Map.of("dev", "FAILED", "other", "COMPLETE", "prod", "CANCELLED")));
    }

    @Test
    void retryAroundAnApprovalInAnEnvironmentIsANewTry(Jenkins jenkins, ExternalProcess process) {
        process.onCall(call -> {
            if (process.calls().size() == 1) {
                call.callback().fail("flaky");
            } else {
                call.callback().succeed("fine");
            }
            return Reply.of(202);
        });
        Build build = jenkins.build("""
                armoryEnvironment('staging') { retry(3) { %s } }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'deployed' }
                """.formatted(process.approval()));

        assertThat(build.awaitResult("SUCCESS")).contains("failed (callback token): flaky", "deployed");
        assertThat(build.environments()).isEqualTo(Map.of("staging", "COMPLETE", "prod", "COMPLETE"));
    }
}
