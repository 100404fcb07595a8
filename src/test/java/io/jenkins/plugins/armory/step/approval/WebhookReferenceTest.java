package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import hudson.AbortException;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.deploymentfile.DeploymentFile;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which context the calls of an approval have, of those that several places give, and which agent. */
class WebhookReferenceTest {

    private static final String FILE = """
            context: {host: "https://file.example.com", room: of-the-file}
            webhooks:
              - name: checks
                uriTemplate: https://ci.example.com/
                context: {host: "https://stranger.example.com", ref: main}
              - name: stop-in-file
                uriTemplate: https://ci.example.com/stop
                context: {host: "https://stop.example.com", grace: "5"}
            """;

    private static Webhook webhook(String name, Map<String, String> context) {
        return Webhook.named(name)
                .uriTemplate("{{context.host}}/")
                .context(context)
                .build();
    }

    /** The host would get the secrets of the cancel webhook. */
    @Test
    void aDeploymentFileReplacesNoDefaultOfAWebhookOfJenkins() throws Exception {
        DeploymentFile file = DeploymentFile.parse("deploy.yml", FILE);
        Webhook toCancel = webhook("stop-checks", Map.of("host", "https://ci.example.com"));

        assertThat(WebhookReference.contextOf(file, toCancel, file.webhooks().get("checks")))
                .containsOnly(
                        entry("host", "https://ci.example.com"), entry("room", "of-the-file"), entry("ref", "main"));
        assertThat(WebhookReference.contextOf(
                        file,
                        file.webhooks().get("stop-in-file"),
                        webhook("tests", Map.of("host", "https://ci.example.com"))))
                .containsOnly(
                        entry("host", "https://ci.example.com"), entry("room", "of-the-file"), entry("grace", "5"));
    }

    @Test
    void theContextOfTheWebhookComesBeforeThatOfItsCancelWebhook() throws Exception {
        DeploymentFile file = DeploymentFile.parse("deploy.yml", FILE);

        assertThat(WebhookReference.contextOf(
                        file,
                        file.webhooks().get("stop-in-file"),
                        file.webhooks().get("checks")))
                .contains(entry("host", "https://stranger.example.com"), entry("grace", "5"));
        assertThat(WebhookReference.contextOf(
                        null,
                        webhook("stop", Map.of("host", "a", "grace", "5")),
                        webhook("tests", Map.of("host", "b"))))
                .containsOnly(entry("host", "b"), entry("grace", "5"));
        assertThat(WebhookReference.contextOf(null, null, webhook("tests", Map.of())))
                .isEmpty();
    }

    private static OutgoingCalls calls(Webhook webhook, Webhook toCancel, Webhook asked, Webhook told) {
        return new OutgoingCalls(
                webhook,
                toCancel,
                new StatusCheck(
                        asked.withAnswer(AnswerRule.ofAnswer("200", null, List.of(), List.of())),
                        Duration.ofMinutes(1)),
                Notifications.by(List.of(told)),
                Map.of(),
                "inside",
                null);
    }

    /** A file of the workspace would choose from where the settings' webhooks are called. */
    @Test
    void noCallIsMadeFromTheAgentOfAStrangersAccount() {
        Webhook direct = webhook("direct", Map.of());
        Webhook named = Webhook.named("named")
                .uriTemplate("https://ci/")
                .networkMode("remoteNetworkAgent")
                .agentIdentifier("inside")
                .build();
        Webhook byAccount = Webhook.named("by account")
                .uriTemplate("https://ci/")
                .networkMode("remoteNetworkAgent")
                .build();

        assertThatCode(() -> WebhookReference.checkAccount(calls(direct, named, direct, named), "deploy.yml"))
                .doesNotThrowAnyException();
        for (OutgoingCalls calls : List.of(
                calls(byAccount, named, direct, named),
                calls(direct, byAccount, direct, named),
                calls(direct, named, byAccount, named),
                calls(direct, named, direct, byAccount))) {
            assertThatThrownBy(() -> WebhookReference.checkAccount(calls, "deploy.yml"))
                    .isInstanceOf(AbortException.class)
                    .hasMessageStartingWith(
                            "webhook 'by account': agentIdentifier: is missing, and the account \"inside\" in"
                                    + " deploy.yml is no agent that the step lists");
        }
    }
}
