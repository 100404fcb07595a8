package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A person who has to approve beside the callback: both must, and whoever says no first, ends it. */
@AcceptanceTest
class ManualApprovalTest {

    private static Build start(Jenkins jenkins, ExternalProcess process, String... more) {
        String[] parameters = new String[more.length + 1];
        parameters[0] = "manualApproval: [message: 'Go to production?']";
        System.arraycopy(more, 0, parameters, 1, more.length);
        return jenkins.createJob("def r = " + process.approval(parameters) + "\necho \"went on: ${r.decidedBy}\"")
                .build()
                .awaitWaiting(1);
    }

    private static JsonNode approval(Build build) {
        return build.approvals().get(0);
    }

    @Test
    void personAndCallbackBothHaveToApprove(Jenkins jenkins, ExternalProcess process) {
        Build build = start(jenkins, process);
        assertThat(approval(build).at("/manualApproval/message").asText()).isEqualTo("Go to production?");

        Answer answer = build.decide(approval(build), "approve", "looks good");
        assertThat(answer).returns(200, Answer::status);
        assertThat(answer.json().get("decided").asBoolean()).isFalse();
        assertThat(approval(build).at("/manualApproval/comment").asText()).isEqualTo("looks good");
        assertThat(build.isBuilding()).isTrue();

        process.awaitCall().callback().succeed("42 passed");
        String user = approval(build).at("/manualApproval/user").asText();
        assertThat(user).isIn("admin", "anonymous");
        assertThat(build.awaitResult("SUCCESS")).contains("went on: callback token and user " + user);
    }

    @Test
    void callbackThatComesFirstWaitsForThePerson(Jenkins jenkins, ExternalProcess process) {
        Build build = start(jenkins, process);
        Callback callback = process.awaitCall().callback();
        assertThat(callback.succeed("42 passed")).returns(200, Answer::status);
        assertThat(callback.succeed("again").json().get("duplicate").asBoolean())
                .isTrue();
        assertThat(callback.fail("on second thoughts")).returns(409, Answer::status);
        assertThat(build.isBuilding()).isTrue();

        Answer answer = build.decide(approval(build), "approve", "");
        assertThat(answer.json().get("decided").asBoolean()).isTrue();
        build.awaitResult("SUCCESS");
        assertThat(build.decide(approval(build), "approve", "")
                        .json()
                        .get("duplicate")
                        .asBoolean())
                .isTrue();
        assertThat(build.decide(approval(build), "reject", "")).returns(409, Answer::status);
    }

    @Test
    void failedCallbackDoesNotWaitForThePerson(Jenkins jenkins, ExternalProcess process) {
        Build build = start(jenkins, process);
        process.awaitCall().callback().fail("1 failed");

        assertThat(build.awaitResult("FAILURE")).contains("failed (callback token): 1 failed");
        assertThat(build.decide(approval(build), "approve", "")).returns(410, Answer::status);
    }

    @Test
    void rejectionDoesNotWaitForTheCallback(Jenkins jenkins, ExternalProcess process) {
        Build build = start(jenkins, process);
        assertThat(build.decide(approval(build), "reject", "not on a Friday")).returns(200, Answer::status);

        assertThat(build.awaitResult("FAILURE")).contains("was rejected (user ", "): not on a Friday");
        assertThat(process.awaitCall().callback().succeed("42 passed")).returns(410, Answer::status);
    }

    @Test
    void rejectionAfterTheDeploymentStopsNothing(Jenkins jenkins, ExternalProcess process) {
        Build build = start(jenkins, process, "phase: 'afterDeployment'");
        build.decide(approval(build), "reject", "it looks odd");

        assertThat(build.awaitResult("UNSTABLE")).contains("was rejected (user ", "went on: user ");
    }

    @Test
    void personAloneDecidesWhereNoCallbackIsAwaited(Jenkins jenkins, ExternalProcess process) {
        Build build = start(jenkins, process, "disableCallback: true");
        assertThat(process.awaitCall().callback().succeed("not asked")).returns(410, Answer::status);
        build.decide(approval(build), "approve", "");

        assertThat(build.awaitResult("SUCCESS")).contains("went on: user ");
    }

    @Test
    void namesWhoDidNotDecideInTime(Jenkins jenkins, ExternalProcess process) {
        Build build = start(jenkins, process, "timeout: 4", "unit: 'SECONDS'");
        process.awaitCall().callback().succeed("42 passed");

        assertThat(build.awaitResult("FAILURE")).contains("timed out: nobody approved within 4 seconds.");
    }

    @Test
    void nobodyIsAskedWhereTheStepDoesNotSaySo(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval()).build().awaitWaiting(1);

        Answer answer = build.decide(approval(build), "approve", "");
        assertThat(answer).returns(409, Answer::status);
        assertThat(answer.json().get("error").asText()).isEqualTo("not_awaited");
        process.awaitCall().callback().succeed("fine");
        build.awaitResult("SUCCESS");
    }

    @Test
    void firstFailureOfAPhaseEndsTheOthersAtOnce(Jenkins jenkins, ExternalProcess process) {
        try (ExternalProcess other = new ExternalProcess()) {
            Build build = jenkins.createJob("stage('prod') { parallel a: { %s }, b: { %s } }"
                            .formatted(process.approval(), other.approval()))
                    .build()
                    .awaitWaiting(2);
            Callback late = other.awaitCall().callback();
            process.awaitCall().callback().fail("1 failed");

            assertThat(build.awaitResult("FAILURE"))
                    .contains("ended: another approval of the same phase failed: Webhook approval 'checks' failed");
            assertThat(late.succeed("too late")).returns(410, Answer::status);
        }
    }

    @Test
    void allOfAPhaseHaveToSucceed(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob("stage('prod') { parallel a: { %s }, b: { %s }\n echo 'both' }"
                        .formatted(process.approval(), process.approval()))
                .build()
                .awaitWaiting(2);
        process.awaitCall().callback().succeed("one");
        Wait.until("one is decided").until(() -> build.approvals().stream()
                .anyMatch(each -> each.get("state").asText().equals("DECIDED")));
        assertThat(build.log()).doesNotContain("both");
        process.awaitCall().callback().succeed("two");

        assertThat(build.awaitResult("SUCCESS")).contains("both");
        assertThat(List.copyOf(build.approvals())).hasSize(2);
    }
}
