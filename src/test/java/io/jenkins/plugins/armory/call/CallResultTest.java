package io.jenkins.plugins.armory.call;

import static org.assertj.core.api.Assertions.assertThat;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.JsonData;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.Judgement;
import io.jenkins.plugins.armory.webhook.Renderers;
import io.jenkins.plugins.armory.webhook.UndeliverableException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what the controller believes of a result that an agent returned. */
class CallResultTest {

    private static final WebhookRequest REQUEST = request(null);
    private static final WebhookRequest JUDGED =
            request(AnswerRule.ofAnswer("200, 404", "/state", List.of("passed"), List.of()));

    private static WebhookRequest request(@CheckForNull AnswerRule rule) {
        try {
            return Renderers.of(
                            Webhook.named("w")
                                    .uriTemplate("https://ci.internal/start")
                                    .headers(List.of(new Webhook.Header("Authorization", "Bearer {{secrets.token}}")))
                                    .disableCallback(true)
                                    .answer(rule)
                                    .build(),
                            new Variables().withSecrets(id -> "s3cret"))
                    .render();
        } catch (UndeliverableException x) {
            throw new AssertionError(x);
        }
    }

    private static CallResult credible(int status, String failure, Duration retryAfter, String answer) {
        return new CallResult(status, failure, true, true, retryAfter, answer, null, null, Map.of())
                .asFarAsCredible(REQUEST);
    }

    private static CallResult judged(int status, Judgement judgement) {
        return new CallResult(status, null, false, true, null, "", judgement, null, Map.of()).asFarAsCredible(JUDGED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\": \"s3cret\"}     | {\"a\":\"****\"}",
                "{\"a\": \"\\u00733cret\"} | {\"a\":\"****\"}",
                "{\"a\": 1e999}         |",
                "{\"a\": \"\\ud800\"}     |",
                "{\"a\":                |",
                "[1]                    |"
            })
    void ofTheDataThatAnAgentFoundOnlyAnObjectIsTaken(String claimed, String taken) {
        Judgement passed = new Judgement(Judgement.Verdict.SUCCESS, "");

        assertThat(CallResult.judged(200, "", passed, claimed, Map.of(), null)
                        .asFarAsCredible(JUDGED)
                        .data())
                .isEqualTo(taken);
        String tooLong = "{\"a\":\"" + "x".repeat(JsonData.MAX_BYTES) + "\"}";
        assertThat(JsonData.in(tooLong, text -> text)).isNull();
    }

    /** An agent may run any program. */
    @Test
    void ofTheValuesThatAnAgentFoundOnlyThoseThatFitAreTaken() throws UndeliverableException {
        WebhookRequest wanting = REQUEST.with(null, null, Set.of("answer.id", "answer.long", "armory.answerLocation"));
        Map<String, String> claimed = Map.of(
                "answer.id", "47",
                "answer.long", "x".repeat(1_025),
                "answer.other", "1",
                "armory.answerLocation", "http://evil.example.com/");

        assertThat(CallResult.accepted(200, "", claimed)
                        .asFarAsCredible(wanting)
                        .found())
                .isEqualTo(Map.of("answer.id", "47"));
    }

    @Test
    void aJudgementIsThatOfAnAnswerThatTheRuleAdmits() {
        Judgement passed = new Judgement(Judgement.Verdict.SUCCESS, "/state is \"s3cret\"\u001b[2J");

        assertThat(judged(404, passed).judged())
                .isEqualTo(new Judgement(Judgement.Verdict.SUCCESS, "/state is \"****\"[2J"));
        assertThat(judged(200, new Judgement(Judgement.Verdict.NO_VALUE, "x".repeat(1 << 24)))
                        .judged()
                        .finding())
                .hasSize(CallResult.MAX_ANSWER);
        for (int status : List.of(0, 201, 302, 500)) {
            assertThat(judged(status, passed)).as("%d", status).satisfies(result -> {
                assertThat(result.isAccepted()).isFalse();
                assertThat(result.judged()).isNull();
            });
        }
        assertThat(judged(200, null).isAccepted()).as("without a judgement").isFalse();
        assertThat(CallResult.judged(200, "", passed, null, Map.of(), null)
                        .asFarAsCredible(REQUEST)
                        .isAccepted())
                .as("without a rule")
                .isFalse();
        assertThat(new CallResult(200, "no", false, true, null, "", passed, null, Map.of())
                        .asFarAsCredible(JUDGED)
                        .judged())
                .isNull();
    }

