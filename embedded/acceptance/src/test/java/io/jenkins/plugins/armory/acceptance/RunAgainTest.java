package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A failure waits for a person, who has the approval run again or gives up ({@code onFailure: 'ask'}). */
class RunAgainTest {

    private static final String ASK = "onFailure: 'ask'";

    private static Controller controller;
    private static Jenkins jenkins;
    private final ExternalProcess process = new ExternalProcess();
    private final ExternalProcess canceller = new ExternalProcess();

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
    void closeProcesses() {
        process.close();
        canceller.close();
    }

    private Build build(String... more) {
        String[] all = new String[more.length + 1];
        all[0] = ASK;
        System.arraycopy(more, 0, all, 1, more.length);
        return jenkins.build("def r = " + process.approval(all) + "\necho \"got ${r.success} ${r.mdMessage}\"");
    }

    private static JsonNode awaitAsking(Build build, int tries) {
        return Wait.until("a failure of " + build + " is asked about")
                .until(
                        () -> build.approvals("ASKING").stream()
                                .filter(each -> each.get("try").asInt() == tries)
                                .toList(),
                        asking -> asking.size() == 1)
                .get(0);
    }

    @Test
    void aFailedCallbackIsRunAgainWithANewKeyAddressAndToken() {
        Build build = build();
        Call first = process.awaitCall();
        first.callback().fail("1 of 12 failed");
        JsonNode asking = awaitAsking(build, 1);
        assertThat(asking.at("/failure/mdMessage").asText()).isEqualTo("1 of 12 failed");
        assertThat(asking.at("/failure/mayRunAgain").asBoolean()).isTrue();
        assertThat(build.isBuilding()).isTrue();

        Answer answer = build.decide(asking, "run-again", "flaky");

        answer.expect(200);
        Call second = process.awaitCall();
        assertThat(answer.json().get("nextTry").asText())
                .isEqualTo(second.callback().id());
        assertThat(second.header("Idempotency-Key")).isNotEqualTo(first.header("Idempotency-Key"));
        assertThat(second.callback().uri()).isNotEqualTo(first.callback().uri());
        assertThat(second.callback().token()).isNotEqualTo(first.callback().token());
        first.callback().succeed("late").expect(409);
        first.callback().fail("1 of 12 failed").expect(200);
        second.callback()
                .with(first.callback().token())
                .succeed("with the first token")
                .expect(403);
        second.callback().succeed("12 of 12 passed").expect(200);
        assertThat(build.awaitResult("SUCCESS"))
                .contains("failed (callback token): 1 of 12 failed")
                .contains("Run again or give up")
                .containsPattern("Run again by user \\w+: flaky")
                .contains("got true 12 of 12 passed");
        List<JsonNode> tries = build.approvals().stream()
                .sorted(Comparator.comparing(each -> each.get("try").asInt()))
                .toList();
        assertThat(tries)
                .extracting(each -> each.at("/decision/outcome").asText())
                .containsExactly("RUN_AGAIN", "SUCCESS");
        assertThat(tries.get(0).get("deadline")).isEqualTo(tries.get(1).get("deadline"));
        assertThat(tries.get(1).get("previousTry")).isEqualTo(tries.get(0).get("id"));
        assertThat(build.decide(asking, "run-again", "again"))
                .returns(200, Answer::status)
                .extracting(each -> each.json().get("duplicate").asBoolean())
                .isEqualTo(true);
        build.decide(asking, "give-up", "").expect(410);
        assertThat(process.calls()).hasSize(2);
    }

    @Test
    void aRefusedCallAndAMissedHeartbeatAreAskedAboutToo() {
        process.onCall(call -> Reply.of(500));
        Build refused = build();
        JsonNode asking = awaitAsking(refused, 1);
        process.awaitCall();
        assertThat(asking.at("/failure/outcome").asText()).isEqualTo("NOT_SENT");
        process.onCall(call -> Reply.of(202));
        refused.decide(asking, "run-again", "");
        process.awaitCallback().succeed("better");
        refused.awaitResult("SUCCESS");

        Build silent = build("heartbeat: 1", "heartbeatUnit: 'SECONDS'", CancelWebhookTest.cancel(canceller));
        process.awaitCall();
        JsonNode missed = awaitAsking(silent, 1);
        assertThat(missed.at("/failure/outcome").asText()).isEqualTo("NOT_HEARD");
        assertThat(canceller.calls()).isEmpty();
        process.onCall(
                call -> { // before the next heartbeat can be missed, however slow the machine is
                    call.callback().succeed("in time");
                    return Reply.of(202);
                });
        silent.decide(missed, "run-again", "");
        assertThat(canceller.awaitCall().json().get("outcome").asText())
                .as("the first process may still be at work")
                .isEqualTo("RUN_AGAIN");
        silent.awaitResult("SUCCESS");
    }

