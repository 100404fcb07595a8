package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A service gives what it starts an id of its own, and cannot call back: Jenkins asks and cancels by that id. */
@AcceptanceTest
class ServiceIdTest {

    /** GitLab, with the answers that it documents, and the example for it. */
    private static final class GitLab {

        private static final String START = "/api/v4/projects/12/pipeline?ref=main";
        private static final String QUESTION = "/api/v4/projects/12/pipelines/47";

        private GitLab() {}

        static String step(ExternalProcess process) throws IOException {
            return example("Jenkinsfile.gitlab", process);
        }

        /** Answers as the service does; a question for another id is not found. */
        static void answer(ExternalProcess process, String status) {
            process.onCall(call -> switch (call.method() + " " + call.path()) {
                case "POST " + START ->
                    json(
                            201,
                            "{\"id\": 47, \"iid\": 12, \"project_id\": 12, \"status\": \"created\", \"ref\": \"main\"}");
                case "GET " + QUESTION -> json(200, "{\"id\": 47, \"status\": \"" + status + "\", \"coverage\": null}");
                case "POST " + QUESTION + "/cancel" -> Reply.of(202);
                default -> Reply.of(404);
            });
        }
    }

    /**
     * A Jenkins: starting a build answers with an item in its queue, which has the address of the build once that has
     * begun.
     */
    static final class OtherJenkins {

        private final String item =
                "{\"_class\": \"hudson.model.Queue$WaitingItem\", \"id\": 7, \"url\": \"queue/item/7/\", \"why\": \"In the quiet period\"}";
        private final ExternalProcess process;
        private final String host;
        private volatile String state = "";

        OtherJenkins(ExternalProcess process) {
            this.process = process;
            host = process.url().replaceFirst("/checks$", "");
            process.onCall(this::answer);
        }

        String step() throws IOException {
            return example("jenkins-job/asked.Jenkinsfile", process);
        }

        /** @param said what the build says; empty while it is in the queue */
        void says(String said) {
            state = said;
        }

        void begins() {
            says("{\"building\": true, \"number\": 5, \"result\": null}");
        }

        void ends(String result) {
            says("{\"building\": false, \"number\": 5, \"result\": \"" + result + "\"}");
        }

        private Reply answer(Call call) {
            boolean begun = !state.isEmpty();
            return switch (call.method() + " " + call.path()) {
                case "POST /job/smoke/build?delay=0sec" ->
                    new Reply(201, Map.of("Location", host + "/queue/item/7/"), "");
                case "GET /queue/item/7/api/json" ->
                    json(
                            200,
                            begun
                                    ? item.replace("}", ", \"executable\": {\"url\": \"" + host + "/job/smoke/5/\"}}")
                                    : item);
                case "GET /job/smoke/5/api/json" -> begun ? json(200, state) : Reply.of(404);
                case "POST /job/smoke/5/stages/cancel" -> Reply.of(begun ? 200 : 404);
                default -> Reply.of(404);
            };
        }

        void awaitQuestion(String path) {
            Wait.until("it is asked at " + path).until(() -> count(process, "GET", path) > 0);
        }
    }

    /** Reads an example that asks, and has it ask this process, and often. */
    private static String example(String file, ExternalProcess process) throws IOException {
        return Files.readString(Path.of(System.getProperty("acceptance.examples"), file))
                .replaceAll("https://\\w+\\.example\\.com", process.url().replaceFirst("/checks$", ""))
                .replaceAll("secrets\\.[\\w-]+", "secrets.team")
                .replace("pointer:", "every: 5, pointer:");
    }

    private static Reply json(int status, String body) {
        return new Reply(status, Map.of("Content-Type", "application/json"), body);
    }

    private static long count(ExternalProcess process, String method, String path) {
        return process.calls().stream()
                .filter(call -> call.method().equals(method) && call.path().equals(path))
                .count();
    }

