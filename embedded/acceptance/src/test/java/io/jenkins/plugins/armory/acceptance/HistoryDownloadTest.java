package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The history over HTTP, on a controller of its own. */
class HistoryDownloadTest extends OwnController {

    private static List<JsonNode> lines() {
        return jenkins.history().body().lines().map(HistoryDownloadTest::parsed).toList();
    }

    private static JsonNode parsed(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (JsonProcessingException x) {
            throw new AssertionError(line, x);
        }
    }

    private Build decide(boolean success) {
        // Without a stage: Jenkins may lose in a crash that the body of one is over, see docs/reliability.md.
        Build build = jenkins.createJob(process.approval()).build();
        var callback = process.awaitCallback();
        if (success) {
            callback.succeed("12 of 12 tests *passed*, ça va, Å");
        } else {
            callback.fail("1 failed");
        }
        return build;
    }

    @Test
    void hasADecisionAsSoonAsItIsAnswered() {
        Build build = decide(true);
        Answer answer = jenkins.history();

        List<JsonNode> lines = lines();
        JsonNode line = lines.get(lines.size() - 1);
        assertThat(line.get("job").asText()).isEqualTo(build.job().name());
        assertThat(line.get("outcome").asText()).isEqualTo("SUCCESS");
        assertThat(line.get("message").asText()).isEqualTo("12 of 12 tests *passed*, ça va, Å");
        assertThat(answer.header("Content-Type").orElseThrow()).startsWith("application/x-ndjson");
        assertThat(answer.header("Content-Disposition").orElseThrow()).contains("attachment");
        build.awaitResult("SUCCESS");
    }

    @Test
    void keepsEveryDecisionOverAKillAndTheDeletionOfItsJob() {
        int before = lines().size();
        Build first = decide(true);
        Build second = decide(false);
        controller.kill(); // a moment after the answers
        controller.start();
        Build third = decide(true);
        List<Build> all = List.of(first, second, third);
        all.forEach(build -> Wait.until("the end of " + build).until(() -> !build.isBuilding()));
        all.forEach(build -> build.job().delete());
        controller.kill();
        controller.start();

        List<JsonNode> lines = lines();

        assertThat(lines.subList(before, lines.size()))
                .extracting(line -> line.get("job").asText())
                .containsExactlyElementsOf(
                        all.stream().map(build -> build.job().name()).toList());
    }
}
