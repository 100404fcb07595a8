package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.EmbeddedController;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What happens to a JENKINS_HOME between two starts, and beside a running Jenkins: disks come late, jobs are renamed, homes copied. */
class HomeTest extends OwnController {

    private final ExternalProcess canceller = new ExternalProcess();

    @Override
    Controller create() {
        return Controller.createLean(Settings.CASC);
    }

    @AfterEach
    void closeCanceller() {
        canceller.close();
    }

    private static Path file(String name) {
        return controller.home().resolve(name);
    }

    private static Answer data() {
        HttpRequest.Builder request = Http.request(controller.url() + "armory/api/json");
        controller.authorization().ifPresent(value -> request.header("Authorization", value));
        return Http.send(request);
    }

    @Test
    void approvalWaitsForBuildsThatAreMissingAtOneStart() throws IOException {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        Path builds = file("jobs/" + build.job().name() + "/builds");
        Path elsewhere = file("elsewhere");
        controller.stop();
        Files.move(builds, elsewhere);
        controller.start();
        assertThat(callback.rehearse()).as("it is known while its build is not").returns(200, Answer::status);
        controller.stop();
        Files.deleteIfExists(builds); // made by the start without them
        Files.move(elsewhere, builds);
        controller.start();

        callback.succeed("there again").expect(200);
        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (callback token): there again");
        assertThat(process.calls()).hasSize(1);
    }

    @Test
    void approvalThatWasLostHasItsWebhookNotCalledAgain() throws IOException {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        controller.stop();
        Files.delete(file("armory-approvals/pending/" + callback.id() + ".json"));
        controller.start();

        assertThat(build.awaitResult("FAILURE")).contains("Its webhook is not called again. Run the build again.");
        assertThat(process.calls()).hasSize(1);
    }

    @Test
    void whatWasDeletedByHandIsRemovedAfterAWeekAndAnEmptyFolderProvesNothing() throws IOException {
        Job job = jenkins.createJob(process.approval());
        Callback deleted = decide(job);
        Callback young = decide(job);
        decide(job);
        Job empty = jenkins.createJob(process.approval());
        Callback alone = decide(empty);
        controller.stop();
        for (Callback each : List.of(deleted, alone)) {
            Path record = file("armory-approvals/decided/" + each.id() + ".json");
            StoredFile.change(
                    record,
                    json -> json.replaceFirst("\"createdAt\":\"[^\"]*\"", "\"createdAt\":\"2020-01-01T00:00:00Z\""));
        }
        move("jobs/" + job.name() + "/builds/1", "deleted-1");
        move("jobs/" + job.name() + "/builds/2", "deleted-2");
        move("jobs/" + empty.name() + "/builds/1", "deleted-3");
        controller.start();

        Wait.until("the first is gone").until(() -> deleted.succeed("yes").status() == 410);
        assertThat(young.succeed("yes")).as("not for a week").returns(200, Answer::status);
        assertThat(alone.succeed("yes")).as("its folder is empty").returns(200, Answer::status);
    }

    private Callback decide(Job job) {
        Build build = job.build();
        Callback callback = process.awaitCallback();
        callback.succeed("yes");
        build.awaitResult("SUCCESS");
        return callback;
    }

    private static void move(String from, String to) throws IOException {
        Files.move(file(from), file(to));
    }

    @Test
    void approvalFollowsAJobThatIsRenamedWhileJenkinsIsDown() throws IOException {
        Job job = jenkins.createJob(process.approval());
        Build decided = job.build();
        process.awaitCallback().succeed("before");
        decided.awaitResult("SUCCESS");
        Build waiting = job.build().awaitWaiting(1);
        Callback callback = process.awaitCallback();
        controller.stop();
        Job renamed = new Job(jenkins, job.name() + "-renamed");
        Files.move(file("jobs/" + job.name()), file("jobs/" + renamed.name()));
        controller.start();

        Build there = new Build(renamed, waiting.number()).awaitWaiting(1);
        assertThat(new Build(renamed, decided.number())
                        .deployment()
                        .at("/approvals/0/decision/mdMessage")
                        .asText())
                .isEqualTo("before");
        callback.succeed("found").expect(200);
        there.awaitResult("SUCCESS");
        assertThat(process.calls()).hasSize(2);
    }

