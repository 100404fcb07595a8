package io.jenkins.plugins.armory.storage;

import static io.jenkins.plugins.armory.approval.ApprovalTest.SOON;
import static io.jenkins.plugins.armory.approval.ApprovalTest.START;
import static io.jenkins.plugins.armory.approval.ApprovalTest.start;
import static io.jenkins.plugins.armory.approval.ApprovalTest.terms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.ApprovalTest;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Channel;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.storage.disk.ChecksumLine;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
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
        store = ApprovalStore.open(folder, jobId -> null);
    }

    private Approval decide(String id) throws IOException {
        store.create(start(id));
        return store.apply(id, SUCCESS, SOON).orElseThrow().approval();
    }

    /** The files beside the history, see {@link HistoryTest}. */
    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .filter(name -> !name.startsWith("history"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void findsAfterARestartWhatItWasTold() throws IOException {
        Approval pending = start("a1");
        store.create(pending);
        Approval waiting =
                store.apply("a1", ApprovalTest.sent(), SOON).orElseThrow().approval();
        Approval decided = decide("a2");

        assertThat(files()).containsExactly("journal/1.log");
        assertHolds(ApprovalStore.open(folder, jobId -> null), waiting, decided);
        assertThat(store.fold(() -> false)).isTrue();
        assertThat(files()).containsExactly("decided/a2.json", "pending/a1.json");
        assertHolds(store, waiting, decided);
        assertHolds(ApprovalStore.open(folder, jobId -> null), waiting, decided);
    }

    /** One write for all, of which a crash may leave the first ones alone. */
    @Test
    void manyAreCreatedAndEndedWithOneWriteEach() throws IOException {
        List<Approval> all =
                IntStream.range(0, 2_000).mapToObj(i -> start("a" + i)).toList();
        List<String> ids = all.stream().map(Approval::id).toList();

        store.create(all);
        assertThat(Files.readString(folder.resolve("journal/1.log")))
                .contains(" 1 0 1/2000 ", " 1 0 2000/2000 ")
                .doesNotContain(" 2 1 ");
        assertThat(store.apply(ids, new Event.Aborted("stopped"), SOON))
                .hasSize(2_000)
                .allMatch(each -> each.approval().isDecided());
        assertThat(Files.readString(folder.resolve("journal/1.log")))
                .contains(" 2 1 2000/2000 ")
                .doesNotContain(" 3 2 ");

        assertThat(store.apply(ids, new Event.Aborted("again"), SOON)).hasSize(2_000);
        assertThat(ApprovalStore.open(folder, jobId -> null).pending()).isEmpty();
    }

    @Test
    void twoBatchesOfTheSameLocksEndBoth() {
        var first = CompletableFuture.runAsync(() -> createMany("a"));
        var second = CompletableFuture.runAsync(() -> createMany("b"));

        assertThat(CompletableFuture.allOf(first, second)).succeedsWithin(Duration.ofMinutes(1));
        assertThat(store.pending()).hasSize(10_000);
    }

    private void createMany(String name) {
        for (int i = 0; i < 5; i++) {
            String start = name + i + "x";
            try {
                store.create(IntStream.range(0, 1_000)
                        .mapToObj(each -> start(start + each))
                        .toList());
            } catch (IOException x) {
                throw new UncheckedIOException(x);
            }
        }
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
        assertThat(ApprovalStore.open(folder, jobId -> null).find("a1")).contains(decided);
    }

    @Test
    void keepsInTheJournalWhatCannotBeFolded() throws IOException {
        Approval decided = decide("a1");
        Files.delete(folder.resolve("decided"));
        Files.createFile(folder.resolve("decided")); // so no file can be created in it

        assertThatIOException().isThrownBy(() -> store.fold(() -> false));

        assertThat(store.find("a1")).contains(decided);
        Files.delete(folder.resolve("decided"));
        assertThat(ApprovalStore.open(folder, jobId -> null).find("a1")).contains(decided);
        assertThat(store.fold(() -> false)).isTrue();
        assertThat(files()).containsExactly("decided/a1.json");
    }

    @Test
    void leavesOutOfTheJournalWhatWasCutOff() throws IOException {
        Approval decided = decide("a1");
        store.create(start("a2"));
        store.create(start("a3"));
        Path journal = folder.resolve("journal/1.log");
        byte[] content = Files.readAllBytes(journal);
        Files.write(journal, Arrays.copyOf(content, content.length - 10));

        ApprovalStore reopened = ApprovalStore.open(folder, jobId -> null);

        assertThat(reopened.find("a1")).contains(decided);
        assertThat(reopened.pending()).containsExactly(start("a2"));
        assertThat(reopened.find("a3")).isEmpty();
    }

    /** A rejection that the disk lost must not let somebody else approve. */
    @Test
    void closesWhatMayHaveLostADecisionAndNothingElse() throws IOException {
        store.create(start("rejected"));
        store.create(start("other"));
        store.fold(() -> false);
        store.apply("rejected", new Event.Callback(false, "no", "callback token"), SOON);
        store.create(start("later"));
        Path journal = folder.resolve("journal/3.log");
        Files.writeString(journal, Files.readString(journal).replaceFirst("DECIDED", "dECIDED"));

        ApprovalStore reopened = ApprovalStore.open(folder, jobId -> null);

        assertThat(reopened.find("later")).contains(start("later"));
        for (String id : List.of("rejected", "other")) {
            Approval closed = reopened.find(id).orElseThrow();
            assertThat(closed.requireDecision().outcome()).isEqualTo(Decision.Outcome.LOST);
            assertThat(reopened.apply(id, SUCCESS, SOON).orElseThrow().answer()).isEqualTo(Answer.ENDED);
            assertThat(reopened.apply(id, new Event.Overridden(true, "admin", "I have looked"), SOON)
                            .orElseThrow())
                    .returns(Answer.ENDED, Approval.Transition::answer)
                    .returns(closed, Approval.Transition::approval);
        }
        reopened.fold(() -> false);
        assertThat(files()).contains("journal/3.log.damaged", "decided/rejected.json");
        ApprovalStore again = ApprovalStore.open(folder, jobId -> null);
        assertThat(again.find("rejected")).isEqualTo(reopened.find("rejected"));
    }

    @Test
    void theHistoryHasWhatFailedBecauseAChangeWasLost() throws IOException {
        store.create(start("a1"));
        store.fold(() -> false);
        store.apply("a1", SUCCESS, SOON);
        store.create(start("later"));
        Path journal = folder.resolve("journal/2.log");
        Files.writeString(journal, Files.readString(journal).replaceFirst("DECIDED", "dECIDED"));

        var lines = new ByteArrayOutputStream();
        ApprovalStore.open(folder, jobId -> null).history().copyTo(History.monthOf(Instant.now()), lines);
        assertThat(lines.toString(StandardCharsets.UTF_8)).contains("\"outcome\":\"LOST\"");
    }

    @Test
    void setsAsideARecordThatCannotBeReadAndClosesItsApprovalAlone() throws IOException {
        store.create(start("a1"));
        store.create(start("a2"));
        store.close();
        byte[] unknown = "{\"format\":1,\"content\":{\"approval\":{\"terms\":{\"id\":\"a1\"}},\"removed\":[]}}"
                .getBytes(StandardCharsets.UTF_8);
        Files.write(folder.resolve("journal/3.log"), new JournalLine(3, 2, 1, 1, unknown).toBytes());

        ApprovalStore reopened = ApprovalStore.open(folder, jobId -> null);

        assertThat(reopened.find("a1").orElseThrow().requireDecision().outcome())
                .isEqualTo(Decision.Outcome.LOST);
        assertThat(reopened.find("a2")).contains(start("a2"));
        reopened.fold(() -> false);
        assertThat(files()).contains("journal/3.log.damaged");
    }

    @Test
    void goesByTheDecisionWhereTheJournalKnowsOnlyTheBeginning() throws IOException {
        store.create(start("a1"));
        byte[] begun = Files.readAllBytes(folder.resolve("journal/1.log"));
        Approval decided = store.apply("a1", SUCCESS, SOON).orElseThrow().approval();
        store.fold(() -> false);
        Files.write(folder.resolve("journal/1.log"), begun);

        ApprovalStore reopened = ApprovalStore.open(folder, jobId -> null);

        assertThat(reopened.pending()).isEmpty();
        assertThat(reopened.find("a1")).contains(decided);
        assertThat(reopened.fold(() -> false)).isTrue();
        assertThat(files()).containsExactly("decided/a1.json");
    }

    @Test
    void doesNotBringBackFromTheJournalWhatWasRemoved() throws IOException {
        store.create(start("a1"));
        decide("a2");
        store.remove(List.of("a1"));
        store.remove(List.of("a2"));

        ApprovalStore reopened = ApprovalStore.open(folder, jobId -> null);

        assertThat(reopened.pending()).isEmpty();
        assertThat(reopened.find("a2")).isEmpty();
        assertThat(reopened.recentlyDecided()).isEmpty();
    }

    @Test
    void keepsADecidedApprovalInItsPlaceWhenAnAttemptIsNoted() throws IOException {
        Approval first = decide("a1");
        Approval second = decide("a2");

        Approval noted =
                store.apply("a1", ApprovalTest.sent(), SOON).orElseThrow().approval();

        assertThat(noted.attempts()).hasSize(first.attempts().size() + 1);
        assertThat(store.recentlyDecided()).containsExactly(second, noted);
        assertThat(ApprovalStore.open(folder, jobId -> null).find("a1")).contains(noted);
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

        ApprovalStore reopened = ApprovalStore.open(folder, jobId -> null);

        assertThat(reopened.pending()).isEmpty();
        assertThat(reopened.find("a1")).contains(decided);
        assertThat(files()).containsExactly("decided/a1.json");
    }

    @Test
    void removesWhatACrashLeftHalfWritten() throws IOException {
        Files.writeString(folder.resolve("pending/a1.json.tmp"), "{\"form");
        Files.writeString(folder.resolve("decided/a2.json.tmp"), "");

        assertThat(ApprovalStore.open(folder, jobId -> null).pending()).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void doesNotTakeAnUnreadableFileForNone() throws IOException {
        Files.writeString(folder.resolve("pending/a1.json"), "{\"format\":1,\"id\":\"a1\"}");
        Files.writeString(folder.resolve("pending/a2.json"), "not JSON");
        Files.writeString(folder.resolve("pending/a3.json"), "{\"format\":\"new\"}");

        ApprovalStore reopened = ApprovalStore.open(folder, jobId -> null);

        assertThat(reopened.pending()).isEmpty();
        assertThatIOException().isThrownBy(() -> reopened.find("a1")).withMessageContaining("a1.json");
        assertThatIOException().isThrownBy(() -> reopened.apply("a2", SUCCESS, SOON));
        assertThat(files()).as("for somebody to look at").hasSize(3);
        reopened.remove(List.of("a3"));
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

        ApprovalStore reopened = ApprovalStore.open(folder, jobId -> null);

        assertThat(reopened.pending()).isEmpty();
        assertThat(reopened.recentlyDecided()).isEmpty();
        for (String id : List.of("a1", "a2", "a3")) {
            assertThatIOException().isThrownBy(() -> reopened.find(id)).withMessageContaining("belongs into");
        }
        Files.move(folder.resolve("pending/a1.json"), file);
        assertThat(reopened.find("a1")).contains(decided);
    }

    @Test
    void setsAsideWhatWouldNameAnotherFile() throws IOException {
        Path outside = folder.resolve("outside.json");
        Files.writeString(outside, "{}");
        long write = 1;
        for (JournalEntry entry :
                List.of(JournalEntry.change(start("../outside")), JournalEntry.removal(List.of("../outside")))) {
            Files.write(
                    folder.resolve("journal/" + write + ".log"),
                    new JournalLine(write, write - 1, 1, 1, StoredJson.write(entry)).toBytes());
            write++;
        }

        assertThat(ApprovalStore.open(folder, jobId -> null).pending()).isEmpty();

        assertThat(outside).exists();
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
        ApprovalStore reopened = ApprovalStore.open(folder, jobId -> null);
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
        assertThat(store.problem()).get().asString().contains("journal");
        mendJournal(folder);
        assertThat(store.apply("a1", SUCCESS, SOON).orElseThrow().answer()).isEqualTo(Answer.ACCEPTED);
        assertThat(store.problem()).isEmpty();
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
            store.remove(List.of(id));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> store.create(start("../outside")));
        assertThat(files()).containsExactly("outside.json");
    }

    @Test
    void forgetsWhatItIsToldToForget() throws IOException {
        store.create(start("a1"));
        decide("a2");
        decide("a3");

        store.remove(List.of("a3"));
        assertThat(store.find("a3")).isEmpty();
        assertThat(store.recentlyDecided()).extracting(Approval::id).containsExactly("a2");

        store.removeIf(approval -> approval.build().isIn("team"));
        assertThat(store.pending()).isEmpty();
        assertThat(store.recentlyDecided()).isEmpty();
        assertThat(store.fold(() -> false)).isTrue();
        assertThat(files()).isEmpty();
        assertThat(store.apply("a1", SUCCESS, SOON)).isEmpty();
    }

    /** The names of the jobs by their ids. */
    private final Map<String, String> names = new ConcurrentHashMap<>();

    private static Approval startIn(String id, String jobId) {
        return TestApproval.of(id, new BuildRef("team/deploy", 7))
                .webhook("tests")
                .timeout(START, Duration.ofHours(24))
                .origin(new Approval.Origin(null, jobId))
                .start();
    }

    private static String jobOf(ApprovalStore store, String id) throws IOException {
        return store.find(id).orElseThrow().build().job();
    }

    @Test
    void followsAJobInMemoryAndOnDisk() throws IOException {
        ApprovalStore named = ApprovalStore.open(folder, names::get);
        named.create(startIn("a1", "deploy"));
        named.create(startIn("a2", "deploy"));
        named.create(startIn("b1", "a job that has the old name now"));
        named.apply("a2", SUCCESS, SOON);

        names.put("deploy", "group/deploy");
        named.renamed();

        for (ApprovalStore each : List.of(named, ApprovalStore.open(folder, names::get))) {
            assertThat(each.pending())
                    .extracting(a -> a.build().job())
                    .containsExactlyInAnyOrder("group/deploy", "team/deploy");
            assertThat(each.recentlyDecided()).extracting(a -> a.build().job()).containsExactly("group/deploy");
            assertThat(jobOf(each, "a2")).isEqualTo("group/deploy");
            assertThat(jobOf(each, "b1")).isEqualTo("team/deploy");
        }
    }

    @Test
    void followsAJobThatWasRenamedWhileTheStoreWasClosedAndWritesNoFileForThat() throws IOException {
        store.create(startIn("a1", "deploy"));
        store.apply("a1", SUCCESS, SOON);
        store.create(startIn("a2", "deploy"));
        store.fold(() -> false);
        names.put("deploy", "group/deploy");

        ApprovalStore reopened = ApprovalStore.open(folder, names::get);

        assertThat(jobOf(reopened, "a1")).isEqualTo("group/deploy");
        assertThat(jobOf(reopened, "a2")).isEqualTo("group/deploy");
        assertThat(reopened.fold(() -> false)).isTrue();
        assertThat(files()).containsExactly("decided/a1.json", "pending/a2.json");
        assertThat(Files.readString(folder.resolve("pending/a2.json"))).contains("team/deploy");
        reopened.apply("a2", SUCCESS, SOON);
        reopened.fold(() -> false);
        assertThat(Files.readString(folder.resolve("decided/a2.json"))).contains("group/deploy");
    }

    @Test
    void followsAJobAlsoForAnApprovalWhoseFileWasMendedMeanwhile() throws IOException {
        store.create(startIn("a1", "deploy"));
        store.fold(() -> false);
        Path file = folder.resolve("pending/a1.json");
        byte[] content = Files.readAllBytes(file);
        Files.writeString(file, "");
        ApprovalStore reopened = ApprovalStore.open(folder, names::get);
        names.put("deploy", "group/deploy");
        reopened.renamed();

        Files.write(file, content);

        assertThat(jobOf(reopened, "a1")).isEqualTo("group/deploy");
    }

    @Test
    void endsWhatCannotBeReadAndNothingElse() throws IOException {
        for (String id : List.of("torn", "mended", "decided")) {
            store.create(start(id));
        }
        store.fold(() -> false);
        byte[] whole = Files.readAllBytes(folder.resolve("pending/mended.json"));
        for (String id : List.of("torn", "mended", "decided")) {
            Files.writeString(folder.resolve("pending/" + id + ".json"), "{\"form");
        }
        ApprovalStore reopened = ApprovalStore.open(folder, jobId -> null);
        var heard = new ArrayList<String>();
        reopened.follow(approval -> heard.add(approval.id()));
        assertThat(reopened.unreadable()).containsExactlyInAnyOrder("torn", "mended", "decided");
        Files.write(folder.resolve("pending/mended.json"), whole);
        Files.writeString(folder.resolve("decided/decided.json"), "{\"form");

        for (String id : List.of("torn", "mended", "decided", "unknown")) {
            Approval ended = start(id).on(new Event.Aborted("over"), SOON).approval();
            reopened.endUnreadable(ended);
            reopened.endUnreadable(ended);
        }

        assertThat(heard).containsExactly("torn");
        assertThat(reopened.find("torn").orElseThrow().isCancelled()).isTrue();
        assertThat(reopened.find("mended")).contains(start("mended"));
        assertThatIOException().isThrownBy(() -> reopened.find("decided"));
        assertThat(reopened.find("unknown")).isEmpty();
        reopened.fold(() -> false);
        assertThat(files()).contains("decided/torn.json").doesNotContain("pending/torn.json");
    }

    @Test
    void writesNothingOnceItIsClosed() throws IOException {
        store.create(start("a1"));
        store.close();

        assertThatIOException()
                .isThrownBy(() -> store.apply("a1", SUCCESS, SOON))
                .withMessageContaining("Jenkins is going down");
        assertThat(store.fold(() -> false)).isFalse();

        assertThat(store.find("a1")).contains(start("a1"));
        assertThat(files()).containsExactly("journal/1.log");
        assertThat(ApprovalStore.open(folder, jobId -> null).pending()).containsExactly(start("a1"));
    }

    /** Also of what is no call, such as what people are asked. */
    @Test
    void aBatchHasABoundOfItsBytes() throws IOException {
        var manual = new ManualRequirement("\u00fc".repeat(8_000), List.of(), 1);
        List<Approval> all = IntStream.range(0, 700)
                .mapToObj(i -> TestApproval.of("a" + i, new BuildRef("deploy", 7))
                        .byPersonAlone()
                        .manual(manual)
                        .timeout(START, Duration.ofHours(24))
                        .start())
                .toList();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> store.create(all))
                .withMessageStartingWith("approvals: is longer than 33554432 bytes of JSON: it has 335");
        assertThat(store.pending()).isEmpty();
        assertThat(files()).isEmpty();
        store.create(all.subList(0, 600));
    }

    /** Whoever is in no batch waits for none. A repeated decision changes nothing, so it needs no write either. */
    @Test
    void aLargeBatchHoldsUpNoOther() throws IOException {
        Runnable[] append = {() -> {}};
        ApprovalStore slow = ApprovalStore.open(during(append), folder.resolve("slow"), jobId -> null);
        slow.create(start("other"));
        slow.apply("other", SUCCESS, SOON);
        append[0] = () -> assertThat(CompletableFuture.supplyAsync(() -> {
                    try {
                        return slow.apply("other", SUCCESS, SOON).orElseThrow().answer();
                    } catch (IOException x) {
                        throw new UncheckedIOException(x);
                    }
                }))
                .succeedsWithin(Duration.ofSeconds(20))
                .isEqualTo(Approval.Answer.DUPLICATE);

        slow.create(IntStream.range(0, 10_000).mapToObj(i -> start("a" + i)).toList());
    }

    @Test
    void theNewestDecisionsHaveAShareForEachJob() throws IOException {
        for (String job : List.of("one", "two", "many")) {
            int decisions = job.equals("many") ? 3 * ApprovalStore.RECENT : 2;
            for (int i = 0; i < decisions; i++) {
                store.create(TestApproval.of(job + i, new BuildRef(job, 7))
                        .webhook("tests")
                        .timeout(START, Duration.ofHours(24))
                        .start());
                store.apply(job + i, SUCCESS, SOON.plusSeconds(i));
            }
        }

        for (ApprovalStore each : List.of(store, ApprovalStore.open(folder, jobId -> null))) {
            assertThat(each.recentlyDecided())
                    .hasSize(ApprovalStore.RECENT)
                    .extracting(Approval::id)
                    .contains("one0", "one1", "two0", "two1", "many299", "many204")
                    .doesNotContain("many203");
        }
    }

    /** It must not lose its own newest for the oldest of others. */
    @Test
    void aJobKeepsItsFewNewestDecisionsAmongManyJobsWithOlderOnes() throws IOException {
        for (int i = 0; i <= ApprovalStore.RECENT + 1; i++) {
            String job = i < ApprovalStore.RECENT ? "job" + i : "last";
            store.create(TestApproval.of("a" + i, new BuildRef(job, 7))
                    .webhook("tests")
                    .timeout(START, Duration.ofHours(24))
                    .start());
            store.apply("a" + i, SUCCESS, SOON.plusSeconds(i));
        }

        assertThat(store.recentlyDecided())
                .extracting(Approval::id)
                .startsWith("a101", "a100", "a99")
                .doesNotContain("a0", "a1");
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
        assertThat(ApprovalStore.open(folder, jobId -> null).recentlyDecided()).hasSize(ApprovalStore.RECENT);
    }

    @Test
    void tellsOfADecisionWhateverItsListenersDo() throws IOException {
        var heard = new ArrayList<String>();
        store.create(start("a1"));
        store.follow(approval -> {
            throw new IllegalStateException("a listener that fails");
        });
        store.follow(approval -> {
            throw new NoClassDefFoundError("of a plugin that is not there any more");
        });
        store.follow(approval -> heard.add(approval.id()));
        store.onChange(() -> {
            throw new IllegalStateException("nobody can fold this");
        });

        assertThat(store.apply("a1", SUCCESS, SOON).orElseThrow().answer()).isEqualTo(Answer.ACCEPTED);

        assertThat(heard).containsExactly("a1");
        assertThat(store.find("a1").orElseThrow().isDecided()).isTrue();
    }

    @Test
    void doesNotHoldUpOtherEventsOfAnApprovalWhileItsListenersAreTold() throws Exception {
        store.create(start("a1"));
        CompletableFuture<Answer> other = new CompletableFuture<>();
        store.follow(approval -> {
            var second = new Thread(() -> {
                try {
                    other.complete(
                            store.apply("a1", SUCCESS, SOON).orElseThrow().answer());
                } catch (IOException x) {
                    other.completeExceptionally(x);
                }
            });
            second.start();
            try {
                second.join(10_000);
            } catch (InterruptedException x) {
                Thread.currentThread().interrupt();
            }
        });

        store.apply("a1", SUCCESS, SOON);

        assertThat(other.getNow(null)).isEqualTo(Answer.DUPLICATE);
    }

    @Test
    void isNotOpenedWhereTheJournalHasWhatALaterVersionWrote() throws IOException {
        decide("a1");
        Path journal = folder.resolve("journal/1.log");
        byte[] newer = "{\"format\":2,\"content\":{}}".getBytes(StandardCharsets.UTF_8);
        Files.write(journal, new JournalLine(3, 2, 1, 1, newer).toBytes(), StandardOpenOption.APPEND);
        byte[] before = Files.readAllBytes(journal);

        assertThatIOException()
                .isThrownBy(() -> ApprovalStore.open(folder, jobId -> null))
                .withMessageContaining(journal.toString())
                .withMessageContaining("line 3")
                .withMessageContaining("its format is 2, and this version reads 1")
                .withMessageContaining("Install the version of the plugin that wrote it");

        assertThat(journal).hasBinaryContent(before);
    }

    @Test
    void isNotOpenedWhereAFileIsOfALaterVersion() throws IOException {
        decide("a1");
        store.create(start("a2"));
        store.fold(() -> false);
        for (String name : List.of("decided/a1.json", "pending/a2.json")) {
            Path file = folder.resolve(name);
            String whole = Files.readString(file);
            String newer = whole.strip().substring(9).replace("\"format\":1", "\"format\":2");
            Files.write(file, ChecksumLine.of(newer.getBytes(StandardCharsets.UTF_8)));

            assertThatIOException()
                    .as(name)
                    .isThrownBy(() -> ApprovalStore.open(folder, jobId -> null))
                    .withMessageContaining(file.toString())
                    .withMessageContaining("its format is 2, and this version reads 1");

            assertThat(file).exists();
            Files.writeString(file, whole);
        }
        assertThat(ApprovalStore.open(folder, jobId -> null).pending()).containsExactly(start("a2"));
    }

    /** Makes all writes to an empty journal fail. */
    public static void breakJournal(Path folder) throws IOException {
        Files.delete(folder.resolve("journal"));
        Files.createFile(folder.resolve("journal"));
    }

    /** Makes writes to the journal work again. */
    public static void mendJournal(Path folder) throws IOException {
        Files.delete(folder.resolve("journal"));
        Files.createDirectory(folder.resolve("journal"));
    }

    @Test
    void whatHasCallsToMakeIsInMemoryAfterARestartUntilTheyAreMade() throws IOException {
        Webhook webhook = Webhook.named("w")
                .uriTemplate("http://ci.example.com/{{context.ref}}")
                .build();
        Webhook asking = Webhook.named("status")
                .method("GET")
                .uriTemplate("http://ci.example.com/")
                .disableCallback(true)
                .answer(AnswerRule.ofStatus("/state", null, List.of("passed"), List.of("failed")))
                .build();
        Approval calling = terms("a1")
                .through(Set.of(Channel.CALLBACK, Channel.STATUS))
                .calls(new OutgoingCalls(
                        webhook,
                        webhook,
                        new StatusCheck(asking, Duration.ofSeconds(30)),
                        Notifications.by(List.of(webhook, webhook)),
                        Map.of("ref", "main"),
                        "account",
                        "namespace"))
                .start();
        store.create(calling);
        assertThat(ApprovalStore.open(folder, jobId -> null).find("a1")).contains(calling);
        Approval aborted = store.apply("a1", new Event.Aborted("stopped"), SOON)
                .orElseThrow()
                .approval();
        assertThat(store.outstanding()).containsExactly(aborted);

        for (int i = 0; i < 2; i++) { // from the journal, and from the file
            ApprovalStore reopened = ApprovalStore.open(folder, jobId -> null);
            assertThat(reopened.outstanding()).containsExactly(aborted);
            assertThat(reopened.find("a1")).contains(aborted);
            assertThat(reopened.pending()).isEmpty();
            assertThat(reopened.fold(() -> false)).isTrue();
            assertThat(folder.resolve("pending/a1.json")).exists();
            assertThat(folder.resolve("decided/a1.json")).doesNotExist();
        }

        ApprovalStore last = ApprovalStore.open(folder, jobId -> null);
        last.apply("a1", new Event.CancelOver(null), SOON);
        last.apply("a1", new Event.Notified(new Notifications.Notice(Notifications.Occasion.DECIDED, 1), ""), SOON);
        Approval told = last.find("a1").orElseThrow();
        assertThat(Notifications.of(told).due()).hasSize(1);
        assertThat(ApprovalStore.open(folder, jobId -> null).outstanding()).containsExactly(told);
        last.apply(
                "a1",
                new Event.Notified(new Notifications.Notice(Notifications.Occasion.DECIDED, 0), "answered 503"),
                SOON);
        last.fold(() -> false);
        assertThat(folder.resolve("pending/a1.json")).doesNotExist();
        ApprovalStore closed = ApprovalStore.open(folder, jobId -> null);
        assertThat(closed.outstanding()).isEmpty();
        assertThat(closed.recentlyDecided()).hasSize(1);
        assertThat(closed.find("a1").orElseThrow().failedNotices())
                .as("the people who look at the approval learn that somebody was not told")
                .containsExactly(new Notifications.Failure(Notifications.Occasion.DECIDED, "w", "answered 503", SOON));
    }

    /** Else a start would need many times the memory that the Jenkins before had needed. */
    @Test
    void whatApprovalsHaveInCommonIsInMemoryOnceAfterARestart() throws IOException {
        var webhook = Webhook.named("w")
                .uriTemplate("http://ci.example.com/")
                .body("\"" + "x".repeat(1_000) + "\"")
                .build();
        var manual = new ManualRequirement("Release?".repeat(100), List.of("alice"), 1);
        for (int i = 0; i < 4; i++) {
            store.create(terms("a" + i)
                    .manual(manual)
                    .calls(new OutgoingCalls(
                            webhook,
                            webhook,
                            null,
                            Notifications.by(List.of(webhook)),
                            Map.of("ref", "x".repeat(1_000), "region", "r" + i),
                            null,
                            null))
                    .start());
            if (i == 1) {
                store.fold(() -> false); // two are in files, and two in the journal
            }
        }

        List<Approval> read =
                List.copyOf(ApprovalStore.open(folder, jobId -> null).pending());

        assertThat(read).containsExactlyInAnyOrderElementsOf(store.pending());
        Set<String> texts = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Approval each : read) {
            each.calls().all().forEach(call -> texts.add(call.body()));
            texts.add(each.calls().context().get("ref"));
            texts.add(each.manual().message());
        }
        assertThat(texts.size()).as("a body, a value and a question").isEqualTo(3);
    }

    /** The default body has the context in its order, and is equal in all attempts, also after a restart. */
    @Test
    void theContextKeepsItsOrderWhateverOthersHave() throws IOException {
        for (List<String> order : List.of(List.of("region", "team"), List.of("team", "region"))) {
            Map<String, String> context = new LinkedHashMap<>();
            order.forEach(key -> context.put(key, "1"));
            store.create(terms("a" + order.get(0))
                    .calls(TestApproval.calls(
                            Webhook.named("w")
                                    .uriTemplate("http://ci.example.com/")
                                    .build(),
                            null,
                            context,
                            null,
                            null))
                    .start());
        }

        Approval read = ApprovalStore.open(folder, jobId -> null).find("ateam").orElseThrow();

        assertThat(read.calls().context().keySet()).containsExactly("team", "region");
    }

    /** Returns a disk that runs something while a record is written. */
    static Disk during(Runnable[] append) {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(), new Class<?>[] {Disk.class}, (proxy, method, arguments) -> {
                    Object result;
                    try {
                        result = method.invoke(Disk.LOCAL, arguments);
                    } catch (InvocationTargetException x) {
                        throw x.getCause();
                    }
                    return result instanceof Disk.Output output ? appending(output, append) : result;
                });
    }

    private static Disk.Output appending(Disk.Output output, Runnable[] append) {
        return new Disk.Output() {
            @Override
            public void append(byte[] content) throws IOException {
                append[0].run();
                output.append(content);
            }

            @Override
            public void close() throws IOException {
                output.close();
            }
        };
    }

    @Test
    void aJobThatIsMovedWhileItsApprovalIsWrittenTakesTheApprovalAlong() throws IOException {
        Runnable[] append = {() -> {}};
        ApprovalStore moving = ApprovalStore.open(during(append), folder.resolve("moving"), names::get);
        append[0] = () -> {
            names.put("deploy", "group/deploy");
            moving.renamed();
        };

        moving.create(startIn("a1", "deploy"));

        assertThat(jobOf(moving, "a1")).isEqualTo("group/deploy");
    }
}
