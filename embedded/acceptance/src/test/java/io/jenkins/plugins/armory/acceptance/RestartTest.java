package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.DeploymentFiles;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.RealJenkins;
import io.jenkins.plugins.armory.acceptance.driver.Signing;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Approvals outlive the controller's process. */
class RestartTest extends SharedDeaths {

    @Test
    void callbackAfterADeathDecides() throws Exception {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        death();

        process.awaitCallback().succeed("after the start").expect(200);
        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (callback token): after the start");
        assertThat(process.calls()).hasSize(1);
        assertThat(build.hasNothingPending()).isTrue();
    }

    @Test
    void whoHasApprovedIsKnownAfterAKillAndAStart() throws Exception {
        Build build = jenkins.build("armoryWebhookApproval(manualApproval: [message: 'Go?', required: 2])")
                .awaitWaiting(1);
        JsonNode approval = build.approval();
        build.as("alice").decide(approval, "approve", "fine").expect(200);
        JsonNode before = build.approval();
        death();

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
    void dataOfACallbackOutlivesAKillBeforeAndAfterThePipelineHasIt() throws Exception {
        Build build = jenkins.build("""
                        def r = %s
                        %s
                        echo "version=${r.data.version} second=${r.data.list[1].a}"
                        """.formatted(process.approval(), process.approvalNamed("second")));
        Callback callback = process.awaitCallback();

        death(
                () -> callback.send(
                                "{\"success\": true, \"data\": {\"version\": \"1.4.2\", \"list\": [1, {\"a\": 2.5}]}}")
                        .expect(200),
                () -> {});
        Callback second = process.awaitCallback();
        build.awaitWaiting(1);
        death();
        second.succeedOnceUp("");

        assertThat(build.awaitResult("SUCCESS")).contains("version=1.4.2 second=2.5");
    }

    /** The embedded controller has no kinds of parameters. */
    @Test
    void whatIsToBeFilledInIsKnownAfterAKillAndAStart() throws Exception {
        assumeThat(controller).isInstanceOf(RealJenkins.class);
        Build build = jenkins.build("""
                        def r = armoryWebhookApproval(manualApproval: [required: 2, parameters: [choice(name: 'region', choices: ['eu', 'us'])]])
                        echo "to ${r.inputs.region}"
                        """).awaitWaiting(1);
        JsonNode approval = build.approval();
        build.as("alice")
                .decide(approval, "approve", "", "{\"region\": \"us\"}")
                .expect(200);
        death();

        build.awaitLog("Jenkins was restarted; still waiting");
        build.as("bob")
                .decide(approval, "approve", "", "{\"region\": \"moon\"}")
                .expect(400);
        build.as("bob").decide(approval, "approve", "", "{\"region\": \"eu\"}").expect(409);
        build.as("bob").decide(approval, "approve", "").expect(200);
        assertThat(build.awaitResult("SUCCESS")).contains("to us");
    }

    /** Killed before its rollback's gate is called, while that waits, and once it is decided. */
    @Test
    void aRollbackWithinADeploymentOutlivesAKill() throws Exception {
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
        Callback checks = process.awaitCallback();
        death(() -> checks.fail("1 failed").expect(200), () -> {});
        Callback restore = process.awaitCallback();
        death();
        death(() -> restore.succeed("passed").expect(200), () -> {});

        assertThat(build.awaitResult("FAILURE"))
                .contains("Rolling back environment 'prod'.", "restored", "rolled back: true")
                .containsOnlyOnce("Environment 'prod' is rolled back.");
        assertThat(build.environments()).isEqualTo(Map.of("prod", "ROLLED_BACK"));
    }

    @Test
    void asManyApprovalsAsOneStepHasAreDecidedBeforeAndAfterwards() throws Exception {
        Build build = jenkins.build("def results = " + process.approvalsNamed("r", 4)
                + "\nfor (r in results) { echo \"got ${r.mdMessage}\" }");
        Map<String, Callback> callbacks = new TreeMap<>();
        while (callbacks.size() < 4) {
            Call call = process.awaitCall();
            callbacks.put(call.path().replaceFirst(".*/", ""), call.callback());
        }
        build.awaitWaiting(4);
        death(() -> callbacks.remove("r0").succeed("before r0").expect(200), () -> {});
        callbacks.forEach((name, callback) -> callback.succeed("after " + name).expect(200));

        assertThat(build.awaitResult("SUCCESS")).containsSubsequence("got before r0\n", "got after r3\n");
        assertThat(process.calls()).hasSize(4);
    }

    @Test
    void aBlockAsksOnceAndRunsItsBodyOnce() throws Exception {
        Build build = jenkins.build(process.approvalNamed("gate").replaceFirst("Webhook", "") + " { echo 'BEGAN'; "
                        + process.approvalNamed("inner") + "\necho 'DEPLOYED' }")
                .awaitWaiting(1);
        Callback gate = process.awaitCallback();
        death();
        gate.succeed("go").expect(200);
        Callback inner = process.awaitCallback();
        build.awaitWaiting(1);
        death();

        inner.succeed("done").expect(200);

        assertThat(build.awaitResult("SUCCESS")).containsOnlyOnce("BEGAN").containsOnlyOnce("DEPLOYED");
        assertThat(process.calls()).hasSize(2);
    }

    @Test
    void stagesAreCancelledForAFailureBeforeIt() throws Exception {
        Build build = jenkins.build("""
                stage('staging') {
                    %s
                    %s
                }
                stage('prod') { echo 'never' }
                """.formatted(
                process.approvalNamed("failing", "phase: 'afterDeployment'"), process.approvalNamed("waiting")));
        process.awaitCallback().fail("2 of 42 failed");
        build.awaitWaiting(1);
        Callback waiting = process.awaitCallback();
        death();
        waiting.succeed("fine");

        assertThat(build.awaitResult("FAILURE"))
                .contains("Stage 'prod' is cancelled: ")
                .doesNotContain("never");
    }

    /**
     * The start of an action costs no write, so a crash loses it, and the body of the action goes on after it all the
     * same.
     */
    @Test
    void anActionThatWasUnderWayIsOnRecordOnceItIsDone() throws Exception {
        var build = new AtomicReference<Build>();
        death(
                () -> {
                    build.set(jenkins.build(DeploymentFiles.of(process)
                            .target("prod", "")
                            .steps(DeploymentFiles.weight(50))
                            .pipeline(" { sleep 3; echo \"DID ${env.ARMORY_ACTION}\" }")));
                    Wait.until("the first action is under way")
                            .until(() -> build.get()
                                    .deployment()
                                    .at("/environments/0/steps/prod~1strategy~11/began")
                                    .isTextual());
                },
                () -> {});

        build.get().awaitResult("SUCCESS");
        JsonNode steps = build.get().deployment().at("/environments/0/steps");
        assertThat(steps)
                .hasSizeGreaterThanOrEqualTo(2)
                .allMatch(step -> step.path("ended").isTextual());
        assertThat(steps.has("prod/strategy/1")).isTrue();
    }

    @Test
    void aReplayIsADuplicateAndOfNoUseForAnotherApproval() throws Exception {
        Build build = jenkins.build(process.approval(Settings.SIGNED));
        Callback callback = process.awaitCallback();
        Build otherBuild = jenkins.build(process.approval(Settings.SIGNED)).awaitWaiting(1);
        Callback other = process.awaitCallback();
        Signing message = Signing.with(Settings.SIGNING_OLD);
        String body = Signing.success(callback);
        Http.send(message.sign(callback.post("", body), body)).expect(200);
        build.awaitResult("SUCCESS"); // a Jenkins that is killed while a build ends may lose the end of its log
        death();

        Answer again = Http.send(message.sign(callback.post("", body), body)).expect(200);
        Answer elsewhere = Http.send(message.sign(other.post("", body), body)).expect(400);

        assertThat(again.json().get("duplicate").booleanValue()).isTrue();
        assertThat(elsewhere.json().get("message").asText()).startsWith("The field \"approvalId\"");
        assertThat(otherBuild.countWaiting()).isEqualTo(1);
    }

    @Test
    void theHistoryKeepsADecisionAlsoOfAJobThatIsDeleted() throws Exception {
        // Without a stage: Jenkins may lose in a crash that the body of one is over, see docs/reliability.md.
        Build build = jenkins.build(process.approval());
        Callback callback = process.awaitCallback();
        death(() -> callback.succeed("fine").expect(200), () -> {});
        build.awaitEnd();
        build.job().delete();
        death();

        assertThat(jenkins.history().body().lines())
                .filteredOn(line -> line.contains("\"" + build.job().name() + "\"") && line.contains(callback.id()))
                .hasSize(1);
    }

    @Test
    void eachOfTheTermsIsKept() throws Exception {
        Build build = ParametersTest.build(jenkins, process);
        JsonNode before = build.approval();
        death();
        build.awaitLog("Jenkins was restarted");

        JsonNode after = build.approval();
        ParametersTest.assertKept(controller.home(), after);
        assertThat(after.get("deadline")).isEqualTo(before.get("deadline"));
    }

    @Test
    void whatIsAtTheBoundIsTakenAndReadBack() throws Exception {
        String message = "m".repeat(65_536);
        Build build = jenkins.build("""
                def line = 'n' * 1024
                armoryWebhookApproval(name: line, environment: line, uriTemplate: '%1$s/?' + 'u' * (65536 - %2$d),
                    headers: [[key: 'X', value: 'h' * 8000]],
                    bodyTemplate: [inline: '"{{armory.callbackUri}} {{armory.callbackToken}} ' + 'b' * 65000 + '"'],
                    context: [k: 'c' * 65535], manualApproval: [message: 'm' * 65536, required: 2],
                    allowedCallers: (1..1000).collect { 'https://i.example.com ' + it })
                """.formatted(process.url(), process.url().length() + 2));
        JsonNode approval = build.as("alice").awaitQuestion();
        process.awaitCall();
        String comment = "c".repeat(65_536);
        build.as("alice").decide(approval, "approve", comment).expect(200);

        death();

        JsonNode whole = jenkins.get("armory/approvals/" + approval.get("id").asText() + "/api/json")
                .json();
        assertThat(whole.get("environment").asText()).isEqualTo("n".repeat(1024));
        assertThat(whole.at("/manualApproval/message").asText()).isEqualTo(message);
        assertThat(whole.at("/manualApproval/approvals/0/comment").asText()).isEqualTo(comment);
        assertThat(build.approval().at("/manualApproval/approvals/0/comment").asText())
                .isEqualTo("c".repeat(8192));
        build.as("bob").decide(approval, "reject", "no").expect(200);
        build.awaitResult("FAILURE");
    }

    @Test
    void whatIsDecidedIsToldAfterwards() throws Exception {
        try (ExternalProcess chat = new ExternalProcess()) {
            chat.onCall(call -> Reply.of(503));
            Build build = jenkins.build(process.approval("notify: ['chat'], context: [chat: '" + chat.url() + "']"));
            Callback callback = process.awaitCallback();
            death(
                    () -> {
                        callback.succeed("fine");
                        build.awaitResult("SUCCESS");
                        chat.awaitCall();
                    },
                    () -> chat.onCall(call -> Reply.of(200)));

            Wait.until("the decision is told")
                    .until(() -> chat.calls().stream()
                                    .filter(call ->
                                            call.json().get("event").asText().equals("DECIDED"))
                                    .count()
                            > 1);
            assertThat(chat.calls())
                    .extracting(call -> call.header("Idempotency-Key"))
                    .containsOnly(callback.id() + "-notify-0-decided");
        }
    }

    @Test
    void aProcessThatDecidesMeanwhileIsFoundAtOnce() throws Exception {
        try (ExternalProcess service = new ExternalProcess()) {
            service.onCall(call -> StatusTest.state("passed"));
            Build build = jenkins.build(process.approval("status: [uriTemplate: '" + service.url()
                            + "', every: 1, unit: 'HOURS', pointer: '/state', success: ['passed']]"))
                    .awaitWaiting(1);
            process.awaitCall();
            death(
                    () -> assertThat(service.calls())
                            .as("the first question is due in an hour")
                            .isEmpty(),
                    () -> {});

            assertThat(build.awaitResult("SUCCESS")).contains("succeeded (status of ");
            assertThat(process.calls()).hasSize(1);
            assertThat(build.hasNothingPending()).isTrue();
        }
    }

    /** At each moment: in the queue before the first question, and after the build began. */
    @Test
    void aBuildOfAnotherJenkinsIsFollowed() throws Exception {
        var other = new ServiceIdTest.OtherJenkins(process);
        Build build = jenkins.build(other.step().replace("every: 5", "every: 1, unit: 'HOURS'"))
                .awaitWaiting(1);
        // Each start asks at once, and then in an hour.
        death(
                () -> assertThat(process.calls()).extracting(Call::method).isEqualTo(List.of("POST")),
                () -> other.begins());
        other.awaitQuestion("/queue/item/7/api/json");
        Wait.until("the address is on disk")
                .until(() -> build.approval()
                        .at("/attempts/0/found/armory.answerLocation")
                        .asText()
                        .endsWith("/job/smoke/5/"));
        death(() -> {}, () -> other.ends("SUCCESS"));

        build.awaitResult("SUCCESS");
        for (String question : List.of(
                "GET /queue/item/7/api/json", "GET /job/smoke/5/api/json", "POST /job/smoke/build?delay=0sec")) {
            assertThat(process.calls())
                    .filteredOn(call -> question.equals(call.method() + " " + call.path()))
                    .hasSize(1);
        }
        assertThat(build.hasNothingPending()).isTrue();
    }
}
