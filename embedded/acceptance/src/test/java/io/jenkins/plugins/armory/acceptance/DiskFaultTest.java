package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import io.jenkins.plugins.armory.acceptance.faults.FaultInjector;
import io.jenkins.plugins.armory.acceptance.faults.FaultPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The disk has no room, or has lost what was on it. Nobody is told that a decision was taken which is not on disk; what
 * waits goes on when the disk is well again.
 */
class DiskFaultTest {

    private static final String REASON = "No space left on device";

    /** What cannot be done with a line of the log of a build. */
    enum Fault {
        APPENDED(FaultPoint.LOG_APPENDING),
        SYNCED(FaultPoint.LOG_SYNCING);

        private final FaultPoint point;

        Fault(FaultPoint point) {
            this.point = point;
        }
    }

    private static FaultInjector faults;
    private static Controller controller;
    private static Jenkins jenkins;
    private final ExternalProcess process = new ExternalProcess();

    @BeforeAll
    static void create() {
        faults = FaultInjector.create(
                Stream.of(Fault.values()).map(fault -> fault.point).toList());
        controller = Controller.createLean(Settings.CASC, faults.javaOption());
        jenkins = new Jenkins(controller);
    }

    @BeforeEach
    void start() {
        controller.start();
    }

    @AfterEach
    void closeProcess() {
        faults.disarm();
        process.close();
    }

    @AfterAll
    static void close() {
        controller.close();
    }

    private static Path logOf(Build build) {
        return controller.home().resolve("jobs/" + build.job().name() + "/builds/" + build.number() + "/armory.log");
    }

    private static void assertUnavailable(Answer answer, String message) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).hasValue("10");
        assertThat(answer.json().get("message").asText()).contains(message);
    }

    @ParameterizedTest
    @EnumSource
    void decisionIsNotTakenUntilItCanBeWrittenAlsoOverAKill(Fault fault) {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        faults.fillDisk(fault.point);
        try {
            assertUnavailable(callback.succeed("no room"), "was not taken");
            assertUnavailable(callback.fail("no room either"), "was not taken");
            assertThat(build.approval().get("state").asText()).isEqualTo("WAITING");
            assertThat(controller.output()).contains("Cannot store a decision", REASON);
            controller.kill();
            controller.start();
            build.awaitWaiting(1);
            assertUnavailable(callback.fail("still no room"), "was not taken");
        } finally {
            faults.disarm();
        }

        callback.succeed("room").expect(200);
        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (callback token): room");
    }

    @Test
    void webhookIsNotCalledForAnApprovalThatCannotBeWritten() {
        faults.fillDisk(Fault.SYNCED.point);
        Build build;
        try {
            build = jenkins.build(process.approval());
            assertThat(build.awaitResult("FAILURE"))
                    .containsPattern(
                            "ERROR: The webhook was not called, because the approval cannot be written: .*" + REASON);
        } finally {
            faults.disarm();
        }

        assertThat(process.calls()).isEmpty();
        assertThat(build.approvals()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void deadlineThatCannotBeWrittenStands(Fault fault) {
        Build build = jenkins.build(process.approval("timeout: 15", "unit: 'SECONDS'"))
                .awaitWaiting(1); // time for the fault to begin
        Callback callback = process.awaitCallback();
        Instant deadline = Instant.parse(build.approval().get("deadline").asText());
        faults.fillDisk(fault.point);
        try {
            Wait.until("the deadline has passed").until(() -> Instant.now().isAfter(deadline));
            assertUnavailable(callback.succeed("too late"), "was not taken");
        } finally {
            faults.disarm();
        }

        callback.succeed("too late").expect(410);
        assertThat(build.awaitResult("FAILURE"))
                .contains("timed out after 15 seconds: No callback arrived before the deadline.");
    }

    /** What it guards stays closed also after a start with a disk that is well. */
    @Test
    void aStepThatIsOverdueOrStoppedEndsOnTimeThoughThatCannotBeWritten() {
        Build overdue = jenkins.build("try { " + process.approval("timeout: 5", "unit: 'SECONDS'")
                        + " } catch (ignored) { }\nsleep 20\nstage('prod') { echo 'never' }")
                .awaitWaiting(1);
        Build stopped = jenkins.build("armoryEnvironment('staging') { " + process.approval() + " }")
                .awaitWaiting(1);
        faults.fillDisk(FaultPoint.LOG_APPENDING);
        try {
            stopped.abort();
            Wait.until("the end of " + stopped).atMost(Duration.ofSeconds(25)).until(() -> !stopped.isBuilding());
            overdue.awaitLog("is lost: The log of the build is in doubt: that a deadline has passed cannot be written");
            controller.kill();
        } finally {
            faults.disarm();
        }
        controller.start();

        overdue.awaitEnd();

        assertThat(overdue.log()).doesNotContainPattern("(?m)^never$");
        assertThat(overdue.result()).isNotEqualTo("SUCCESS");
        assertThat(stopped.result()).isEqualTo("ABORTED");
    }

    @Test
    void aLogThatIsTornIsNoApprovalThatIsGone() throws IOException {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        controller.stop();
        Path log = logOf(build);
        byte[] whole = Files.readAllBytes(log);
        Files.write(log, Arrays.copyOf(whole, whole.length / 2));
        controller.start();

        assertThat(build.awaitResult("FAILURE"))
                .contains("The approval cannot be read, so its decision is unknown: The log of the build is in doubt: "
                        + log + " is not what was written");
        callback.succeed("anybody there?").expect(410);
        assertThat(process.calls()).hasSize(1);

        build.delete();
        callback.succeed("nobody there").expect(410);
    }

    @Test
    void whatALaterVersionWroteClosesItsBuildAndIsKept() throws IOException {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        process.awaitCallback();
        controller.stop();
        Path log = logOf(build);
        StoredFile.change(log, line -> line.replace("\"format\":1", "\"format\":2"));
        byte[] written = Files.readAllBytes(log);
        controller.start();

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "its format is 2, and this version reads 1. Nothing was changed. Install the version of the plugin");
        assertThat(log).hasBinaryContent(written);
        assertThat(process.calls()).hasSize(1);
    }
}
