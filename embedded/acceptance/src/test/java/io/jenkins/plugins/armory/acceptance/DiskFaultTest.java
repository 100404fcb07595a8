package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.SmallDisk;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The disk that the approvals are on has no room, or cannot be written to, or has lost what was on it. Nobody is told that a
 * decision was taken which is not on disk; what waits goes on when the disk is well again.
 */
class DiskFaultTest {

    /** What is wrong with the disk. */
    enum Fault {
        FULL("No space left on device") {
            @Override
            void begin() {
                disk.fill();
            }

            @Override
            void end() {
                disk.free();
            }
        },
        READ_ONLY("Read-only file system") {
            @Override
            void begin() {
                disk.makeReadOnly();
            }

            @Override
            void end() {
                disk.makeWritable();
            }
        };

        private final String reason;

        Fault(String reason) {
            this.reason = reason;
        }

        abstract void begin();

        abstract void end();
    }

    private static Controller controller;
    private static Jenkins jenkins;
    private static SmallDisk disk;
    private final ExternalProcess process = new ExternalProcess();

    @BeforeAll
    static void mount(@TempDir Path empty) {
        assumeTrue(SmallDisk.isAllowed(empty), "a disk has to be mounted for this, which is for root on Linux alone");
        controller = Controller.createLean(Settings.CASC);
        jenkins = new Jenkins(controller);
        disk = SmallDisk.mount(controller.home().resolve("armory-approvals"));
    }

    @BeforeEach
    void start() {
        controller.start();
    }

    @AfterEach
    void closeProcess() {
        process.close();
    }

    @AfterAll
    static void close() {
        if (controller != null) {
            controller.kill();
            disk.close();
            controller.close();
        }
    }

    private static Path file(String name) {
        return controller.home().resolve("armory-approvals").resolve(name);
    }

    private static void awaitFolded() {
        Wait.until("all is in the files of the approvals, and nothing in the journal")
                .until(() -> {
                    try (Stream<Path> journal = Files.list(file("journal"))) {
                        return journal.findAny().isEmpty();
                    }
                });
    }

    private static List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(file(""))) {
            return all.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .toList();
        }
    }

    private static void assertUnavailable(Answer answer, String message) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).hasValue("10");
        assertThat(answer.json().get("message").asText()).contains(message);
    }

    @ParameterizedTest
    @EnumSource
    void decisionIsNotTakenUntilItCanBeWrittenAlsoOverAKill(Fault fault) throws IOException {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        awaitFolded(); // what is in a file already may leave room in it for more
        fault.begin();
        try {
            assertUnavailable(callback.succeed("no room"), "was not taken");
            assertUnavailable(callback.fail("no room either"), "was not taken");
            assertThat(build.approval().get("state").asText()).isEqualTo("WAITING");
            assertThat(controller.output()).contains("Cannot store a decision", fault.reason);
            controller.kill();
            controller.start();
            build.awaitWaiting(1);
            assertUnavailable(callback.fail("still no room"), "was not taken");
        } finally {
            fault.end();
        }

        callback.succeed("room").expect(200);
        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (callback token): room");
        assertThat(files()).noneMatch(name -> name.endsWith(".tmp"));
    }

    @ParameterizedTest
    @EnumSource
    void webhookIsNotCalledForAnApprovalThatCannotBeWritten(Fault fault) throws IOException {
        awaitFolded(); // what is in a file already may leave room in it for more
        fault.begin();
        Build build;
        try {
            build = jenkins.build(process.approval());
            assertThat(build.awaitResult("FAILURE"))
                    .containsPattern("ERROR: The webhook was not called, because the approval cannot be written: .*"
                            + fault.reason);
        } finally {
            fault.end();
        }

        assertThat(process.calls()).isEmpty();
        assertThat(build.approvals()).isEmpty();
        assertThat(files()).noneMatch(name -> name.endsWith(".tmp"));
    }

    @ParameterizedTest
    @EnumSource
    void deadlineThatCannotBeWrittenStands(Fault fault) {
        Build build = jenkins.build(process.approval("timeout: 15", "unit: 'SECONDS'"))
                .awaitWaiting(1); // time for the fault to begin
        Callback callback = process.awaitCallback();
        Instant deadline = Instant.parse(build.approval().get("deadline").asText());
        awaitFolded(); // what is in a file already may leave room in it for more
        fault.begin();
        try {
            Wait.until("the deadline has passed").until(() -> Instant.now().isAfter(deadline));
            assertUnavailable(callback.succeed("too late"), "was not taken");
        } finally {
            fault.end();
        }

        callback.succeed("too late").expect(410);
        assertThat(build.awaitResult("FAILURE"))
                .contains("timed out after 15 seconds: No callback arrived before the deadline.");
    }

    @Test
    void tornFileOfAnApprovalThatWaitsIsNoApprovalThatIsGone() throws IOException {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        controller.stop();
        Path torn = file("pending/" + callback.id() + ".json");
        tear(torn);
        controller.start();

        assertThat(build.awaitResult("FAILURE"))
                .contains("The approval cannot be read, so its decision is unknown: ", torn.toString());
        Answer late = Wait.until("the approval has ended with its build")
                .until(() -> callback.succeed("anybody there?"), answer -> answer.status() != 503);
        late.expect(410);
        assertThat(process.calls()).hasSize(1);
        assertThat(controller.output()).contains("Cannot read an approval: " + torn);
        Wait.until("the administrator is told") // after the end is written
                .untilAsserted(() -> assertThat(controller.output()).contains("stop its external process by hand"));

        build.delete();
        callback.succeed("nobody there").expect(410);
        assertThat(torn).doesNotExist();
    }

    @Test
    void tornFileOfADecisionIsNoDecisionThatIsGone() throws IOException {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        callback.succeed("yes");
        build.awaitResult("SUCCESS");
        awaitFolded();
        Path torn = file("decided/" + callback.id() + ".json");
        byte[] whole = tear(torn);

        assertUnavailable(callback.succeed("yes"), "cannot be read");

        Files.write(torn, whole);
        Answer answer = callback.succeed("yes");
        answer.expect(200);
        assertThat(answer.json().get("duplicate").asBoolean()).isTrue();
    }

    private static byte[] tear(Path file) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length / 2));
        return whole;
    }
}