    @Test
    void usualResultsStayAsTheyAre() {
        assertThat(credible(202, null, null, "queued")).satisfies(result -> {
            assertThat(result.isAccepted()).isTrue();
            assertThat(result.status()).isEqualTo(202);
            assertThat(result.answer()).isEqualTo("queued");
            assertThat(result.mayBeRepeated()).isFalse();
        });
        assertThat(credible(503, "busy", Duration.ofSeconds(7), "")).satisfies(result -> {
            assertThat(result.failure()).isEqualTo("busy");
            assertThat(result.mayBeRepeated()).isTrue();
            assertThat(result.pause()).isEqualTo(Duration.ofSeconds(7));
        });
        assertThat(credible(0, "cannot be found", null, "").failure()).isEqualTo("cannot be found");
    }

    /** The agent says that each may be repeated; the webhook's rules say 429 and 5xx. */
    @ParameterizedTest
    @CsvSource({"429, true", "503, true", "404, false", "301, false", "0, true"})
    void isRepeatedByTheRulesOfTheWebhook(int status, boolean mayBeRepeated) {
        assertThat(credible(status, "it failed", null, "").mayBeRepeated()).isEqualTo(mayBeRepeated);
    }

    @Test
    void textsAreOfTheUsualLength() {
        String long64Mib = "ü".repeat(32 * 1024 * 1024);

        CallResult result = credible(500, long64Mib, null, long64Mib);

        assertThat(result.answer().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(CallResult.MAX_ANSWER);
        assertThat(result.failure().getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(CallResult.MAX_ANSWER);
    }

    @Test
    void textsHaveNoControlCharactersAndNoSecretOfTheRequest() {
        CallResult result = credible(500, "no\u001b[2J s3cret", null, "a\u0000b s3\u0000cret");

        assertThat(result.failure()).isEqualTo("no[2J ****");
        assertThat(result.answer()).isEqualTo("ab ****");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 99, 199, 302, 404, 500, 600, 2000, Integer.MAX_VALUE})
    void nothingButA2xxIsAnAcceptedCall(int status) {
        CallResult result = credible(status, null, null, "");

        assertThat(result.isAccepted()).isFalse();
        assertThat(result.status()).isZero();
        assertThat(result.mayHaveBeenTaken()).isTrue();
        assertThat(result.failure())
                .isEqualTo("https://ci.internal was called from an agent that returned an impossible result;"
                        + " look at the agent's log");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 99, 200, 299, 600, Integer.MIN_VALUE})
    void failureHasAStatusThatGoesWithIt(int status) {
        assertThat(credible(status, "no", null, "").status()).isZero();
    }

    @Test
    void missingAnswerIsNotCredible() {
        assertThat(credible(200, null, null, null).isAccepted()).isFalse();
    }

    @Test
    void pausesAreNeitherNegativeNorEndless() {
        assertThat(credible(503, "no", Duration.ofSeconds(-1), "").pause()).isNull();
        assertThat(credible(503, "no", Duration.ofSeconds(Long.MAX_VALUE), "").pause())
                .isLessThan(Duration.ofDays(1000));
    }

    @Test
    void aPauseIsNotEndlessForACallThatTheControllerMakes() {
        Duration asked = WebhookClient.retryAfter("Fri, 31 Dec 9999 23:59:59 GMT", Instant.EPOCH);

        assertThat(CallResult.refused(503, "no", true, asked, "").pause())
                .isEqualTo(credible(503, "no", asked, "").pause())
                .isLessThan(Duration.ofDays(1000));
    }
}
