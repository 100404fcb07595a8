package io.jenkins.plugins.armory.acceptance.part.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.AcceptanceTest;
import io.jenkins.plugins.armory.acceptance.NeedsRealJenkins;
import io.jenkins.plugins.armory.acceptance.Settings;
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

/**
 * Deployment files of the kinds that Armory's documentation has, run: what goes over the wire for them, byte by byte.
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

    private static Build run(Jenkins jenkins, String file, String environment, String context) {
        return jenkins.build("armoryDeployment(config: %s, targets: ['%s'], context: [%s]) { }"
                .formatted(Groovy.string(file(file)), environment, context));
    }

    private static String id(Build build, String webhook) {
        return build.approvals().stream()
                .filter(each -> each.get("webhook").asText().equals(webhook))
                .map(each -> each.get("id").asText())
                .findFirst()
                .orElseThrow();
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
        Build build = run(jenkins, "github.yml", "staging", "github: 'http://%s'".formatted(server.authority()));

        String request = server.awaitRequest();

        String id = id(build, "integrationTests");
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
                .contains("Webhook approval 'integrationTests' succeeded", "12 of 12 tests passed")
                .doesNotContain(Settings.TEAM_SECRET);
        assertThat(server.hasNoMore()).isTrue();
    }

    @Test
    void chatRoomThatCallsNobodyBack(Jenkins jenkins) {
        Build build = run(jenkins, "slack.yml", "prod", "slack: 'http://%s'".formatted(server.authority()));

        String request = server.awaitRequest();

        JsonNode person = build.awaitWaiting(1).approvals("WAITING").get(0);
        build.decide(person, "approve", "");
        assertThat(build.awaitResult("SUCCESS")).doesNotContain(Settings.TEAM_SECRET);
        String id = id(build, "tellTheRoom");
        String body = "{\"channel\": \"#deployments\", \"text\": \"Deploying potato-facts to prod (prod-cluster)\"}\n";
        assertThat(request)
                .isEqualTo(head(
                                "POST /services/T000/B000/" + Settings.TEAM_SECRET,
                                id,
                                "Content-Type: application/json",
                                length(body))
                        + body);
        new Callback(jenkins.controller().url() + "armory/approvals/" + id, Settings.DEFAULT_SECRET)
                .fail("on second thoughts")
                .expect(410);
    }

    @Test
    @NeedsRealJenkins
    void remoteNetworkAgent(Jenkins jenkins) {
        Build build =
                run(jenkins, "remote-network-agent.yml", "prod", "service: 'http://%s'".formatted(server.authority()));
        build.awaitLog("Agent 'inside' is offline; waiting up to 300 seconds for it.");
        assertThat(server.hasNoMore()).isTrue();

        try (Agent agent = Agent.start(jenkins.controller(), "inside")) {
            String request = server.awaitRequest();
            String id = id(build, "checkLogs");
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
