package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A service gives what it starts an id of its own, and cannot call back: Jenkins asks and cancels by that id. */
class ServiceIdTest {

    /** Services with the answers that they document, and what docs/webhooks.md says for them. */
    enum Service {
        GITLAB(
                "/api/v4/projects/12/pipeline?ref=main",
                "{\"id\": 47, \"iid\": 12, \"project_id\": 12, \"status\": \"created\", \"ref\": \"main\"}",
                "status: [uriTemplate: 'HOST/api/v4/projects/12/pipelines/{{answer.id}}', every: 5, pointer: '/status',"
                        + " success: ['success'], failure: ['failed', 'canceled', 'skipped']]",
                "cancel: [uriTemplate: 'HOST/api/v4/projects/12/pipelines/{{answer.id}}/cancel']",
                "/api/v4/projects/12/pipelines/47",
                "{\"id\": 47, \"status\": \"running\", \"coverage\": null}",
                "{\"id\": 47, \"status\": \"success\"}",
                "{\"id\": 47, \"status\": \"canceled\"}"),
        GITHUB(
                "/repos/acme/app/actions/workflows/deploy.yml/dispatches",
                "{\"workflow_run_id\": 47, \"run_url\": \"http://127.0.0.1/repos/acme/app/actions/runs/47\"}",
                "status: [uriTemplate: 'HOST/repos/acme/app/actions/runs/{{answer.workflow_run_id}}', every: 5,"
                        + " pointer: '/conclusion', success: ['success'], failure: ['failure', 'cancelled', 'timed_out']]",
                "cancel: [uriTemplate: 'HOST/repos/acme/app/actions/runs/{{answer.workflow_run_id}}/cancel']",
                "/repos/acme/app/actions/runs/47",
                "{\"id\": 47, \"status\": \"in_progress\", \"conclusion\": null}",
                "{\"id\": 47, \"status\": \"completed\", \"conclusion\": \"success\"}",
                "{\"id\": 47, \"status\": \"completed\", \"conclusion\": \"failure\"}"),
        AZURE_DEVOPS(
                "/acme/app/_apis/pipelines/3/runs?api-version=7.1",
                "{\"id\": 47, \"name\": \"20261128.1\", \"state\": \"inProgress\", \"pipeline\": {\"id\": 3}}",
                "status: [uriTemplate: 'HOST/acme/app/_apis/pipelines/3/runs/{{answer.id}}?api-version=7.1', every: 5,"
                        + " pointer: '/result', success: ['succeeded'], failure: ['failed', 'canceled']]",
                "cancel: [uriTemplate: 'HOST/acme/app/_apis/build/builds/{{answer.id}}?api-version=7.1', method: 'PATCH',"
                        + " bodyTemplate: [inline: '{\"status\": \"cancelling\"}']]",
                "/acme/app/_apis/pipelines/3/runs/47?api-version=7.1",
                "{\"id\": 47, \"state\": \"inProgress\"}",
                "{\"id\": 47, \"state\": \"completed\", \"result\": \"succeeded\"}",
                "{\"id\": 47, \"state\": \"completed\", \"result\": \"failed\"}");

        private final String start;
        private final String started;
        private final String status;
        private final String cancel;
        private final String question;
        private final String running;
        private final String passed;
        private final String failed;

        Service(
                String start,
                String started,
                String status,
                String cancel,
                String question,
                String running,
                String passed,
                String failed) {
            this.start = start;
            this.started = started;
            this.status = status;
            this.cancel = cancel;
            this.question = question;
            this.running = running;
            this.passed = passed;
            this.failed = failed;
        }

        String step(ExternalProcess process) {
            String host = process.url().replaceFirst("/checks$", "");
            return ("armoryWebhookApproval(name: 'tests', uriTemplate: 'HOST%s', disableCallback: true,"
                            + " headers: [[key: 'Authorization', value: 'Bearer {{secrets.team}}']], %s, %s)")
                    .formatted(start, status, cancel)
                    .replace("HOST", host);
        }

        /** Answers as the service does; a question for another id is not found. */
        Function<Call, Reply> answering(String state) {
            return call -> call.path().equals(start)
                    ? json(201, started)
                    : call.path().equals(question) && call.method().equals("GET")
                            ? json(200, state)
                            : call.path().contains("/47") ? Reply.of(202) : Reply.of(404);
        }
    }

    /** A Jenkins: starting a build answers with an item in its queue, which has the address of the build once that has begun. */
    private static final class OtherJenkins {

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

