package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Agent;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Groovy;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.RawServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Deployment files of the kinds that Armory's documentation has, as they stand in a workspace: what goes over the wire for
 * them, byte by byte.
 */
@AcceptanceTest
class ArmorySamplesTest {

    private final RawServer server = new RawServer();

    @AfterEach
    void close() {
        server.close();
    }

    private static String file(String name) {
        try (InputStream in = ArmorySamplesTest.class.getResourceAsStream("/deployments/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** Runs a webhook of the file in the stage of an environment. */
    private static Build run(Jenkins jenkins, String file, String environment, String parameters) {
        return jenkins.build("""
                stage('%s') {
                    node {
                        writeFile file: 'deploy.yml', text: %s
                        def result = armoryWebhookApproval(configFile: 'deploy.yml', secrets: ['team'], agents: ['inside'], %s)
                        echo "success: ${result.success}, by ${result.decidedBy}: ${result.mdMessage}"
                    }
                }
                """.formatted(environment, Groovy.string(file(file)), parameters));
    }

    private String id(Build build) {
        return build.approval().get("id").asText();
    }

    /** What the HTTP client adds to the headers of the webhook. */
    private String head(String requestLine, String id, String... headers) {
        return requestLine + " HTTP/1.1\r\nIdempotency-Key: " + id
                + "\r\nUser-Agent: armory-webhook-approval (Jenkins)\r\n"
                + String.join("\r\n", headers)
                + "\r\nHost: " + server.authority() + "\r\nConnection: Keep-Alive\r\nAccept-Encoding: gzip\r\n\r\n";
    }

    private static String length(String body) {
        return "Content-Length: " + body.getBytes(StandardCharsets.UTF_8).length;
    }

    @Test
    void gitHubDispatch(Jenkins jenkins) {
        Build build = run(
                jenkins,
                "github.yml",
                "staging",
                "webhook: 'integrationTests', context: [github: 'http://%s']".formatted(server.authority()));

        String request = server.awaitRequest();

        String id = id(build);
        String callbackUri = jenkins.controller().url() + "armory/approvals/" + id;
        String body =
                "{ \"event_type\": \"integrationTests\", \"client_payload\": {\n    \"callbackUri\": \"" + callbackUri
                        + "/callback\",\n    \"environment\": \"staging\",\n    \"namespace\": \"potatoes\"\n    }\n}";
        assertThat(request)
                .isEqualTo(head(
                                "POST /repos/example/potato-facts/dispatches",
                                id,
                                "Authorization: token " + Settings.TEAM_SECRET,
                                "Content-Type: application/json",
                                length(body))
                        + body);
        new Callback(callbackUri, Settings.DEFAULT_SECRET).succeed("12 of 12 tests passed");
        assertThat(build.awaitResult("SUCCESS"))
                .contains("success: true, by credentials default: 12 of 12 tests passed")
                .doesNotContain(Settings.TEAM_SECRET);
        assertThat(server.hasNoMore()).isTrue();
    }

    @Test
    void chatRoomThatCallsNobodyBack(Jenkins jenkins) {
        Build build = run(
                jenkins,
                "slack.yml",
                "prod",
                "webhook: 'tellTheRoom', context: [slack: 'http://%s', text: 'Deploying \"potato-facts\"']"
                        .formatted(server.authority()));

        String request = server.awaitRequest();

        assertThat(build.awaitResult("SUCCESS"))
                .contains("success: true, by webhook: No callback is awaited.")
                .doesNotContain(Settings.TEAM_SECRET);
        String id = id(build);
        String body = "{\"channel\": \"#deployments\","
                + " \"text\": \"Deploying \\\"potato-facts\\\" to prod (prod-cluster)\"}\n";
        assertThat(request)
                .isEqualTo(head(
                                "POST /services/T000/B000/" + Settings.TEAM_SECRET,
                                id,
                                "Content-Type: application/json",
                                length(body))
                        + body);
        assertThat(build.approval().at("/decision/outcome").asText()).isEqualTo("SENT");
        new Callback(jenkins.controller().url() + "armory/approvals/" + id, Settings.DEFAULT_SECRET)
                .fail("on second thoughts")
                .expect(410);
    }

    @Test
    @EnabledIfSystemProperty(
            named = "jenkins.war",
            matches = ".+",
            disabledReason = "needs a real Jenkins, for its agents")
    void remoteNetworkAgent(Jenkins jenkins) {
        Build build = run(
                jenkins,
                "remote-network-agent.yml",
                "prod",
                "webhook: 'checkLogs', context: [service: 'http://%s', minutes: '5']".formatted(server.authority()));
        build.awaitLog("Agent 'inside' is offline; waiting up to 300 seconds for it.");
        assertThat(server.hasNoMore()).isTrue();

        try (Agent agent = Agent.start(jenkins.controller(), "inside")) {
            String request = server.awaitRequest();
            String id = id(build);
            String callbackUri = jenkins.controller().url() + "armory/approvals/" + id;
            String encoded = callbackUri.replace(":", "%3A").replace("/", "%2F");
            assertThat(request)
                    .isEqualTo(head(
                            "GET /check?since=5m&callback=" + encoded + "/callback",
                            id,
                            "CallbackURI: " + callbackUri + "/callback"));
            new Callback(callbackUri, Settings.DEFAULT_SECRET).succeed("nothing in the logs");
            assertThat(build.awaitResult("SUCCESS"))
                    .contains("Calling webhook 'checkLogs' from agent 'inside': GET http://" + server.authority());
        }
    }
}
