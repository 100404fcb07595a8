package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.Test;

/** External processes say how far they have come while a build waits. */
@AcceptanceTest
class ProgressTest {

    private static JsonNode progress(Build build) {
        return build.approvals().get(0).path("progress");
    }

    @Test
    void isShownWhileItWaitsAndInTheLogSparingly(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval()).build().awaitWaiting(1);
        Callback callback = process.awaitCall().callback();

        for (int percent = 0; percent <= 40; percent++) {
            assertThat(callback.send("/progress", "{\"percent\": " + percent + ", \"mdMessage\": \"**testing**\"}"))
                    .returns(200, Answer::status);
        }

        assertThat(progress(build).get("percent").asInt()).isEqualTo(40);
        assertThat(progress(build).get("mdMessageHtml").asText()).contains("<strong>testing</strong>");
        build.awaitLog("[armory] Progress: 0 %, **testing**");
        assertThat(callback.succeed("done")).returns(200, Answer::status);
        assertThat(build.awaitResult("SUCCESS")).containsOnlyOnce("Progress: ");
        assertThat(progress(build).isMissingNode()).isTrue();
        assertThat(callback.send("/progress", "{\"percent\": 100}")).returns(410, Answer::status);
    }

    @Test
    void neitherACrumbNorALoginIsAskedAndHttpBasicIsLetThrough(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval()).build().awaitWaiting(1);
        Callback callback = process.awaitCall().callback();

        Answer answer = Http.send(callback.post("/progress", "{\"percent\": 1}")
                .header("Authorization", "Basic cHJveHk6cHJveHk=")
                .header("X-Armory-Callback-Token", callback.token()));

        assertThat(answer).returns(200, Answer::status);
        assertThat(callback.sendWithoutToken("/progress", "{\"percent\": 2}")).returns(401, Answer::status);
        assertThat(progress(build).get("percent").asInt()).isEqualTo(1);
        callback.succeed("");
        build.awaitResult("SUCCESS");
    }
}
