package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Webhooks that are defined elsewhere than in the step, and what becomes of calls that do not get through. */
@AcceptanceTest
class WebhookDefinitionTest {

    @Test
    void settingsDefineWebhooksForAllJobs(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(
                "armoryWebhookApproval(webhook: 'deploy-checks', context: [uri: '%s'])".formatted(process.url()));

        Call call = process.awaitCall();

        assertThat(call.method()).isEqualTo("PUT");
        assertThat(call.path()).isEqualTo("/checks/smoke");
        assertThat(call.header("Authorization")).isEqualTo("Bearer " + Settings.TEAM_SECRET);
        call.callback().succeed("fine");
        assertThat(build.awaitResult("SUCCESS")).contains("Webhook approval 'deploy-checks' succeeded");
        assertThat(build.approval().get("webhook").asText()).isEqualTo("deploy-checks");
    }

    @Test
    void contextOfTheStepComesBeforeThatOfTheDefinition(Jenkins jenkins, ExternalProcess process) {
        jenkins.build("armoryWebhookApproval(webhook: 'deploy-checks', context: [uri: '%s', suite: 'full'])"
                .formatted(process.url()));

        assertThat(process.awaitCall().path()).isEqualTo("/checks/full");
    }

    @Test
    void callsThatDoNotGetThroughAreRepeatedAndNoted(Jenkins jenkins, ExternalProcess process) {
        List<Reply> replies = List.of(
                new Reply(503, Map.of("Retry-After", "1"), "busy, " + Settings.TEAM_SECRET),
                new Reply(429, Map.of(), ""),
                new Reply(202, Map.of(), "{\"queued\": true}"));
        process.onCall(call -> replies.get(process.calls().size() - 1));
        Build build = jenkins.build("armoryWebhookApproval(webhook: 'deploy-checks', context: [uri: '%s'])"
                        .formatted(process.url()))
                .awaitWaiting(1);

        assertThat(process.calls())
                .hasSize(3)
                .extracting(call -> call.header("Idempotency-Key"))
                .containsOnly(process.calls().get(0).header("Idempotency-Key"));
        JsonNode attempts = build.approval().get("attempts");
        assertThat(attempts).hasSize(3).allSatisfy(attempt -> {
            assertThat(attempt.get("host").asText()).isEqualTo(process.url().replace("/checks", ""));
            assertThat(attempt.get("durationMillis").isNumber()).isTrue();
        });
        assertThat(attempts.findValuesAsText("status")).containsExactly("503", "429", "202");
        assertThat(attempts.findValuesAsText("answer")).containsExactly("busy, ****", "", "{\"queued\": true}");
        assertThat(attempts.get(2).get("failure").isNull()).isTrue();
        process.calls().get(2).callback().succeed("fine");
        assertThat(build.awaitResult("SUCCESS"))
                .contains(
                        "Attempt 1 of 3 failed after ",
                        "answered 503; look at the log of the service",
                        "The next is due at ")
                .contains("The answer began: busy, ****")
                .contains("Attempt 2 of 3 failed after ", "answered 429")
                .contains("The webhook answered 202 after ")
                .doesNotContain(Settings.TEAM_SECRET);
    }

    @Test
    void refusalIsNotRepeated(Jenkins jenkins, ExternalProcess process) {
        process.onCall(call -> Reply.of(401));
        Build build = jenkins.build(process.approval("retryCount: 5"));

        build.awaitResult("FAILURE");
        assertThat(process.calls()).hasSize(1);
    }

    @Test
    void nothingIsSentOnceTheDecisionStands(Jenkins jenkins, ExternalProcess process) {
        process.onCall(call -> {
            call.callback().succeed("done already"); // and the answer makes it look as if the call had failed
            return Reply.of(503);
        });
        Build build = jenkins.build(process.approval("retryCount: 5") + "\nsleep 3");

        build.awaitResult("SUCCESS"); // three seconds after the decision, while the next attempt was due after one
        assertThat(process.calls()).hasSize(1);
        assertThat(build.approval().get("attempts")).hasSize(1);
    }

    @Test
    void agentThatDoesNotExistIsNamed(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval("networkMode: 'remoteNetworkAgent'", "agentIdentifier: 'nobody'"));

        assertThat(build.awaitResult("FAILURE"))
                .contains("agent 'nobody': there is no agent of that name or label; check agentIdentifier");
        assertThat(process.calls()).isEmpty();
    }
}
