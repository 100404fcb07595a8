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
        return jenkins.build("def r = " + step + "\necho \"went on: ${r.decidedBy}, ${r.mdMessage}\"")
                .awaitWaiting(1);
    }

    @Test
    void approvesWithoutTheCallback(Jenkins jenkins, ExternalProcess process) {
        try (ExternalProcess other = new ExternalProcess()) {
            Build build = start(jenkins, process.approval("cancel: [uriTemplate: '" + other.url() + "']"));
            Callback callback = process.awaitCallback();
            assertThat(build.approval().get("mayOverride").asBoolean()).isTrue();

            Answer answer = build.as("alice").override(build.approval(), "approve", REASON);
            answer.expect(200);
            assertThat(answer.json().at("/decision/override").asBoolean()).isTrue();

            assertThat(build.awaitResult("SUCCESS"))
                    .contains(
                            "Webhook approval 'checks' succeeded (override by user alice): CI is down, checked by hand",
                            "went on: override by user alice, " + REASON);
            other.awaitCall(); // the external process may still be at work
            callback.succeed("too late").expect(410);
            JsonNode decided = build.approval();
            assertThat(decided.at("/decision/override").asBoolean()).isTrue();
            assertThat(decided.at("/decision/outcome").asText()).isEqualTo("SUCCESS");
            assertThat(decided.get("mayOverride").asBoolean()).isFalse();
        }
    }

    /** As whoever rejects without an override. */
    @Test
    void aRejectionTakesNoInputs(Jenkins jenkins) {
        Build build = start(jenkins, "armoryWebhookApproval(manualApproval: [message: 'Go?'])");

        Answer answer = build.override(build.approval(), "reject", REASON, "{\"region\": \"us\"}");

        answer.expect(400);
        assertThat(answer.json().get("message").asText()).isEqualTo("inputs: goes with approve alone; leave it out.");
        assertThat(build.isBuilding()).isTrue();
        build.override(build.approval(), "reject", REASON, " ").expect(200);
        build.awaitResult("FAILURE");
    }

    @Test
    void theFirstOverrideStands(Jenkins jenkins) {
        Build build = start(jenkins, "armoryWebhookApproval(manualApproval: [required: 2])");
        JsonNode approval = build.approval();
        build.override(approval, "approve", REASON);
        assertThat(build.override(approval, "approve", "again")
                        .json()
                        .get("duplicate")
                        .asBoolean())
                .isTrue();
        build.override(approval, "reject", "on second thoughts").expect(409);
        build.as("carol").decide(approval, "approve", "").expect(410);
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

        Answer answer = build.override(build.approval(), decision, reason);

        answer.expect(400);
        assertThat(answer.json().get("message").asText()).startsWith(message);
        assertThat(build.isBuilding()).isTrue();
        build.abort();
    }
}
