package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.RealJenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import io.jenkins.plugins.armory.acceptance.faults.FaultInjector;
import io.jenkins.plugins.armory.acceptance.faults.FaultPoint;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Approvals outlive the controller's process, however that ends. They have a controller of their own, to be ended. */
class RestartTest extends OwnController {

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void callbackAfterADeathAndAStartDecides(boolean isKilled) {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        if (isKilled) {
            controller.kill();
        } else {
            controller.stop();
        }
        controller.start();

        process.awaitCallback().succeed("after the start").expect(200);
        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (callback token): after the start");
        assertThat(process.calls()).hasSize(1);
        assertThat(build.hasNothingPending()).isTrue();
    }

    /** The caller has no answer, so it may send the callback again; the build does not need that. */
    @Test
    void aDecisionWhoseAnswerWasNeverSentCounts() {
        FaultInjector faults = FaultInjector.create(List.of(FaultPoint.CALLBACK_ANSWERING));
        try (Controller own = Controller.createLean(Settings.CASC, faults.javaOption())) {
            own.start();
            Build build = new Jenkins(own).build(process.approval()).awaitWaiting(1);
            Callback callback = process.awaitCallback();
            faults.kill(FaultPoint.CALLBACK_ANSWERING, 1);

            assertThatThrownBy(() -> callback.succeed("unanswered")).isInstanceOf(UncheckedIOException.class);
            Wait.until("the death").until(() -> !own.isAlive());
            faults.disarm();
            own.start();

            assertThat(build.awaitResult("SUCCESS")).contains("succeeded (callback token): unanswered");
            Answer again = callback.succeed("again");
            again.expect(200);
            assertThat(again.json().get("duplicate").asBoolean()).isTrue();
            callback.fail("").expect(409);
        }
    }

    @Test
    void whoHasApprovedIsKnownAfterAKillAndAStart() {
        Build build = jenkins.build("armoryWebhookApproval(manualApproval: [message: 'Go?', required: 2])")
                .awaitWaiting(1);
        JsonNode approval = build.approval();
        build.as("alice").decide(approval, "approve", "fine").expect(200);
        JsonNode before = build.approval();
        controller.kill();
        controller.start();

        assertThat(build.awaitLog("Jenkins was restarted; still waiting for a person until ")
                        .approvals())
                .containsExactly(before);
        assertThat(build.as("alice")
                        .decide(approval, "approve", "again")
                        .json()
                        .get("duplicate")
                        .asBoolean())
                .isTrue();
        build.as("bob").decide(approval, "approve", "").expect(200);
        assertThat(build.awaitResult("SUCCESS")).contains("(users alice and bob): alice: fine");
    }

    @Test
    void dataOfACallbackOutlivesAKillBeforeAndAfterThePipelineHasIt() {
        Build build = jenkins.build("""
                        def r = %s
                        %s
                        echo "version=${r.data.version} second=${r.data.list[1].a}"
                        """.formatted(process.approval(), process.approvalNamed("second")));
        Callback callback = process.awaitCallback();

        callback.send("{\"success\": true, \"data\": {\"version\": \"1.4.2\", \"list\": [1, {\"a\": 2.5}]}}")
                .expect(200);
        controller.kill();
        controller.start();
        Callback second = process.awaitCallback();
        build.awaitWaiting(1);
        controller.kill();
        controller.start();
        second.succeedOnceUp("");

        assertThat(build.awaitResult("SUCCESS")).contains("version=1.4.2 second=2.5");
    }

