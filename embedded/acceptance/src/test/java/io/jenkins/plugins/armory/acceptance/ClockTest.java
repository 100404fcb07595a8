package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.FakeClock;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock of the controller's machine is set while approvals wait. Their deadlines are by the clock, whatever it says. */
class ClockTest {

    private static final Duration DAY = Duration.ofDays(1);

    private static Controller controller;
    private static Jenkins jenkins;
    private static FakeClock clock;
    private final ExternalProcess process = new ExternalProcess();

    @BeforeAll
    static void start(@TempDir Path folder) {
        assumeTrue(FakeClock.isInstalled(), "libfaketime is not installed");
        clock = new FakeClock(folder);
        controller = Controller.createLean(Settings.CASC);
        controller.setEnvironment(clock.environment());
        controller.start();
        jenkins = new Jenkins(controller);
    }

    @BeforeEach
    void setRight() {
        clock.set(Duration.ZERO);
    }

    @AfterEach
    void closeProcess() {
        process.close();
    }

    @AfterAll
    static void close() {
        if (controller != null) {
            controller.close();
        }
    }

    private Build start(String... more) {
        return jenkins.build(process.approval(more)).awaitWaiting(1);
    }

    private static Instant decidedAt(Build build) {
        return Instant.parse(build.approval().at("/decision/decidedAt").asText());
    }

    @ParameterizedTest
    @ValueSource(longs = {-365, -1, 0})
    void decisionIsTakenThoughTheClockWasSetBack(long days) {
        Build build = start();
        clock.set(Duration.ofDays(days));

        process.awaitCallback().succeed("yes").expect(200);
        build.awaitResult("SUCCESS");
        assertThat(decidedAt(build))
                .isBefore(Instant.now().plus(Duration.ofDays(days)).plus(Duration.ofHours(1)));
    }

    @Test
    void decisionIsTakenAfterARestartThoughTheClockWasSetBack() {
        Build build = start();
        controller.kill();
        clock.set(DAY.negated());
        controller.start();

        process.awaitCallback().succeed("yes").expect(200);
        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (callback token): yes");
    }

    /** Where nobody calls, it is noticed within a minute. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void deadlineIsPassedWhenTheClockIsSetBehindIt(boolean calledBack) {
        Build build = start("timeout: 12", "unit: 'HOURS'");
        clock.set(DAY);

        if (calledBack) {
            process.awaitCallback().succeed("a day later, by the clock").expect(410);
        }
        assertThat(build.awaitResult("FAILURE"))
                .contains("timed out after 12 hours: No callback arrived before the deadline.");
    }

    @Test
    void nothingIsLostWhenTheClockGoesThereAndBack() {
        Build build = start("timeout: 12", "unit: 'HOURS'");
        Callback callback = process.awaitCallback();
        clock.set(DAY.negated());
        clock.set(DAY.dividedBy(3));
        clock.set(Duration.ZERO);

        callback.succeed("yes").expect(200);
        assertThat(callback.succeed("again").json().get("duplicate").asBoolean())
                .isTrue();
        build.awaitResult("SUCCESS");
    }
}