        String step() {
            return ("armoryWebhookApproval(name: 'smoke', uriTemplate: 'HOST/job/smoke/build', disableCallback: true,"
                            + " headers: [[key: 'Authorization', value: 'Basic {{secrets.team}}']],"
                            + " status: [uriTemplate: '{{armory.answerLocation}}api/json', every: 5, location: '/executable/url',"
                            + " headers: [[key: 'Authorization', value: 'Basic {{secrets.team}}']],"
                            + " pointer: '/result', success: ['SUCCESS'], failure: ['FAILURE', 'UNSTABLE', 'ABORTED']],"
                            + " cancel: [uriTemplate: '{{armory.answerLocation}}stages/cancel',"
                            + " headers: [[key: 'Authorization', value: 'Basic {{secrets.team}}']]])")
                    .replace("HOST", host);
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
                case "POST /job/smoke/build" -> new Reply(201, Map.of("Location", host + "/queue/item/7/"), "");
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

    private static Reply json(int status, String body) {
        return new Reply(status, Map.of("Content-Type", "application/json"), body);
    }

    private static long count(ExternalProcess process, String method, String path) {
        return process.calls().stream()
                .filter(call -> call.method().equals(method) && call.path().equals(path))
                .count();
    }

    @Nested
    @AcceptanceTest
    class WhileJenkinsRuns {

        @ParameterizedTest
        @EnumSource(Service.class)
        void isAskedAndCancelledByItsOwnId(Service service, Jenkins jenkins, ExternalProcess process) {
            process.onCall(service.answering(service.running));
            Build passes = jenkins.createJob(service.step(process)).build();
            Wait.until("it is asked").until(() -> count(process, "GET", service.question) > 0);
            process.onCall(service.answering(service.passed));
            assertThat(passes.awaitResult("SUCCESS")).contains("Webhook approval 'tests' succeeded (status of ");

            process.onCall(service.answering(service.failed));
            assertThat(jenkins.createJob(service.step(process)).build().awaitResult("FAILURE"))
                    .contains("Webhook approval 'tests' failed (status of ");

            process.onCall(service.answering(service.running));
            Build aborted = jenkins.createJob(service.step(process)).build().awaitWaiting(1);
            aborted.abort();
            assertThat(aborted.awaitResult("ABORTED")).isNotNull();
            Wait.until("it is cancelled")
                    .until(() -> process.calls().stream()
                            .anyMatch(call -> !call.method().equals("GET")
                                    && !call.path().equals(service.start)
                                    && call.path().contains("/47")));
        }

        @Test
        void aBuildOfAnotherJenkinsIsFollowedFromItsQueue(Jenkins jenkins, ExternalProcess process) {
            var other = new OtherJenkins(process);
            Build passes = jenkins.createJob(other.step()).build();
            other.awaitQuestion("/queue/item/7/api/json");
            passes.awaitLog("Progress: the answer has nothing at /result yet");
            other.begins();
            other.awaitQuestion("/job/smoke/5/api/json");
            other.ends("SUCCESS");
            assertThat(passes.awaitResult("SUCCESS"))
                    .contains("Webhook approval 'smoke' succeeded (status of ", "): /result is \"SUCCESS\"")
                    .doesNotContain("WARNING", "/job/smoke");

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
        void anAddressOnAnotherHostIsNotAsked(Jenkins jenkins, ExternalProcess process) {
            try (ExternalProcess elsewhere = new ExternalProcess()) {
                String step = new OtherJenkins(process).step();
                process.onCall(call -> call.method().equals("POST")
                        ? new Reply(201, Map.of("Location", "/queue/item/7/"), "")
                        : json(200, "{\"executable\": {\"url\": \"" + elsewhere.url() + "/\"}}"));
                Build build = jenkins.createJob(step).build();
                build.awaitLog("WARNING: The status cannot be read: ");
                build.awaitLog(
                        ": the address at /executable/url is not on this host; check the address that the service has");
                build.abort();
                assertThat(elsewhere.calls()).isEmpty();
            }
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "{\"pipeline\": 47}   | without a value for {{answer.id}}, which status needs",
                    "{\"id\": {\"n\": 47}} | without a value for {{answer.id}}, which status needs",
                    "created            | without a value for {{answer.id}}, which status needs",
                })
        void anAnswerWithoutTheIdEndsTheApprovalAtOnce(
                String answer, String reason, Jenkins jenkins, ExternalProcess process) {
            process.onCall(call -> json(201, answer));

            assertThat(jenkins.createJob(Service.GITLAB.step(process)).build().awaitResult("FAILURE"))
                    .contains(reason);
            assertThat(process.calls()).hasSize(1);
        }

        @Test
        void theLocationOfTheAnswerIsFollowedOnItsOwnHostAlone(Jenkins jenkins, ExternalProcess process) {
            String step = "armoryWebhookApproval(name: 'tests', uriTemplate: '" + process.url()
                    + "', disableCallback: true, status: [uriTemplate: '{{armory.answerLocation}}api/json', every: 5,"
                    + " headers: [[key: 'X-Token', value: '{{secrets.team}}']], pointer: '/state', success: ['passed']])";
            process.onCall(call -> call.path().equals("/queue/item/7/api/json")
                    ? json(200, "{\"state\": \"passed\"}")
                    : new Reply(201, Map.of("Location", "/queue/item/7/"), ""));
            jenkins.createJob(step).build().awaitResult("SUCCESS");

            try (ExternalProcess elsewhere = new ExternalProcess()) {
                process.onCall(call -> new Reply(201, Map.of("Location", elsewhere.url() + "/"), ""));
                assertThat(jenkins.createJob(step).build().awaitResult("FAILURE"))
                        .contains("without a value for {{armory.answerLocation}}");
                assertThat(elsewhere.calls()).isEmpty();
            }
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "uriTemplate: 'http://127.0.0.1/', status: [uriTemplate: 'http://127.0.0.1/', location: '/url', pointer: '/s', success: 'x'] | status: location: is where an answer has the next {{armory.answerLocation}}, which uriTemplate does not have",
                    "uriTemplate: 'http://127.0.0.1/', status: [uriTemplate: '{{armory.answerLocation}}', location: 'url', pointer: '/s', success: 'x'] | status: location: \"url\" is no JSON Pointer; it starts with a slash: /url",
                    "uriTemplate: 'http://127.0.0.1/{{answer.id}}'   | {{answer.id}} at line 1, column 18 has no value; the templates of status and cancel alone know it",
                    "uriTemplate: 'http://127.0.0.1/', headers: [[key: 'X', value: '{{answers.id}}']] | is not a variable; write {{armory.NAME}}, {{answer.NAME}}",
                })
        void whereThereIsNoAnswerYetItIsAMistake(
                String parameters, String message, Jenkins jenkins, ExternalProcess process) {
            assertThat(jenkins.createJob("armoryWebhookApproval(name: 'x', disableCallback: true, " + parameters + ")")
                            .build()
                            .awaitResult("FAILURE"))
                    .contains(message);
        }
    }

