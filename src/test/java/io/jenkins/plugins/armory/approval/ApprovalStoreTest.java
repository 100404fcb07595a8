package io.jenkins.plugins.armory.approval;

import static io.jenkins.plugins.armory.approval.ApprovalTest.SOON;
import static io.jenkins.plugins.armory.approval.ApprovalTest.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jenkins.plugins.armory.approval.Approval.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

public class ApprovalStoreTest {

    private static final Event SUCCESS = new Event.Callback(true, "ça va\n\"ok\" \uD83D\uDC4D", "callback token");

    @TempDir
    private Path folder;

    private ApprovalStore store;

    @BeforeEach
    void open() throws IOException {
        store = ApprovalStore.open(folder);
    }

    private Approval decide(String id) throws IOException {
        store.create(start(id));
        return store.apply(id, SUCCESS, SOON).orElseThrow().approval();
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .toList();
        }
    }

    @Test
    void findsAfterARestartWhatItWasTold() throws IOException {
        Approval pending = start("a1");
        store.create(pending);
        Approval waiting = store.apply("a1", ApprovalTest.sent(), SOON).orElseThrow().approval();
        Approval decided = decide("a2");

        assertThat(files()).containsExactly("journal/1.log");
        assertHolds(ApprovalStore.open(folder), waiting, decided);
        assertThat(store.fold(() -> false)).isTrue();
        assertThat(files()).containsExactly("decided/a2.json", "pending/a1.json");
        assertHolds(store, waiting, decided);
        assertHolds(ApprovalStore.open(folder), waiting, decided);
    }

    private static void assertHolds(ApprovalStore store, Approval waiting, Approval decided) throws IOException {
        assertThat(store.pending()).containsExactly(waiting);
        assertThat(store.find(waiting.id())).contains(waiting);
        assertThat(store.find(decided.id())).contains(decided);
        assertThat(store.recentlyDecided()).containsExactly(decided);
    }

    @Test
    void foldsOnWhereItStopped() throws IOException {
        Approval decided = decide("a1");
        decide("a2");
        Iterator<Boolean> stop = List.of(false, false, true).iterator();

        assertThat(store.fold(stop::next)).isFalse();

        assertThat(files()).containsExactly("decided/a1.json", "journal/1.log");
        store.create(start("a3"));
        assertThat(store.fold(() -> false)).isTrue();
        assertThat(files()).containsExactly("decided/a1.json", "decided/a2.json", "pending/a3.json");
        assertThat(ApprovalStore.open(folder).find("a1")).contains(decided);
    }

    @Test
    void keepsInTheJournalWhatCannotBeFolded() throws IOException {
        Approval decided = decide("a1");
        Files.delete(folder.resolve("decided"));
        Files.createFile(folder.resolve("decided")); // no file can be made in there now

        assertThatIOException().isThrownBy(() -> store.fold(() -> false));

        assertThat(store.find("a1")).contains(decided);
        Files.delete(folder.resolve("decided"));
        assertThat(ApprovalStore.open(folder).find("a1")).contains(decided);
        assertThat(store.fold(() -> false)).isTrue();
        assertThat(files()).containsExactly("decided/a1.json");
    }

    @Test
    void leavesOutOfTheJournalWhatIsDamaged() throws IOException {
        Approval decided = decide("a1");
        decide("a2");
        store.create(start("a3"));
        Path journal = folder.resolve("journal/1.log");
        String content = Files.readString(journal);
        String torn = content.substring(0, content.length() - 10).replaceFirst("(\"id\":\"a)2(\".*DECIDED)", "$17$2");
        assertThat(torn).contains("\"a7\"");
        Files.writeString(journal, torn);

        ApprovalStore reopened = ApprovalStore.open(folder);

        assertThat(reopened.find("a1")).contains(decided);
        assertThat(reopened.pending()).containsExactly(start("a2"));
        assertThat(reopened.find("a7")).isEmpty();
        assertThat(reopened.find("a3")).isEmpty();
    }

    @Test
    void goesByTheDecisionWhereTheJournalKnowsOnlyTheBeginning() throws IOException {
        store.create(start("a1"));
        byte[] begun = Files.readAllBytes(folder.resolve("journal/1.log"));
        Approval decided = store.apply("a1", SUCCESS, SOON).orElseThrow().approval();
        store.fold(() -> false);
        Files.write(folder.resolve("journal/1.log"), begun);

        ApprovalStore reopened = ApprovalStore.open(folder);

        assertThat(reopened.pending()).isEmpty();
        assertThat(reopened.find("a1")).contains(decided);
        assertThat(reopened.fold(() -> false)).isTrue();
        assertThat(files()).containsExactly("decided/a1.json");
    }

    @Test
    void doesNotBringBackFromTheJournalWhatWasRemoved() throws IOException {
        store.create(start("a1"));
        decide("a2");
        store.remove("a1");
        store.remove("a2");

        ApprovalStore reopened = ApprovalStore.open(folder);

        assertThat(reopened.pending()).isEmpty();
        assertThat(reopened.find("a2")).isEmpty();
        assertThat(reopened.recentlyDecided()).isEmpty();
    }

    @Test
    void keepsEveryField() throws IOException {
        Approval bare = Approval.start(
                "a1", new BuildRef("job", 1), null, "w", null, ApprovalTest.START, Duration.ofSeconds(3));
        Approval full = Approval.start(
                "a2", new BuildRef("a/b", 2), "prod", "w", "secret-text", ApprovalTest.START, Duration.ofDays(2))
                .withoutCallback()
                .in(Phase.AFTER_DEPLOYMENT)
                .with(new ManualRequirement("Go?", List.of("alice", "ops")));
        store.create(bare);
        store.create(full);
        Attempt failed = new Attempt(
                1, SOON, "http://h", 503, Duration.ofMillis(7), "h answered 503", "busy\n", SOON.plusMillis(1500));
        full = store.apply("a2", new Event.Failed(failed), SOON).orElseThrow().approval();

        full = store.apply("a2", new Event.ManualApproval("alice", "fine"), SOON).orElseThrow().approval();

        assertThat(full.attempts()).containsExactly(failed);
        assertThat(full.person()).isNotNull();
        assertThat(ApprovalStore.open(folder).pending()).containsExactlyInAnyOrder(bare, full);
    }

    @Test
    void keepsTheHeartbeatAndWhatCameOfTheCancelWebhook() throws IOException {
        Attempt attempt = new Attempt(
                3, ApprovalTest.SOON, "https://ci.example.com", 503, Duration.ofMillis(7), "answered 503", "busy", null);
        store.create(start("a1").with(Duration.ofMillis(90_001)));
        store.apply("a1", new Event.Aborted("stopped"), ApprovalTest.SOON);

        store.apply("a1", new Event.CancelCalled(attempt), ApprovalTest.SOON);

        assertThat(ApprovalStore.open(folder).find("a1").orElseThrow())
                .returns(Duration.ofMillis(90_001), Approval::heartbeat)
                .returns(attempt, Approval::cancel);
    }

    @Test
    void readsWhatAVersionWithoutPhasesWrote() throws IOException {
        Approval decided = decide("a1");
        store.fold(() -> false);
        Path file = folder.resolve("decided/a1.json");
        String callback = Files.readString(file).replaceFirst(".*(\"callback\":\\{[^}]*},).*", "$1");
        String old = Files.readString(file).replace("\"phase\":\"strategy\",", "").replace(callback, "");
        assertThat(old).doesNotContain("phase", "\"callback\"");
        Files.writeString(file, old);

        assertThat(ApprovalStore.open(folder).find("a1")).contains(decided);
    }

    @Test
    void readsWhatAVersionWithoutAttemptsWrote() throws IOException {
        store.create(start("a1"));
        store.fold(() -> false);
        Path file = folder.resolve("pending/a1.json");
        String old = Files.readString(file)
                .replace(",\"attempts\":[]", "")
                .replace("\"awaitsCallback\":true,", "");
        assertThat(old).doesNotContain("attempts", "awaitsCallback");
        Files.writeString(file, old);

        assertThat(ApprovalStore.open(folder).pending()).containsExactly(start("a1"));
    }

    @Test
    void keepsADecidedApprovalInItsPlaceWhenAnAttemptIsNoted() throws IOException {
        Approval first = decide("a1");
        Approval second = decide("a2");

        Approval noted = store.apply("a1", ApprovalTest.sent(), SOON).orElseThrow().approval();

        assertThat(noted.attempts()).hasSize(first.attempts().size() + 1);
        assertThat(store.recentlyDecided()).containsExactly(second, noted);
        assertThat(ApprovalStore.open(folder).find("a1")).contains(noted);
    }

    @Test
    void goesByTheDecisionWhereACrashLeftBothFiles() throws IOException {
        Approval pending = start("a1");
        store.create(pending);
        store.fold(() -> false);
        byte[] before = Files.readAllBytes(folder.resolve("pending/a1.json"));
        Approval decided = store.apply("a1", SUCCESS, SOON).orElseThrow().approval();
        store.fold(() -> false);
        Files.write(folder.resolve("pending/a1.json"), before);

        ApprovalStore reopened = ApprovalStore.open(folder);

        assertThat(reopened.pending()).isEmpty();
        assertThat(reopened.find("a1")).contains(decided);
        assertThat(files()).containsExactly("decided/a1.json");
    }

    @Test
    void removesWhatACrashLeftHalfWritten() throws IOException {
        Files.writeString(folder.resolve("pending/a1.json.tmp"), "{\"form");
        Files.writeString(folder.resolve("decided/a2.json.tmp"), "");

        assertThat(ApprovalStore.open(folder).pending()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void doesNotTakeAnUnreadableFileForNone() throws IOException {
        Files.writeString(folder.resolve("pending/a1.json"), "{\"format\":1,\"id\":\"a1\"}");
        Files.writeString(folder.resolve("pending/a2.json"), "not JSON");
        Files.writeString(folder.resolve("pending/a3.json"), "{\"format\":99}");

        ApprovalStore reopened = ApprovalStore.open(folder);

        assertThat(reopened.pending()).isEmpty();
        assertThatIOException().isThrownBy(() -> reopened.find("a1")).withMessageContaining("a1.json");
        assertThatIOException().isThrownBy(() -> reopened.apply("a2", SUCCESS, SOON));
        assertThat(files()).as("for somebody to look at").hasSize(3);
        reopened.remove("a3");
        assertThat(reopened.find("a3")).isEmpty();
    }

    @Test
    void takesNoFileForWhatItsNameDoesNotSay() throws IOException {
        Approval decided = decide("a1");
        store.fold(() -> false);
        Path file = folder.resolve("decided/a1.json");
        Files.copy(file, folder.resolve("pending/a2.json"));
        Files.copy(file, folder.resolve("decided/a3.json"));
        Files.move(file, folder.resolve("pending/a1.json"));

        ApprovalStore reopened = ApprovalStore.open(folder);

        assertThat(reopened.pending()).isEmpty();
        assertThat(reopened.recentlyDecided()).isEmpty();
        for (String id : List.of("a1", "a2", "a3")) {
            assertThatIOException().isThrownBy(() -> reopened.find(id)).withMessageContaining("belongs into");
        }
        Files.move(folder.resolve("pending/a1.json"), file);
        assertThat(reopened.find("a1")).contains(decided);
    }

    @Test
    void leavesOutOfTheJournalWhatWouldNameAnotherFile() throws IOException {
        Path outside = folder.resolve("outside.json");
        Files.writeString(outside, "{}");
        Journal journal = Journal.open(Disk.LOCAL, folder.resolve("journal"), record -> {});
        journal.append(ApprovalFile.write(start("../outside")));
        journal.append(ApprovalFile.writeRemoved(List.of("../outside")));
        journal.append(ApprovalFile.write(start("a1")));

        ApprovalStore reopened = ApprovalStore.open(folder);

        assertThat(reopened.pending()).containsExactly(start("a1"));
        reopened.fold(() -> false);
        assertThat(files()).containsExactly("outside.json", "pending/a1.json");
    }

    @Test
    void goesOnWithAFileThatWasMended() throws IOException {
        Path pending = folder.resolve("pending/a1.json");
        store.create(start("a1"));
        decide("a2");
        store.fold(() -> false);
        byte[] whole = Files.readAllBytes(pending);
        Files.write(pending, Arrays.copyOf(whole, whole.length / 2));
        Files.write(folder.resolve("decided/a2.json"), new byte[0]);
        ApprovalStore reopened = ApprovalStore.open(folder);
        assertThatIOException().isThrownBy(() -> reopened.apply("a1", SUCCESS, SOON));
        assertThatIOException().isThrownBy(() -> reopened.find("a2"));

        Files.write(pending, whole);

        assertThat(reopened.find("a1")).contains(start("a1"));
        assertThat(reopened.apply("a1", SUCCESS, SOON).orElseThrow().answer()).isEqualTo(Answer.ACCEPTED);
        reopened.fold(() -> false);
        assertThat(files()).containsExactly("decided/a1.json", "decided/a2.json");
    }

    @Test
    void staysAsItIsWhenADecisionCannotBeWritten() throws IOException {
        store.create(start("a1"));
        store.fold(() -> false);
        breakJournal(folder);

        assertThatIOException().isThrownBy(() -> store.apply("a1", SUCCESS, SOON));

        assertThat(store.find("a1")).contains(start("a1"));
        mendJournal(folder);
        assertThat(store.apply("a1", SUCCESS, SOON).orElseThrow().answer()).isEqualTo(Answer.ACCEPTED);
    }

    @Test
    void doesNotAddWhatCannotBeWritten() throws IOException {
        breakJournal(folder);

        assertThatIOException().isThrownBy(() -> store.create(start("a1")));

        assertThat(store.find("a1")).isEmpty();
        assertThat(store.pending()).isEmpty();
    }

    @Test
    void neverLooksOutsideItsFolder() throws IOException {
        Files.writeString(folder.resolve("outside.json"), "{}");

        for (String id : List.of("../outside", "a/../../outside", "", ".", "A1", "a1.json", "a".repeat(65), "a\0")) {
            assertThat(store.find(id)).as(id).isEmpty();
            assertThat(store.apply(id, SUCCESS, SOON)).as(id).isEmpty();
            store.remove(id);
        }
        assertThatIllegalArgumentException().isThrownBy(() -> store.create(start("../outside")));
        assertThat(files()).containsExactly("outside.json");
    }

    @Test
    void forgetsWhatItIsToldToForget() throws IOException {
        store.create(start("a1"));
        decide("a2");
        decide("a3");

        store.remove("a3");
        assertThat(store.find("a3")).isEmpty();
        assertThat(store.recentlyDecided()).extracting(Approval::id).containsExactly("a2");

        store.removeIf(approval -> approval.build().isIn("team"));
        assertThat(store.pending()).isEmpty();
        assertThat(store.recentlyDecided()).isEmpty();
        assertThat(store.fold(() -> false)).isTrue();
        assertThat(files()).isEmpty();
        assertThat(store.apply("a1", SUCCESS, SOON)).isEmpty();
    }

    @Test
    void followsAMoveInMemoryAndOnDisk() throws IOException {
        store.create(start("a1"));
        decide("a2");

        store.move("team", "group");

        for (ApprovalStore each : List.of(store, ApprovalStore.open(folder))) {
            assertThat(each.pending()).extracting(a -> a.build().job()).containsExactly("group/deploy");
            assertThat(each.recentlyDecided()).extracting(a -> a.build().job()).containsExactly("group/deploy");
            assertThat(each.find("a2").orElseThrow().build().job()).isEqualTo("group/deploy");
        }
    }

    @Test
    void remembersTheNewestDecisionsOnly() throws IOException {
        for (int i = 0; i <= ApprovalStore.RECENT; i++) {
            decide("a" + i);
        }

        assertThat(store.recentlyDecided())
                .hasSize(ApprovalStore.RECENT)
                .extracting(Approval::id)
                .startsWith("a100", "a99")
                .doesNotContain("a0");
        assertThat(store.find("a0")).isPresent();
        store.fold(() -> false);
        assertThat(ApprovalStore.open(folder).recentlyDecided()).hasSize(ApprovalStore.RECENT);
    }

    /** Lets nothing be written to a journal that is empty. */
    public static void breakJournal(Path folder) throws IOException {
        Files.delete(folder.resolve("journal"));
        Files.createFile(folder.resolve("journal"));
    }

    static void mendJournal(Path folder) throws IOException {
        Files.delete(folder.resolve("journal"));
        Files.createDirectory(folder.resolve("journal"));
    }
}
