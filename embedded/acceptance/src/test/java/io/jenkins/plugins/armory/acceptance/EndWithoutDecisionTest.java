package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways an approval ends without a callback. After each of them nothing waits, and a callback is too late. */
@AcceptanceTest
class EndWithoutDecisionTest {

    @Test
    void deadlineFailsTheBuildAndIsNamed(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval("timeout: 3", "unit: 'SECONDS'"));
        Callback callback = process.awaitCallback();

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "Webhook approval 'checks' timed out after 3 seconds: No callback arrived before the deadline.");

        JsonNode approval = build.approval();
        assertThat(instant(approval, "/deadline"))
                .isEqualTo(instant(approval, "/createdAt").plusSeconds(3));
        assertThat(instant(approval, "/decision/decidedAt")).isEqualTo(instant(approval, "/deadline"));

        assertIsOver(build, callback, "The approval timed out at ");
    }

    /** Nobody is asked, and no callback is awaited: it is the call that is missing. */
    @ParameterizedTest
    @ValueSource(strings = {"disableCallback: true", "manualApproval: [message: 'Go?']", "answer: [success: '200']"})
    void aWebhookThatTookNoCallInTimeIsNamedAsWhatIsMissing(
            String parameter, Jenkins jenkins, ExternalProcess process) {
        Runnable answer = process.holdAnswers();
        Build build = jenkins.build("armoryWebhookApproval(name: 'checks', uriTemplate: '" + process.url()
                + "', bodyTemplate: [inline: '{{armory.approvalId}}'], headers: [[key: 'Content-Type', value:"
                + " 'text/plain'], [key: 'X-Callback', value: '"
                + (parameter.startsWith("manual") ? "{{armory.callbackUri}}" : "-")
                + "']], timeout: 3, unit: 'SECONDS', " + parameter + ")");

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "Webhook approval 'checks' timed out after 3 seconds: No call of the webhook was taken before the deadline. Raise the"
                                + " limit with timeout and unit, or see the lines above for what held the call up.");
        assertThat(build.approval().at("/decision/mdMessage").asText())
                .isEqualTo("No call of the webhook was taken before the deadline.");
        answer.run();
    }

    @Test
    void silenceFailsTheBuildEarlyAndSaysSinceWhen(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval("heartbeat: 2", "unit: 'SECONDS'"))
                .awaitWaiting(1);
        Callback callback = process.awaitCallback();
        assertThat(build.approval().at("/heartbeat/intervalMillis").asInt()).isEqualTo(2000);
        assertThat(instant(build.approval(), "/deadline"))
                .as("unit is the heartbeat's, and the timeout what it is without both")
                .isEqualTo(instant(build.approval(), "/createdAt").plus(Duration.ofHours(24)));
        callback.send("/progress", "{\"percent\": 40}");

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "Webhook approval 'checks' failed before its deadline: Nothing was heard of the external process"
                                + " for 2 seconds: since ")
                .contains(", when it last reported progress (40 %).");

        assertThat(build.approval().at("/decision/outcome").asText()).isEqualTo("NOT_HEARD");
        assertIsOver(build, callback, "The approval ended at ");
        callback.send("/progress", "{\"percent\": 41}").expect(410);
    }

    @Test
    void abortEndsTheBuildWhileItsWebhookIsBeingCalled(Jenkins jenkins, ExternalProcess process) {
        Runnable answer = process.holdAnswers();
        Build build = jenkins.build(process.approval());
        Callback callback = process.awaitCallback();
        build.abort();

        build.awaitResult("ABORTED");
        answer.run();

        assertIsOver(build, callback, "The approval ended with its build");
    }

    @Test
    void timeoutAroundTheStepEndsIt(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("timeout(time: 3, unit: 'SECONDS') { " + process.approval() + " }");
        Callback callback = process.awaitCallback();

        build.awaitResult("ABORTED");

        assertIsOver(build, callback, "The approval ended with its build");
    }

    @Test
    void failingBranchBesideTheStepEndsIt(Jenkins jenkins, ExternalProcess process) {
        try (ExternalProcess other = new ExternalProcess()) {
            Build build = jenkins.build("""
                    parallel failFast: true,
                        waits: { %s },
                        fails: { %s }
                    """.formatted(process.approval(), other.approval()));
            Callback callback = process.awaitCallback();
            Callback failing = other.awaitCallback();
            build.awaitWaiting(2);
            failing.fail("this branch fails");

            assertThat(build.awaitResult("FAILURE")).contains("this branch fails");

            // By failFast, or as another approval of the same phase; whichever comes first.
            assertIsOver(build, callback, "The approval ended ");
        }
    }

    private static Instant instant(JsonNode approval, String pointer) {
        return Instant.parse(approval.at(pointer).asText());
    }

    private static void assertIsOver(Build build, Callback callback, String reason) {
        assertThat(build.hasNothingPending()).isTrue();
        assertThat(build.approvals()).isNotEmpty();
        assertIsGone(callback.succeed("too late"), reason);
        assertIsGone(callback.fail("too late"), reason);
    }

    private static void assertIsGone(Answer answer, String reason) {
        answer.expect(410);
        assertThat(answer.json().get("error").asText()).isEqualTo("approval_ended");
        assertThat(answer.json().get("message").asText()).startsWith(reason);
    }
}