    @Test
    void itIsAskedByItsIdAlsoAfterAKillBeforeTheFirstQuestion() {
        Service service = Service.GITLAB;
        try (Controller controller = Controller.create(Settings.CASC);
                ExternalProcess process = new ExternalProcess()) {
            controller.start();
            process.onCall(service.answering(service.running));
            Build build = new Jenkins(controller)
                    .createJob(service.step(process).replace("every: 5", "every: 1, unit: 'HOURS'"))
                    .build()
                    .awaitWaiting(1);
            controller.kill();
            assertThat(process.calls()).extracting(Call::method).isEqualTo(List.of("POST"));
            process.onCall(service.answering(service.passed));

            controller.start();

            build.awaitResult("SUCCESS");
            assertThat(count(process, "POST", service.start)).isOne();
            assertThat(build.hasNothingPending()).isTrue();
        }
    }

    /** At each moment: in the queue before the first question, and after the build began. */
    @Test
    void aBuildOfAnotherJenkinsIsFollowedAcrossKills() {
        try (Controller controller = Controller.create(Settings.CASC);
                ExternalProcess process = new ExternalProcess()) {
            controller.start();
            var other = new OtherJenkins(process);
            Build build = new Jenkins(controller)
                    .createJob(other.step().replace("every: 5", "every: 1, unit: 'HOURS'"))
                    .build()
                    .awaitWaiting(1);
            controller.kill();
            assertThat(process.calls()).extracting(Call::method).isEqualTo(List.of("POST"));
            other.begins();

            controller.start(); // asks at once, and then in an hour

            other.awaitQuestion("/queue/item/7/api/json");
            Wait.until("the answer is known") // and the address in it is on disk
                    .until(() -> build.approval()
                            .at("/progress/mdMessage")
                            .asText()
                            .equals("the answer has nothing at /result yet"));
            controller.kill();
            other.ends("SUCCESS");
            controller.start();

            build.awaitResult("SUCCESS");
            assertThat(count(process, "GET", "/queue/item/7/api/json")).isOne();
            assertThat(count(process, "GET", "/job/smoke/5/api/json")).isOne();
            assertThat(count(process, "POST", "/job/smoke/build")).isOne();
            assertThat(build.hasNothingPending()).isTrue();
        }
    }
}
