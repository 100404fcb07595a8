package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.build.ApprovalStore;
import io.jenkins.plugins.armory.build.Approvals;
import io.jenkins.plugins.armory.build.BuildState;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

/**
 * Prints the heap that a pending approval takes, with a build of its own, in the store, the deadlines and the observers: the difference that many
 * of them make, after garbage collection. The steps that wait are Jenkins's and not included. Run it by its name, see docs/performance.md.
 */
class HeapPerApproval {

    @Test
    void ofManyThatWait() throws IOException {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        measure(timer, 10_000); // loads the classes, which do not count
        for (int count : new int[] {10_000, 100_000}) {
            System.out.printf("%,d approvals wait: %,d bytes each%n", count, measure(timer, count));
        }
        timer.shutdownNow();
    }

    /** Builds in one temporary folder each. */
    private static final class TemporaryBuilds implements ApprovalStore.Builds {

        @Override
        public BuildState of(BuildRef build) throws IOException {
            Path folder = Files.createTempDirectory("build");
            return BuildState.open(() -> folder, 0, Runnable::run, Clock.systemUTC());
        }

        @Override
        public boolean isThere(BuildRef build) {
            return true;
        }

        @Override
        public boolean isOver(BuildRef build) {
            return false;
        }
    }

    private static long measure(ScheduledExecutorService timer, int count) throws IOException {
        ApprovalStore store = ApprovalStore.open(Files.createTempDirectory("approvals"), new TemporaryBuilds());
        var approvals = new Approvals(store, timer, timer, Clock.systemUTC(), build -> false, approval -> {});
        long before = used();
        for (int i = 0; i < count; i++) {
            Approval approval = waiting(i);
            var step = new OpenApproval(approval.id(), "tests", Place.OUTERMOST, approval.phase(), "tests");
            approvals.create(new ApprovalStarted(step, null), List.of(approval));
            approvals.attach(approval.id(), decided -> {});
        }
        long each = (used() - before) / count;
        Reference.reachabilityFence(approvals);
        approvals.close();
        return each;
    }

    /** Returns an approval whose webhook has answered. It shares no object with another, as after a restart. */
    private static Approval waiting(int number) throws IOException {
        var attempt = new Attempt(
                1,
                Instant.now(),
                "https://ci.example.com",
                202,
                Duration.ofMillis(120),
                null,
                "{\"queued\": true}",
                null,
                Map.of());
        Approval approval = Approval.start(
                        Terms.standard()
                                .environment("production")
                                .webhook("integration-tests")
                                .timeout(Duration.ofHours(24).plusMillis(number))
                                .build(),
                        rest -> rest.id("%016x".formatted(number).repeat(3))
                                .step("%016x".formatted(number).repeat(3))
                                .build(new BuildRef("team/deploy-" + number % 100, number / 100 + 1))
                                .createdAt(Instant.now()))
                .on(new Event.Sent(attempt), Instant.now())
                .approval();
        return StoredJson.read(
                "approval",
                StoredJson.object("approval", StoredJson.tree(approval).toString()),
                Approval.class);
    }

    private static long used() {
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
