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

    private static final String NAME = "n".repeat(255);
    private static final String HALF = "\ud800";

    private static void assertRefused(ThrowingCallable value, String message) {
        assertThatIllegalArgumentException().isThrownBy(value).withMessageStartingWith(message);
    }

    private static ManualRequirement asking(String message, List<String> submitters, List<InputDefinition> inputs) {
        return new ManualRequirement(message, submitters, 1).filling(inputs);
    }

    private static List<InputDefinition> inputs(int number, int length) {
        return IntStream.range(0, number)
                .mapToObj(i -> new InputDefinition("p" + i, "x".repeat(length)))
                .toList();
    }

    @Test
    void aQuestionToPeople() {
        assertThatCode(() -> asking("m".repeat(8192), Collections.nCopies(100, NAME), inputs(100, 327)))
                .doesNotThrowAnyException();
        assertRefused(
                () -> asking("m".repeat(8193), List.of(), List.of()),
                "message: is longer than 8192 characters: it has 8193");
        assertRefused(() -> asking(HALF, List.of(), List.of()), "message: has half of a character");
        assertRefused(
                () -> asking("", Collections.nCopies(101, "n"), List.of()),
                "submitters: is longer than 100 entries: it has 101");
        assertRefused(() -> asking("", List.of(NAME + 'n'), List.of()), "submitters: is longer than 255 characters");
        assertRefused(() -> asking("", List.of(), inputs(101, 1)), "parameters: is longer than 100 entries");
        assertRefused(
                () -> asking("", List.of(), inputs(2, 16_385)),
                "parameters: is longer than 32768 characters: it has 32770");
        assertRefused(
                () -> new ManualRequirement("", List.of(), 1).notBy(Collections.nCopies(1001, "u")),
                "requesters: is longer than 1000 entries");
    }

    @Test
    void aParameterOfAQuestion() {
        assertThatCode(() -> new InputDefinition(NAME, "x".repeat(32_768))).doesNotThrowAnyException();
        assertRefused(() -> new InputDefinition(NAME + 'n', ""), "name: is longer than 255 characters");
        assertRefused(() -> new InputDefinition("p", "x".repeat(32_769)), "\"p\": is longer than 32768 characters");
        assertRefused(() -> new InputDefinition("p", "<a>" + HALF), "\"p\": has half of a character");
    }

    private static ApprovalTerms.Builder terms() {
        return ApprovalTerms.of("a1", new BuildRef("job", 1)).webhook("w").timeout(Instant.EPOCH, Duration.ofDays(1));
    }

    @Test
    void theTermsOfAnApproval() {
        List<String> callers = Collections.nCopies(100, "c".repeat(1000));

        assertThatCode(() -> terms().environment(NAME)
                        .webhook(NAME)
                        .callers(NAME, callers)
                        .start())
                .doesNotThrowAnyException();
        assertRefused(() -> terms().environment(NAME + 'n').build(), "environment: is longer than 255 characters");
        assertRefused(() -> terms().environment(HALF).build(), "environment: has half of a character");
        assertRefused(() -> terms().webhook(NAME + 'n').build(), "webhook: is longer than 255 characters");
        assertRefused(() -> terms().callers(NAME + 'n', List.of()), "callbackCredentialsId: is longer than");
        assertRefused(
                () -> terms().callers(null, Collections.nCopies(101, "c")),
                "allowedCallers: is longer than 100 entries");
        assertRefused(
                () -> terms().callers(null, List.of("c".repeat(1001))),
                "allowedCallers: is longer than 1000 characters");
        assertRefused(() -> new ApprovalTerms.Origin("o".repeat(1001), null), "the URL of Jenkins: is longer than");
    }

    private static Webhook webhook(int length) {
        return Webhook.named("w")
                .uriTemplate("https://ci.example.com/")
                .body("b".repeat(length - "https://ci.example.com/".length()))
                .build();
    }

    @Test
    void theCallsOfAnApproval() {
        Webhook largest = webhook(1_048_576);
        Map<String, String> context = Map.of("k", "v".repeat(1_048_575));

        assertThatCode(() -> new OutgoingCalls(largest, largest, context, NAME, NAME)
                        .with(Notifications.by(List.of(largest))))
                .doesNotThrowAnyException();
        assertRefused(
                () -> new OutgoingCalls(largest, largest, context, null, null)
                        .with(Notifications.by(List.of(largest, webhook(100)))),
                "webhook, cancel, status and notify: is longer than 4194304 characters: it has 4194404");
        assertRefused(
                () -> new OutgoingCalls(largest, null, Map.of("k" + HALF, ""), null, null), "context: the key \"k");
        assertRefused(() -> new OutgoingCalls(largest, null, Map.of(), NAME + 'n', null), "account: is longer than");
        assertRefused(() -> new OutgoingCalls(largest, null, Map.of(), null, NAME + 'n'), "namespace: is longer than");
        Webhook asking = Webhook.named("cancel")
                .uriTemplate("https://ci.example.com/")
                .body(IntStream.range(0, 101)
                        .mapToObj("{{answer.v%d}}"::formatted)
                        .collect(Collectors.joining()))
                .build();
        assertRefused(
                () -> new OutgoingCalls(largest, asking, Map.of(), null, null),
                "{{answer.NAME}} of status and cancel: is longer than 100 entries");
        assertRefused(
                () -> Notifications.by(Collections.nCopies(101, webhook(100))), "notify: is longer than 100 entries");
    }

    @Test
    void whatNobodyCanBeToldToMendIsCut() {
        var attempt = new Attempt(
                1, Instant.EPOCH, "h".repeat(1001), 500, Duration.ZERO, "f" + HALF, "a".repeat(8193), null, Map.of());
        var decision = new Decision(Decision.Outcome.FAILURE, "m".repeat(65_537), "deadline", Instant.EPOCH);

        assertThat(attempt.host()).isEqualTo("h".repeat(999) + "…");
        assertThat(attempt.failure()).isEqualTo("f\ufffd");
        assertThat(attempt.answer()).hasSize(8192);
        assertThat(decision.mdMessage()).isEqualTo("m".repeat(65_535) + "…");
    }
}
