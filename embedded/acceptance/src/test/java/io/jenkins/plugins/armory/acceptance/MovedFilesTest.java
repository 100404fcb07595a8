package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
        assertThat(callback.succeed("now"))
                .as("it is known while its build is not")
                .returns(503, Answer::status);
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
        String log = "jobs/" + build.job().name() + "/builds/" + build.number() + "/armory.log";
        death(() -> {}, () -> Files.delete(file(log)));

        assertThat(build.awaitResult("FAILURE")).contains("is not what was written: it has 0 commits, and");
        assertThat(process.calls()).hasSize(1);
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
        callback.succeedOnceUp("found").expect(200);
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

        new Build(renamed, inCopy.number()).awaitWaiting(1); // Jenkins resumes it once somebody asks for it
        ofCopy.succeedOnceUp("for the copy").expect(200);
        assertThat(new Build(renamed, inCopy.number()).awaitResult("SUCCESS")).contains("for the copy");
        assertThat(ofOriginal.succeed("for the original")).returns(200, Answer::status);
        assertThat(inOriginal.awaitResult("SUCCESS")).contains("for the original");
    }

    @Test
    void aCopyOfTheFolderOfABuildFailsAndTheOriginalGoesOn() throws Exception {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        String builds = "jobs/" + build.job().name() + "/builds/";
        Build copy = new Build(build.job(), 9);
        death(() -> {}, () -> copy(file(builds + build.number()), file(builds + copy.number())));

        assertThat(copy.awaitResult("FAILURE")).contains(" is a copy of ");
        process.awaitCallback().succeed("for the original").expect(200);
        build.awaitResult("SUCCESS");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path each : files.toList()) {
                Files.copy(each, to.resolve(from.relativize(each)));
            }
        }
    }
}
