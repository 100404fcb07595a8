package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** What a callback's decision does to the build. */
@AcceptanceTest
class DecisionTest {

    /** Shows all that the step returns. */
    private static final String SHOWING_THE_RESULT = """
            def r = %s
            echo "success=${r.success} id=${r.id} mdMessage=${r.mdMessage}."
            echo "decidedBy=${r.decidedBy} decidedAt=${r.decidedAt} durationMillis=${r.durationMillis}"
            """;

    @Test
    void successLetsTheBuildGoOnWithTheMessage(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(SHOWING_THE_RESULT.formatted(process.approval()));
        Callback callback = process.awaitCallback();

        callback.succeed("All **42** checks passed.").expect(200);

        assertThat(build.awaitResult("SUCCESS"))
                .contains("Webhook approval 'checks' succeeded (callback token): All 42 checks passed.")
                .contains("success=true id=" + callback.id() + " mdMessage=All **42** checks passed..")
                .containsPattern("decidedBy=callback token decidedAt=[\\dT:.-]+Z durationMillis=\\d+");
        assertThat(build.hasNothingPending()).isTrue();
    }

    @Test
    void pipelineGetsTheDataOfTheCallback(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                def data = %s.data
                sleep 1 // the data is saved with the program
                echo "version=${data.version} passed=${data.tests.passed + 1} ratio=${data.tests.ratio * 2}"
                echo "flaky=${data.flaky.join('+')} last=${data.flaky[-1]} none=${data.none} ok=${data.ok ? 'yes' : 'no'}"
                data.flaky.each { echo "each ${it}" }
                """.formatted(process.approval()));

        process.awaitCallback().send("""
                {"success": true, "data": {"version": "1.4.2", "tests": {"passed": 41, "ratio": 0.25},
                 "flaky": ["a", "b"], "none": null, "ok": true}}
                """);

        assertThat(build.awaitResult("SUCCESS"))
                .contains("version=1.4.2 passed=42 ratio=0.5", "flaky=a+b last=b none=null ok=yes", "each a", "each b");
    }

    @Test
    void dataIsAnEmptyMapWithoutAny(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(
                "def r = %s\necho \"size=${r.data.size()} version=${r.data.version}\"".formatted(process.approval()));

        process.awaitCallback().succeed("");

        assertThat(build.awaitResult("SUCCESS")).contains("size=0 version=null");
    }

    @Test
    void failureWithoutAnExceptionHasItsDataToo(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("def r = %s\necho \"success=${r.success} failed=${r.data.failed}\""
                .formatted(process.approval("phase: 'afterDeployment'")));

        process.awaitCallback().send("{\"success\": false, \"data\": {\"failed\": 3}}");

        assertThat(build.awaitResult("UNSTABLE")).contains("success=false failed=3");
    }

    @Test
    void messageMayBeLeftOut(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(SHOWING_THE_RESULT.formatted(process.approval()));

        process.awaitCallback().send("{\"success\": true}");

        assertThat(build.awaitResult("SUCCESS"))
                .contains("Webhook approval 'checks' succeeded (callback token)\n")
                .contains("mdMessage=.");
    }

    @Test
    void failureFailsTheBuildForTheReasonInTheMessage(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval() + "\necho 'went on'");

        process.awaitCallback().fail("3 of 42 checks failed.");

        assertThat(build.awaitResult("FAILURE"))
                .contains("Webhook approval 'checks' failed (callback token): 3 of 42 checks failed.")
                .doesNotContain("went on");
        assertThat(build.hasNothingPending()).isTrue();
    }

    @Test
    void jenkinsfileCanCatchTheFailure(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                try {
                    %s
                    echo 'went on'
                } catch (e) {
                    echo "caught: ${e.message}"
                }
                stage('prod') { echo 'deploys' }
                """.formatted(process.approval()));

        process.awaitCallback().fail("3 of 42 checks failed.");

        assertThat(build.awaitResult("SUCCESS"))
                .contains(
                        "caught: Webhook approval 'checks' failed (callback token): 3 of 42 checks failed.", "deploys")
                .doesNotContain("went on");
    }

    @Test
    void decisionStandsAfterTheBuildHasEnded(Jenkins jenkins, ExternalProcess process) {
        Build passed = jenkins.build(process.approval());
        Callback success = process.awaitCallback();
        success.succeed("yes");
        passed.awaitResult("SUCCESS");
        Build failed = jenkins.build(process.approval());
        Callback failure = process.awaitCallback();
        failure.fail("no");
        failed.awaitResult("FAILURE");

        assertThat(success.succeed("yes again").json().get("duplicate").asBoolean())
                .isTrue();
        success.fail("on second thoughts").expect(409);
        assertThat(failure.fail("no again").json().get("duplicate").asBoolean()).isTrue();
        failure.succeed("on second thoughts").expect(409);
    }

    @Test
    void isInTheHistoryAsSoonAsItIsAnswered(Jenkins jenkins, ExternalProcess process) throws IOException {
        Build build = jenkins.build(process.approval());
        String message = "12 of 12 tests *passed*, ça va, Å";
        process.awaitCallback().succeed(message).expect(200);
        Answer answer = jenkins.history();

        String last = answer.body().lines().reduce((one, next) -> next).orElseThrow();
        JsonNode line = new ObjectMapper().readTree(last);
        assertThat(line.get("job").asText()).isEqualTo(build.job().name());
        assertThat(line.get("outcome").asText()).isEqualTo("SUCCESS");
        assertThat(line.get("message").asText()).isEqualTo(message);
        assertThat(answer.header("Content-Type").orElseThrow()).startsWith("application/x-ndjson");
        assertThat(answer.header("Content-Disposition").orElseThrow()).contains("attachment");
        build.awaitResult("SUCCESS");
    }
}