    @Test
    void aCopyOfTheFolderOfAJobIsAnotherJob() throws IOException {
        Job job = jenkins.createJob(process.approval());
        Build first = job.build();
        process.awaitCall().callback().succeed("before");
        first.awaitResult("SUCCESS");
        controller.stop();
        Job copy = new Job(jenkins, job.name() + "-copy");
        copy(file("jobs/" + job.name()), file("jobs/" + copy.name()));
        controller.start();
        Build inCopy = copy.build().awaitWaiting(1);
        Callback ofCopy = process.awaitCall().callback();
        Build inOriginal = job.build().awaitWaiting(1);
        Callback ofOriginal = process.awaitCall().callback();
        controller.stop();
        Job renamed = new Job(jenkins, copy.name() + "-renamed");
        Files.move(file("jobs/" + copy.name()), file("jobs/" + renamed.name()));
        controller.start();

        assertThat(ofCopy.succeed("for the copy")).returns(200, Answer::status);
        assertThat(new Build(renamed, inCopy.number()).awaitResult("SUCCESS")).contains("for the copy");
        assertThat(ofOriginal.succeed("for the original")).returns(200, Answer::status);
        assertThat(inOriginal.awaitResult("SUCCESS")).contains("for the original");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path each : files.toList()) {
                Files.copy(each, to.resolve(from.relativize(each)));
            }
        }
    }

    @Test
    void whatALaterVersionWroteKeepsTheApprovalsClosedAndIsKept() throws IOException {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        controller.stop();
        Path journal = file("armory-approvals/journal/99.log");
        Files.writeString(journal, StoredFile.line("99 98 1/1 {\"format\":2,\"content\":{}}"));
        byte[] written = Files.readAllBytes(journal);
        controller.start();

        assertUnavailable(callback.succeed("too new"), "written by a newer version of the plugin");
        assertUnavailable(data(), "written by a newer version of the plugin");
        assertThat(controller.output())
                .containsOnlyOnce(journal + ", line 1: its format is 2, and this version reads 1."
                        + " Nothing was changed. Install the version of the plugin that wrote it");
        build.awaitLog("The webhook approvals are not available, see Jenkins's log. The step continues once they are.");
        assertThat(journal).hasBinaryContent(written);
        Files.delete(journal);

        Wait.until("the approvals are open").until(() -> data().status() == 200);
        callback.succeed("open").expect(200);
        build.awaitResult("SUCCESS");
        assertThat(process.calls()).hasSize(1);
    }

    /** The damaged line may have been a rejection. */
    @Test
    void aChangeThatTheDiskLostFailsItsApproval() throws IOException {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        controller.stop();
        Path journal = file("armory-approvals/journal/99.log");
        Files.writeString(
                journal,
                "garbage\n"
                        + StoredFile.line(
                                "100 99 1/1 {\"format\":1,\"content\":{\"approval\":null,\"removed\":[\"another\"]}}"));
        controller.start();
        assertThat(build.awaitResult("FAILURE")).contains("failed: The disk of Jenkins lost a change of this approval");

        Answer answer = callback.succeed("yes");

        answer.expect(410);
        assertThat(answer.json().get("message").asText()).contains("the disk of Jenkins lost a change of it");
        assertThat(build.approval().at("/decision/outcome").asText()).isEqualTo("LOST");
        Wait.until("it is kept for inspection")
                .until(() -> Files.exists(file("armory-approvals/journal/99.log.damaged")));
        Files.delete(file("armory-approvals/journal/99.log.damaged"));
    }

    private static void assertUnavailable(Answer answer, String message) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).hasValue("10");
        assertThat(answer.json().get("message").asText()).contains(message);
    }

    @Test
    void secondControllerOnTheHomeDecidesNothingUntilTheFirstIsGone() {
        assumeTrue(controller instanceof EmbeddedController, "a second one on the same home is not provided for");
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Build other = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        Callback later = process.awaitCallback();
        if (callback.id().equals(other.approval().get("id").asText())) {
            Callback swap = callback;
            callback = later;
            later = swap;
        }
        try (EmbeddedController second = ((EmbeddedController) controller).second()) {
            second.start();
            assertUnavailable(callback.at(second).fail("no"), "Another Jenkins has the approvals of this JENKINS_HOME");
            assertUnavailable(
                    Http.send(Http.request(second.url() + "armory/api/json")),
                    "this one takes over when that has ended");
            callback.succeed("yes").expect(200);
            build.awaitResult("SUCCESS");
            controller.kill();

            Callback atSecond = later.at(second);
            Wait.until("the second takes over")
                    .until(() -> atSecond.succeed("took over").status() == 200);

            callback.at(second).fail("no").expect(409);
            Build there = new Build(new Job(new Jenkins(second), other.job().name()), other.number());
            assertThat(there.awaitResult("SUCCESS")).contains("succeeded (callback token): took over");
            assertThat(second.output()).containsOnlyOnce("Two controllers must not share a JENKINS_HOME");
            assertThat(process.calls()).hasSize(2);
        }
    }

    @Test
    void copyAtAnotherAddressCallsNothingForTheOriginal() {
        assumeTrue(controller instanceof EmbeddedController, "the copy of a home is not provided for");
        Build ends = jenkins.build(process.approval(CancelWebhookTest.cancel(canceller)))
                .awaitWaiting(1);
        String waits = process.awaitCallback().id();
        Runnable answer = process.holdAnswers();
        Build sending = jenkins.build(process.approval());
        Call held = process.awaitCall();
        controller.kill();
        answer.run();
        try (EmbeddedController copy = ((EmbeddedController) controller).copy()) {
            copy.start();
            Jenkins there = new Jenkins(copy);
            Build copied = new Build(new Job(there, sending.job().name()), sending.number());
            copied.awaitLog(" of approval " + held.callback().id() + " of ");
            new Build(new Job(there, ends.job().name()), ends.number()).abort();
            String held503 = " of approval " + waits + " of ";
            Wait.until("the cancel webhook is held back")
                    .until(() -> copy.output().contains(held503));

            assertThat(copy.output())
                    .contains("it was made at " + controller.url() + "armory/, and this Jenkins is at " + copy.url()
                            + "armory/");
            assertThat(process.calls()).hasSize(2);
            assertThat(canceller.calls()).isEmpty();
            held.callback().at(copy).succeed("by its callback").expect(200);
            copied.awaitResult("SUCCESS");
        }
        controller.start();
        assertThat(process.awaitCall().header("Idempotency-Key")).isEqualTo(held.header("Idempotency-Key"));
        ends.abort();
        assertThat(canceller.awaitCall().json().get("outcome").asText()).isEqualTo("ABORTED");
        sending.abort();
    }
}
