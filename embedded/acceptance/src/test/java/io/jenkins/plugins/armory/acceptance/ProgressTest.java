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
        return build.approval().path("progress");
    }

    @Test
    void isShownWhileItWaitsAndInTheLogSparingly(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();

        for (int percent = 0; percent <= 40; percent++) {
            callback.send("/progress", "{\"percent\": " + percent + ", \"mdMessage\": \"**testing**\"}")
                    .expect(200);
        }

        assertThat(progress(build).get("percent").asInt()).isEqualTo(40);
        assertThat(progress(build).get("mdMessageHtml").asText()).contains("<strong>testing</strong>");
        build.awaitLog(": Progress: 0 %, testing");
        callback.succeed("done").expect(200);
        assertThat(build.awaitResult("SUCCESS")).containsOnlyOnce("Progress: ");
        assertThat(progress(build).isMissingNode()).isTrue();
        callback.send("/progress", "{\"percent\": 100}").expect(410);
    }

    @Test
    void neitherACrumbNorALoginIsAskedAndHttpBasicIsLetThrough(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();

        Answer answer = Http.send(callback.post("/progress", "{\"percent\": 1}")
                .header("Authorization", "Basic cHJveHk6cHJveHk=")
                .header("X-Armory-Callback-Token", callback.token()));

        answer.expect(200);
        callback.sendWithoutToken("/progress", "{\"percent\": 2}").expect(401);
        assertThat(progress(build).get("percent").asInt()).isEqualTo(1);
        callback.succeed("");
        build.awaitResult("SUCCESS");
    }
}
