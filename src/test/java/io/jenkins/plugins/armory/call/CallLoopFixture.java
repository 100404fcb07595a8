package io.jenkins.plugins.armory.call;

import io.jenkins.plugins.armory.approval.ManualTimer;
import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.call.FakeRequests.Call;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.store.TestBuilds;
import io.jenkins.plugins.armory.store.disk.UntilWritten;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** The loop of calls of a Jenkins that a test restarts, with a clock and answers of the test. */
abstract class CallLoopFixture {

    static final Instant START = Instant.parse("2026-01-31T10:00:00Z");

    final MutableClock clock = new MutableClock(START);
    final ManualTimer timer = new ManualTimer(clock);
    final FakeRequests requests;
    final List<Call> calls;
    final List<String> log = new ArrayList<>();

    @TempDir
    Path folder;

    Approvals approvals;
    CallLoop loop;

    private final double chance;

    /**
     * @param failsAtOnce whether a vault that is away is needed for the host of a request too
     * @param chance the number from 0 to 1 that spreads the delays
     */
    CallLoopFixture(boolean failsAtOnce, double chance) {
        requests = new FakeRequests(failsAtOnce);
        calls = requests.calls;
        this.chance = chance;
    }

    @BeforeEach
    void open() throws IOException {
        approvals = TestBuilds.below(folder).open(timer.service(), Runnable::run, clock, approval -> {});
        loop = new CallLoop(
                approvals,
                requests,
                requests.permits(),
                new UntilWritten(timer.service(), Runnable::run),
                () -> chance,
                clock);
        loop.open();
        approvals.takeUpAll(List.of());
    }

    void restart() throws IOException {
        loop.close();
        approvals.close();
        calls.clear();
        open();
    }
}
