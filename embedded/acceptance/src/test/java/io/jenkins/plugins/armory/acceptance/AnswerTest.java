package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The webhook's own answer decides. */
@AcceptanceTest
class AnswerTest {

    private static final String RULE = "answer: [pointer: '/state', equals: ['passed', true], failure: 'failed']";

    /** A step with the default body: without a callback, nobody is told where to call back to. */
    private static String step(ExternalProcess process, String... more) {
        return "def r = armoryWebhookApproval(name: 'gate', uriTemplate: '" + process.url() + "', "
                + String.join(", ", more) + ")\necho \"said ${r.success}: ${r.mdMessage} (${r.decidedBy}) ${r.data}\"";
    }

    private static Reply json(String body) {
        return new Reply(200, Map.of("Content-Type", "application/json"), body);
    }

    @Test
    void succeedsAndLetsNobodyCallBack(Jenkins jenkins, ExternalProcess process) {
        process.onCall(call -> json("{\"state\": true, \"build\": 47}"));
        Build build = jenkins.build(step(process, RULE));

        String host = process.url().replaceFirst("/checks$", "");
        assertThat(build.awaitResult("SUCCESS"))
                .contains("said true: /state is true (answer of " + host + ") [state:true, build:47]")
                .contains("Webhook approval 'gate' succeeded (answer of " + host + "): /state is true");

        JsonNode approval = build.approval();
        assertThat(approval.at("/decision/outcome").asText()).isEqualTo("SUCCESS");
        assertThat(process.calls()).hasSize(1);
        assertThat(process.calls().get(0).json().has("callbackUri")).isFalse();
        Answer late = build.callback(approval, Settings.DEFAULT_SECRET).send(Callback.body(true, "me too"));
        late.expect(410);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "200 | {\"state\": \"failed\"}  | /state is \"failed\"",
                "200 | passed                   | the answer is not JSON (line 1, column ",
                "422 | {\"state\": \"passed\"}  | answered 422; check the body and its Content-Type. Success is 200-299.",
            })
    void whatIsNotKnownAsSuccessFails(
            int status, String body, String reason, Jenkins jenkins, ExternalProcess process) {
        process.onCall(call -> new Reply(status, Map.of(), body));

        assertThat(jenkins.build(step(process, RULE, "retryCount: 3")).awaitResult("FAILURE"))
                .contains("Webhook approval 'gate' failed (answer of ")
                .contains(reason);
        assertThat(process.calls()).as("an answer is final").hasSize(1);
    }

    @Test
    void anAnswerThatIsTooLargeFails(Jenkins jenkins, ExternalProcess process) {
        process.onCall(call -> json("{\"state\": \"passed\", \"log\": \"" + "x".repeat(70_000) + "\"}"));

        assertThat(jenkins.build(step(process, RULE)).awaitResult("FAILURE"))
                .contains("the answer is larger than 65536 bytes");
    }

    @Test
    void theStatusAloneMayDecide(Jenkins jenkins, ExternalProcess process) {
        process.onCall(call -> Reply.of(404));
        jenkins.build(step(process, "method: 'GET'", "answer: [success: 404]")).awaitResult("SUCCESS");

        process.onCall(call -> Reply.of(200));
        assertThat(jenkins.build(step(process, "method: 'GET'", "answer: [success: 404]"))
                        .awaitResult("FAILURE"))
                .contains(" answered 200")
                .contains("Success is 404.");
    }

    @Test
    void aPersonMayHaveToApproveToo(Jenkins jenkins, ExternalProcess process) {
        process.onCall(call -> json("{\"state\": \"passed\"}"));
        Build build =
                jenkins.build(step(process, RULE, "manualApproval: 'Go?'")).awaitWaiting(1);
        build.awaitLog("That is a success: /state is \"passed\".");
        JsonNode approval = build.approval();
        assertThat(approval.at("/callback/success").asBoolean()).isTrue();

        build.decide(approval, "approve", "fine");

        assertThat(build.awaitResult("SUCCESS")).contains(" and user ");
    }

    @Test
    void aWebhookOfTheSettingsMayHaveARule(Jenkins jenkins, ExternalProcess process) {
        process.onCall(call -> json("{\"state\": \"passed\"}"));
        String gate = "armoryWebhookApproval(webhook: 'gate', context: [uri: '" + process.url() + "']%s)";
        jenkins.build(gate.formatted("")).awaitResult("SUCCESS");

        assertThat(jenkins.build(gate.formatted(", answer: [pointer: '/state', equals: 'done']"))
                        .awaitResult("FAILURE"))
                .contains("/state is \"passed\", which is neither success (\"done\")");
    }

    @Test
    void mistakesAreFoundBeforeAnythingIsCalled(Jenkins jenkins, ExternalProcess process) {
        Mistakes.assertNamed(
                jenkins,
                step(process, "%s"),
                "answer: [pointer: 'state', equals: ['x']] | answer: pointer: \"state\" is no JSON Pointer; it starts with a slash: /state",
                "answer: [pointr: '/state', equals: ['x']] | answer.pointr: there is no such parameter; did you mean pointer?",
                "answer: [pointer: '/state', equals: []] | answer: equals: is empty; give it a value, or leave it out",
                "answer: [pointer: null] | answer: pointer: is empty; give it a value, or leave it out",
                "answer: [:] | answer: is empty; give it a value, or leave it out",
                "answer: 'passed' | answer: must be a map with the keys equals, failure, pointer, success",
                "answer: [success: 200], heartbeat: 5 | heartbeat: webhook 'gate' is defined with answer, so no callback is awaited",
                "answer: [success: 200], callbackCredentialsId: 'callback-token' | is defined with answer, so nobody calls back",
                "answer: [success: 200], bodyTemplate: [inline: '{\"to\": \"{{armory.callbackUri}}\"}'] | answer: decides by itself, so that no callback is awaited");
        assertThat(process.calls()).isEmpty();
    }
}
