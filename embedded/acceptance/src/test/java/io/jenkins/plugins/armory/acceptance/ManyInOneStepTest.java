package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** {@code armoryWebhookApprovals}: many approvals, one wait. */
class ManyInOneStepTest extends SharedController {

    private static final String BODY =
            "{\"region\": \"{{context.region}}\", \"callbackUri\": \"{{armory.callbackUri}}\", \"callbackToken\": \"{{armory.callbackToken}}\"}";

    /** A step with one webhook for all, and an approval for each region. */
    private String approvals(int regions, String... more) {
        return "armoryWebhookApprovals(name: 'checks', uriTemplate: '%s', bodyTemplate: [inline: '%s']%s, approvals: (0..<%d).collect { [context: [region: \"r${it}\".toString()]] })"
                .formatted(process.url(), BODY, more.length == 0 ? "" : ", " + String.join(", ", more), regions);
    }

    private static final String SHOW = "\nfor (r in results) { echo \"got ${r.success} ${r.mdMessage}\" }";

    /** Returns the calls by their regions. */
    private Map<String, Call> awaitCalls(int count) {
        var calls = new TreeMap<String, Call>();
        while (calls.size() < count) {
            Call call = process.awaitCall();
            calls.put(call.json().get("region").asText(), call);
        }
        return calls;
    }

    @Test
    void allSucceedAndTheResultsComeInTheirOrder() {
        Build build = jenkins.build("def results = " + approvals(12) + SHOW + "\necho \"${results.size()} of them\"");
        Map<String, Call> calls = awaitCalls(12);
        build.awaitWaiting(12);
        calls.forEach((region, call) -> call.callback().succeed("of " + region).expect(200));

        String log = build.awaitResult("SUCCESS");

        assertThat(log.lines().filter(line -> line.startsWith("got")).toList())
                .hasSize(12)
                .startsWith("got true of r0", "got true of r1", "got true of r2")
                .endsWith("got true of r11");
        assertThat(log)
                .contains("12 of them", "Waiting for 12 approvals", "Succeeded: 12 of 12 approvals.")
                .doesNotContain("Calling webhook");
        assertThat(log.split("\\[Pipeline\\] armoryWebhookApprovals", -1)).hasSize(2);
    }

    @Test
    void theFirstFailureIsNamedAndEndsTheOthers() {
        Build build = jenkins.build("try { " + approvals(5) + " } catch (e) { echo \"caught ${e.message}\"; throw e }");
        Map<String, Call> calls = awaitCalls(5);
        build.awaitWaiting(5);
        calls.get("r1").callback().succeed("fine").expect(200);
        calls.get("r3").callback().fail("3 of 12 failed").expect(200);

        String log = build.awaitResult("FAILURE");

        assertThat(log)
                .contains(
                        "caught 1 of 5 approvals failed: region=r3 (approvals[3]): Webhook approval 'checks' failed (",
                        "): 3 of 12 failed");
        assertThat(outcomes(build))
                .containsEntry("FAILURE", 1)
                .containsEntry("SUCCESS", 1)
                .containsEntry("OTHER_FAILED", 3);
        assertThat(calls.get("r0").callback().succeed("too late").status()).isEqualTo(410);
    }

    @Test
    void aWarningNamesTheEntry() {
        process.onCall(call -> Reply.of(call.method().equals("GET") ? 503 : 202));
        Build build = jenkins.build(approvals(
                2, "status: [uriTemplate: '" + process.url() + "', every: 5, pointer: '/s', success: ['done']]"));

        build.awaitLog("[armory] WARNING: region=r1 (approvals[1]): The status cannot be read: ");
        build.abort();
    }

    private static Map<String, Integer> outcomes(Build build) {
        var outcomes = new TreeMap<String, Integer>();
        build.approvals()
                .forEach(approval ->
                        outcomes.merge(approval.at("/decision/outcome").asText(), 1, Integer::sum));
        return outcomes;
    }

    @Test
    void allAreDecidedIfNoFailureEndsTheOthers() {
        Build build = jenkins.build("stage('checks') { def results = "
                + approvals(3, "phase: 'afterDeployment', failFast: false") + SHOW
                + " }\nstage('next') { echo 'not run' }");
        Map<String, Call> calls = awaitCalls(3);
        build.awaitWaiting(3);
        calls.get("r2").callback().fail("slow").expect(200);
        calls.get("r0").callback().fail("red").expect(200);
        calls.get("r1").callback().succeed("fine").expect(200);

        String log = build.awaitResult("FAILURE");

        assertThat(log)
                .contains("got false red", "got true fine", "got false slow")
                .contains("2 of 3 approvals failed: region=r2 (approvals[2]): ", "ERROR: region=r0 (approvals[0]): ")
                .doesNotContain("\nnot run");
    }

