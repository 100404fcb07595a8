package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.Test;

/**
 * A webhook that cannot be called: the build fails, its log says why and what to check, and gives nothing away. {@code
 * WebhookClientTest} has the other reasons.
 */
@AcceptanceTest
class WebhookFailureTest {

    private static final String HEADER_VALUE = "value-of-a-header-that-nobody-may-see";

    @Test
    void hostThatCannotBeConnectedTo(Jenkins jenkins) {
        ExternalProcess closed = new ExternalProcess();
        closed.close();
        String uri = closed.url();
        String reason = uri.substring(0, uri.lastIndexOf('/'))
                + " cannot be connected to; check host and port in uriTemplate, and that the service is up";
        Build build = jenkins.build("""
                armoryWebhookApproval(
                    name: 'checks',
                    uriTemplate: '%s?key=%s',
                    headers: [[key: 'X-Api-Key', value: '%s']],
                    bodyTemplate: [inline: '{"uri": "{{armory.callbackUri}}", "token": "{{armory.callbackToken}}"}'])
                """.formatted(uri, HEADER_VALUE, HEADER_VALUE));

        assertThat(build.awaitResult("FAILURE"))
                .contains("Webhook 'checks' could not be called: " + reason + "\n")
                .doesNotContain(HEADER_VALUE)
                .doesNotContainPattern("[0-9a-f]{48}\\."); // as callback tokens begin
        JsonNode approval = build.approval();
        assertThat(approval.at("/decision/outcome").asText()).isEqualTo("NOT_SENT");
        assertThat(approval.at("/decision/mdMessage").asText()).isEqualTo(reason);
        Answer late = build.callback(approval, Settings.DEFAULT_SECRET).succeed("too late");
        late.expect(410);
        assertThat(late.json().get("message").asText())
                .isEqualTo("The approval ended because its webhook could not be called.");
    }
}
