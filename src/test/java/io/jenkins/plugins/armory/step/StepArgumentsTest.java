package io.jenkins.plugins.armory.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.step.approval.ArmoryWebhookApprovalStep;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.sf.json.JSONObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepArgumentsTest {

    private static String keyOf(String name, Object value) {
        return StepArguments.keyOf(Map.of(name, value));
    }

    @Test
    void equalArgumentsHaveOneKeyInAnyOrder() {
        var context = new LinkedHashMap<String, Object>();
        context.put("target", "prod");
        context.put("ref", "main");
        var other = new LinkedHashMap<String, Object>();
        other.put("ref", "main");
        other.put("target", "prod");

        assertThat(keyOf("context", context)).isEqualTo(keyOf("context", other));
    }

    /** A JVM in FIPS mode has no MD5. */
    @Test
    void theKeyIsASha256() {
        assertThat(keyOf("context", "a")).matches(" [0-9a-f]{64}");
    }

    /** An approval makes up for the failure of one with the same arguments, and of no other. */
    @Test
    void argumentsThatOnlyLookEqualHaveDifferentKeys() {
        assertThat(keyOf("context", Map.of("ref", "main, target=prod")))
                .isNotEqualTo(keyOf("context", Map.of("ref", "main", "target", "prod")));
        assertThat(keyOf("allowedCallers", List.of("a", "b"))).isNotEqualTo(keyOf("allowedCallers", List.of("a, b")));
        assertThat(keyOf("allowedCallers", List.of("a", "1:b"))).isNotEqualTo(keyOf("allowedCallers", List.of("a1:b")));
        assertThat(keyOf("context", Map.of("a", "b"))).isNotEqualTo(keyOf("context", "{a=b}"));
    }

    private static final ArmoryWebhookApprovalStep.DescriptorImpl STEP = new ArmoryWebhookApprovalStep.DescriptorImpl();

    private static void assertRefused(Map<String, Object> arguments, String message) {
        assertThatThrownBy(() -> STEP.customInstantiate(arguments)).hasMessage(message);
    }

    /** People take the words of other tools, which may look more like another parameter. */
    @ParameterizedTest
    @CsvSource({
        "url, uriTemplate",
        "uri, uriTemplate",
        "body, bodyTemplate",
        "callback, disableCallback",
        "token, callbackCredentialsId",
        "approvers, manualApproval.submitters",
        "manualApproval.approvers, submitters",
        "status.url, uriTemplate",
        "pase, phase",
    })
    void theParameterThatWasMeantIsNamed(String path, String meant) {
        String[] names = path.split("\\.");
        Object value = names.length == 1 ? "x" : Map.of(names[1], "x");

        assertRefused(Map.of(names[0], value), path + ": there is no such parameter; did you mean " + meant + "?");
    }

    /** The webhook of that name may await no callback, and the Pipeline would go on at once. */
    @Test
    void aStepThatNamesAWebhookDoesNotSayWhatTheDefinitionSays() {
        String message = "webhook: names a definition, so leave out %s, or leave out webhook to define one here";

        assertRefused(Map.of("webhook", "checks", "disableCallback", false), message.formatted("disableCallback"));
        assertRefused(Map.of("webhook", "checks", "networkMode", "direct"), message.formatted("networkMode"));
        assertRefused(Map.of("webhook", "checks", "retryCount", 3), message.formatted("retryCount"));
        assertThat(STEP.customInstantiate(Map.of(
                        "webhook",
                        "checks",
                        "context",
                        Map.of("ref", "main"),
                        "cancel",
                        "stop",
                        "answer",
                        Map.of("success", 200),
                        "timeout",
                        5)))
                .containsKeys("webhook", "context", "cancel", "answer", "timeout");
        assertRefused(
                Map.of("webhook", Map.of("name", "checks"), "method", "GET"),
                "webhook: must be a text, not a list or a map");
        assertThat(STEP.customInstantiate(Map.of("name", "checks", "disableCallback", false)))
                .containsEntry("disableCallback", false);
    }

    /**
     * Such as a variable that is not set: the call would be one that is not signed, of a server that anybody vouches
     * for, and so on.
     */
    @ParameterizedTest
    @CsvSource({
        "cancel, signWith",
        "cancel, clientCertificateId",
        "cancel, trustCertificateId",
        "cancel, webhook",
        "bodyTemplate, inline",
        "manualApproval, submitters",
        "status, success",
        "answer, equals",
    })
    void aFieldThatIsThereWithoutAValueIsAMistake(String parameter, String field) {
        assertRefused(
                Map.of("name", "checks", parameter, Map.of(field, " ")),
                parameter + ": " + field + ": is empty; give it a value, or leave it out");
        assertRefused(
                Map.of("name", "checks", parameter, Map.of(field, "null")),
                parameter + ": " + field
                        + ": is the text \"null\", as Groovy writes a variable that is not set; give it another value");
    }

    /** Also where nobody has thought of that: no text of ours is this one. */
    @Test
    void noTextIsThatOfAVariableThatIsNotSet() {
        String unset = ": is the text \"null\", as Groovy writes a variable that is not set; give it another value";

        assertRefused(Map.of("name", "checks", "agentIdentifier", "null"), "agentIdentifier" + unset);
        assertRefused(Map.of("name", "checks", "timeout", "null"), "timeout" + unset);
        assertRefused(Map.of("name", "checks", "notify", List.of("a", "null")), "notify" + unset);
        assertRefused(Map.of("name", "checks", "cancel", "null"), "cancel: webhook" + unset);
        assertRefused(
                Map.of("name", "checks", "status", Map.of("headers", List.of(Map.of("key", "X-A", "value", "null")))),
                "status: headers.X-A" + unset);
        assertRefused(
                Map.of("name", "checks", "cancel", Map.of("bodyTemplate", Map.of("inline", "null"))),
                "cancel: bodyTemplate: inline" + unset);
    }

    @Test
    void aBlankEntryOfAListIsAMistakeEverywhere() {
        assertRefused(
                Map.of("name", "checks", "answer", Map.of("equals", List.of("passed", " "))),
                "answer: equals[1]: is empty; give it a value, or leave it out");
    }

    @Test
    void numbersAndBooleansStandForTheirTexts() {
        Map<String, Object> inFull = STEP.customInstantiate(Map.of(
                "name", "checks",
                "notify", "team",
                "retry", Map.of("on", List.of(429, "5xx")),
                "answer", Map.of("success", 200, "equals", true),
                "status", Map.of("pointer", 0, "success", List.of(1, "done"))));

        assertThat(inFull)
                .containsEntry("notify", List.of("team"))
                .containsEntry("retry", Map.of("on", List.of("429", "5xx")))
                .containsEntry("answer", Map.of("success", "200", "equals", List.of("true")))
                .containsEntry("status", Map.of("pointer", "0", "success", List.of("1", "done")));
    }

    @Test
    void aBodyTemplateWithNothingInItIsAMistake() {
        assertRefused(
                Map.of("name", "checks", "bodyTemplate", Map.of()),
                "bodyTemplate: is empty; give it a value, or leave it out");
    }

    /** As the step {@code input} takes them too. */
    @Test
    void aParameterDefinitionMayNameItsClass() {
        Map<String, Object> parameter =
                Map.of("$class", "StringParameterDefinition", "name", "ticket", "defaultValue", "");

        assertThat(STEP.customInstantiate(
                        Map.of("manualApproval", Map.of("message", "Go?", "parameters", List.of(parameter)))))
                .containsOnlyKeys("manualApproval");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "retryCount | 1.5         | retryCount: \"1.5\" is not a whole number",
                "timeout    | x           | timeout: \"x\" is not a whole number",
                "retryCount | 99999999999 | retryCount: 99999999999 is too large",
                "timeout    | 99999999999 |",
                "timeout    | `  `        |",
            })
    void aNumberOfAFormIsOneOrAnError(String name, String value, String message) {
        var form = new JSONObject();
        form.put(name, value);
        if (message == null) {
            StepArguments.checkNumbers(ArmoryWebhookApprovalStep.class, form, "");
        } else {
            assertThatThrownBy(() -> StepArguments.checkNumbers(ArmoryWebhookApprovalStep.class, form, ""))
                    .hasMessage(message);
        }
        form.put("required", "two");
        var around = new JSONObject();
        around.put("manualApproval", form); // a copy of it
        assertThatThrownBy(() -> StepArguments.checkNumbers(ArmoryWebhookApprovalStep.class, around, ""))
                .hasMessage("manualApproval.required: \"two\" is not a whole number");
    }
}
