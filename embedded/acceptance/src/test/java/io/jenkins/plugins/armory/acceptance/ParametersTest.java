package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.BrowserPage;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Screens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Each of the terms of an approval comes from the Pipeline, is kept over a restart ({@link RestartTest}), and is shown.
 */
class ParametersTest extends SharedController {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The terms that say where the approval stands and who asks for it, and are no arguments of this step. */
    private static final Set<String> OTHERS = Set.of("rule", "fromCall", "opensAt");

    private static final List<Row> ROWS = List.of(
            new Row("webhook", "", "\"checks\"").shown("/webhook", "checks"),
            new Row("phase", "phase: 'beforeDeployment'", "\"beforeDeployment\"").shown("/phase", "beforeDeployment"),
            new Row("environment", "environment: 'prod'", "\"prod\"").shown("/environment", "prod"),
            new Row("callbackCredentialsId", "callbackCredentialsId: 'team'", "\"team\""),
            new Row("allowedCallers", "allowedCallers: ['client-1']", "[\"client-1\", \"credentials:team\"]"),
            new Row(
                            "manual",
                            "manualApproval: [message: 'Ship it?', submitters: ['ops'], required: 2]",
                            "{\"message\": \"Ship it?\", \"rules\": [{\"submitters\": [\"ops\"], \"required\": 2}],"
                                    + " \"requesters\": null, \"inputs\": []}")
                    .shown("/manualApproval/message", "Ship it?"),
            new Row("timeout", "timeout: 2, unit: 'DAYS'", "\"PT48H\"").data("/deadline"),
            new Row("heartbeat", "heartbeat: 90, heartbeatUnit: 'MINUTES'", "\"PT1H30M\"").data("/heartbeat/due"));

    /**
     * One of the terms.
     *
     * @param argument what gives it, empty for what every step here has
     * @param kept what the record has of it, as JSON
     * @param pointer where the data of the approval have it, empty for what is not shown
     * @param text what they have there and the page shows, empty for a time
     */
    private record Row(String term, String argument, String kept, String pointer, String text) {

        Row(String term, String argument, String kept) {
            this(term, argument, kept, "", "");
        }

        Row shown(String at, String value) {
            return new Row(term, argument, kept, at, value);
        }

        Row data(String at) {
            return shown(at, "");
        }
    }

    static Build build(Jenkins jenkins, ExternalProcess process) {
        return jenkins.build(process.approval(ROWS.stream()
                        .map(Row::argument)
                        .filter(argument -> !argument.isEmpty())
                        .toArray(String[]::new)))
                .awaitWaiting(1);
    }

    private static JsonNode terms(Path home, String id) throws IOException {
        try (Stream<Path> jobs = Files.list(home.resolve("jobs"))) {
            for (Path job : jobs.toList()) {
                Path log = job.resolve("builds/1/armory.log");
                JsonNode approval =
                        Files.exists(log) ? StoredFile.value(log, "approval/" + id) : MissingNode.getInstance();
                if (!approval.isMissingNode()) {
                    return StoredFile.value(log, "step/" + approval.get("step").asText())
                            .get(approval.get("terms").asInt());
                }
            }
        }
        throw new AssertionError("no log has " + id);
    }

    /** Looks at what the home and the data of the approval have. */
    static void assertKept(Path home, JsonNode approval) throws IOException {
        JsonNode terms = terms(home, approval.get("id").asText());
        var names = new ArrayList<String>();
        terms.fieldNames().forEachRemaining(names::add);
        assertThat(names)
                .as("each of the Terms has a row here")
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(OTHERS.stream(), ROWS.stream().map(Row::term))
                                .toList());
        for (Row row : ROWS) {
            assertThat(terms.get(row.term)).as(row.term).isEqualTo(JSON.readTree(row.kept));
            if (!row.pointer.isEmpty()) {
                assertThat(approval.at(row.pointer).asText()).as(row.pointer).isNotEmpty();
            }
            if (!row.text.isEmpty()) {
                assertThat(approval.at(row.pointer).asText()).isEqualTo(row.text);
            }
        }
    }

    @Test
    @NeedsBrowser
    void eachIsOnThePage(Browser browser) {
        Build build = build(jenkins, process);
        BrowserPage page = browser.open(Screens.WIDE, Screens.HEIGHT, jenkins.authorization())
                .goTo(build.tab())
                .await("document.querySelector('.armory-build__approval')?.innerText.includes('Waiting')");
        String card = page.evaluate("document.querySelector('.armory-build__approval').textContent")
                .asText();
        for (Row row : ROWS) {
            assertThat(card).as(row.term).contains(row.text);
        }
        build.abort();
        build.awaitResult("ABORTED");
    }
}
