package io.jenkins.plugins.armory.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.slaves.DumbSlave;
import hudson.slaves.OfflineCause;
import io.jenkins.plugins.armory.delivery.CallResult;
import io.jenkins.plugins.armory.http.WebhookClient;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class AgentSenderJenkinsTest {

    @Test
    void givesUpOnAnAgentThatStaysAway(JenkinsRule j) throws Exception {
        DumbSlave agent = j.createOnlineSlave();
        agent.toComputer().disconnect(new OfflineCause.ByCLI("away")).get();
        FreeStyleBuild build = j.buildAndAssertSuccess(j.createFreeStyleProject());
        WebhookRequest request = WebhookRequest.of(
                Webhook.named("a")
                        .uriTemplate("http://127.0.0.1/start")
                        .disableCallback(true)
                        .build(),
                new Variables(),
                new WebhookRequest.Defaults("id", "strategy", null));
        CompletableFuture<CallResult> result = new CompletableFuture<>();

        new AgentSender(
                        agent.getNodeName(),
                        build,
                        new WebhookClient(),
                        Runnable::run,
                        line -> {},
                        Duration.ofSeconds(3))
                .send(request, "id", () -> true, result::complete);

        assertThat(result.get(60, TimeUnit.SECONDS).failure())
                .isEqualTo("agent '" + agent.getNodeName()
                        + "' was offline for 3 seconds; start it, or check agentIdentifier");
        assertThat(result.get().mayBeRepeated()).isTrue();
        assertThat(result.get().mayHaveBeenTaken()).as("no call was made").isFalse();
    }
}
