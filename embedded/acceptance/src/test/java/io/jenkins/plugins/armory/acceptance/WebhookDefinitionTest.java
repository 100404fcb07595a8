package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Groovy;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Webhooks that are defined elsewhere than in the step, and what becomes of calls that do not get through. */
@AcceptanceTest
class WebhookDefinitionTest {

    private static final String FILE = """
            context:
              suite: from the deployment
              region: eu
            webhooks:
              - name: checks-of-the-file
                uriTemplate: "%s"
                bodyTemplate: {path: body.json}
              - name: broken
                uriTemplate: https://ci.example.com/
                agentIdentifier: inside
            """;

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

    private static Build runFromFile(Jenkins jenkins, String file, String parameters) {
        return jenkins.build("""
                node {
                    writeFile file: 'armory/deploy.yml', text: %s
                    writeFile file: 'body.json', text: %s
                    armoryWebhookApproval(configFile: 'armory/deploy.yml', %s)
                }
                """.formatted(
                        Groovy.string(file),
                        Groovy.string("{\"suite\": \"{{context.suite}}\", \"region\": \"{{context.region}}\","
                                + " \"callbackUri\": \"{{armory.callbackUri}}\","
                                + " \"callbackToken\": \"{{armory.callbackToken}}\"}"),
                        parameters));
    }

    @Test
    void deploymentFileDefinesWebhooksForTheStep(Jenkins jenkins, ExternalProcess process) {
        String file = FILE.formatted(process.url()).replaceAll("(?s)  - name: broken.*", "");
        Build build = runFromFile(jenkins, file, "webhook: 'checks-of-the-file', context: [suite: 'from the step']");

        Call call = process.awaitCall();

        assertThat(call.method()).isEqualTo("POST");
        assertThat(call.json().get("suite").asText()).isEqualTo("from the step");
        assertThat(call.json().get("region").asText()).isEqualTo("eu");
        call.callback().succeed("fine");
        build.awaitResult("SUCCESS");
    }

    @Test
    void mistakeInADeploymentFileIsNamedWithItsPlace(Jenkins jenkins, ExternalProcess process) {
        Build build = runFromFile(jenkins, FILE.formatted(process.url()), "webhook: 'checks-of-the-file'");

        assertThat(build.awaitResult("FAILURE"))
                .contains("configFile: armory/deploy.yml cannot be used:")
                .contains("armory/deploy.yml line 10, column 22: webhooks[1].agentIdentifier: goes with networkMode"
                        + " remoteNetworkAgent alone");
        assertThat(process.calls()).isEmpty();
    }

    @Test
    void missingFileIsNamed(Jenkins jenkins) {
        Build build = jenkins.build("node { armoryWebhookApproval(webhook: 'x', configFile: 'nope.yml') }");

        assertThat(build.awaitResult("FAILURE")).contains("configFile: there is no file nope.yml in the workspace");
    }

    /** A deployment file whose text the Pipeline hands over. */
    private static final String TEXT = """
            context:
              suite: from the deployment
              region: eu
            targets:
              prod:
                account: cluster-1
                namespace: shop
            webhooks:
              - name: checks-of-the-text
                uriTemplate: "%s"
                headers: [{key: X-Token, value: "{{secrets.team}}"}]
                bodyTemplate:
                  inline: >-
                    {"suite": "{{context.suite}}", "region": "{{context.region}}", "account": "{{armory.accountName}}",
                     "callbackUri": "{{armory.callbackUri}}", "callbackToken": "{{armory.callbackToken}}"}
              - name: stop-of-the-text
                uriTemplate: "%s/stop"
            """;

    private static Build runFromText(Jenkins jenkins, String text, String parameters) {
        return jenkins.build("armoryWebhookApproval(config: %s, %s)".formatted(Groovy.string(text), parameters));
    }

    @Test
    void textOfADeploymentFileDefinesWebhooksForAStepOutsideOfANode(Jenkins jenkins, ExternalProcess process) {
        Build build = runFromText(
                jenkins,
                TEXT.formatted(process.url(), process.url()),
                "webhook: 'checks-of-the-text', environment: 'prod', context: [suite: 'from the step'],"
                        + " cancel: 'stop-of-the-text', heartbeat: 1, heartbeatUnit: 'SECONDS'");

        Call call = process.awaitCall();
        assertThat(call.header("X-Token")).isEqualTo(Settings.TEAM_SECRET);
        assertThat(call.json().get("suite").asText()).isEqualTo("from the step");
        assertThat(call.json().get("region").asText()).isEqualTo("eu");
        assertThat(call.json().get("account").asText()).isEqualTo("cluster-1");
        assertThat(process.awaitCall().path()).isEqualTo("/checks/stop");
        assertThat(build.awaitResult("FAILURE"))
                .contains("Calling webhook 'checks-of-the-text': ")
                .doesNotContain(Settings.TEAM_SECRET);
    }

    @Test
    void mistakeInATextIsNamedWithItsPlace(Jenkins jenkins) {
        Build build = runFromText(jenkins, "\n" + FILE.formatted("https://x/"), "webhook: 'checks-of-the-file'");

        assertThat(build.awaitResult("FAILURE"))
                .contains("config: cannot be used:")
                .contains("config line 11, column 22: webhooks[1].agentIdentifier: goes with networkMode");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "config: 'webhooks: []'                    | webhook: is missing; name one of the webhooks in config",
                "config: 'webhooks: []', manualApproval: [message: 'Go?'] | webhook: is missing; name one of the webhooks in config",
                "config: 'webhooks: []', configFile: 'deploy.yml', webhook: 'x' | config and configFile: are two deployment files; leave one of them out",
                "config: '#' * (1024 * 1024 + 1), webhook: 'x' | config: is longer than 1048576 characters",
                "config: [webhooks: []], webhook: 'x'      | config: must be a text",
            })
    void textThatCannotBeUsedIsAnError(String parameters, String message, Jenkins jenkins) {
        Build build = jenkins.build("armoryWebhookApproval(" + parameters + ")");

        assertThat(build.awaitResult("FAILURE")).contains("armoryWebhookApproval: " + message);
        assertThat(build.approvals()).isEmpty();
    }

    @Test
    void unknownNameIsAnsweredWithThoseOfTheText(Jenkins jenkins) {
        Build build = runFromText(jenkins, TEXT.formatted("https://x/", "https://x/"), "webhook: 'check'");

        assertThat(build.awaitResult("FAILURE"))
                .contains("webhook: there is no webhook \"check\"; did you mean \"checks-of-the-text\"? Known are chat,"
                        + " checks-of-the-text, deploy-checks");
    }

    @Test
    void textCannotDefineAWebhookThatTheSettingsDefineToo(Jenkins jenkins, ExternalProcess process) {
        Build build = runFromText(
                jenkins,
                "webhooks: [{name: deploy-checks, uriTemplate: \"%s\"}]".formatted(process.url()),
                "webhook: 'deploy-checks'");

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "webhook: \"deploy-checks\" is defined in config and in Manage Jenkins » System, and a reader could"
                                + " not tell which is called; give it another name in config, or leave config out");
        assertThat(process.calls()).isEmpty();
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
