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
 * What comes in is bounded and well-formed where it enters, so that what was accepted is there after a crash. The parameters of a step are in
 * {@code BoundsOfParametersTest}.
 */
class BoundsTest extends OwnController {

    /** A caller that any text may follow. */
    private static final String CASC = Settings.CASC
            + "    issuers: [{issuer: \"https://i.example.com\", audience: a, requiredClaims: [\"r=o\"], jobs: \"job-*\"}]\n";

    @Override
    Controller create() {
        return Controller.create(CASC);
    }

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

    @Test
    void whatIsAtTheBoundIsTakenAndReadBack() {
        String message = "m".repeat(65_536);
        Build build = jenkins.build("""
                def line = 'n' * 1024
                armoryWebhookApproval(name: line, environment: line, uriTemplate: '%1$s/?' + 'u' * (65536 - %2$d),
                    headers: [[key: 'X', value: 'h' * 8000]],
                    bodyTemplate: [inline: '"{{armory.callbackUri}} {{armory.callbackToken}} ' + 'b' * 65000 + '"'],
                    context: [k: 'c' * 65535], manualApproval: [message: 'm' * 65536],
                    allowedCallers: (1..1000).collect { 'https://i.example.com ' + it })
                """.formatted(process.url(), process.url().length() + 2));
        String id = build.awaitQuestion().get("id").asText();
        process.awaitCall();

        controller.kill();
        controller.start();

        JsonNode whole = jenkins.get("armory/approvals/" + id + "/api/json").json();
        assertThat(whole.get("environment").asText()).isEqualTo("n".repeat(1024));
        assertThat(whole.at("/manualApproval/message").asText()).isEqualTo(message);
        decide(id, "reject", "comment", "no").expect(200);
        build.awaitResult("FAILURE");
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
        String id = askedPerson("message: 'm', required: 2");
        String comment = "c".repeat(65_536);

        assertInvalid(decide(id, "approve", "comment", comment + 'c'), "comment: has more than 65536 characters");
        assertInvalid(decide(id, "override", "reason", comment + 'c'), "reason: has more than 65536 characters");
        decide(id, "approve", "comment", comment).expect(200);

        controller.kill();
        controller.start();
        JsonNode whole = jenkins.get("armory/approvals/" + id + "/api/json").json();
        assertThat(whole.at("/manualApproval/approvals/0/comment").asText()).isEqualTo(comment);
        assertThat(jenkins.approvals())
                .filteredOn(approval -> approval.get("id").asText().equals(id))
                .extracting(approval ->
                        approval.at("/manualApproval/approvals/0/comment").asText())
                .containsExactly("c".repeat(8192));
    }

    @Test
    void whatAPersonFillsInIsBounded() {
        assumeTrue(Controller.isReal(), "the embedded controller has no parameters of Jenkins");
        String id = askedPerson("message: 'm', required: 2, parameters: [string(name: 'p', defaultValue: '')]");
        String largest = "{\"p\":\"" + "i".repeat(65_528) + "\"}";

        assertInvalid(decide(id, "approve", "inputs", largest + ' '), "inputs: has more than 65536 characters");
        assertInvalid(decide(id, "approve", "inputs", "{\"p\": \"\\ud800\"}"), "p: has half of a character");
        decide(id, "approve", "inputs", largest).expect(200);

        controller.kill();
        controller.start();
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
