package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jenkins asks the external process for its status, and whichever comes first decides: the callback or the status. */
@AcceptanceTest
class StatusTest {

    /** What tells the status. */
    private final ExternalProcess service = new ExternalProcess();

    @AfterEach
    void closeService() {
        service.close();
    }

    private String status(String... more) {
        return "status: [uriTemplate: '" + service.url() + "/{{armory.approvalId}}', every: 5, pointer: '/state',"
                + " success: ['passed'], failure: 'failed'" + (more.length == 0 ? "" : ", " + String.join(", ", more))
                + "]";
    }

    static Reply state(String state) {
        return new Reply(200, Map.of("Content-Type", "application/json"), "{\"state\": \"" + state + "\"}");
    }

    private String by() {
        return "status of " + service.url().replaceFirst("/checks$", "");
    }

    @Test
    void theStatusDecidesWithoutACallback(Jenkins jenkins, ExternalProcess process) {
        service.onCall(call -> state("running"));
        Build build = jenkins.build("armoryWebhookApproval(name: 'tests', uriTemplate: '" + process.url()
                        + "', disableCallback: true, "
                        + status("headers: [[key: 'X-Token', value: '{{secrets.team}}']]") + ")")
                .awaitWaiting(1);
        build.awaitLog("and asking for the status every 5 seconds.");
        assertThat(process.awaitCall().json().has("callbackUri")).isFalse();
        JsonNode approval = build.approval();
        Call question = service.awaitCall();
        assertThat(question.method()).isEqualTo("GET");
        assertThat(question.path()).isEqualTo("/checks/" + approval.get("id").asText());
        assertThat(question.header("X-Token")).isEqualTo(Settings.TEAM_SECRET);
        build.awaitLog("Progress: /state is \"running\"");
        assertThat(build.approval().at("/progress/mdMessage").asText()).isEqualTo("/state is \"running\"");
        assertThat(build.callback(approval, Settings.DEFAULT_SECRET)
                        .send(Callback.body(true, "me"))
                        .status())
                .as("nobody calls back")
                .isEqualTo(410);

        service.onCall(call -> state("passed"));

        assertThat(build.awaitResult("SUCCESS"))
                .contains("Webhook approval 'tests' succeeded (" + by() + "): /state is \"passed\"")
                .doesNotContain(Settings.TEAM_SECRET);
    }

    @Test
    void theFirstOfTheTwoDecidesAndTheOtherLearnsWhatStands(Jenkins jenkins, ExternalProcess process) {
        service.onCall(call -> state("failed"));
        Build byStatus = jenkins.build(process.approval(status()));
        Call call = process.awaitCall();
        assertThat(byStatus.awaitResult("FAILURE")).contains("failed (" + by() + "): /state is \"failed\"");
        Answer late = call.callback().succeed("but I am done");
        late.expect(409);
        assertThat(late.json().at("/decision/decidedBy").asText()).isEqualTo(by());
        assertThat(byStatus.approval().get("hasData").asBoolean()).isTrue();
        assertThat(call.callback().fail("so it is").json().get("duplicate").asBoolean())
                .isTrue();

        service.onCall(question -> state("running"));
        Build byCallback = jenkins.build(process.approval(status()));
        service.awaitCall();
        process.awaitCallback().succeed("done");
        assertThat(byCallback.awaitResult("SUCCESS")).contains("succeeded (callback token): done");
    }

    @Test
    void theDeadlineEndsTheQuestions(Jenkins jenkins, ExternalProcess process) {
        service.onCall(call -> state("running"));
        Build build = jenkins.build(process.approval(status(), "timeout: 12", "unit: 'SECONDS'"));

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "timed out after 12 seconds: No callback arrived, and the status did not decide before the deadline. The last that is known: /state is \"running\".");
        assertThat(service.calls()).hasSizeBetween(1, 3);
    }

    @Test
    void mistakesAreFoundBeforeAnythingIsCalled(Jenkins jenkins, ExternalProcess process) {
        Mistakes.assertNamed(
                jenkins,
                "armoryWebhookApproval(name: 'x', uriTemplate: '" + process.url() + "', %s)",
                "status: [pointer: '/s', success: ['x']] | status: uriTemplate: is missing",
                "status: [uriTemplate: 'http://127.0.0.1/', success: ['x']] | status: pointer: is missing",
                "status: [uriTemplate: 'http://127.0.0.1/', pointer: '/s'] | status: success: is missing; list the values",
                "status: [uriTemplate: 'http://127.0.0.1/', pointer: '/s', success: ['x'], every: 4] | status: every: 4 s is not between 5 s and 24 h",
                "status: [uriTemplate: 'http://127.0.0.1/', pointer: '/s', success: ['x'], evry: 9] | status.evry: there is no such parameter; did you mean every?",
                "status: [uriTemplate: 'http://127.0.0.1/', pointer: '/s', success: null] | status: success: is empty",
                "status: [uriTemplate: 'http://127.0.0.1/{{context.nope}}', pointer: '/s', success: 'x'] | {{context.nope}}",
                "timeout: 30, unit: 'SECONDS', status: [uriTemplate: 'http://127.0.0.1/', pointer: '/s', success: 'x'] | status: every: 30 seconds is not less than the timeout of 30 seconds",
                "heartbeat: 50, unit: 'SECONDS', status: [uriTemplate: 'http://127.0.0.1/', pointer: '/s', success: 'x'] | status: every: 30 seconds is more than half of the heartbeat of 50 seconds",
                "answer: [success: 200], status: [uriTemplate: 'http://127.0.0.1/', pointer: '/s', success: 'x'] | status: the answer decides at once");
        assertThat(process.calls()).isEmpty();
    }
}
