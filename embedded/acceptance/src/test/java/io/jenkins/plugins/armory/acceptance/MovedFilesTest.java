package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files of a JENKINS_HOME are moved, copied or deleted while Jenkins is down. */
class MovedFilesTest extends SharedDeaths {

    /** In an orderly way. */
    @Override
    void end() {
        controller.stop();
    }

    private static Path file(String name) {
        return controller.home().resolve(name);
    }

    private static void move(String from, String to) throws IOException {
        Files.move(file(from), file(to));
    }

    private Callback decide(Job job) {
        Build build = job.build();
        Callback callback = process.awaitCallback();
        callback.succeed("before");
        build.awaitResult("SUCCESS");
        return callback;
    }

    @Test
    void approvalWaitsForBuildsThatAreMissingAtOneStart() throws Exception {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        String builds = "jobs/" + build.job().name() + "/builds";
        death(() -> {}, () -> move(builds, "elsewhere"));
        assertThat(callback.rehearse()).as("it is known while its build is not").returns(200, Answer::status);
        death(() -> {}, () -> {
            Files.deleteIfExists(file(builds)); // made by the start without them
            move("elsewhere", builds);
        });

        callback.succeed("there again").expect(200);
        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (callback token): there again");
        assertThat(process.calls()).hasSize(1);
    }

    @Test
    void approvalThatWasLostHasItsWebhookNotCalledAgain() throws Exception {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        death(() -> {}, () -> Files.delete(file("armory-approvals/pending/" + callback.id() + ".json")));

        assertThat(build.awaitResult("FAILURE")).contains("Its webhook is not called again. Run the build again.");
        assertThat(process.calls()).hasSize(1);
    }

    @Test
    void whatWasDeletedByHandIsRemovedAfterAWeekAndAnEmptyFolderProvesNothing() throws Exception {
        Job job = jenkins.createJob(process.approval());
        Callback deleted = decide(job);
        Callback young = decide(job);
        decide(job);
        Job empty = jenkins.createJob(process.approval());
        Callback alone = decide(empty);
        death(() -> {}, () -> {
            for (Callback each : List.of(deleted, alone)) {
                StoredFile.change(
                        file("armory-approvals/decided/" + each.id() + ".json"),
                        json -> json.replaceFirst(
                                "\"createdAt\":\"[^\"]*\"", "\"createdAt\":\"2020-01-01T00:00:00Z\""));
            }
            move("jobs/" + job.name() + "/builds/1", "deleted-1");
            move("jobs/" + job.name() + "/builds/2", "deleted-2");
            move("jobs/" + empty.name() + "/builds/1", "deleted-3");
        });

        Wait.until("the first is gone").until(() -> deleted.succeed("yes").status() == 410);
        assertThat(young.succeed("yes")).as("not for a week").returns(200, Answer::status);
        assertThat(alone.succeed("yes")).as("its folder is empty").returns(200, Answer::status);
    }

    @Test
    void approvalFollowsAJobThatIsRenamedWhileJenkinsIsDown() throws Exception {
        Job job = jenkins.createJob(process.approval());
        decide(job);
        Build waiting = job.build().awaitWaiting(1);
        Callback callback = process.awaitCallback();
        Job renamed = new Job(jenkins, job.name() + "-renamed");
        death(() -> {}, () -> move("jobs/" + job.name(), "jobs/" + renamed.name()));

        Build there = new Build(renamed, waiting.number()).awaitWaiting(1);
        assertThat(new Build(renamed, 1)
                        .deployment()
                        .at("/approvals/0/decision/mdMessage")
                        .asText())
                .isEqualTo("before");
        callback.succeed("found").expect(200);
        there.awaitResult("SUCCESS");
        assertThat(process.calls()).hasSize(2);
    }

    @Test
    void aCopyOfTheFolderOfAJobIsAnotherJob() throws Exception {
        Job job = jenkins.createJob(process.approval());
        decide(job);
        Job copy = new Job(jenkins, job.name() + "-copy");
        death(() -> {}, () -> copy(file("jobs/" + job.name()), file("jobs/" + copy.name())));
        Build inCopy = copy.build().awaitWaiting(1);
        Callback ofCopy = process.awaitCallback();
        Build inOriginal = job.build().awaitWaiting(1);
        Callback ofOriginal = process.awaitCallback();
        Job renamed = new Job(jenkins, copy.name() + "-renamed");
        death(() -> {}, () -> move("jobs/" + copy.name(), "jobs/" + renamed.name()));

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
}
