package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An administrator who decides anyway, whatever is missing. */
@AcceptanceTest
class OverrideTest {

    private static final String REASON = "CI is down, *checked* by hand";

    private static Build start(Jenkins jenkins, String step) {
        return jenkins.createJob("def r = " + step + "\necho \"went on: ${r.decidedBy}, ${r.mdMessage}\"")
                .build()
                .awaitWaiting(1);
    }

    private static JsonNode approval(Build build) {
        return build.approvals().get(0);
    }

    @Test
    void approvesWithoutTheCallback(Jenkins jenkins, ExternalProcess process) {
        try (ExternalProcess other = new ExternalProcess()) {
            Build build = start(jenkins, process.approval("cancel: [uriTemplate: '" + other.url() + "']"));
            Callback callback = process.awaitCall().callback();
            assertThat(approval(build).get("mayOverride").asBoolean()).isTrue();

            Answer answer = build.as("alice").override(approval(build), "approve", REASON);
            assertThat(answer).returns(200, Answer::status);
            assertThat(answer.json().at("/decision/override").asBoolean()).isTrue();

            assertThat(build.awaitResult("SUCCESS"))
                    .contains(
                            "Webhook approval 'checks' succeeded (override by user alice): " + REASON,
                            "went on: override by user alice, " + REASON);
            other.awaitCall(); // the external process may still be at work
            assertThat(callback.succeed("too late")).returns(410, Answer::status);
            JsonNode decided = approval(build);
            assertThat(decided.at("/decision/override").asBoolean()).isTrue();
            assertThat(decided.at("/decision/outcome").asText()).isEqualTo("SUCCESS");
            assertThat(decided.get("mayOverride").asBoolean()).isFalse();
        }
    }

    /** As whoever rejects without an override. */
    @Test
    void aRejectionTakesNoInputs(Jenkins jenkins) {
        Build build = start(jenkins, "armoryWebhookApproval(manualApproval: [message: 'Go?'])");

        Answer answer = build.override(approval(build), "reject", REASON, "{\"region\": \"us\"}");

        assertThat(answer).returns(400, Answer::status);
        assertThat(answer.json().get("message").asText()).isEqualTo("inputs: goes with approve alone; leave it out.");
        assertThat(build.isBuilding()).isTrue();
        assertThat(build.override(approval(build), "reject", REASON, " ")).returns(200, Answer::status);
        build.awaitResult("FAILURE");
    }

    @Test
    void theFirstOverrideStands(Jenkins jenkins) {
        Build build = start(jenkins, "armoryWebhookApproval(manualApproval: [required: 2])");
        JsonNode approval = approval(build);
        build.override(approval, "approve", REASON);
        assertThat(build.override(approval, "approve", "again")
                        .json()
                        .get("duplicate")
                        .asBoolean())
                .isTrue();
        assertThat(build.override(approval, "reject", "on second thoughts")).returns(409, Answer::status);
        assertThat(build.as("carol").decide(approval, "approve", "")).returns(410, Answer::status);
        build.awaitResult("SUCCESS");
    }

    @ParameterizedTest
    @CsvSource({
        "approve, '', reason: is missing",
        "approve, '  ', reason: is missing",
        "'', because, decision: must be approve or reject",
        "Approve, because, decision: must be approve or reject"
    })
    void anOverrideNeedsADecisionAndAReason(String decision, String reason, String message, Jenkins jenkins) {
        Build build = start(jenkins, "armoryWebhookApproval(manualApproval: [message: 'Go?'])");

        Answer answer = build.override(approval(build), decision, reason);

        assertThat(answer).returns(400, Answer::status);
        assertThat(answer.json().get("message").asText()).startsWith(message);
        assertThat(build.isBuilding()).isTrue();
        build.abort();
    }
}
