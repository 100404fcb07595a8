package io.jenkins.embedded;

import static io.jenkins.embedded.Controller.awaitEnd;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import hudson.model.Result;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Ended;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RulesMet;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.BuildEvents;
import io.jenkins.plugins.armory.runtime.Deployments;
import io.jenkins.plugins.armory.runtime.RunningBuilds;
import io.jenkins.plugins.armory.runtime.SeenCommits;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.store.BuildState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import jenkins.util.Timer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin's environments in a build that cannot write at the moment. */
class DeploymentsTest {
    private static ApprovalEnded ended(
            Place place, String id, Phase phase, String definition, Verdict verdict, String reason) {
        return new ApprovalEnded(new OpenApproval(id, id, place, phase, definition), verdict, reason);
    }

    private static final ApprovalEnded FAILED =
            ended(Place.OUTERMOST, "a1", Phase.AFTER_DEPLOYMENT, "tests", Verdict.FAILURE, "2 of 42 failed");

    /** Jenkins saves the result again at the end of the build. */
    @Test
    void anEventThatIsOnDiskCountsThoughTheResultCannotBeSaved(@TempDir Path home, @TempDir Path folder)
            throws IOException {
        try (var controller = new Controller(home)) {
            var build = new UnsavedBuild(controller.jenkins().createJob("job", Controller.configXml("")), folder);
            var deployments = ArmoryRuntime.get().deployments();

            deployments.apply(build, FAILED);

            assertThat(build.getResult()).isEqualTo(Result.UNSTABLE);
            assertThat(deployments.reasonToCancel(build, Place.OUTERMOST)).contains("2 of 42 failed");
        }
    }

    /** As on a full disk. The build may be restarted from a stage before there is room again, or after that. */
    @Test
    void whatCannotBeWrittenAtTheEndOfABuildIsKeptUntilItIs(
            @TempDir Path home, @TempDir Path first, @TempDir Path second) throws IOException {
        try (var controller = new Controller(home)) {
            var job = controller.jenkins().createJob("job", Controller.configXml(""));
            var origin = new UnsavedBuild(job, first);
            var restarted = new UnsavedBuild(job, second);
            var deployments = ArmoryRuntime.get().deployments();
            deployments.apply(origin, new Declared("docs", List.of(), "step", Place.OUTERMOST, null, null, null));
            Path log = first.resolve("armory.log");
            Path away = Files.move(log, first.resolve("away"));
            Files.createDirectory(log);
            var failed =
                    ended(Place.OUTERMOST, "a1", Phase.AFTER_DEPLOYMENT, "tests", Verdict.FAILURE, "nobody was asked");
            assertThatIOException().isThrownBy(() -> deployments.apply(origin, failed));
            var begun = deployments.of(origin).newest().environments().get("docs");
            origin.end();

            new BuildEvents().onFinalized(origin);
            await().untilAsserted(
                            () -> assertThat(deployments.of(origin).newest().environments())
                                    .containsKey("docs")
                                    .doesNotContainValue(begun));
            deployments.restart(restarted, origin, Set.of("gate"), Set.of(), false);
            assertThat(deployments.reasonToCancel(restarted, Place.OUTERMOST)).isEqualTo("nobody was asked");
            Files.delete(log);
            Files.move(away, log);

            await().until(() -> ArmoryRuntime.get().runningBuilds().find(origin) == null);
            assertThat(log).content().contains("nobody was asked");
        }
    }

    private static Deployments deployments(Path folder, List<Deployment> noted) throws IOException {
        var builds = new Approvals.Builds() {
            @Override
            public BuildState of(BuildRef build) throws IOException {
                throw new IOException(build + " is not there");
            }

            @Override
            public boolean isThere(BuildRef build) {
                return false;
            }

            @Override
            public boolean isOver(BuildRef build) {
                return false;
            }
        };
        Approvals approvals =
                Approvals.open(folder, builds, Timer.get(), Runnable::run, Clock.systemUTC(), approval -> {});
        return new Deployments(
                Runnable::run, new RunningBuilds(), () -> approvals, (run, deployment) -> noted.add(deployment));
    }

    /**
     * Everybody who may read a build may ask for it at any time. Jenkins may have gone down before its end was noted.
     */
    @Test
    void anEndedDeploymentIsNotedOnceHoweverOftenSomebodyLooks(@TempDir Path home, @TempDir Path folder)
            throws IOException {
        try (var controller = new Controller(home)) {
            var job = controller.jenkins().createJob("job", Controller.configXml(""));
            var build = new UnsavedBuild(job, folder);
            var noted = new ArrayList<Deployment>();
            var deployments = deployments(home.resolve("before"), noted);
            deployments.apply(build, new Declared("prod", List.of(), "step", Place.OUTERMOST, "job", null, null));
            deployments.apply(build, new RulesMet("prod", "step"));
            deployments.apply(build, new Ended("prod", "step", null));
            var read = new UnsavedBuild(job, folder); // as after a crash
            read.end();
            deployments = deployments(home.resolve("after"), noted);
            noted.clear();

            for (int look = 0; look < 10; look++) {
                deployments.of(read).newest();
            }

            assertThat(noted).hasSize(1);
        }
    }

