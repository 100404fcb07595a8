package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.DeploymentFiles;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import io.jenkins.plugins.armory.acceptance.faults.FaultInjector;
import io.jenkins.plugins.armory.acceptance.faults.FaultPoint;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A build is stopped, or the controller dies, at the moments at which a step is between two states. */
class MomentsTest {

    private static FaultInjector faults;
    private static Controller controller;
    private static Jenkins jenkins;

    @BeforeAll
    static void createController() {
        faults = FaultInjector.create(List.of(
                FaultPoint.CALLBACK_ANSWERING,
                FaultPoint.DELIVERING,
                FaultPoint.STEP_ENDING,
                FaultPoint.PROGRAM_SAVING,
                FaultPoint.STAGE_PAUSED,
                FaultPoint.APPROVAL_CREATING,
                FaultPoint.APPROVAL_BEGINNING,
                FaultPoint.STOP_TELLING));
        controller = Controller.createLean(Settings.CASC, faults.javaOption());
        jenkins = new Jenkins(controller);
    }

    @BeforeEach
    void startController() {
        controller.start();
    }

    @AfterEach
    void disarm() {
        faults.disarm();
    }

    @AfterAll
    static void closeController() {
        controller.close();
    }

    @Test
    void nobodyIsCalledWhoWouldNotBeToldToStop() {
        try (ExternalProcess process = new ExternalProcess();
                ExternalProcess canceller = new ExternalProcess();
                ExternalProcess ofLater = new ExternalProcess()) {
            faults.hold(FaultPoint.DELIVERING);
            Build build = jenkins.build(process.approval(CancelWebhookTest.cancel(canceller)));
            faults.awaitHeld(FaultPoint.DELIVERING);
            build.abort();
            build.awaitResult("ABORTED");
            faults.disarm();

            Build later = jenkins.build(ofLater.approval());
            ofLater.awaitCallback().succeed("enough time for the other");
            later.awaitResult("SUCCESS");

            assertThat(process.calls()).isEmpty();
            assertThat(canceller.calls()).isEmpty();
            assertThat(build.log()).doesNotContain("Calling webhook");
            Wait.until("nothing is left to call")
                    .untilAsserted(() -> assertThat(controller.home().resolve("armory-approvals/open"))
                            .isEmptyDirectory());
        }
    }

    @Test
    void aStepThatIsStoppedWhileItIsResumedEnds() {
        try (ExternalProcess process = new ExternalProcess()) {
            Build build = jenkins.build(process.approval()).awaitWaiting(1);
            controller.kill();
            faults.hold(FaultPoint.STAGE_PAUSED); // the step is resumed, and has not looked for its approval
            controller.start();
            faults.awaitHeld(FaultPoint.STAGE_PAUSED);

            build.abort();
            Wait.until("the approval has ended")
                    .until(() -> build.approval().get("state").asText().equals("DECIDED"));
            faults.disarm();

            build.awaitResult("ABORTED");
        }
    }

    /** The build is over then, and what ends its approvals has found none. */
    @Test
    void anApprovalThatIsWrittenAfterTheEndOfItsBuildEnds() {
        try (ExternalProcess process = new ExternalProcess()) {
            faults.hold(FaultPoint.APPROVAL_CREATING);
            Build build = jenkins.build(process.approval());
            faults.awaitHeld(FaultPoint.APPROVAL_CREATING);
            build.abort();
            build.awaitResult("ABORTED");
            giveItTime();
            faults.disarm();

            Wait.until("the approval is written and has ended")
                    .until(() -> build.approvals().size() == 1
                            && build.approval().get("state").asText().equals("DECIDED"));
            assertThat(process.calls()).isEmpty();
        }
    }

    /** What follows in the Pipeline asks the environments, so they have to know of the end before the step ends. */
    @Test
    void aStepThatFailsBeforeItsApprovalDoesNotEndBeforeTheEnvironmentsKnow() {
        try (ExternalProcess process = new ExternalProcess()) {
            faults.hold(FaultPoint.STOP_TELLING);
            Build build = jenkins.build(gate("armoryWebhookApproval(webhook: 'deploy-cheks')"));
            faults.awaitHeld(FaultPoint.STOP_TELLING);
            giveItTime();
            faults.disarm();

            assertThat(build.awaitResult("FAILURE")).contains("caught").doesNotContain("never");
        }
    }