    @Test
    void mistakesNameTheEntry() {
        Mistakes.assertNamed(
                jenkins,
                "armoryWebhookApprovals(%s)",
                "[[webhook: 'gate'], [name: 'b', uriTemplate: 'nowhere']] | approvals[1].uriTemplate: ",
                "[[webhook: 'a'], [webhok: 'b']] | approvals[1].webhok: there is no such parameter; did you mean webhook?",
                "approvals: [[webhook: 'a', phase: 'strategy']] | approvals[0].phase: is the same for all",
                "[] | armoryWebhookApprovals: approvals: is empty",
                "approvals: 'a' | armoryWebhookApprovals: approvals: must be a list",
                "approval: [[webhook: 'a']] | approval: there is no such parameter; did you mean approvals?",
                "timeout: 2 | armoryWebhookApprovals: approvals: must be a list",
                "approvals: ['a'] | armoryWebhookApprovals: approvals[0]: must be a map",
                "(1..10001).collect { [webhook: 'a'] } | approvals: is longer than 10000 entries: it has 10001",
                "[[name: 'a', uriTemplate: '" + process.url()
                        + "'], [webhook: 'nobody-has-this']] | approvals[1].webhook: there is no webhook \"nobody-has-this\"");
        assertThat(process.calls()).isEmpty();
    }

    private static String failure(String step) {
        return jenkins.build(step).awaitResult("FAILURE");
    }

    @Test
    void theTimeOfAnEntryBeginsWithItsFirstCall() {
        var held = new CountDownLatch(1);
        process.onCall(call -> {
            try {
                held.await();
            } catch (InterruptedException x) {
                Thread.currentThread().interrupt();
            }
            return Reply.of(202);
        });
        try {
            Build build = jenkins.build(approvals(9, "timeout: 1", "requestTimeout: 300"));
            Wait.until("as many are called as may be at once")
                    .until(() -> process.calls().size() == 8);

            Instant tomorrow = Instant.now().plus(Duration.ofHours(23));
            assertThat(build.approvals())
                    .extracting(
                            each -> Instant.parse(each.get("deadline").asText()).isAfter(tomorrow))
                    .containsExactlyInAnyOrder(true, false, false, false, false, false, false, false, false);
            build.abort();
            build.awaitResult("ABORTED");
        } finally {
            held.countDown();
        }
    }

    /** All of them are written together, and ended together. */
    @Test
    void whatIsKeptOfAllHasABound() {
        String question = "manualApproval: [message: it + '\u00fc' * 8000]"; // the same one would be kept once
        String step =
                "armoryWebhookApprovals(approvals: (0..<%d).collect { [name: 'a', uriTemplate: '%s', bodyTemplate: [inline: '%s'], %s] })"
                        .formatted(1100, process.url(), BODY.replace("context.region", "armory.approvalId"), question);

        assertThat(failure(step))
                .containsPattern(
                        "approvals: is longer than 16777216 bytes of JSON: it has \\d{8}; shorten what each has");
        assertThat(process.calls()).isEmpty();
    }

    @Test
    void peopleAreAskedOnceForAll() {
        Build build = jenkins.build("def results = " + approvals(3, "manualApproval: [message: 'All regions?']")
                + "\necho \"${results.size()} results\"");
        awaitCalls(3).forEach((region, call) -> call.callback().succeed("fine").expect(200));
        JsonNode question = build.awaitQuestion();
        assertThat(question.get("path").asText()).isEqualTo("approvals");
        assertThat(build.log()).contains("All regions?");
        build.decide(question, "approve", "go").expect(200);

        assertThat(build.awaitResult("SUCCESS")).contains("3 results");
    }

    @Test
    void anAbortEndsThemAll() {
        Build build = jenkins.build(approvals(4));
        awaitCalls(4);
        build.awaitWaiting(4);
        build.abort();

        build.awaitResult("ABORTED");

        assertThat(outcomes(build)).isEqualTo(Map.of("ABORTED", 4));
    }

    @Test
    void aSecondTryOfTheWholeStepMakesUpForAFailure() {
        Build build = jenkins.build("armoryEnvironment('e') { retry(2) { " + approvals(2)
                + " } }\narmoryEnvironment('f') { echo 'reached f' }");
        awaitCalls(2).get("r0").callback().fail("flaky").expect(200);
        awaitCalls(2).forEach((region, call) -> call.callback().succeed("fine").expect(200));

        assertThat(build.awaitResult("SUCCESS")).contains("reached f");
    }
}