    /** The Pipeline may catch the error and read a secret right behind it. */
    @Test
    void aBuildIsUnderWayNoMoreOnceAnApprovalWasStoppedThoughThatIsNotOnDiskYet(
            @TempDir Path home, @TempDir Path folder) throws IOException {
        try (var controller = new Controller(home)) {
            var build = new UnsavedBuild(controller.jenkins().createJob("job", Controller.configXml("")), folder);
            var deployments = ArmoryRuntime.get().deployments();
            deployments.apply(build, new Declared("prod", List.of(), "step", Place.OUTERMOST, "job", null, null));
            deployments.apply(build, new RulesMet("prod", "step"));
            assertThat(deployments.underWay(build, "prod")).contains("job");
            Files.delete(folder.resolve("armory.log"));
            var stopped = ended(
                    Place.OUTERMOST.withEnvironment("prod"),
                    "a1",
                    Phase.STRATEGY,
                    "tests",
                    Verdict.STOPPED,
                    "nobody was asked");

            assertThatIOException().isThrownBy(() -> deployments.apply(build, stopped));

            assertThat(deployments.underWay(build, "prod")).isEmpty();
        }
    }

    /** A crash would lose what has made up for the failure, and the stage behind it would have run. */
    @Test
    void aStageIsCancelledUntilWhatMakesUpForAFailureIsOnDisk(@TempDir Path home, @TempDir Path folder)
            throws IOException {
        try (var controller = new Controller(home)) {
            var build = new UnsavedBuild(controller.jenkins().createJob("job", Controller.configXml("")), folder);
            var deployments = ArmoryRuntime.get().deployments();
            deployments.apply(build, FAILED);
            deployments.note(build, ended(Place.OUTERMOST, "a2", Phase.AFTER_DEPLOYMENT, "tests", Verdict.SUCCESS, ""));

            assertThat(deployments.reasonToCancel(build, Place.OUTERMOST)).isNotNull();
            deployments.flush(build);
            assertThat(deployments.reasonToCancel(build, Place.OUTERMOST)).isNull();
        }
    }

    /** Somebody may make room on the disk, and restart the restarted build. */
    @Test
    void aBuildThatCouldNotWriteTheDecisionsOfItsOriginHandsNothingOn(
            @TempDir Path home, @TempDir Path first, @TempDir Path second, @TempDir Path third) throws IOException {
        try (var controller = new Controller(home)) {
            var job = controller.jenkins().createJob("job", Controller.configXml(""));
            var origin = new UnsavedBuild(job, first);
            var restarted = new UnsavedBuild(job, second);
            var again = new UnsavedBuild(job, third);
            var deployments = ArmoryRuntime.get().deployments();
            deployments.apply(
                    origin,
                    ended(
                            new Place(null, "7", "smoke", List.of(), null),
                            "a1",
                            Phase.AFTER_DEPLOYMENT,
                            "tests",
                            Verdict.FAILURE,
                            "2 of 42 failed"));
            Files.createDirectory(second.resolve("armory.log"));
            deployments.restart(restarted, origin, Set.of("smoke"), Set.of(), false);
            assertThat(deployments.reasonToCancel(restarted, Place.OUTERMOST)).contains("is in doubt");
            ArmoryRuntime.get().runningBuilds().forget(restarted); // as by a crash

            deployments.restart(again, restarted, Set.of("smoke"), Set.of(), true);

            assertThat(deployments.reasonToCancel(again, Place.OUTERMOST)).contains("is in doubt");
        }
    }

    @Test
    void aLostLogCancelsWhatItMayGuard(@TempDir Path home, @TempDir Path folder) throws IOException {
        SeenCommits seen;
        try (var controller = new Controller(home)) {
            var build = new UnsavedBuild(controller.jenkins().createJob("job", Controller.configXml("")), folder);
            ArmoryRuntime.get()
                    .deployments()
                    .apply(build, new Declared("docs", List.of(), "step", Place.OUTERMOST, null, null, null));
            seen = SeenCommits.find(build);
        }
        Files.delete(folder.resolve("armory.log"));
        try (var controller = new Controller(home)) {
            var resumed =
                    new UnsavedBuild(controller.jenkins().jobs().iterator().next(), folder);
            resumed.addAction(seen);
            var deployments = ArmoryRuntime.get().deployments();

            deployments.resume(resumed);

            assertThat(deployments.reasonToCancel(resumed, Place.OUTERMOST))
                    .contains("armory.log is not what was written: it has 0 commits, and 1 were there before");
        }
    }

    /**
     * That a stage is cancelled is written later, and no other event may come that has the dead end looked for again.
     */
    @Test
    void aDeadEndIsFoundThoughWhatIsKnownOfItIsNotOnDiskYet(@TempDir Path home) throws Exception {
        WaitStep.reset();
        try (var controller = new Controller(home)) {
            var build = controller.build("""
                    parallel(
                        staging: { armoryEnvironment('staging') { armoryEnvironment(name: 'part', dependsOn: ['stagin']) { } } },
                        other: { waitFor(id: 'x') })
                    """);
            var other = WaitStep.await("x");
            var deployments = ArmoryRuntime.get().deployments();
            await().until(() -> deployments.of(build).newest().find("part").isPresent());
            deployments.apply(build, FAILED);
            deployments.noteCancelled(build, "prod", Place.OUTERMOST, "because");
            other.onSuccess(null);

            assertThat(awaitEnd(build)).contains("nothing in this build deploys to \"stagin\"");
        }
    }
}
