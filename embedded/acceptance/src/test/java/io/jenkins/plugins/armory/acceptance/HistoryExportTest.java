package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The history of decisions over HTTP, on a controller of its own, and the example that verifies what was exported. */
class HistoryExportTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static Controller controller;
    private static Jenkins jenkins;
    private final ExternalProcess process = new ExternalProcess();

    @TempDir
    private Path folder;

    @BeforeAll
    static void createController() {
        controller = Controller.create(Settings.CASC);
        jenkins = new Jenkins(controller);
    }

    @BeforeEach
    void startController() {
        controller.start();
    }

    @AfterAll
    static void closeController() {
        controller.close();
    }

    @AfterEach
    void closeProcess() {
        process.close();
    }

    private static Answer export(String query) {
        return export("ndjson", query);
    }

    private static Answer export(String format, String query) {
        HttpRequest.Builder request = Http.request(controller.url() + "armory/history." + format + query);
        controller.authorization().ifPresent(value -> request.header("Authorization", value));
        return Http.send(request);
    }

    private static List<JsonNode> lines(String query) {
        Answer answer = export(query);
        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
        var lines = new ArrayList<JsonNode>();
        answer.body().lines().forEach(line -> {
            try {
                lines.add(JSON.readTree(line));
            } catch (IOException x) {
                throw new AssertionError(line, x);
            }
        });
        return lines;
    }

    private Build decide(boolean success) {
        // Without a stage: Jenkins may lose in a crash that the body of one is over, see docs/reliability.md.
        return decide(jenkins.createJob(process.approval()), success);
    }

    private Build decide(Job job, boolean success) {
        Build build = job.build();
        var callback = process.awaitCallback();
        if (success) {
            callback.succeed("12 of 12 tests *passed*, ça va, Å");
        } else {
            callback.fail("1 failed");
        }
        return build;
    }

    private static JsonNode last(List<JsonNode> lines) {
        return lines.get(lines.size() - 1);
    }

    @Test
    void hasADecisionAsSoonAsItIsAnswered() {
        Build build = decide(true);
        Answer answer = export("");

        JsonNode line = last(lines(""));
        assertThat(line.at("/content/job").asText()).isEqualTo(build.job().name());
        assertThat(line.at("/content/outcome").asText()).isEqualTo("SUCCESS");
        assertThat(line.at("/content/message").asText()).isEqualTo("12 of 12 tests *passed*, ça va, Å");
        assertThat(answer.header("Content-Type").orElseThrow()).startsWith("application/x-ndjson");
        assertThat(answer.header("Content-Disposition").orElseThrow()).contains("attachment");
        build.awaitResult("SUCCESS");
    }

    @Test
    void givesTheLinesSinceANumberOrATime() {
        decide(true).awaitResult("SUCCESS");
        long number = last(lines("")).get("number").asLong();
        decide(false).awaitResult("FAILURE");

        List<JsonNode> after = lines("?since=" + number);

        assertThat(after).hasSize(1);
        assertThat(after.get(0).get("number").asLong()).isEqualTo(number + 1);
        assertThat(lines("?since=" + (number + 1))).isEmpty();
        String time = after.get(0).at("/content/recordedAt").asText();
        assertThat(lines("?since=" + time)).isEqualTo(after);
        assertThat(lines("?since=2000-01-01T00:00:00Z")).isEqualTo(lines(""));
        assertThat(export("?since=yesterday"))
                .returns(400, Answer::status)
                .extracting(Answer::body)
                .asString()
                .contains("since: is neither the number of a line nor a time");
    }

    @Test
    void aSpreadsheetHasWhatProvesThatPeopleDecided() {
        Build build = jenkins.createJob(
                        "armoryWebhookApproval(manualApproval: [message: 'Go?', submitters: 'admin, anonymous'])")
                .build()
                .awaitWaiting(1);
        long before = lines("").size();
        build.decide(build.approval(), "approve", "=HYPERLINK(\"http://x\")").expect(200);
        build.awaitResult("SUCCESS");

        Answer answer = export("csv", "?since=" + before);

        answer.expect(200);
        assertThat(answer.header("Content-Type").orElseThrow()).startsWith("text/csv");
        assertThat(answer.header("Content-Disposition").orElseThrow()).contains("armory-history.csv");
        List<String> csv = answer.body().lines().toList();
        JsonNode content = last(lines("")).get("content");
        assertThat(csv.get(0).replaceAll("[\"\uFEFF]", "").split(","))
                .contains(content.properties().stream()
                        .map(Map.Entry::getKey)
                        .filter(name -> !name.matches("kind|people"))
                        .toArray(String[]::new));
        String said = "\"'=HYPERLINK(\"\"http://x\"\")\",\"1 (admin, anonymous): ";
        assertThat(csv.get(1))
                .startsWith("\"" + (before + 1) + "\",")
                .contains(content.get("approval").asText(), said);
        assertThat(answer.body()).contains(": =HYPERLINK");
        assertThat(export("csv", "?since=yesterday").status()).isEqualTo(400);
    }

    @Test
    void keepsEveryDecisionOverAKillAndTheDeletionOfItsJob() {
        long before = lines("").size();
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

        List<JsonNode> lines = lines("");

        assertThat(lines).hasSize((int) before + 3);
        assertThat(lines.subList((int) before, lines.size()))
                .extracting(line -> line.at("/content/job").asText())
                .containsExactlyElementsOf(
                        all.stream().map(build -> build.job().name()).toList());
        for (int i = 1; i < lines.size(); i++) {
            assertThat(lines.get(i).get("previous")).isEqualTo(lines.get(i - 1).get("sha256"));
        }
    }

    /** Whoever may read the new job is not shown what was decided for the old one, see HistoryJenkinsTest. */
    @Test
    void aJobThatIsCreatedAgainIsAnotherOne() {
        String name = "created-again";
        Job job = jenkins.createJob(name, process.approval(), List.of());
        decide(job, true).awaitResult("SUCCESS");
        controller.kill();
        controller.start();
        decide(job, true).awaitResult("SUCCESS");
        job.delete();
        decide(jenkins.createJob(name, process.approval(), List.of()), true).awaitResult("SUCCESS");

        List<String> ids = lines("").stream()
                .filter(line -> line.at("/content/job").asText().equals(name))
                .map(line -> line.at("/content/jobId").asText())
                .toList();

        assertThat(ids).hasSize(3).allMatch(id -> id.length() == 36);
        assertThat(ids.get(1)).isEqualTo(ids.get(0));
        assertThat(ids.get(2)).isNotEqualTo(ids.get(0));
    }

    @Test
    void theExampleVerifiesAnExportedFileAndFindsWhatWasChanged() throws Exception {
        decide(true).awaitResult("SUCCESS");
        decide(false).awaitResult("FAILURE");
        String exported = export("").body();
        Path file = folder.resolve("armory-history.ndjson");

        assertThat(verify(file, exported))
                .contains("Last: " + last(lines("")).get("sha256").asText());
        assertThat(verify(file, exported.replace("1 failed", "0 failed"))).contains("was changed");
        List<String> lines = exported.lines().toList();
        assertThat(verify(file, String.join("\n", lines.subList(1, lines.size()))))
                .as("a file may begin anywhere")
                .contains("Last: ");
        assertThat(verify(file, exported + lines.get(0) + "\n")).contains("does not follow");
        assertThat(verify(file, exported.substring(0, exported.length() - 9))).contains("is no line of a history");
    }

    private static String verify(Path file, String exported) throws Exception {
        Files.writeString(file, exported);
        Path example = Path.of(System.getProperty("acceptance.examples")).resolve("history/VerifyHistory.java");
        Process verifier = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        example.toString(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        String said = new String(verifier.getInputStream().readAllBytes());
        assertThat(verifier.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(verifier.exitValue()).as(said).isEqualTo(said.contains("Last: ") ? 0 : 1);
        return said;
    }
}
