package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;

/** Approvals without a disk, for measurements in other packages. */
public final class InMemory {

    private InMemory() {}

    /**
     * Returns approvals without a disk.
     *
     * @param timer runs deadlines and work in the background
     */
    public static Approvals approvals(ScheduledExecutorService timer) throws IOException {
        return new Approvals(
                ApprovalStore.open(new MemoryDisk(), Path.of("memory"), jobId -> null)
                        .folding(timer, timer),
                timer,
                timer,
                Clock.systemUTC(),
                (approval, user) -> List.of(0),
                approval -> {});
    }

    /** Returns an approval whose webhook has answered, see {@link Samples#waiting}. */
    public static Approval waiting(String id, int number) {
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
        return ApprovalTerms.of(id, new BuildRef("team/deploy-" + number % 100, number / 100 + 1))
                .environment("production")
                .webhook("integration-tests")
                .timeout(Instant.now(), Duration.ofHours(24).plusMillis(number))
                .start()
                .on(new Event.Sent(attempt), Instant.now())
                .approval();
    }
}