    /** The embedded controller has no kinds of parameters. */
    @Test
    void whatIsToBeFilledInIsKnownAfterAKillAndAStart() {
        assumeThat(controller).isInstanceOf(RealJenkins.class);
        Build build = jenkins.build("""
                        def r = armoryWebhookApproval(manualApproval: [required: 2, parameters: [choice(name: 'region', choices: ['eu', 'us'])]])
                        echo "to ${r.inputs.region}"
                        """).awaitWaiting(1);
        JsonNode approval = build.approval();
        build.as("alice")
                .decide(approval, "approve", "", "{\"region\": \"us\"}")
                .expect(200);
        controller.kill();
        controller.start();

        build.awaitLog("Jenkins was restarted; still waiting");
        build.as("bob")
                .decide(approval, "approve", "", "{\"region\": \"moon\"}")
                .expect(400);
        build.as("bob").decide(approval, "approve", "", "{\"region\": \"eu\"}").expect(409);
        build.as("bob").decide(approval, "approve", "").expect(200);
        assertThat(build.awaitResult("SUCCESS")).contains("to us");
    }

    @Test
    void timeWhileTheControllerIsDownCounts() {
        Build build =
                jenkins.build(process.approval("timeout: 5", "unit: 'SECONDS'")).awaitWaiting(1);
        Instant deadline = Instant.parse(build.approval().get("deadline").asText());
        controller.kill();
        Wait.until("the deadline has passed").until(() -> Instant.now().isAfter(deadline));
        controller.start();

        assertThat(build.awaitResult("FAILURE"))
                .contains("timed out after 5 seconds: No callback arrived before the deadline.");
        process.awaitCallback().succeed("too late").expect(410);
        assertThat(build.hasNothingPending()).isTrue();
    }

    @Test
    void aKillBeginsTheHeartbeatAnewAndIsNoReasonToFail() {
        Build build = jenkins.build(process.approval("heartbeat: 8", "heartbeatUnit: 'SECONDS'"))
                .awaitWaiting(1);
        Instant due = Instant.parse(build.approval().at("/heartbeat/due").asText());
        controller.kill();
        Wait.until("the heartbeat was due").until(() -> Instant.now().isAfter(due));
        controller.start();

        var began = Pattern.compile("for 8 seconds: since (\\S+), when Jenkins started.");
        Matcher line = began.matcher(build.awaitResult("FAILURE"));
        assertThat(line.find()).isTrue();
        assertThat(Instant.parse(line.group(1))).isAfter(due);
        process.awaitCallback().succeed("too late").expect(410);
    }

    @Test
    void callbackWhileBuildsAreStillLoadingIsAppliedOnceTheyAre() {
        List<Build> builds = new ArrayList<>();
        List<Callback> callbacks = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            builds.add(jenkins.build(process.approval()).awaitWaiting(1));
            callbacks.add(process.awaitCallback());
        }
        controller.kill();
        controller.startLoadingSlowly();

        for (Callback callback : callbacks) {
            callback.succeedOnceUp("not loaded yet").expect(200);
        }
        controller.start();
        for (Build build : builds) {
            assertThat(build.awaitResult("SUCCESS")).contains("succeeded (callback token): not loaded yet");
        }
    }

    private static void killAndStart() {
        controller.kill();
        controller.start();
    }

    /** Killed before its rollback's gate is called, while that waits, and once it is decided. */
    @Test
    void aRollbackWithinADeploymentOutlivesAKill() {
        Build build = jenkins.build("""
                armoryEnvironment('prod') {
                    try {
                        %s
                    } catch (e) {
                        echo "rolled back: ${armoryRollback('prod') { %s; echo 'restored' }}"
                        throw e
                    }
                }
                """.formatted(process.approvalNamed("checks"), process.approvalNamed("restore")));
        process.awaitCallback().fail("1 failed").expect(200);
        killAndStart();
        Callback restore = process.awaitCallback();
        killAndStart();
        restore.succeedOnceUp("passed").expect(200);
        killAndStart();

        assertThat(build.awaitResult("FAILURE"))
                .contains("Rolling back environment 'prod'.", "restored", "rolled back: true")
                .containsOnlyOnce("Environment 'prod' is rolled back.");
        assertThat(build.environments()).isEqualTo(Map.of("prod", "ROLLED_BACK"));
    }
}
