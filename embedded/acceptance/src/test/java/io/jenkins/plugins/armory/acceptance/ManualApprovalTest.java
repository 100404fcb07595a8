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
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A person who has to approve beside the callback: both must, and whoever says no first, ends it. Without a webhook,
 * the person alone decides.
 */
@AcceptanceTest
class ManualApprovalTest {

    private static Build start(Jenkins jenkins, ExternalProcess process, String... more) {
        String[] parameters = new String[more.length + 1];
        parameters[0] = "manualApproval: [message: 'Go to production?']";
        System.arraycopy(more, 0, parameters, 1, more.length);
        return jenkins.build("def r = " + process.approval(parameters) + "\necho \"went on: ${r.decidedBy}\"")
                .awaitWaiting(1);
    }

    @Test
    void personAndCallbackBothHaveToApprove(Jenkins jenkins, ExternalProcess process) {
        Build build = start(jenkins, process);
        assertThat(build.approval().at("/manualApproval/message").asText()).isEqualTo("Go to production?");

        Answer answer = build.decide(build.approval(), "approve", "looks good");
        answer.expect(200);
        assertThat(answer.json().get("decided").asBoolean()).isFalse();
        assertThat(build.approval().at("/manualApproval/comment").asText()).isEqualTo("looks good");
        assertThat(build.isBuilding()).isTrue();

        process.awaitCallback().succeed("42 passed");
        String user = build.approval().at("/manualApproval/user").asText();
        assertThat(user).isIn("admin", "anonymous");
        assertThat(build.awaitResult("SUCCESS")).contains("went on: callback token and user " + user);
    }

    @Test
    void failedCallbackDoesNotWaitForThePerson(Jenkins jenkins, ExternalProcess process) {
        Build build = start(jenkins, process);
        process.awaitCallback().fail("1 failed");

        assertThat(build.awaitResult("FAILURE")).contains("failed (callback token): 1 failed");
        build.decide(build.approval(), "approve", "").expect(410);
    }

    @Test
    void rejectionDoesNotWaitForTheCallback(Jenkins jenkins, ExternalProcess process) {
        Build build = start(jenkins, process);
        build.decide(build.approval(), "reject", "not on a Friday").expect(200);

        assertThat(build.awaitResult("FAILURE")).contains("was rejected (user ", "): not on a Friday");
        process.awaitCallback().succeed("42 passed").expect(410);
    }

    @Test
    void rejectionAfterTheDeploymentStopsNothing(Jenkins jenkins, ExternalProcess process) {
        Build build = start(jenkins, process, "phase: 'afterDeployment'");
        build.decide(build.approval(), "reject", "it looks odd");

        assertThat(build.awaitResult("UNSTABLE")).contains("was rejected (user ", "went on: user ");
    }

    @Test
    void firstFailureOfAPhaseEndsTheOthersAtOnce(Jenkins jenkins, ExternalProcess process) {
        try (ExternalProcess other = new ExternalProcess()) {
            Build build = jenkins.build("stage('prod') { parallel a: { %s }, b: { %s } }"
                            .formatted(process.approval(), other.approval()))
                    .awaitWaiting(2);
            Callback late = other.awaitCallback();
            process.awaitCallback().fail("1 failed");

            assertThat(build.awaitResult("FAILURE"))
                    .contains("ended: another approval of the same phase failed: Webhook approval 'checks' failed");
            late.succeed("too late").expect(410);
        }
    }

    @Test
    void allOfAPhaseHaveToSucceed(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("stage('prod') { parallel a: { %s }, b: { %s }\n echo 'both' }"
                        .formatted(process.approval(), process.approval()))
                .awaitWaiting(2);
        process.awaitCallback().succeed("one");
        Wait.until("one is decided")
                .until(() -> build.approvals().stream()
                        .anyMatch(each -> each.get("state").asText().equals("DECIDED")));
        assertThat(build.log()).doesNotContain("both");
        process.awaitCallback().succeed("two");

        assertThat(build.awaitResult("SUCCESS")).contains("both");
        assertThat(List.copyOf(build.approvals())).hasSize(2);
    }

    /** The step with a person and no webhook. */
    private static String alone(String... more) {
        return "armoryWebhookApproval(manualApproval: [message: 'Go to production?']"
                + Stream.of(more).map(each -> ", " + each).collect(Collectors.joining()) + ")";
    }

    private static Build startAlone(Jenkins jenkins, String... more) {
        return jenkins.build("def r = " + alone(more) + "\necho \"went on: ${r.decidedBy}\"")
                .awaitWaiting(1);
    }

