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
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The clock of the controller's machine is set while approvals wait. Their deadlines and windows are by the clock,
 * whatever it says.
 */
class ClockTest {

    private static final Duration DAY = Duration.ofDays(1);
    private static final String DEPLOYED = "it is deployed";

    private static Controller controller;
    private static Jenkins jenkins;
    private static FakeClock clock;
    private final ExternalProcess process = new ExternalProcess();

    @BeforeAll
    static void start(@TempDir Path folder) {
        assumeTrue(FakeClock.isInstalled(), "libfaketime is not installed");
        clock = new FakeClock(folder);
        controller = Controller.createLean(Settings.CASC + windows());
        controller.setEnvironment(clock.environment());
        controller.start();
        jenkins = new Jenkins(controller);
    }

    /** The environment "later", which is open tomorrow and in three days. */
    private static String windows() {
        LocalDateTime now = LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
        return """
                  armoryEnvironments:
                    environments:
                      - name: later
                        jobs: "job-*"
                        windows:
                          - {allow: "%s/%s", zone: UTC}
                          - {allow: "%s/%s", zone: UTC}
                """.formatted(now.plusDays(1), now.plusDays(2), now.plusDays(3), now.plusDays(4));
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

    /** Starts a build that deploys, and then waits for an approval. */
    private Build deployLater() {
        return jenkins.build("armoryEnvironment('later') { echo 'it is ' + 'deployed'\n" + process.approval() + " }")
                .awaitWaiting(1);
    }

    /** Has the clock looked at, which is done within a minute otherwise. */
    private static void restart() {
        controller.kill();
        controller.start();
    }

    @Test
    void decisionIsTakenThoughTheClockWasSetBack() {
        Build build = start();
        clock.set(DAY.multipliedBy(-365));

        process.awaitCallback().succeed("yes").expect(200);
        build.awaitResult("SUCCESS");
        assertThat(Instant.parse(build.approval().at("/decision/decidedAt").asText()))
                .isBefore(Instant.now().minus(DAY.multipliedBy(364)));
    }

    @Test
    void decisionIsTakenAfterARestartThoughTheClockWasSetBack() {
        Build build = start();
        clock.set(DAY.negated());
        restart();

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
    void aWindowOpensByTheClockAsItIsAndABodyThatHasBegunGoesOn() {
        Build build = deployLater();
        clock.set(DAY.negated());
        restart();
        build.awaitWaiting(1);
        assertThat(build.environments()).containsEntry("later", "AWAITING_RULES");
        assertThat(build.log()).doesNotContain(DEPLOYED);

        clock.set(DAY.multipliedBy(3).dividedBy(2));
        Callback callback = process.awaitCallback();
        assertThat(build.log()).contains(DEPLOYED);
        clock.set(DAY.negated());
        restart();
        callback.at(controller).succeed("yes").expect(200);

        assertThat(build.awaitResult("SUCCESS")).containsOnlyOnce(DEPLOYED);
        assertThat(build.environments()).containsEntry("later", "COMPLETE");
    }

    @Test
    void aWindowThatIsOverWhenItsOpeningIsNoticedOpensNothing() {
        Build build = deployLater();
        clock.set(DAY.multipliedBy(5).dividedBy(2));
        restart();
        build.awaitLog("The windows of 'later' have closed again").awaitWaiting(1);
        assertThat(process.calls()).isEmpty();

        clock.set(DAY.multipliedBy(7).dividedBy(2));
        restart();
        process.awaitCallback().succeed("yes").expect(200);

        assertThat(build.awaitResult("SUCCESS")).containsOnlyOnce(DEPLOYED);
    }
}