    @Test
    void theBuildCanBeStoppedWhileAPersonIsAskedAndInALaterTry() {
        Build asking = build();
        process.awaitCallback().fail("no");
        awaitAsking(asking, 1);
        asking.abort();
        asking.awaitResult("ABORTED");

        Build again = build(CancelWebhookTest.cancel(canceller));
        process.awaitCallback().fail("no");
        again.decide(awaitAsking(again, 1), "run-again", "");
        process.awaitCall();
        again.awaitWaiting(1);
        again.abort();
        again.awaitResult("ABORTED");
        assertThat(canceller.awaitCall().json().get("outcome").asText()).isEqualTo("ABORTED");
        assertThat(again.hasNothingPending()).isTrue();
    }

    @Test
    void nothingBesideItIsEndedAndNoEnvironmentIsToldBeforeSomebodyGivesUp() {
        String script = "armoryEnvironment('dev') { parallel(a: { " + process.approvalNamed("a", ASK) + " }, b: { "
                + process.approvalNamed("b") + " }) }";
        Build build = jenkins.build(script).awaitWaiting(2);
        List<Call> calls = List.of(process.awaitCall(), process.awaitCall());
        Callback asked = callback(calls, "/a");
        Callback beside = callback(calls, "/b");
        asked.fail("no");
        JsonNode asking = awaitAsking(build, 1);
        assertThat(build.countWaiting()).as("the one beside it").isEqualTo(1);
        assertThat(build.environments()).containsEntry("dev", "AWAITING_APPROVAL");

        build.decide(asking, "give-up", "");

        build.awaitResult("FAILURE");
        assertThat(build.environments()).containsEntry("dev", "FAILED");
        beside.succeed("late").expect(410);
    }

    private static Callback callback(List<Call> calls, String path) {
        return calls.stream()
                .filter(call -> call.path().endsWith(path))
                .findFirst()
                .orElseThrow()
                .callback();
    }

    @Test
    void aSecondTryThatSucceedsCompletesTheEnvironment() {
        String script = "armoryEnvironment('dev') { " + process.approval(ASK) + " }\n"
                + "armoryEnvironment(name: 'prod', dependsOn: ['dev']) { echo 'deployed' }";
        Build build = jenkins.build(script);
        process.awaitCallback().fail("no");
        build.decide(awaitAsking(build, 1), "run-again", "");
        process.awaitCallback().fail("no again");
        build.decide(awaitAsking(build, 2), "run-again", "");
        process.awaitCallback().succeed("yes");

        assertThat(build.awaitResult("SUCCESS")).contains("deployed");
        assertThat(build.environments()).containsEntry("dev", "COMPLETE").containsEntry("prod", "COMPLETE");
    }

    @Test
    void everyStateOutlivesAKill() {
        Build build = build();
        process.awaitCallback().fail("no");
        JsonNode asking = awaitAsking(build, 1);
        controller.kill();
        controller.start();

        assertThat(awaitAsking(build, 1).get("failure")).isEqualTo(asking.get("failure"));
        build.decide(asking, "run-again", "after the start");
        Call second = process.awaitCall();
        build.awaitWaiting(1);
        controller.kill();
        controller.start();

        second.callback().succeed("after another start").expect(200);
        assertThat(build.awaitResult("SUCCESS")).contains("got true after another start");
    }

    @Test
    void aRejectionIsFinalAndPeopleAreAskedAgainInTheNextTry() {
        String manual = "manualApproval: [message: 'Go?']";
        Build rejected = build(manual).awaitWaiting(1);
        rejected.decide(rejected.approval(), "reject", "no");
        rejected.awaitResult("FAILURE");
        process.awaitCall();

        Build build = build(manual);
        Call first = process.awaitCall();
        build.awaitWaiting(1);
        build.decide(build.approval(), "approve", "");
        first.callback().fail("no");
        JsonNode asking = awaitAsking(build, 1);
        build.decide(asking, "approve", "").expect(200); // said before
        build.decide(asking, "reject", "").expect(410);
        build.decide(asking, "run-again", "");
        process.awaitCallback().succeed("yes");
        Wait.until("the person is asked again").until(() -> build.approvals("WAITING"), waiting -> waiting.size() == 1);
        assertThat(build.isBuilding()).isTrue();
        build.decide(build.approvals("WAITING").get(0), "approve", "");
        build.awaitResult("SUCCESS");
    }

    @Test
    void theParameterIsCheckedBeforeAnythingIsCalled() {
        assertThat(jenkins.build(process.approval("onFailure: 'askk'")).awaitResult("FAILURE"))
                .contains("onFailure: \"askk\" is not one of fail, ask");
        assertThat(jenkins.build("armoryWebhookApproval(manualApproval: [message: 'Go?'], onFailure: 'ask')")
                        .awaitResult("FAILURE"))
                .contains("onFailure: without a webhook nothing can be run again");
        Build plain = jenkins.build(process.approval()).awaitWaiting(1);
        plain.decide(plain.approval(), "run-again", "").expect(409);
        plain.abort();
        assertThat(process.calls()).hasSize(1);
    }
}