    @Test
    void personAloneApprovesWithoutAWebhook(Jenkins jenkins) {
        Build build = startAlone(jenkins);
        JsonNode pending = build.approval();
        assertThat(pending.get("webhook").asText()).isEqualTo("manual approval");
        assertThat(pending.get("attempts")).isEmpty();

        Callback callback = build.callback(pending, Settings.DEFAULT_SECRET);
        for (Answer answer : List.of(callback.succeed("not asked"), callback.rehearse())) {
            answer.expect(410);
            assertThat(answer.json().get("message").asText()).startsWith("No callback is awaited: ");
        }
        assertThat(build.decide(pending, "approve", "change 4711")
                        .json()
                        .get("decided")
                        .asBoolean())
                .isTrue();

        assertThat(build.awaitResult("SUCCESS"))
                .containsPattern("Waiting 24 hours at most, until \\S+Z\\.\n")
                .contains("A person must approve: Go to production? Approve or reject, or POST to " + callback.uri()
                        + "/approve or /reject.")
                .containsPattern("Manual approval 'Go to production\\?' succeeded \\(user \\w+\\): change 4711")
                .contains("went on: user ")
                .doesNotContain("ebhook '", "for the callback");
    }

    /** A message that has what somebody else wrote, such as that of a commit, looks like nothing that Jenkins says. */
    @Test
    void linesOfTheQuestionAreNotLinesOfTheApproval(Jenkins jenkins) {
        Build build = jenkins.build(
                        "armoryWebhookApproval(manualApproval: [message: 'Deploy a\\n[armory] Manual approval succeeded (\\u202Euser admin)',"
                                + " submitters: 'alice,bob\\n[armory] Manual approval succeeded'])")
                .awaitWaiting(1);
        build.abort();

        assertThat(build.awaitResult("ABORTED"))
                .contains("[armory] [armory] Manual approval succeeded")
                .doesNotContainPattern("(?m)^\\[armory\\] Manual approval succeeded")
                .doesNotContain("\u202E");
    }

    /** A second question to other people is no retry of the first one, which was rejected. */
    @Test
    void oneQuestionDoesNotMakeUpForAnother(Jenkins jenkins) {
        Build build = jenkins.build("""
                        armoryEnvironment('staging') {
                            try { %s } catch (e) { echo 'caught' }
                            armoryWebhookApproval(manualApproval: [message: 'Go anyway?'])
                        }
                        armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                        """.formatted(alone())).awaitWaiting(1);
        build.decide(build.approval(), "reject", "no");
        build.awaitLog("caught").awaitWaiting(1);
        build.decide(build.approvals("WAITING").get(0), "approve", "yes");

        assertThat(build.awaitResult("FAILURE")).doesNotContain("never");
        assertThat(build.environments()).isEqualTo(Map.of("staging", "FAILED"));
    }

    /** A forgotten webhook does not leave the decision to the person. */
    @Test
    void whatIsForAWebhookIsAnErrorWithoutOne(Jenkins jenkins) {
        Mistakes.assertNamed(
                jenkins,
                alone("%s"),
                "name: 'checks'                | armoryWebhookApproval: uriTemplate: is missing",
                "method: 'PUT'                 | armoryWebhookApproval: webhook: is missing; name one that is defined",
                "bodyTemplate: [inline: '{}']  | armoryWebhookApproval: webhook: is missing; name one that is defined",
                "headers: [[key: 'a', value: 'b']] | armoryWebhookApproval: webhook: is missing; name one that is defined",
                "retryCount: 1                 | armoryWebhookApproval: webhook: is missing; name one that is defined",
                "networkMode: 'remoteNetworkAgent' | armoryWebhookApproval: webhook: is missing; name one that is defined",
                "agentIdentifier: 'linux'      | armoryWebhookApproval: webhook: is missing; name one that is defined",
                "disableCallback: true         | armoryWebhookApproval: webhook: is missing; name one that is defined",
                "context: [ref: 'main']        | armoryWebhookApproval: context: is for an external process, and the step has no webhook",
                "cancel: 'stop-checks'         | armoryWebhookApproval: cancel: is for an external process, and the step has no webhook",
                "heartbeat: 5                  | armoryWebhookApproval: heartbeat: is for an external process, and the step has no webhook",
                "callbackCredentialsId: 'team' | armoryWebhookApproval: callbackCredentialsId: is for an external process, and the step",
                "allowedCallers: ['client-1']  | armoryWebhookApproval: allowedCallers: is for an external process, and the step has no");
    }

    /** A variable that is not set must not leave the decision to a person alone. */
    @ParameterizedTest
    @ValueSource(strings = {"webhook: ''", "webhook: env.GATE", "webhook: ' '", "name: null", "uriTemplate: ''"})
    void anEmptyWebhookIsAnError(String parameter, Jenkins jenkins) {
        Build build = jenkins.build(alone(parameter));

        assertThat(build.awaitResult("FAILURE"))
                .contains("armoryWebhookApproval: " + parameter.split(":")[0] + ": is empty; give it a value");
        assertThat(build.approvals()).isEmpty();
    }

    /** Empty values and defaults give nothing of a webhook. */
    @Test
    void emptyParametersOfAWebhookAreNone(Jenkins jenkins) {
        Build build = startAlone(
                jenkins,
                "method: 'POST'",
                "headers: []",
                "context: [:]",
                "retryCount: 0",
                "networkMode: 'direct'",
                "disableCallback: false",
                "heartbeat: 0");
        build.decide(build.approval(), "approve", "");

        build.awaitResult("SUCCESS");
    }
}
