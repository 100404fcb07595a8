package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What comes in is bounded and well-formed where it enters, so that what was accepted is there after a crash ({@code
 * RestartTest.whatIsAtTheBoundIsTakenAndReadBack}). The parameters of a step are in {@code BoundsOfParametersTest}.
 */
class BoundsTest extends SharedController {

    private static Build run(String script) {
        return jenkins.build(script);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "armoryEnvironment('n' * 1025) { echo 'never' }                                  | name: is longer than 1024 characters: it has 1025",
                "armoryEnvironment(name: 'e', dependsOn: ['n' * 1025]) { echo 'never' }          | dependsOn: is longer than 1024 characters: it has 1025",
                "armoryEnvironment(name: 'e', dependsOn: (0..1000).collect { 'n' + it }) { echo 'never' } | dependsOn: is longer than 1000 entries: it has 1001",
                "armoryEnvironment('e') { }; armoryRollback('n' * 1025) { echo 'never' }         | environment: is longer than 1024 characters: it has 1025",
                "armoryWebhookApproval(environment: 'n' * 1025, manualApproval: [message: 'Go?']) | environment: is longer than 1024 characters: it has 1025",
                "armoryWebhookApproval(name: 'w', uriTemplate: 'https://ci/', context: [k: 'n' * 65536])    | context: is longer than 65536 characters: it has 65537",
            })
    void whatIsBeyondTheBoundIsRefused(String script, String problem) {
        Build build = jenkins.build(script);

        assertThat(build.awaitResult("FAILURE")).contains(problem);
        assertThat(build.approvals()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"success\": true, \"data\": {\"\\ud800k\": \"x\"}}', data",
        "'{\"success\": true, \"data\": {\"k\": [{\"a\": \"x\\udc00\"}]}}', data",
        "'{\"success\": true, \"mdMessage\": \"half \\ud83d of it\"}', mdMessage"
    })
    void aCallbackWithHalfACharacterIsRefused(String body, String field) {
        run(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();

        Answer answer = callback.send(body);

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().get("error").asText()).isEqualTo("invalid_request");
        assertThat(answer.json().get("message").asText())
                .startsWith("The field \"" + field + "\" has half of a character");
    }

    @Test
    void aProgressReportWithHalfACharacterIsRefused() {
        run(process.approval()).awaitWaiting(1);

        Answer answer = process.awaitCallback().send("/progress", "{\"mdMessage\": \"half \\ud83d of it\"}");

        answer.expect(400);
        assertThat(answer.body()).contains("The field \\\"mdMessage\\\" has half of a character");
    }

    /** A poll of the page would have the whole text, each time. */
    @Test
    void theAnswerOfThePageIsBounded() {
        int before = jenkins.get("armory/api/json").body().length();

        run("armoryWebhookApproval(environment: 'e' * 3000000, manualApproval: [message: 'm' * 3000000])")
                .awaitResult("FAILURE");

        assertThat(jenkins.get("armory/api/json").body().length()).isLessThan(before + 2_000_000);
    }

    @Test
    void theCommentOfAPersonIsBounded() {
        String id = askedPerson("message: 'm'");
        String comment = "c".repeat(65_537);

        assertInvalid(decide(id, "approve", "comment", comment), "comment: has more than 65536 characters");
        assertInvalid(decide(id, "override", "reason", comment), "reason: has more than 65536 characters");
    }

    @Test
    void whatAPersonFillsInIsBounded() {
        assumeTrue(Controller.isReal(), "the embedded controller has no parameters of Jenkins");
        String id = askedPerson("message: 'm', required: 2, parameters: [string(name: 'p', defaultValue: '')]");
        String largest = "{\"p\":\"" + "i".repeat(65_528) + "\"}";

        assertInvalid(decide(id, "approve", "inputs", largest + ' '), "inputs: has more than 65536 characters");
        assertInvalid(decide(id, "approve", "inputs", "{\"p\": \"\\ud800\"}"), "p: has half of a character");
        decide(id, "approve", "inputs", largest).expect(200);

        JsonNode whole = jenkins.get("armory/approvals/" + id + "/api/json").json();
        assertThat(whole.at("/manualApproval/inputs").toString()).isEqualTo(largest);
    }

    private static String askedPerson(String question) {
        return run("armoryWebhookApproval(manualApproval: [%s])".formatted(question))
                .as("alice")
                .awaitQuestion()
                .get("id")
                .asText();
    }

    private static Answer decide(String id, String choice, String field, String text) {
        Map<String, String> form =
                choice.equals("override") ? Map.of("decision", "approve", field, text) : Map.of(field, text);
        return jenkins.as("alice").post("armory/approvals/" + id + "/" + choice, form);
    }

    private static void assertInvalid(Answer answer, String problem) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().get("message").asText()).startsWith(problem);
    }
}
