package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An external process that nobody waits for any more is told to stop. */
@AcceptanceTest
class CancelWebhookTest {

    private final ExternalProcess canceller = new ExternalProcess();

    @AfterEach
    void closeCanceller() {
        canceller.close();
    }

    /** The parameter of the step, with a template that says what ended and why. */
    static String cancel(ExternalProcess canceller, String... more) {
        return "cancel: [uriTemplate: '" + canceller.url() + "/{{armory.approvalId}}', bodyTemplate: [inline:"
                + " '{\"outcome\": \"{{armory.outcome}}\", \"reason\": \"{{armory.reason}}\"}']"
                + (more.length == 0 ? "" : ", " + String.join(", ", more)) + "]";
    }

    private static JsonNode awaitCancel(Build build) {
        return Wait.until("what came of the cancel webhook of " + build)
                .until(() -> build.approval().path("cancel"), cancel -> !cancel.isMissingNode());
    }

    @Test
    void isCalledWhenTheBuildIsAborted(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval(cancel(canceller))).awaitWaiting(1);
        Call started = process.awaitCall();
        build.abort();

        build.awaitResult("ABORTED");

        Call call = canceller.awaitCall();
        assertThat(call.path()).endsWith("/checks/" + started.callback().id());
        assertThat(call.json().get("outcome").asText()).isEqualTo("ABORTED");
        assertThat(call.header("Idempotency-Key")).isEqualTo(started.header("Idempotency-Key") + "-cancel");
        assertThat(awaitCancel(build).get("status").asInt()).isEqualTo(202);
        assertThat(canceller.calls()).hasSize(1);
    }

    @Test
    void isCalledAfterTheDeadlineAndAfterSilence(Jenkins jenkins, ExternalProcess process) {
        jenkins.build(process.approval("timeout: 2", "unit: 'SECONDS'", cancel(canceller)))
                .awaitResult("FAILURE");
        assertThat(canceller.awaitCall().json().get("outcome").asText()).isEqualTo("TIMED_OUT");

        jenkins.build(process.approval("heartbeat: 1", "unit: 'SECONDS'", cancel(canceller)))
                .awaitResult("FAILURE");
        JsonNode said = canceller.awaitCall().json();
        assertThat(said.get("outcome").asText()).isEqualTo("NOT_HEARD");
        assertThat(said.get("reason").asText()).contains("when the webhook answered");
    }

    @Test
    void oneThatCannotBeCalledIsFoundOutBeforeAnythingIsSent(Jenkins jenkins, ExternalProcess process) {
        assertThat(jenkins.build(process.approval("cancel: [uriTemplate: 'http://x/{{context.nope}}']"))
                        .awaitResult("FAILURE"))
                .contains("{{context.nope}}");
        assertThat(jenkins.build(process.approval("cancel: 'nope'")).awaitResult("FAILURE"))
                .contains("cancel: there is no webhook \"nope\"");
        assertThat(jenkins.build(process.approval("cancel: [method: 'DELETE']")).awaitResult("FAILURE"))
                .contains("cancel: needs the name of a webhook, or uriTemplate");
        assertThat(jenkins.build(process.approval("cancel: [webhook: 'stop-checks', headers: [[key: 'a', value: 'b']],"
                                + " signWith: 'team']"))
                        .awaitResult("FAILURE"))
                .contains(
                        "cancel: names a webhook, so leave out headers, signWith, or leave out webhook to define one here");
        assertThat(jenkins.build(process.approval("cancel: [uriTemplate: '" + canceller.url()
                                + "', headers: [[key: 'X-Reason', value: '{{armory.reason}}']]]"))
                        .awaitResult("FAILURE"))
                .as("a reason may have several lines")
                .contains("headers: X-Reason: {{armory.reason}} at line 1, column 1: has a line break");
        assertThat(process.calls()).isEmpty();
    }

    @Test
    void mayBeOneThatIsDefinedElsewhere(Jenkins jenkins, ExternalProcess process) {
        String context = "context: [uri: '" + process.url() + "', stop: '" + canceller.url() + "']";
        Build byDefinition = jenkins.build("armoryWebhookApproval(webhook: 'stoppable-checks', " + context + ")")
                .awaitWaiting(1);
        Build byStep = jenkins.build(
                        "armoryWebhookApproval(webhook: 'stoppable-checks', cancel: 'deploy-checks', context: [uri: '"
                                + process.url() + "', stop: '" + canceller.url() + "', suite: 'stop'])")
                .awaitWaiting(1);
        byDefinition.abort();
        Call call = canceller.awaitCall();
        assertThat(call.path()).isEqualTo("/checks/stop");
        assertThat(call.json().get("outcome").asText()).isEqualTo("ABORTED");
        assertThat(call.json().get("approvalId").asText())
                .isEqualTo(byDefinition.approval().get("id").asText());
        assertThat(call.json().get("reason").asText()).isNotEmpty();

        process.awaitCall();
        process.awaitCall();
        byStep.abort();

        Call other = process.awaitCall();
        assertThat(other.method()).isEqualTo("PUT");
        assertThat(other.path()).isEqualTo("/checks/stop");
        byDefinition.awaitResult("ABORTED");
        byStep.awaitResult("ABORTED");
    }

    @Test
    void hasNoSecretOnDiskOrInTheLog(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(
                        process.approval(cancel(canceller, "headers: [[key: 'X-Token', value: '{{secrets.team}}']]")))
                .awaitWaiting(1);
        process.awaitCall();
        build.abort();
        String log = build.awaitResult("ABORTED");

        assertThat(canceller.awaitCall().header("X-Token")).isEqualTo(Settings.TEAM_SECRET);
        assertThat(awaitCancel(build).toString()).doesNotContain(Settings.TEAM_SECRET);
        assertThat(log).doesNotContain(Settings.TEAM_SECRET);
    }
}