    @Test
    void isAskedAndCancelledByItsOwnId(Jenkins jenkins, ExternalProcess process) throws IOException {
        GitLab.answer(process, "running");
        Build passes = jenkins.createJob(GitLab.step(process)).build();
        Wait.until("it is asked").until(() -> count(process, "GET", GitLab.QUESTION) > 0);
        GitLab.answer(process, "success");
        assertThat(passes.awaitResult("SUCCESS")).contains("Webhook approval 'tests' succeeded (status of ");

        GitLab.answer(process, "failed");
        assertThat(jenkins.build(GitLab.step(process)).awaitResult("FAILURE"))
                .contains("Webhook approval 'tests' failed (status of ");

        GitLab.answer(process, "running");
        Build aborted = jenkins.build(GitLab.step(process)).awaitWaiting(1);
        aborted.abort();
        aborted.awaitResult("ABORTED");
        Wait.until("it is cancelled").until(() -> count(process, "POST", GitLab.QUESTION + "/cancel") == 1);
    }

    @Test
    void aBuildOfAnotherJenkinsIsFollowedFromItsQueue(Jenkins jenkins, ExternalProcess process) throws IOException {
        var other = new OtherJenkins(process);
        Build passes = jenkins.createJob(other.step()).build();
        other.awaitQuestion("/queue/item/7/api/json");
        passes.awaitLog("Progress: the answer has nothing at /result yet");
        other.begins();
        other.awaitQuestion("/job/smoke/5/api/json");
        other.ends("SUCCESS");
        assertThat(passes.awaitResult("SUCCESS"))
                .contains("Webhook approval 'smoke' succeeded (status of ", "): /result is \"SUCCESS\"")
                .doesNotContain("WARNING");

        other.ends("UNSTABLE");
        assertThat(jenkins.createJob(other.step()).build().awaitResult("FAILURE"))
                .contains("/result is \"UNSTABLE\"");

        other.begins();
        Build aborted = jenkins.createJob(other.step()).build().awaitWaiting(1);
        aborted.awaitLog("Progress: /result is null");
        aborted.abort();
        aborted.awaitResult("ABORTED");
        Wait.until("it is cancelled").until(() -> count(process, "POST", "/job/smoke/5/stages/cancel") == 1);
    }

    @Test
    void theLocationOfTheAnswerIsFollowedOnItsOwnHostAlone(Jenkins jenkins, ExternalProcess process) {
        String step = "armoryWebhookApproval(name: 'tests', uriTemplate: '" + process.url()
                + "', disableCallback: true, status: [uriTemplate: '{{armory.answerLocation}}api/json', every: 5,"
                + " headers: [[key: 'X-Token', value: '{{secrets.team}}']], pointer: '/state', success: ['passed']])";
        process.onCall(call -> call.path().equals("/queue/item/7/api/json")
                ? json(200, "{\"state\": \"passed\"}")
                : new Reply(201, Map.of("Location", "/queue/item/7/"), ""));
        jenkins.build(step).awaitResult("SUCCESS");

        try (ExternalProcess elsewhere = new ExternalProcess()) {
            process.onCall(call -> new Reply(201, Map.of("Location", elsewhere.url() + "/"), ""));
            assertThat(jenkins.build(step).awaitResult("FAILURE"))
                    .contains("without a value for {{armory.answerLocation}}");
            assertThat(elsewhere.calls()).isEmpty();
        }
    }

    @Test
    void whereThereIsNoAnswerYetItIsAMistake(Jenkins jenkins, ExternalProcess process) {
        Mistakes.assertNamed(
                jenkins,
                "armoryWebhookApproval(name: 'x', disableCallback: true, %s)",
                "uriTemplate: 'http://127.0.0.1/', status: [uriTemplate: 'http://127.0.0.1/', location: '/url', pointer: '/s', success: 'x'] | status: location: is where an answer has the next {{armory.answerLocation}}, which uriTemplate does not have",
                "uriTemplate: 'http://127.0.0.1/', status: [uriTemplate: '{{armory.answerLocation}}', location: 'url', pointer: '/s', success: 'x'] | status: location: \"url\" is no JSON Pointer; it starts with a slash: /url",
                "uriTemplate: 'http://127.0.0.1/{{answer.id}}'   | {{answer.id}} at line 1, column 18: has no value; the templates of status and cancel alone know it",
                "uriTemplate: 'http://127.0.0.1/', headers: [[key: 'X', value: '{{answers.id}}']] | is not a variable; write {{armory.NAME}}, {{answer.NAME}}");
        assertThat(process.calls()).isEmpty();
    }
}
