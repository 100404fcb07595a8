package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Webhooks that take their time hold up nobody else: no other webhook, and not the thread on which the Pipeline engine
 * runs the program. The latter is seen with the JDK's flight recorder, which notes whatever waits for longer than it is
 * told.
 */
class SlowWebhookTest {

    private static final int SLOW = 50;
    /** The number of calls to one host that are made at once. */
    private static final int AT_ONCE = 8;

    private static final Duration LONGEST_WAIT = Duration.ofMillis(50);
    private static final String STEP = "io.jenkins.plugins.armory.step.approval.ArmoryWebhookApprovalExecution";
    /** What the Pipeline engine calls on its own thread. */
    private static final Set<String> CALLED_BY_THE_ENGINE = Set.of("start", "onResume", "stop", "getStatus");

    private static final String PARALLEL = """
            def branches = [:]
            for (int i = 0; i < %d; i++) {
                branches["b${i}"] = { %s }
            }
            parallel branches
            """;

    /** Options of a process that records what waits, into the folder. */
    private static String recording(Path folder) {
        StringBuilder settings = new StringBuilder("<configuration version=\"2.0\">\n");
        for (String event : List.of(
                "ThreadPark",
                "ThreadSleep",
                "JavaMonitorEnter",
                "JavaMonitorWait",
                "FileRead",
                "FileWrite",
                "FileForce",
                "SocketRead",
                "SocketWrite")) {
            settings.append("""
                    <event name="jdk.%s">
                      <setting name="enabled">true</setting>
                      <setting name="stackTrace">true</setting>
                      <setting name="threshold">%d ms</setting>
                    </event>
                    """.formatted(event, LONGEST_WAIT.toMillis()));
        }
        try {
            Path file = Files.writeString(folder.resolve("waits.jfc"), settings.append("</configuration>\n"));
            return "-XX:StartFlightRecording=dumponexit=true,filename=" + folder + "/,settings=" + file;
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    @Test
    void holdUpNobodyElse(@TempDir Path recordings) {
        Controller controller = Controller.create(Settings.CASC, recording(recordings));
        try (ExternalProcess slow = new ExternalProcess();
                ExternalProcess fast = new ExternalProcess()) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);
            Runnable answer = slow.holdAnswers();
            Build waiting = jenkins.build(PARALLEL.formatted(SLOW, slow.approval()));
            waiting.awaitLog("waits for its turn");
            Wait.until("the calls that may be made at once")
                    .until(() -> slow.calls().size() == AT_ONCE);

            Build other = jenkins.build(fast.approval());
            fast.awaitCallback().succeed("while the others wait for their answers");
            other.awaitResult("SUCCESS");
            assertThat(waiting.approvals())
                    .allSatisfy(approval ->
                            assertThat(approval.get("state").asText()).isEqualTo("SENDING"));

            Build stopped =
                    jenkins.build(PARALLEL.formatted(5, fast.approval())).awaitWaiting(5);
            stopped.abort();
            stopped.awaitResult("ABORTED");
            answer.run();
            waiting.awaitWaiting(SLOW);
            controller.stop();
            controller.start();
            for (Call call : slow.calls()) {
                call.callback().succeed("fine");
            }
            waiting.awaitResult("SUCCESS");
            controller.stop();
        } finally {
            controller.close();
        }

        List<RecordedEvent> waits = waits(recordings);
        assertThat(waits)
                .as("the webhooks' own threads are seen to wait")
                .anyMatch(wait -> frames(wait).anyMatch(frame -> type(frame).startsWith("okhttp3.")));
        assertThat(waits)
                .filteredOn(SlowWebhookTest::isOnTheEnginesThread)
                .filteredOn(wait -> !isForAClass(wait))
                .as("waits of more than %s on the thread of the Pipeline engine", LONGEST_WAIT)
                .isEmpty();
    }

    private static List<RecordedEvent> waits(Path folder) {
        List<RecordedEvent> events = new ArrayList<>();
        try (Stream<Path> files =
                Files.list(folder).filter(file -> file.toString().endsWith(".jfr"))) {
            for (Path file : (Iterable<Path>) files::iterator) {
                events.addAll(RecordingFile.readAllEvents(file));
            }
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        return events;
    }

    private static boolean isOnTheEnginesThread(RecordedEvent event) {
        return frames(event)
                .anyMatch(frame -> type(frame).equals(STEP)
                        && CALLED_BY_THE_ENGINE.contains(frame.getMethod().getName()));
    }

    /** Whether it waits until a class is loaded, which takes long on a busy machine, whatever webhooks do. */
    private static boolean isForAClass(RecordedEvent event) {
        return frames(event).anyMatch(frame -> type(frame).equals("java.lang.ClassLoader"));
    }

    private static Stream<RecordedFrame> frames(RecordedEvent event) {
        return event.getStackTrace() == null ? Stream.of() : event.getStackTrace().getFrames().stream();
    }

    private static String type(RecordedFrame frame) {
        return frame.getMethod().getType().getName();
    }
}
