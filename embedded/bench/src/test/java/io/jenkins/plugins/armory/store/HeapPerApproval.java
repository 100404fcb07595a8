package io.jenkins.plugins.armory.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalStarted;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

/**
 * Prints the heap that a pending approval takes, in the store, the deadlines, the observers and the environments: the
 * difference that many of them make, after garbage collection. What Jenkins has of the builds and their steps is not
 * included. Run it by its name, see docs/performance.md.
 */
class HeapPerApproval {

    private static final int COUNT = 10_000;

    @Test
    void ofManyThatWait() throws IOException {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        measure(timer, 1); // loads the classes, which do not count
        for (int builds : new int[] {1, COUNT}) {
            System.out.printf("%,d builds, %,d approvals: %,d bytes each%n", builds, COUNT, measure(timer, builds));
        }
        timer.shutdownNow();
    }

    /** Builds in one temporary folder each. */
    private static final class TemporaryBuilds implements Approvals.Builds {

        private Approvals store;

        @Override
        public BuildState of(BuildRef build) throws IOException {
            Path folder = Files.createTempDirectory("build");
            return store.openState(build, () -> folder, keyOf(build), 0, Runnable::run);
        }

        private static String keyOf(BuildRef build) {
            return "%08x%08x".formatted(build.job().hashCode(), build.number());
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

    /** Returns the heap of an approval if each of so many builds has a step with an equal share of all. */
    private static long measure(ScheduledExecutorService timer, int builds) throws IOException {
        var all = new TemporaryBuilds();
        Approvals approvals = Approvals.open(
                Files.createTempDirectory("approvals"), all, timer, timer, Clock.systemUTC(), approval -> {});
        all.store = approvals;
        long before = used();
        for (int build = 0; build < builds; build++) {
            var step = new ArrayList<Approval>();
            for (int i = 0; i < COUNT / builds; i++) {
                step.add(waiting(build, i, step.isEmpty() ? null : step.get(0).id()));
            }
            Approval first = step.get(0);
            var open = new OpenApproval(first.id(), "tests", Place.OUTERMOST, first.phase(), "tests");
            approvals.create(new ApprovalStarted(open, null), step);
            for (Approval each : step) {
                approvals.attach(each.id(), decided -> {});
            }
        }
        long each = (used() - before) / COUNT;
        Reference.reachabilityFence(approvals);
        approvals.close();
        return each;
    }

    /** Returns an approval whose webhook has answered. */
    private static Approval waiting(int build, int number, @CheckForNull String first) {
        String id = "%016x%032x".formatted(build, number);
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
        return Approval.start(
                        Terms.standard()
                                .environment("production")
                                .webhook("integration-tests")
                                .timeout(Duration.ofHours(24).plusMillis(build + number))
                                .build(),
                        rest -> rest.id(id)
                                .step(first == null ? id : first)
                                .build(new BuildRef("team/deploy-" + build % 100, build / 100 + 1))
                                .createdAt(Instant.now()))
                .on(new Event.Sent(attempt), Instant.now())
                .approval();
    }

    private static long used() {
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
