package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;

/** What the page of all approvals asks for. */
@AcceptanceTest
class PageDataTest {

    private static Answer ask(Jenkins jenkins, String known) {
        HttpRequest.Builder request =
                Http.request(jenkins.controller().url() + "armory/api/json").header("If-None-Match", known);
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
}
