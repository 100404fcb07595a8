package io.jenkins.plugins.armory.store;

import static io.jenkins.plugins.armory.approval.ApprovalTest.SOON;
import static io.jenkins.plugins.armory.approval.ApprovalTest.terms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTest;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.approval.TestEvents;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {

    private static final YearMonth MONTH = History.monthOf(SOON);
    private static final BuildRef BUILD = new BuildRef("team/deploy", 7);

    @TempDir
    private Path folder;

    private Approvals open() throws IOException {
        Approvals opened = TestBuilds.open(folder);
        opened.takeUpAll(List.of());
        return opened;
    }

    private static void decide(Approvals store, String... ids) throws IOException {
        for (String id : ids) {
            TestBuilds.create(store, ApprovalTest.start(id));
            store.write(List.of(id), TestEvents.callback(true, "12 of 12 passed", "callback token"), SOON);
        }
    }

    private static List<String> lines(Approvals store, YearMonth month) throws IOException {
        var output = new ByteArrayOutputStream();
        store.history().copyTo(month, output);
        return output.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static List<String> lines(Approvals store) throws IOException {
        return lines(store, MONTH);
    }

    /** Returns the approvals of the lines that are whole. */
    static List<String> approvals(List<String> lines) {
        return lines.stream()
                .filter(line -> line.endsWith("}"))
                .map(line -> line.replaceFirst("^.*\"approval\":\"(\\w+)\".*$", "$1"))
                .toList();
    }

    private Path file() {
        return folder.resolve("history").resolve(MONTH + ".ndjson");
    }

    @Test
    void hasALineForEachDecisionWithWhoDecidedWhatAndWhen() throws IOException {
        Approvals store = open();
        TestBuilds.create(
                store,
                terms("a1")
                        .manual(TestApproval.requirement("Go?", List.of("bob", "ops"), 1)
                                .withRequesters(List.of("carol")))
                        .start());
        store = open(); // all of it comes from the disk
        store.write(List.of("a1"), ApprovalTest.sent(), SOON);
        store.write(List.of("a1"), new Event.ManualRejection("bob", "not on a Friday, \u00e7a va"), SOON.plusMillis(5));
        TestBuilds.create(store, ApprovalTest.start("a2"));

        assertThat(lines(store))
                .containsExactly(
                        "{\"kind\":\"decision\",\"approval\":\"a1\",\"job\":\"team/deploy\",\"build\":7,"
                                + "\"environment\":\"staging\",\"phase\":\"strategy\",\"webhook\":\"tests\","
                                + "\"createdAt\":\"2026-01-31T10:00:00Z\",\"decidedAt\":\"2026-01-31T10:01:00.005Z\","
                                + "\"outcome\":\"REJECTED\",\"decidedBy\":\"user bob\",\"message\":\"not on a Friday, \\u00E7a va\","
                                + "\"override\":false,\"rules\":[{\"submitters\":[\"bob\",\"ops\"],\"required\":1,"
                                + "\"approvedBy\":[]}],\"requesters\":[\"carol\"],\"people\":[{\"approved\":false,"
                                + "\"user\":\"bob\",\"comment\":\"not on a Friday, \\u00E7a va\",\"at\":\"2026-01-31T10:01:00.005Z\"}]}");
    }

    /** A line of another kind than decisions. */
    record Note(
            @JsonProperty("text") String text,
            @JsonProperty("number") int number) {}

    @Test
    void hasALineForEachNoteHoweverOftenItIsTold() throws IOException {
        decide(open(), "a1"); // its line is written after those of the notes
        open().history().add("note", SOON, new Note("a", 1));
        Approvals store = open();
        store.history().add("note", SOON, new Note("a", 1));
        store.history().add("note", SOON, new Note("a", 2));

        List<String> lines = lines(store);
        assertThat(lines).hasSize(3);
        assertThat(approvals(lines.subList(0, 1))).containsExactly("a1");
        assertThat(lines.get(1)).isEqualTo("{\"kind\":\"note\",\"text\":\"a\",\"number\":1}");
        assertThat(lines.get(2)).contains("\"number\":2");
    }

    @Test
    void aLineIsInTheFileOfTheMonthInWhichItWasDecided() throws IOException {
        Approvals store = open();
        decide(store, "a1");
        TestBuilds.create(store, ApprovalTest.start("a2"));
        store.write(List.of("a2"), new Event.Aborted("stopped"), SOON.plus(Duration.ofDays(1)));

        assertThat(approvals(lines(store))).containsExactly("a1");
        assertThat(approvals(lines(store, MONTH.plusMonths(1)))).containsExactly("a2");
        assertThat(lines(store, MONTH.plusMonths(2))).isEmpty();
    }

    @Test
    void goesOnAfterARestartAndWritesNothingTwice() throws IOException {
        Approvals store = open();
        decide(store, "a1", "a2");
        lines(store); // written, and its builds are marked, as after a crash
        Approvals second = open();
        decide(second, "a3");

        Approvals third = open();
        decide(third, "a4");

        assertThat(approvals(lines(third))).containsExactly("a1", "a2", "a3", "a4");
    }

    @Test
    void anApprovalWhoseCancelWebhookIsCalledLaterHasOneLine() throws IOException {
        abort("a1", SOON);
        Approvals store = open();
        store.write(List.of("a1"), new Event.CancelOver(ApprovalTest.attempt(1, 200)), SOON);

        store = open();

        assertThat(approvals(lines(store))).containsExactly("a1");
    }

    /** The build is let go of while the last calls of its approvals are noted. */
    @Test
    void approvalsWhoseBuildIsOverHaveOneLineEach() throws IOException {
        abort("a1", SOON);
        abort("a2", SOON);
        TestBuilds builds = TestBuilds.below(folder);
        Approvals store = builds.open(Runnable::run);
        builds.end(BUILD);
        store.write(List.of("a1", "a2"), new Event.CancelOver(ApprovalTest.attempt(1, 200)), SOON);
        decide(store, "a3");

        assertThat(approvals(lines(store))).containsExactly("a1", "a2", "a3");
    }

    /** As one that was renamed while Jenkins was down. */
    @Test
    void aBuildThatIsFoundLateHasOneLineOfEachDecision() throws IOException {
        decide(open(), "a1", "a2");
        lines(open());
        Files.delete(folder.resolve("open/a1"));
        Approvals store = open();
        TestBuilds.create(store, ApprovalTest.start("b1").withBuild(new BuildRef("team/deploy", 8)));
        store.write(List.of("b1"), TestEvents.callback(true, "", "callback token"), SOON.plusMillis(1));
        lines(store);

        store.takeUp(BUILD);

        assertThat(approvals(lines(store))).containsExactly("a1", "a2", "b1");
    }

    @Test
    void aDecisionHasOneLineAfterItsJobWasRenamed() throws IOException {
        Approvals store = open();
        decide(store, "a1");
        lines(store);
        store.renamed("team/deploy", "team/release");
        Files.createDirectories(folder.resolve("builds/team"));
        Files.move(folder.resolve("builds/team/deploy"), folder.resolve("builds/team/release"));

        assertThat(approvals(lines(open()))).containsExactly("a1");
    }

    /** Aborts an approval that has a cancel webhook. */
    private void abort(String id, Instant at) throws IOException {
        var webhook =
                Webhook.named("tests").uriTemplate("https://ci.example.com/").build();
        Approvals store = open();
        TestBuilds.create(
                store,
                terms(id).calls(TestApproval.calls(webhook, webhook, Map.of())).start());
        store.write(List.of(id), new Event.Aborted("stopped"), at);
        store.close();
    }

    @Test
    void keepsTheDecisionsOfDeletedBuilds() throws IOException {
        Approvals store = open();
        decide(store, "a1", "a2");

        store.remove(build -> true);

        store = open();
        assertThat(store.find("a1")).isEmpty();
        assertThat(approvals(lines(store))).containsExactly("a1", "a2");
    }

    @Test
    void aLineThatACrashHasCutOffIsWrittenAnewBehindALineFeed() throws IOException {
        Approvals store = open();
        decide(store, "a1", "a2");
        List<String> whole = lines(store);
        byte[] bytes = Files.readAllBytes(file());
        for (int length = 0; length < bytes.length; length += 11) {
            Files.write(file(), Arrays.copyOf(bytes, length));

            List<String> lines = lines(open());
            assertThat(lines).containsAll(whole);
            assertThat(approvals(lines)).containsExactlyInAnyOrder("a1", "a2");
        }
    }

    @Test
    void aNoteThatIsToldFirstAfterAStartDoublesNoDecision() throws IOException {
        Approvals store = open();
        decide(store, "a1");
        lines(store);
        var history = new History(folder.resolve("history"));
        history.takeUp(store.find("a1").orElseThrow());

        history.add("note", SOON, new Note("a", 1));
        history.write();

        assertThat(approvals(lines(store))).containsOnlyOnce("a1");
    }

    @Test
    void whatCannotBeWrittenIsWrittenLater() throws IOException {
        Path blocker = Files.createFile(folder.resolve("history")); // so no file can be created in it
        Approvals store = open();
        decide(store, "a1");
        assertThatIOException().isThrownBy(store::history);

        Files.delete(blocker);

        assertThat(approvals(lines(store))).containsExactly("a1");
    }

    /** Somebody has put a folder there. */
    @Test
    void aMonthThatCannotBeReadIsPassedOver() throws IOException {
        for (YearMonth month : List.of(MONTH, History.monthOf(Instant.now()))) {
            Files.createDirectories(folder.resolve("history").resolve(month + ".ndjson"));
        }
        Approvals store = open();

        decide(store, "a1");

        assertThatIOException().isThrownBy(store::history);
        store.remove(build -> true);
        assertThat(store.find("a1")).isEmpty();
        store.close();
    }

    /** Callbacks and pages take up builds. */
    @Test
    void aBuildIsTakenUpWhileTheHistoryIsSynced() throws Exception {
        Approvals store = open();
        decide(store, "a1");
        Approval decided = store.find("a1").orElseThrow();
        History history = store.history();

        synchronized (history) {
            CompletableFuture.runAsync(() -> history.takeUp(decided)).get(10, TimeUnit.SECONDS);
        }

        assertThat(approvals(lines(store))).containsExactly("a1");
    }

    /** The last decision has no line when Jenkins goes down, and another Jenkins takes over and writes it. */
    @Test
    void aStoreThatIsClosedWritesNothing() throws IOException {
        Path blocker = Files.createFile(folder.resolve("history"));
        Approvals store = open();
        decide(store, "a1");
        store.close();
        Files.delete(blocker);
        Approvals other = open();
        decide(other, "b1");
        other.history();

        assertThatIOException().isThrownBy(store::history).withMessageContaining("Jenkins is going down");

        assertThat(approvals(lines(open()))).containsExactly("a1", "b1");
    }
}