    @Test
    void aStepThatIsStoppedBeforeItsApprovalDoesNotEndBeforeTheEnvironmentsKnow() {
        try (ExternalProcess process = new ExternalProcess()) {
            faults.hold(FaultPoint.APPROVAL_BEGINNING);
            Build build = jenkins.build(gate(process.approval()));
            faults.awaitHeld(FaultPoint.APPROVAL_BEGINNING);
            controller.kill();
            faults.hold(FaultPoint.STAGE_PAUSED, FaultPoint.STOP_TELLING);
            controller.start();
            faults.awaitHeld(FaultPoint.STAGE_PAUSED); // the step is resumed, and has not looked for its approval
            build.abort();
            faults.awaitHeld(FaultPoint.STOP_TELLING);
            faults.hold(FaultPoint.STOP_TELLING); // the step goes on, and finds itself stopped
            giveItTime();
            faults.disarm();

            assertThat(build.awaitLogEnd()).contains("caught").doesNotContain("never");
            assertThat(build.environments()).isEqualTo(Map.of("staging", "FAILED", "prod", "CANCELLED"));
            assertThat(process.calls()).isEmpty();
        }
    }

    /** The caller has no answer, so it may send the callback again; the build does not need that. */
    @Test
    void aDecisionWhoseAnswerWasNeverSentCounts() {
        try (ExternalProcess process = new ExternalProcess()) {
            Build build = jenkins.build(process.approval()).awaitWaiting(1);
            Callback callback = process.awaitCallback();
            faults.kill(FaultPoint.CALLBACK_ANSWERING, 1);

            assertThatThrownBy(() -> callback.succeed("unanswered")).isInstanceOf(UncheckedIOException.class);
            Wait.until("the death").until(() -> !controller.isAlive());
            faults.disarm();
            controller.start();

            assertThat(build.awaitResult("SUCCESS")).contains("succeeded (callback token): unanswered");
            Answer again = callback.succeed("again");
            again.expect(200);
            assertThat(again.json().get("duplicate").asBoolean()).isTrue();
            callback.fail("").expect(409);
        }
    }

    private static Build deploy(ExternalProcess process, String body) {
        return jenkins.build(DeploymentFiles.of(process)
                .target("prod", "")
                .steps(DeploymentFiles.weight(50), DeploymentFiles.run("tests"))
                .webhook("tests")
                .pipeline(body));
    }

    private static JsonNode action(Build build) {
        return build.deployment().at("/environments/0/steps/prod~1strategy~11");
    }

    @Test
    void anActionOnRecordAsDoneIsNotDoneAgain() {
        try (ExternalProcess process = new ExternalProcess()) {
            Build build = deploy(process, " { echo \"DID ${env.ARMORY_ACTION}\"; sleep 3; [replicaSetName: 'web-7'] }");
            build.awaitLog("DID deploy");
            faults.hold(FaultPoint.STEP_ENDING); // the action's, once its body has slept
            faults.awaitHeld(FaultPoint.STEP_ENDING);
            assertThat(action(build).path("ended").isTextual()).isTrue();
            controller.kill();
            faults.disarm();
            controller.start();
            build.awaitLog("DID setWeight");

            assertThat(build.log().lines().filter(line -> line.endsWith("DID deploy")))
                    .hasSize(1);
            build.abort();
        }
    }

    /** Else Jenkins could die in between, and do the last steps of the body again. */
    @Test
    void anActionIsOnRecordAsDoneOnlyOnceTheProgramKnowsIt() {
        try (ExternalProcess process = new ExternalProcess()) {
            Build build = deploy(process, " { sleep 5; echo \"DID ${env.ARMORY_ACTION}\" }");
            build.awaitLog("sleep");
            Wait.until("the first action is under way")
                    .until(() -> action(build).path("began").isTextual());
            faults.hold(FaultPoint.PROGRAM_SAVING);
            faults.awaitHeld(FaultPoint.PROGRAM_SAVING);
            build.awaitLog("DID deploy");

            Wait.until("nothing is on record for a second")
                    .during(Duration.ofSeconds(1))
                    .until(() -> !action(build).path("ended").isTextual());
            faults.disarm();
            build.awaitLog("DID setWeight");
            build.abort();
        }
    }

    private static String gate(String approval) {
        return """
                catchError { armoryEnvironment('staging') { try { %s } catch (e) { echo 'caught' } } }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                """.formatted(approval);
    }

    /** Another build is run from begin to end. */
    private static void giveItTime() {
        jenkins.build("armoryEnvironment('other') { echo 'done' }").awaitResult("SUCCESS");
    }
}
