package io.jenkins.plugins.armory.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WebhookJsonTest {

    private static Webhook.Builder minimal() {
        return Webhook.named("stop").uriTemplate("https://ci.example.com/stop");
    }

    private static Webhook throughText(Webhook webhook) throws Exception {
        var mapper = new ObjectMapper();
        return WebhookJson.read(mapper.readTree(mapper.writeValueAsString(WebhookJson.write(webhook))));
    }

    @Test
    void keepsEveryField() throws Exception {
        Webhook full = minimal()
                .method("PUT")
                .headers(List.of(new Webhook.Header("A", "{{secrets.a}}"), new Webhook.Header("B", "")))
                .body("{\"reason\": \"{{armory.reason}}\"}")
                .retry(RetryRules.of(3, List.of("409", "5xx"), 2, 90))
                .limits(CallLimits.of(3, 120))
                .credentials(new CallCredentials("signing", "client", "ca"))
                .networkMode("remoteNetworkAgent")
                .agentIdentifier("inside")
                .disableCallback(true)
                .context(Map.of("a", "1"))
                .answer(AnswerRule.ofAnswer("200, 404", "/a/b", List.of("x", "y"), List.of("z")))
                .build();

        assertThat(throughText(full)).usingRecursiveComparison().isEqualTo(full);
        assertThat(throughText(minimal().build()))
                .usingRecursiveComparison()
                .isEqualTo(minimal().build());
    }

    @Test
    void readsARecordWithTheNumberOfRetriesAlone() throws Exception {
        Webhook read = WebhookJson.read(new ObjectMapper()
                .readTree("{\"name\": \"stop\", \"uriTemplate\": \"https://ci.example.com/stop\", \"retryCount\": 3}"));

        assertThat(read).isEqualTo(minimal().retryCount(3).build());
        assertThat(WebhookJson.write(read).fieldNames())
                .toIterable()
                .doesNotContain(
                        "retry",
                        "connectTimeout",
                        "requestTimeout",
                        "signWith",
                        "clientCertificateId",
                        "trustCertificateId");
    }

    @Test
    void isForWhatStandsForItself() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebhookJson.write(minimal().bodyPath("a.json").build()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WebhookJson.write(
                        minimal().cancel(CancelReference.named("other")).build()));
    }

    @Test
    void refusesWhatIsNoDefinition() {
        assertThatExceptionOfType(InvalidWebhookException.class)
                .isThrownBy(() -> WebhookJson.read(new ObjectMapper().readTree("{\"name\": \"stop\"}")));
    }
}
