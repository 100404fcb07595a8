package io.jenkins.plugins.armory.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jenkins.plugins.armory.webhook.Webhook;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The bounds of the values that a record of an approval is made of, whichever entrance they came through. */
class BoundedTermsTest {

    private static final String NAME = "n".repeat(1024);
    private static final String HALF = "\ud800";

    private static void assertRefused(ThrowingCallable value, String message) {
        assertThatIllegalArgumentException().isThrownBy(value).withMessageStartingWith(message);
    }

    private static ManualRequirement asking(List<InputDefinition> inputs) {
        return TestApproval.requirement("", List.of(), 1).withInputs(inputs);
    }

    private static List<InputDefinition> inputs(int number, int length) {
        return IntStream.range(0, number)
                .mapToObj(i -> new InputDefinition("p" + i, "x".repeat(length)))
                .toList();
    }

    @Test
    void theParametersOfAQuestion() {
        assertThatCode(() -> asking(inputs(1000, 65))).doesNotThrowAnyException();
        assertRefused(() -> asking(inputs(1001, 1)), "parameters: is longer than 1000 entries");
        assertRefused(() -> asking(inputs(2, 32_769)), "parameters: is longer than 65536 characters: it has 65538");
        assertRefused(
                () -> TestApproval.requirement("", List.of(), 1).withRequesters(Collections.nCopies(1001, "u")),
                "requesters: is longer than 1000 entries");
        assertRefused(() -> new InputDefinition(NAME + 'n', ""), "name: is longer than 1024 characters");
        assertRefused(() -> new InputDefinition("p", "<a>" + HALF), "\"p\": has half of a character");
    }

    private static Webhook webhook(int length) {
        return Webhook.named("w")
                .uriTemplate("https://ci.example.com/")
                .body("b".repeat(length))
                .build();
    }

    @Test
    void theCallsOfAnApproval() {
        Webhook largest = webhook(65_536);
        Map<String, String> context = Map.of("k", "v".repeat(65_535));

        assertThatCode(() ->
                        TestApproval.calls(largest, largest, context).notifying(Notifications.by(List.of(largest))))
                .doesNotThrowAnyException();
        assertRefused(() -> new Approval.Origin("o".repeat(1025)), "the URL of Jenkins: is longer than");
        assertRefused(() -> TestApproval.calls(largest, null, Map.of("k" + HALF, "")), "context: a key has half");
        assertRefused(
                () -> OutgoingCalls.NONE.withVariables(Map.of("armory.version", NAME + 'n')),
                "armory.version: is longer than");
        Webhook asking = Webhook.named("cancel")
                .uriTemplate("https://ci.example.com/")
                .body(IntStream.range(0, 1001)
                        .mapToObj("{{answer.v%d}}"::formatted)
                        .collect(Collectors.joining()))
                .build();
        assertRefused(
                () -> TestApproval.calls(largest, asking, Map.of()),
                "{{answer.NAME}} of status and cancel: is longer than 1000 entries");
        assertRefused(
                () -> Notifications.by(Collections.nCopies(1001, webhook(100))), "notify: is longer than 1000 entries");
    }

    @Test
    void whatNobodyCanBeToldToMendIsCut() {
        var attempt = new Attempt(
                1, Instant.EPOCH, "h".repeat(1025), 500, Duration.ZERO, "f" + HALF, "a".repeat(65_537), null, Map.of());
        var decision = new Decision(Decision.Outcome.FAILURE, "m".repeat(65_537), "deadline", Instant.EPOCH);

        assertThat(attempt.host()).isEqualTo("h".repeat(1023) + "…");
        assertThat(attempt.failure()).isEqualTo("f\ufffd");
        assertThat(attempt.answer()).hasSize(65_536);
        assertThat(decision.mdMessage()).isEqualTo("m".repeat(65_535) + "…");
    }
}
