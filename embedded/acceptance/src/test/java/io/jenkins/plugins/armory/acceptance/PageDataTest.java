package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.net.http.HttpRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the page of all approvals asks for. */
@AcceptanceTest
class PageDataTest {

    private static Answer ask(Jenkins jenkins, String known) {
        return ask(jenkins, "armory/api/json", known);
    }

    private static Answer ask(Jenkins jenkins, String path, String known) {
        HttpRequest.Builder request =
                Http.request(jenkins.controller().url() + path).header("If-None-Match", known);
        jenkins.controller().authorization().ifPresent(value -> request.header("Authorization", value));
        return Http.send(request);
    }

    private static String tag(Answer answer) {
        return answer.header("ETag").orElseThrow();
    }

    @Test
    void isSentAgainOnlyWhenSomethingHasChanged(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        Answer waiting = ask(jenkins, "\"something else\"");
        waiting.expect(200);

        assertThat(ask(jenkins, tag(waiting)))
                .returns(304, Answer::status)
                .returns("", Answer::body)
                .returns(tag(waiting), PageDataTest::tag);

        callback.with("no such token").succeed("");
        Answer refused = ask(jenkins, tag(waiting));
        refused.expect(200);
        callback.succeed("");
        Answer decided = ask(jenkins, tag(refused));
        decided.expect(200);
        build.awaitResult("SUCCESS");
        ask(jenkins, tag(decided)).expect(304);
        build.delete();
        ask(jenkins, tag(decided)).expect(200);
    }

    @Test
    void hasTheBeginningOfALongMessageAndTheApprovalItselfHasAllOfIt(Jenkins jenkins, ExternalProcess process) {
        String message = "x".repeat(60_000);
        Build build = jenkins.build(process.approval());
        Callback callback = process.awaitCallback();
        callback.succeed(message);
        build.awaitResult("SUCCESS");

        JsonNode decision = build.approval().get("decision");
        assertThat(decision.get("mdMessage").asText()).isEqualTo("x".repeat(8192));
        assertThat(decision.get("mdMessageHtml").asText())
                .contains("Message truncated.")
                .hasSizeLessThan(9000);
        JsonNode whole =
                jenkins.get("armory/approvals/" + callback.id() + "/api/json").json();
        assertThat(whole.at("/decision/mdMessage").asText()).isEqualTo(message);
    }

    /** Each answer has a page of them, and each of them can be found and decided. */
    @Test
    void isSmallForABuildOfManyApprovals(Jenkins jenkins) {
        Build build = jenkins.build(
                "armoryWebhookApprovals((0..<2000).collect { [manualApproval: [message: \"Release to r${it}?\".toString()]] })");
        Wait.until("all wait")
                .until(() -> build.deployment().at("/counts/WAITING").asInt() == 2_000);

        Answer first = build.deploymentAnswer();
        assertThat(first.body()).hasSizeLessThan(200_000);
        assertThat(paths(first.json()))
                .hasSize(100)
                .startsWith("approvals[0]", "approvals[1]")
                .endsWith("approvals[99]");
        assertThat(first.json().get("found").asInt()).isEqualTo(2_000);
        assertThat(paths(page(jenkins, build, "from=1950"))).hasSize(50).endsWith("approvals[1999]");
        JsonNode all = jenkins.get("armory/api/json").json();
        assertThat(all.get("leftOut").asInt()).isEqualTo(1_900);
        assertThat(all.toString()).hasSizeLessThan(400_000);

        JsonNode found = page(jenkins, build, "q=Approvals%5B471%5D+waiting");
        assertThat(paths(found)).containsExactly("approvals[471]");
        build.decide(found.at("/approvals/0"), "reject", "not there").expect(200);
        build.awaitResult("FAILURE");
        JsonNode over = build.deployment();
        assertThat(over.get("counts").toString()).isEqualTo("{\"OTHER_FAILED\":1999,\"REJECTED\":1}");
        assertThat(paths(over)).startsWith("approvals[471]", "approvals[0]");
        assertThat(paths(page(jenkins, build, "q=approvals%5B471%5D"))).containsExactly("approvals[471]");
        assertThat(paths(page(jenkins, build, "from=4294967295"))).isEmpty();
        ask(jenkins, build.path() + "armory/api/json?from=-1", "none").expect(400);
        build.delete();
    }

    @Test
    void theQuestionBesideAListIsAmongThoseOfAllBuilds(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(
                "armoryWebhookApprovals(uriTemplate: '" + process.url()
                        + "', manualApproval: [message: 'Go?'], approvals: (0..<101).collect { [name: \"r${it}\".toString()] })");
        Wait.until("all wait")
                .until(() -> build.deployment().at("/counts/WAITING").asInt() == 102);

        assertThat(jenkins.get("armory/api/json").json().findValuesAsText("message"))
                .contains("Go?");
        build.abort();
        build.awaitResult("ABORTED");
    }

    private static JsonNode page(Jenkins jenkins, Build build, String query) {
        return jenkins.get(build.path() + "armory/api/json?" + query).json();
    }

    private static List<String> paths(JsonNode answer) {
        return answer.get("approvals").findValuesAsText("path");
    }
}
