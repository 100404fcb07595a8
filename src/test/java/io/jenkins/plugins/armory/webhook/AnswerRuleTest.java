package io.jenkins.plugins.armory.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.webhook.Judgement.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerRuleTest {

    private static final AnswerRule STATE =
            AnswerRule.ofAnswer(null, "/state", List.of("passed", "true", "1"), List.of("failed"));

    private static Judgement judge(AnswerRule rule, String body) {
        return rule.judge(200, body.getBytes(StandardCharsets.UTF_8), value -> value);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"state\": \"passed\"}             | SUCCESS  | /state is \"passed\"",
                "{\"state\": true}                   | SUCCESS  | /state is true",
                "{\"state\": 1.0}                    | SUCCESS  | /state is 1.0",
                "{\"state\": 10e-1}                  | SUCCESS  | /state is 10e-1",
                "{\"state\": 1e2147483648}           | NEITHER  | /state is 1e2147483648",
                "{\"state\": -1e-2147483648}         | NEITHER  | /state is -1e-2147483648",
                "{\"state\": 0e1000000000}           | NEITHER  | /state is 0e1000000000",
                "{\"state\": 1e1000000000}           | NEITHER  | /state is 1e1000000000",
                "{\"eta\": 1e2147483648, \"state\": \"passed\"} | SUCCESS | /state is \"passed\"",
                "{\"state\": \"passed\", \"eta\": [-1e-99999999999]} | SUCCESS | /state is \"passed\"",
                "{\"state\": \"failed\", \"x\": {}}  | FAILURE  | /state is \"failed\"",
                "{\"state\": \"Passed\"}             | NEITHER  | /state is \"Passed\"",
                "{\"state\": \"passed \"}            | NEITHER  | /state is \"passed \"",
                "{\"state\": false}                  | NEITHER  | /state is false",
                "{\"state\": null}                   | NEITHER  | /state is null",
                "{\"state\": [\"passed\"]}           | NO_VALUE | /state is a list, and not a text, a number or a boolean",
                "{\"state\": {}}                     | NO_VALUE | /state is an object, and not a text, a number or a boolean",
                "{\"stat\": \"passed\"}              | NO_VALUE | the answer has nothing at /state",
                "[\"passed\"]                        | NO_VALUE | the answer has nothing at /state",
                "\"passed\"                          | NO_VALUE | the answer has nothing at /state",
                "``                                  | NO_VALUE | the answer has nothing at /state",
                "<html>passed</html>                 | NO_VALUE | the answer is not JSON (line 1, column 1)",
                "{\"state\": \"passed\"              | NO_VALUE | the answer is not JSON (line 1, column 19)",
            })
    void judges(String body, Verdict verdict, String finding) {
        Judgement judgement = judge(STATE, body == null ? "" : body);

        assertThat(judgement.verdict()).isEqualTo(verdict);
        assertThat(judgement.finding()).isEqualTo(finding);
        assertThat(judgement.isDecided()).isEqualTo(verdict == Verdict.SUCCESS || verdict == Verdict.FAILURE);
    }

    /** Which of two values counts would be a guess, and what stands behind the JSON could be anything. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"state\": \"failed\", \"state\": \"passed\"}",
                "{\"state\": \"passed\"} {\"state\": \"failed\"}"
            })
    void ambiguousJsonIsNone(String body) {
        assertThat(judge(STATE, body))
                .returns(Verdict.NO_VALUE, Judgement::verdict)
                .extracting(Judgement::finding)
                .asString()
                .startsWith("the answer is not JSON");
    }

    @Test
    void whatTheParserRefusesToReadIsNoJson() {
        for (String value : List.of("[".repeat(60_000), "9".repeat(60_000), "1e" + "9".repeat(60_000))) {
            assertThat(judge(STATE, "{\"state\": \"passed\", \"x\": " + value + "}"))
                    .returns(Verdict.NO_VALUE, Judgement::verdict)
                    .extracting(Judgement::finding)
                    .asString()
                    .startsWith("the answer is not JSON");
        }
    }

    @Test
    void aBodyThatIsTooLargeIsNotJudged() {
        String tail = "\", \"state\": \"passed\"}";
        String fits = "{\"a\": \"" + "x".repeat(AnswerRule.MAX_BODY - tail.length() - 7) + tail;

        assertThat(fits).hasSize(AnswerRule.MAX_BODY);
        assertThat(judge(STATE, fits).verdict()).isEqualTo(Verdict.SUCCESS);
        assertThat(judge(STATE, fits + " "))
                .isEqualTo(new Judgement(Verdict.NO_VALUE, "the answer is larger than 65536 bytes"));
        assertThat(STATE.judge(200, null, value -> value).verdict()).isEqualTo(Verdict.NO_VALUE);
    }

    @Test
    void followsThePointerByItsRfc() {
        AnswerRule rule = AnswerRule.ofAnswer(null, "/a~1b/0/m~0n/", List.of("yes"), List.of());

        assertThat(judge(rule, "{\"a/b\": [{\"m~n\": {\"\": \"yes\"}}]}").verdict())
                .isEqualTo(Verdict.SUCCESS);
        for (String index : List.of("/-", "/01", "/1", "/+0")) {
            assertThat(judge(AnswerRule.ofAnswer(null, index, List.of("yes"), List.of()), "[\"yes\"]")
                            .verdict())
                    .as(index)
                    .isEqualTo(Verdict.NO_VALUE);
        }
    }

    @Test
    void theStatusAloneDecidesWithoutAPointer() {
        AnswerRule any = AnswerRule.ofAnswer("200-299", null, List.of(), List.of());
        AnswerRule two = AnswerRule.ofAnswer("200, 404-405", null, List.of(), List.of());

        assertThat(List.of(200, 204, 299)).allMatch(any::admits);
        assertThat(List.of(0, 100, 199, 300, 304, 404, 429, 500, 503)).noneMatch(any::admits);
        assertThat(List.of(200, 404, 405)).allMatch(two::admits);
        assertThat(List.of(201, 403, 406)).noneMatch(two::admits);
        assertThat(any.needsBody()).isFalse();
        assertThat(any.judge(204, null, value -> value)).isEqualTo(new Judgement(Verdict.SUCCESS, "it answered 204"));
    }

    @Test
    void saysWhatItKnowsOfAValueThatIsNeither() {
        assertThat(STATE.reason(judge(STATE, "{\"state\": \"running\"}")))
                .isEqualTo("/state is \"running\", which is neither success (\"passed\", \"true\", \"1\")"
                        + " nor failure (\"failed\")");
        AnswerRule noFailure = AnswerRule.ofAnswer(null, "/state", List.of("passed"), List.of());
        assertThat(noFailure.reason(judge(noFailure, "{\"state\": 7}")))
                .isEqualTo("/state is 7, which is neither success (\"passed\") nor failure (none is named)");
        assertThat(STATE.reason(judge(STATE, "{}"))).isEqualTo("the answer has nothing at /state");
    }

    @Test
    void showsNoSecretAndNoMoreThanALine() {
        String secret = "s3cret";
        String body = "{\"state\": \"" + "x".repeat(1021) + secret + "\\u0007\\n" + "y".repeat(1000) + "\"}";

        String finding = STATE.judge(200, body.getBytes(StandardCharsets.UTF_8), value -> value.replace(secret, "****"))
                .finding();

        assertThat(finding).isEqualTo("/state is \"" + "x".repeat(1021) + "**…\"");
    }

    @Test
    void anyBytesAreJudgedAndOnlyAValueOfTheListIsASuccess() {
        Seeds.each(300, draw -> {
            Judgement judgement = STATE.judge(200, draw.bytes(255), value -> value);

            assertThat(judgement.verdict()).isIn(Verdict.NO_VALUE, Verdict.NEITHER);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "2xx     | -      | -      | -      | success: \"2xx\" is no HTTP status; write 200, or 200-299, or 200, 404",
                "200,    | -      | -      | -      | success: \"\" is no HTTP status; write 200, or 200-299, or 200, 404",
                "299-200 | -      | -      | -      | success: 299-200 is empty; write the lower status first",
                "200-599 | -      | -      | -      | success: 200-599 is not between 200 and 499; other answers, such as 503, never mean success",
                "100     | -      | -      | -      | success: 100 is not between 200 and 499; other answers, such as 503, never mean success",
                "200-404 | -      | -      | -      | success: 200-404 has a redirect, which is not followed; leave out 3xx",
                "400-499 | -      | -      | -      | success: 400-499 has 429, after which the call is repeated; leave it out",
                "-       | state  | passed | -      | pointer: \"state\" is no JSON Pointer; it starts with a slash: /state",
                "-       | a.b    | passed | -      | pointer: \"a.b\" is no JSON Pointer; it starts with a slash: /a/b",
                "-       | $.a.b  | passed | -      | pointer: \"$.a.b\" is no JSON Pointer; it starts with a slash: /a/b",
                "-       | /a~2   | passed | -      | pointer: \"/a~2\" is no JSON Pointer; write ~0 for ~, and ~1 for / in a name",
                "-       | /state | -      | failed | equals: is missing; list the values that mean success, such as equals: ['passed']",
                "-       | /state | same   | same   | failure: \"same\" is also in equals; a value means one of the two",
                "-       | /state | 1      | 1.0    | failure: \"1\" is also in equals; a value means one of the two",
                "-       | -      | -      | -      | success: is missing, and so is pointer; say which statuses mean success, such as 200-299, or where in the answer the value stands",
                "-       | -      | passed | -      | pointer: is missing; say where in the answer the value stands, such as /state, or leave out equals",
                "-       | -      | -      | failed | pointer: is missing; say where in the answer the value stands, such as /state, or leave out failure",
            })
    void tellsWhatIsWrong(String success, String pointer, String equals, String failure, String message) {
        assertThatExceptionOfType(InvalidWebhookException.class)
                .isThrownBy(() -> AnswerRule.ofAnswer(success, pointer, list(equals), list(failure)))
                .withMessage(message);
    }

    /** The search for the syntax would overflow the stack, and no environment hears of such an error. */
    @Test
    void aPointerThatIsFarTooLongIsAMistakeLikeAnother() {
        assertThatExceptionOfType(InvalidWebhookException.class)
                .isThrownBy(() -> AnswerRule.ofAnswer(null, "/" + "a".repeat(200_000), List.of("x"), List.of()))
                .withMessage("pointer: is longer than 1024 characters: it has 200001");
    }

    private static List<String> list(@CheckForNull String text) {
        return text == null ? List.of() : List.of(text);
    }

    @Test
    void aWebhookWhoseAnswerDecidesExpectsNoCallback() {
        WebhookBuilder webhook =
                Webhook.named("gate").uriTemplate("https://gate.example.com/").answer(STATE);

        assertThat(webhook.build().disableCallback()).isTrue();
        assertThat(webhook.build().asCancel().answer()).isNull();
        assertThatExceptionOfType(InvalidWebhookException.class)
                .isThrownBy(() ->
                        webhook.body("{\"to\": \"{{armory.callbackUri}}\"}").build())
                .withMessage("answer: decides by itself, so that no callback is awaited; leave out"
                        + " {{armory.callbackUri}}, or have a callback decide");
        assertThatExceptionOfType(InvalidWebhookException.class)
                .isThrownBy(() -> webhook.body(null).method("HEAD").build())
                .withMessage(
                        "answer: pointer: the answer to a HEAD request has no body; use GET, or leave out pointer");
    }
}
