package io.jenkins.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.jenkins.plugins.armory.deployment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Ended;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.RulesMet;
import io.jenkins.plugins.armory.deployment.DeploymentPlan;
import io.jenkins.plugins.armory.deployment.Place;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.BuildEvents;
import io.jenkins.plugins.armory.runtime.Deployments;
import io.jenkins.plugins.armory.storage.history.RulesChange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Builds and jobs whose files cannot be read or written hold up no others. A pipe in the place of a file stands for a disk that does not
 * answer: who opens it waits for somebody at its other end.
 */
class NoisyBuildsTest {

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path home;

    @TempDir
    private Path folder;

    private Controller controller;
    private PipelineJob noise;
    private UnsavedBuild other;

    @BeforeEach
    void start() throws IOException {
        controller = new Controller(home);
        noise = job("noise");
        other = build(job("other"), "other");
    }

    @AfterEach
    void close() {
        controller.close();
    }

    private PipelineJob job(String name) throws IOException {
        return controller.jenkins().createJob(name, Controller.configXml(""));
    }

    private UnsavedBuild build(PipelineJob job, String name) throws IOException {
        return new UnsavedBuild(job, Files.createDirectory(folder.resolve(name)));
    }

    private static Path pipe(Path path) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                .isZero();
        return path;
    }

    private static void inBackground(Executable work) {
        var thread = new Thread(() -> {
            try {
                work.execute();
            } catch (Throwable x) {
                // what a pipe says is no file of the plugin
            }
        });
        thread.setDaemon(true);
        thread.start();
    }

    /** Returns once somebody reads the pipe, who then waits until the stream is closed. */
    private static OutputStream awaitReader(Path pipe) {
        return assertTimeoutPreemptively(SOON, () -> Files.newOutputStream(pipe));
    }

    private static Deployments deployments() {
        return ArmoryRuntime.get().deployments();
    }

    private static Declared declared(String name) {
        return new Declared(name, List.of(), "step", Place.OUTERMOST);
    }

    private static void assertAllOtherWorkIsDone() {
        assertTimeoutPreemptively(
                SOON, () -> ArmoryRuntime.get().executor().submit(() -> {}).get());
    }

    /** Deadlines, decisions and calls are such work. */
    @Test
    void stepsOfManyJobsHoldUpNoOtherWork() throws Exception {
        var over = new CountDownLatch(1);
        for (int j = 0; j < 10; j++) {
            var job = job("noise-" + j);
            for (int b = 0; b < 2; b++) {
                var steps = ArmoryRuntime.get().executor(build(job, j + "-" + b));
                for (int s = 0; s < 32; s++) {
                    steps.execute(() -> {
                        try {
                            over.await();
                        } catch (InterruptedException x) {
                            Thread.currentThread().interrupt();
                        }
                    });
                }
            }
        }

        try {
            assertAllOtherWorkIsDone();
        } finally {
            over.countDown();
        }
    }

    /** A build that is killed leaves its environments as they are, so their end is to be written. */
    @Test
    void buildsThatEndHoldUpNoOtherWork() throws Exception {
        var pipes = new ArrayList<Path>();
        for (int n = 0; n < 40; n++) {
            var build = build(noise, "noise-" + n);
            deployments().apply(build, declared("docs"));
            pipes.add(pipe(build.getRootDir().toPath().resolve("armory-deployment.json.tmp")));
            build.end();
            new BuildEvents().onFinalized(build);
        }

        try {
            assertAllOtherWorkIsDone();
        } finally {
            pipes.forEach(pipe -> inBackground(() -> Files.readAllBytes(pipe)));
        }
    }

    /** Somebody looks at the page of an old build. */
    @Test
    void environmentsThatCannotBeReadHoldUpNoOtherBuild() throws Exception {
        var old = build(noise, "old");
        Path pipe = pipe(folder.resolve("old/armory-deployment.json"));
        old.end();
        inBackground(() -> deployments().deploymentOf(old));

        try (var held = awaitReader(pipe)) {
            assertTimeoutPreemptively(SOON, () -> deployments().apply(other, declared("prod")));
        }
    }

    @Test
    void aPlanThatCannotBeWrittenHoldsUpNoOtherBuild() throws Exception {
        var target = new DeploymentPlan.Target(
                "prod",
                "account",
                null,
                List.of(),
                List.of(),
                List.of(List.of(new DeploymentPlan.Action("deploy", "Deploy", "deploy", Map.of()))),
                List.of());
        var plan = new DeploymentPlan(List.of(target), null);
        var build = build(noise, "noise");
        Path pipe = pipe(folder.resolve("noise/armory-plan.json"));
        inBackground(() -> deployments().add(build, plan));

        try (var held = awaitReader(pipe)) {
            assertTimeoutPreemptively(SOON, () -> deployments().add(other, plan));
        }
    }

    @Test
    void anIdThatCannotBeReadHoldsUpNoOtherJob() throws Exception {
        Path pipe = pipe(noise.getRootDir().toPath().resolve("armory-job.txt"));
        inBackground(() -> ArmoryRuntime.get().jobIds().of(noise));

        try (var held = awaitReader(pipe)) {
            assertTimeoutPreemptively(SOON, () -> ArmoryRuntime.get().jobIds().of(other.getParent()));
        }
    }

    /** The note of a deployment that has ended says who approved it. */
    @Test
    void approvalsThatCannotBeReadHoldUpNoChangeOfRules() throws Exception {
        var build = build(noise, "noise");
        deployments().apply(build, new Declared("prod", List.of(), "step", Place.OUTERMOST, "noise", null));
        deployments().apply(build, new RulesMet("prod", "step"));
        Path pipe = pipe(folder.resolve("noise/armory-approvals.txt"));
        deployments().apply(build, new Ended("prod", "step", null));

        try (var held = awaitReader(pipe)) {
            ArmoryRuntime.get()
                    .changed(List.of(new RulesChange(
                            "prod", RulesChange.Kind.CHANGED, List.of("submitters"), "alice", Instant.now())));

            Path history = home.resolve("armory-approvals/history");
            await().untilAsserted(() -> assertThat(history).isDirectoryRecursivelyContaining("glob:**.ndjson"));
        }
    }
}
