package io.jenkins.plugins.armory.storage.history;

import static io.jenkins.plugins.armory.approval.ApprovalTest.SOON;
import static io.jenkins.plugins.armory.approval.ApprovalTest.START;
import static io.jenkins.plugins.armory.approval.ApprovalTest.terms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.ApprovalTest;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.PeopleRule;
import io.jenkins.plugins.armory.storage.ApprovalStore;
import io.jenkins.plugins.armory.storage.disk.CrashingDisk;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoryTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MONTHS = 24;

    @TempDir
    private Path folder;

    private ApprovalStore open() throws IOException {
        return ApprovalStore.open(Disk.LOCAL, folder, jobId -> null).withHistory(() -> MONTHS);
    }

    private static void decide(ApprovalStore store, String... ids) throws IOException {
        for (String id : ids) {
            store.create(ApprovalTest.start(id));
            store.apply(id, new Event.Callback(true, "12 of 12 passed", "callback token"), SOON);
        }
    }

    private static List<String> lines(HistorySnapshot snapshot, long after) throws IOException {
        var lines = new ArrayList<String>();
        snapshot.visit(after, (line, index) -> lines.add(new String(line.bytes(), StandardCharsets.UTF_8)));
        return lines;
    }

    private static List<String> lines(ApprovalStore store) throws IOException {
        return lines(store.history().orElseThrow().snapshot(), 0);
    }

    private static List<String> approvals(List<String> lines) throws IOException {
        var ids = new ArrayList<String>();
        for (String line : lines) {
            ids.add(JSON.readTree(line).at("/content/approval").asText());
        }
        return ids;
    }

    private static HistoryVerifier verify(List<String> lines) throws IOException {
        return HistoryVerifier.verify(
                new ByteArrayInputStream(String.join("\n", lines).getBytes(StandardCharsets.UTF_8)));
    }

    private static String sha256(String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private List<Path> files() throws IOException {
        return files(folder.resolve("history"));
    }

    private static List<Path> files(Path history) throws IOException {
        try (Stream<Path> all = Files.list(history)) {
            return all.sorted().toList();
        }
    }

    @Test
    void hasALineForEachDecisionWithWhoDecidedWhatAndWhen() throws Exception {
        ApprovalStore store = open();
        store.create(terms("a1")
                .origin(new ApprovalTerms.Origin(null, "5e8f9a52"))
                .manual(new ManualRequirement("Go?", List.of("bob", "ops"), 1).notBy(List.of("carol")))
                .start());
        store = open(); // all of it comes from the disk
        store.apply("a1", ApprovalTest.sent(), SOON);
        store.apply("a1", new Event.ManualRejection("bob", "not on a Friday"), SOON.plusMillis(5));
        store.create(ApprovalTest.start("a2"));

        List<String> lines = lines(store);

        assertThat(lines).hasSize(1);
        JsonNode content = JSON.readTree(lines.get(0)).get("content");
        assertThat(Instant.parse(content.get("recordedAt").asText())).isAfter(SOON);
        assertThat(content.toString())
                .isEqualTo("{\"approval\":\"a1\",\"build\":7,\"createdAt\":\"2026-01-31T10:00:00Z\","
                        + "\"decidedAt\":\"2026-01-31T10:01:00.005Z\",\"decidedBy\":\"user bob\","
                        + "\"environment\":\"staging\",\"job\":\"team/deploy\",\"jobId\":\"5e8f9a52\",\"kind\":\"decision\","
                        + "\"message\":\"not on a Friday\",\"outcome\":\"REJECTED\",\"people\":[{\"approved\":false,"
                        + "\"at\":\"2026-01-31T10:01:00.005Z\",\"comment\":\"not on a Friday\",\"user\":\"bob\"}],"
                        + "\"phase\":\"strategy\",\"recordedAt\":" + content.get("recordedAt")
                        + ",\"requesters\":[\"carol\"],\"rules\":[{\"approvedBy\":[],\"required\":1,"
                        + "\"submitters\":[\"bob\",\"ops\"]}],\"webhook\":\"tests\"}");
    }

    /** Computes the chain with other means than the plugin, as docs/history.md describes it. */
    @Test
    void isChainedAsTheDocumentationSays() throws Exception {
        ApprovalStore store = open();
        decide(store, "a1", "a2", "a3");

        String previous = "0".repeat(64);
        int number = 0;
        for (String line : lines(store)) {
            JsonNode json = JSON.readTree(line);
            String content = json.get("content").toString();
            assertThat(json.get("number").asInt()).isEqualTo(++number);
            assertThat(json.get("previous").asText()).isEqualTo(previous);
            previous = sha256(previous + " " + number + " " + sha256(content));
            assertThat(json.get("sha256").asText()).isEqualTo(previous);
        }
        assertThat(number).isEqualTo(3);
    }

    @Test
    void contentsAreCanonicalWhateverTheTextsHave() throws Exception {
        ApprovalStore store = open();
        store.create(ApprovalTest.start("a1"));
        String odd = "ça va\n\t\"ok\" \\ / \u0000\u001f\u007f\u0085 \ud83d\udc4d \ud83d alone \u2028";
        store.apply("a1", new Event.Callback(false, odd + "x".repeat(5000), "callback token"), SOON);

        String line = lines(store).get(0);

        Map<String, Object> content = new TreeMap<>();
        JSON.readTree(line)
                .get("content")
                .fields()
                .forEachRemaining(each -> content.put(each.getKey(), each.getValue()));
        String canonical =
                JSON.writer(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).writeValueAsString(content);
        assertThat(line).startsWith("{\"content\":" + canonical + ",\"number\":1,");
        String message = JSON.readTree(line).at("/content/message").asText();
        assertThat(message)
                .startsWith("ça va\n\t\"ok\" \\ / \ufffd\ufffd\ufffd\ufffd \ud83d\udc4d \ufffd alone \u2028x")
                .hasSizeLessThanOrEqualTo(HistoryContent.MAX_TEXT);
        assertThat(store.find("a1").orElseThrow().requireDecision().mdMessage()).endsWith("x".repeat(5000));
        assertThat(verify(List.of(line)).problem()).isNull();
    }

    @Test
    void goesOnAfterARestartAndWritesNothingTwice() throws IOException {
        ApprovalStore store = open();
        decide(store, "a1", "a2");
        lines(store); // written, and in the journal too, as after a crash
        ApprovalStore second = open();
        decide(second, "a3");
        assertThat(second.fold(() -> false)).isTrue();

        ApprovalStore third = open();
        decide(third, "a4");

        assertThat(approvals(lines(third))).containsExactly("a1", "a2", "a3", "a4");
        assertThat(verify(lines(third)).problem()).isNull();
        assertThat(lines(third.history().orElseThrow().snapshot(), 2)).hasSize(2);
    }

    @Test
    void anApprovalWhoseCancelWebhookIsCalledLaterHasOneLine() throws IOException {
        ApprovalStore store = open();
        abort(store, "a1");
        store.fold(() -> false);
        store = open();
        store.fold(() -> false);
        callCancelWebhook(store, "a1");

        store = open(); // with the call in the journal, and the decision in pending/

        assertThat(approvals(lines(store))).containsExactly("a1");
    }

    /** Aborts an approval that has a cancel webhook. */
    private static void abort(ApprovalStore store, String id) throws IOException {
        var webhook =
                Webhook.named("tests").uriTemplate("https://ci.example.com/").build();
        store.create(terms(id)
                .calls(new OutgoingCalls(webhook, webhook, Map.of(), null, null))
                .start());
        store.apply(id, new Event.Aborted("stopped"), SOON);
    }

    private static void callCancelWebhook(ApprovalStore store, String id) throws IOException {
        store.apply(id, new Event.CancelCalled(ApprovalTest.attempt(1, 200)), SOON);
    }

    /** Opens a store after two months, with an approval whose cancel webhook is still to be called. */
    private ApprovalStore openMonthsAfterAnAbort(String id) throws IOException {
        ApprovalStore store = open();
        abort(store, id);
        assertThat(store.fold(() -> false)).isTrue();
        store.close();
        for (int month = 1; month <= 2; month++) {
            History history =
                    openAt(folder.resolve("history"), Instant.now().plus(Duration.ofDays(31L * month)), MONTHS);
            add(history, decided("other" + month));
            history.close();
        }
        return open();
    }

    /** The line is in the file of an earlier month, which is not read at a start. */
    @Test
    void anApprovalWhoseCancelWebhookIsCalledMonthsLaterHasOneLine() throws IOException {
        callCancelWebhook(openMonthsAfterAnAbort("a1"), "a1");

        assertThat(approvals(lines(open()))).containsOnlyOnce("a1");
    }

    /** Jenkins is killed after the files were written, and before the journal is dropped. */
    @Test
    void anApprovalThatIsClosedMonthsLaterHasOneLineThoughItsJournalIsLeft() throws IOException {
        ApprovalStore store = openMonthsAfterAnAbort("a1");
        callCancelWebhook(store, "a1");
        Path journal = folder.resolve("journal/1.log");
        byte[] left = Files.readAllBytes(journal);
        assertThat(store.fold(() -> false)).isTrue();
        Files.write(journal, left);

        assertThat(approvals(lines(open()))).containsOnlyOnce("a1");
    }

    @Test
    void anApprovalThatWasDecidedBeforeItsFileWasDamagedHasOneLine() throws IOException {
        openMonthsAfterAnAbort("a1").close();
        Files.writeString(folder.resolve("pending/a1.json"), "");
        ApprovalStore store = open();
        var heard = new ArrayList<Approval>();
        store.follow(heard::add);

        store.endUnreadable(
                ApprovalTest.start("a1").on(new Event.Aborted("over"), SOON).approval());

        assertThat(approvals(lines(store))).containsOnlyOnce("a1");
        assertThat(store.fold(() -> false)).isTrue();
        assertThat(approvals(lines(open()))).containsOnlyOnce("a1");
        assertThat(heard).as("told before").isEmpty();
        assertThat(store.unreadable()).isEmpty();
    }

    @Test
    void keepsTheDecisionsOfDeletedBuilds() throws IOException {
        ApprovalStore store = open();
        decide(store, "a1", "a2");

        store.remove(List.of("a1"));
        store.removeIf(approval -> true);

        store = open();
        assertThat(store.find("a1")).isEmpty();
        assertThat(approvals(lines(store))).containsExactly("a1", "a2");
    }

    /** Whoever writes into a pipe sees the problem, and not that the pipe broke. */
    @Test
    void anExportedFileIsReadToItsEndAlsoAfterAProblem() throws IOException {
        var exported = new ByteArrayInputStream(("no line\n".repeat(100_000)).getBytes(StandardCharsets.UTF_8));

        assertThat(HistoryVerifier.verify(exported).problem()).startsWith("The first line is no line of a history");
        assertThat(exported.available()).isZero();
    }

    @Test
    void aChangeOrAGapShowsWhereverItIs() throws IOException {
        ApprovalStore store = open();
        decide(store, "a1", "a2", "a3", "a4", "a5");
        List<String> lines = lines(store);
        assertThat(verify(lines)).returns(null, HistoryVerifier::problem).returns(5L, HistoryVerifier::lastNumber);

        for (int i = 0; i < 5; i++) {
            List<String> changed = new ArrayList<>(lines);
            changed.set(i, lines.get(i).replace("SUCCESS", "FAILURE"));
            assertThat(verify(changed).problem()).contains("number " + (i + 1), "was changed");
            if (i > 0 && i < 4) {
                List<String> gap = new ArrayList<>(lines);
                gap.remove(i);
                assertThat(verify(gap).problem()).contains("After line number " + i);
            }
            if (i < 4) {
                List<String> swapped = new ArrayList<>(lines);
                Collections.swap(swapped, i, i + 1);
                assertThat(verify(swapped).problem()).isNotNull();
                // One whose hashes were computed anew.
                HistoryLine whole = HistoryLine.parse(lines.get(i).getBytes(StandardCharsets.UTF_8));
                HistoryLine forged = HistoryLine.of(
                        i + 1,
                        whole.previous(),
                        new String(whole.content(), StandardCharsets.UTF_8)
                                .replace("SUCCESS", "FAILURE")
                                .getBytes(StandardCharsets.UTF_8));
                List<String> replaced = new ArrayList<>(lines);
                replaced.set(i, new String(forged.bytes(), StandardCharsets.UTF_8));
                assertThat(verify(replaced).problem()).contains("does not follow number " + (i + 1));
            }
            List<String> cutOff = new ArrayList<>(lines.subList(0, i + 1));
            cutOff.set(i, lines.get(i).substring(0, lines.get(i).length() - 3));
            assertThat(verify(cutOff).problem()).contains("is no line of a history");
            var longer = new ByteArrayOutputStream();
            longer.writeBytes(lines.get(i).getBytes(StandardCharsets.UTF_8));
            longer.write(0x85); // of a character, or a line break
            assertThat(HistoryVerifier.verify(new ByteArrayInputStream(longer.toByteArray()))
                            .problem())
                    .contains("is no line of a history");
        }
    }

    @Test
    void canBeVerifiedWithoutTheContentsOfSomeLines() throws IOException {
        ApprovalStore store = open();
        decide(store, "a1", "a2", "a3");
        var shown = new ArrayList<String>();
        store.history()
                .orElseThrow()
                .snapshot()
                .visit(
                        0,
                        (line, index) -> shown.add(new String(
                                index.approval().equals("a3") ? line.bytes() : line.withoutContent(),
                                StandardCharsets.UTF_8)));

        HistoryVerifier verified = verify(shown);

        assertThat(verified.problem()).isNull();
        assertThat(verified.summary()).contains("3 lines, number 1 to 3, 2 without their contents");
        assertThat(shown.get(0)).doesNotContain("\"a1\"").doesNotContain("deploy");
        Collections.swap(shown, 0, 1);
        assertThat(verify(shown).problem()).isNotNull();
    }

    /** In an export that is in order, on the controller it is not. */
    @Test
    void aContentThatWasReplacedByItsHashShows() throws IOException {
        ApprovalStore store = open();
        decide(store, "a1", "a2", "a3");
        List<String> lines = lines(store);
        for (int i = 0; i < 3; i++) {
            List<String> changed = new ArrayList<>(lines);
            changed.set(
                    i,
                    new String(
                            HistoryLine.parse(lines.get(i).getBytes(StandardCharsets.UTF_8))
                                    .withoutContent(),
                            StandardCharsets.UTF_8));
            Files.write(files().get(0), changed);

            HistoryVerifier verified = store.history().orElseThrow().snapshot().verify();

            assertThat(verified.problem()).contains("Line number " + (i + 1), "has the hash of its content alone");
            assertThat(verify(changed).problem()).isNull();
        }
    }

    /** A change of the file that a process writes, or has found when it started. */
    private interface Damage {
        void to(Path file, byte[] whole) throws IOException;
    }

    @Test
    void aHistoryThatIsShorterThanWhatThisProcessWroteOrFoundShows() throws IOException {
        List<Damage> all = List.of(
                (file, whole) -> Files.write(file, Arrays.copyOf(whole, startOfLastLine(whole))),
                (file, whole) -> Files.write(file, Arrays.copyOf(whole, startOfLastLine(whole) + 9)),
                (file, whole) -> Files.write(file, new byte[0]),
                (file, whole) -> Files.delete(file));
        for (int i = 0; i < all.size(); i++) {
            for (boolean restarted : new boolean[] {false, true}) {
                Path own = folder.resolve("at" + i + restarted);
                ApprovalStore store =
                        ApprovalStore.open(Disk.LOCAL, own, jobId -> null).withHistory(() -> MONTHS);
                decide(store, "a1", "a2");
                assertThat(store.fold(() -> false)).isTrue();
                if (restarted) {
                    store.close();
                    store = ApprovalStore.open(Disk.LOCAL, own, jobId -> null).withHistory(() -> MONTHS);
                }
                History history = store.history().orElseThrow();
                assertThat(history.snapshot().verify().problem()).isNull();
                Path file = files(own.resolve("history")).get(0);
                all.get(i).to(file, Files.readAllBytes(file));

                String problem = history.snapshot().verify().problem();
                decide(store, "b1");
                assertThat(store.fold(() -> false)).isTrue();

                assertThat(problem).as("damage " + i).isNotNull();
                assertThat(history.snapshot().verify().problem())
                        .as("damage " + i + ", with a line after it")
                        .isNotNull();
                assertThat(approvals(lines(history.snapshot(), 2)))
                        .as("what comes after damage " + i)
                        .containsExactly("b1");
                store.close();
            }
        }
    }

    private static int startOfLastLine(byte[] whole) {
        int start = whole.length - 1;
        while (whole[start - 1] != '\n') {
            start--;
        }
        return start;
    }

    @Test
    void aFileThatIsShortenedAfterAFailedWriteIsNotFilledUp() throws IOException {
        var disk = new CrashingDisk(new Random(1));
        History history =
                History.open(disk, folder, () -> MONTHS, Clock.fixed(START, ZoneOffset.UTC), Set.of(), Set.of());
        add(history, decided("a1"));
        disk.failAt(1);
        assertThatIOException().isThrownBy(() -> add(history, decided("a2")));
        disk.truncate(disk.all().get(0), 9);

        add(history, decided("a2"));

        assertThat(approvals(lines(history.snapshot(), 0))).containsExactly("a2");
        assertThat(history.snapshot().verify().problem()).contains("The first line is no line of a history");
    }

    @Test
    void linesThatAreMissingBetweenTwoFilesOrWithAllFilesShow() throws IOException {
        for (int month = 0; month < 3; month++) {
            History history = openAt(START.plus(Duration.ofDays(31L * month)), MONTHS);
            add(history, decided("m" + month));
            history.close();
        }
        History history = openAt(START.plus(Duration.ofDays(70)), MONTHS);
        assertThat(history.snapshot().verify().problem()).isNull();

        Files.delete(files(folder).get(1));
        assertThat(history.snapshot().verify().problem()).contains("After line number 1 comes number 3");

        for (Path each : files(folder)) {
            Files.delete(each);
        }
        assertThat(history.snapshot().verify().problem()).contains("up to number 3");
    }

    private static Approval decided(String id) {
        return ApprovalTest.start(id)
                .on(new Event.Callback(true, "", "callback token"), SOON)
                .approval();
    }

    private static void add(History history, Approval... decided) throws IOException {
        history.add(() -> List.of(decided));
    }

    private History openAt(Instant now, int months) throws IOException {
        return openAt(folder, now, months);
    }

    private static History openAt(Path files, Instant now, int months) throws IOException {
        return History.open(Disk.LOCAL, files, () -> months, Clock.fixed(now, ZoneOffset.UTC), Set.of(), Set.of());
    }

    @Test
    void linesThatArePastTheTimeLimitAreRemovedAndALineSaysSo() throws IOException {
        Instant time = START;
        for (int month = 1; month <= 6; month++) {
            History history = openAt(time, 3);
            add(history, decided("m" + month), decided("n" + month));
            history.close();
            time = time.plus(Duration.ofDays(31));
        }

        List<String> lines = lines(openAt(time, 3).snapshot(), 0);

        assertThat(verify(lines).problem()).isNull();
        assertThat(approvals(lines)).doesNotContain("m1", "m2").contains("m3", "n3", "m6");
        JsonNode first = JSON.readTree(lines.get(0));
        assertThat(lines.stream().filter(line -> line.contains("\"kind\":\"removal\"")))
                .last()
                .satisfies(line -> {
                    JsonNode removal = JSON.readTree(line).get("content");
                    assertThat(removal.get("lastNumber").asLong())
                            .isEqualTo(first.get("number").asLong() - 1);
                    assertThat(removal.get("lastSha256").asText())
                            .isEqualTo(first.get("previous").asText());
                    assertThat(removal.get("months").asInt()).isEqualTo(3);
                });
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .allMatch(name -> name.compareTo("2026-03") >= 0);
        }
    }

    @Test
    void aMissingBeginningShowsUnlessALineSaysThatItWasRemoved() throws IOException {
        Instant time = START;
        for (int month = 1; month <= 5; month++) {
            History history = openAt(time, 3);
            add(history, decided("m" + month));
            history.close();
            time = time.plus(Duration.ofDays(31));
        }
        assertThat(openAt(time, 3).snapshot().verify().problem()).isNull();

        Files.delete(files(folder).get(0));

        HistoryVerifier verified = openAt(time, 3).snapshot().verify();
        assertThat(verified.problem()).contains("before number 3 are missing");
        assertThat(verified.lastNumber()).isPositive();
    }

    @Test
    void aFileOfTheHistoryThatCannotBeDeletedHoldsUpNothing() throws IOException {
        History first = openAt(START, 1);
        add(first, decided("a1"));
        first.close();
        Path old = files(folder).get(0);
        add(openAt(START.plus(Duration.ofDays(31)), 1), decided("a2"));
        History history = openAt(START.plus(Duration.ofDays(100)), 1);
        Files.delete(old);
        Files.createDirectories(old.resolve("full")); // a folder with something in it cannot be deleted

        add(history, decided("a3"));
        add(history, decided("a4"));

        List<String> newest = Files.readAllLines(files(folder).get(2));
        assertThat(newest.get(0)).contains("\"kind\":\"removal\"");
        assertThat(approvals(newest)).containsExactly("", "a3", "a4");
    }

    /** Adds a decision in the middle of a month, after a restart. */
    private void decideIn(String month, int limit, String id) throws IOException {
        History history = openAt(Instant.parse(month + "-15T12:00:00Z"), limit);
        add(history, decided(id));
        history.close();
    }

    private void decideMonthly(YearMonth first, YearMonth last, int limit) throws IOException {
        for (YearMonth month = first; !month.isAfter(last); month = month.plusMonths(1)) {
            decideIn(month.toString(), limit, "in " + month);
        }
    }

    /** Returns the ids of the decisions that are left, after a verification. */
    private List<String> left() throws IOException {
        List<String> lines = lines(openAt(START, 1).snapshot(), 0);
        assertThat(verify(lines).problem()).isNull();
        return approvals(lines).stream().filter(id -> !id.isEmpty()).toList();
    }

    @Test
    void aClockThatIsSetBackReopensNoFile() throws IOException {
        decideIn("2026-03", 3, "a1");
        decideIn("2026-02", 3, "a2");
        decideIn("2026-03", 3, "a3");

        assertThat(left()).containsExactly("a1", "a2", "a3");
    }

    @Test
    void aClockThatIsAheadRemovesNothingUntilItHasBeenSoForAMonth() throws IOException {
        decideMonthly(YearMonth.of(2026, 1), YearMonth.of(2026, 4), 6);
        decideIn("2099-01", 6, "ahead");
        decideIn("2099-01", 6, "ahead, after a restart");
        decideIn("2026-04", 6, "set back");
        assertThat(left())
                .containsExactly(
                        "in 2026-01",
                        "in 2026-02",
                        "in 2026-03",
                        "in 2026-04",
                        "ahead",
                        "ahead, after a restart",
                        "set back");

        decideMonthly(YearMonth.of(2099, 2), YearMonth.of(2099, 8), 6);

        assertThat(left()).hasSize(7).allMatch(id -> id.startsWith("in 2099-"));
    }

    @Test
    void aClockThatWasAheadHoldsUpNoRemoval() throws IOException {
        for (String ahead : List.of("2099-01", "2027-01")) {
            decideMonthly(YearMonth.of(2026, 1), YearMonth.of(2026, 4), 3);
            decideIn(ahead, 3, "ahead");
            decideMonthly(YearMonth.of(2026, 5), YearMonth.of(2026, 10), 3);

            assertThat(left()).as(ahead).containsExactly("in 2026-07", "in 2026-08", "in 2026-09", "in 2026-10");
            for (Path file : files(folder)) {
                Files.delete(file);
            }
        }
    }

    @Test
    void aClockThatWasBehindRemovesNothing() throws IOException {
        decideMonthly(YearMonth.of(2026, 1), YearMonth.of(2026, 4), 6);
        decideIn("1970-01", 6, "behind");
        decideMonthly(YearMonth.of(2026, 5), YearMonth.of(2026, 7), 6);

        assertThat(left())
                .containsExactly(
                        "in 2026-01",
                        "in 2026-02",
                        "in 2026-03",
                        "in 2026-04",
                        "behind",
                        "in 2026-05",
                        "in 2026-06",
                        "in 2026-07");
    }

    @Test
    void aLineThatACrashHasCutOffIsWrittenAnew() throws IOException {
        ApprovalStore store = open();
        decide(store, "a1", "a2");
        lines(store);
        Path file = files().get(0);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length += 7) {
            Files.write(file, Arrays.copyOf(whole, length));

            store = open();

            assertThat(approvals(lines(store))).containsExactly("a1", "a2");
            assertThat(verify(lines(store)).problem()).isNull();
        }
    }

    @Test
    void whatNoCrashHasDoneIsNotMendedAndShows() throws IOException {
        ApprovalStore store = open();
        decide(store, "a1", "a2");
        assertThat(store.fold(() -> false)).isTrue();
        store.close();
        Path file = files().get(0);
        String whole = Files.readString(file);
        for (String changed : List.of(
                whole.replace("12 of 12", "11 of 12"), // both lines
                whole.replaceFirst("(?s)(.*)12 of 12", "$111 of 12"), // the last one
                whole.substring(0, whole.length() - 9))) {
            try (Stream<Path> all = Files.list(folder.resolve("history"))) {
                for (Path each : all.toList()) {
                    Files.delete(each);
                }
            }
            Files.writeString(file, changed);

            store = open();
            decide(store, "b" + Math.abs(changed.hashCode()));
            History history = store.history().orElseThrow();

            assertThat(history.snapshot().verify().problem()).isNotNull();
            String left = files().stream().map(HistoryTest::read).reduce("", String::concat);
            assertThat(left).contains(changed);
            assertThat(store.fold(() -> false)).isTrue();
            store.close();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException x) {
            throw new AssertionError(x);
        }
    }

    /** Makes all writes to an empty history fail, until the returned file is deleted. */
    private Path breakHistory() throws IOException {
        Path history = folder.resolve("history");
        Files.delete(history);
        return Files.createFile(history); // so no file can be created in it
    }

    private static RulesChange change(String environment) {
        return new RulesChange(environment, RulesChange.Kind.CHANGED, List.of("before", "jobs"), "user alice", START);
    }

    @Test
    void aChangeOfTheRulesIsALineThatCanBeVerified() throws IOException {
        ApprovalStore store = open();
        store.record(List.of(change("prod"), change("te\nst")));
        decide(store, "a1");
        HistorySnapshot lines = store.history().orElseThrow().snapshot();

        assertThat(lines.verify().problem()).isNull();
        List<String> contents = new ArrayList<>();
        lines.visit(0, (line, index) -> contents.add(new String(line.content(), StandardCharsets.UTF_8)));
        assertThat(contents.get(0))
                .startsWith("{\"change\":\"CHANGED\",\"changedAt\":\"" + START
                        + "\",\"changedBy\":\"user alice\",\"environment\":\"prod\",\"fields\":[\"before\",\"jobs\"],"
                        + "\"kind\":\"rules\",\"recordedAt\":");
        assertThat(contents).hasSize(3);
        store.close();
    }

    /** Nothing of it is in the journal. */
    @Test
    void aChangeOfTheRulesThatACrashHasCutOffLeavesNoGap() throws IOException {
        ApprovalStore store = open();
        store.record(List.of(change("prod"), change("test")));
        store.close();
        Path file;
        try (Stream<Path> files = Files.list(folder.resolve("history"))) {
            file = files.findFirst().orElseThrow();
        }
        byte[] whole = Files.readAllBytes(file);
        int second = new String(whole, StandardCharsets.US_ASCII).indexOf('\n') + 1;
        for (int end : new int[] {second + 1, second + 15, second + 30, whole.length - 1}) {
            Files.write(file, Arrays.copyOf(whole, end));
            ApprovalStore again = open();
            again.record(List.of(change("next")));
            HistoryVerifier verified = again.history().orElseThrow().snapshot().verify();
            assertThat(verified.problem()).isNull();
            assertThat(verified.lastNumber()).isEqualTo(2);
            again.close();
        }
    }

    @Test
    void theJournalKeepsWhatCannotBeWritten() throws IOException {
        ApprovalStore store = open();
        Path history = breakHistory();
        decide(store, "a1");

        assertThatIOException().isThrownBy(() -> store.fold(() -> false));
        assertThatIOException().isThrownBy(store::history);

        assertThat(store.find("a1").orElseThrow().isDecided()).isTrue();
        Files.delete(history);
        Files.createDirectory(history);
        assertThat(store.fold(() -> false)).isTrue();
        assertThat(approvals(lines(store))).containsExactly("a1");
    }

    /** The last decision has no line when Jenkins goes down, and another Jenkins takes over and writes it. */
    @Test
    void aStoreThatIsClosedWritesNothing() throws IOException {
        ApprovalStore store = open();
        Path history = breakHistory();
        decide(store, "a1");
        assertThatIOException().isThrownBy(() -> store.fold(() -> false));
        store.close();
        Files.delete(history);
        ApprovalStore other = open();
        decide(other, "b1");
        assertThat(other.fold(() -> false)).isTrue();

        assertThatIOException().isThrownBy(store::history).withMessageContaining("Jenkins is going down");
        other.close();

        assertThat(approvals(lines(open()))).containsExactly("a1", "b1");
    }

    @Test
    void manyLinesAreInSeveralFilesAndAreReadOneByOne() throws IOException {
        History history = openAt(START, 3);
        int count = 9000;
        List<Approval> many = IntStream.range(0, count)
                .mapToObj(i -> ApprovalTest.start("a" + i)
                        .on(new Event.Callback(true, "x".repeat(500), "callback token"), SOON.plusMillis(i))
                        .approval())
                .toList();
        history.add(() -> many);
        history.close();

        HistorySnapshot snapshot = openAt(START, 3).snapshot();

        assertThat(snapshot.verify())
                .returns(null, HistoryVerifier::problem)
                .returns((long) count, HistoryVerifier::lastNumber);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSizeGreaterThan(1);
        }
        assertThat(approvals(lines(snapshot, count - 1))).containsExactly("a" + (count - 1));
        assertThat(snapshot.hashOf(1)).isNotEqualTo(snapshot.hashOf(count)).hasSize(64);
        assertThat(snapshot.hashOf(count + 1)).isNull();
    }

    @Test
    void asManyPeopleAsThereMayBeCanAllHaveTheirSay() throws IOException {
        ApprovalStore store = open();
        store.create(terms("a1")
                .manual(new ManualRequirement(
                                "Go?",
                                Collections.nCopies(
                                        ManualRequirement.MAX_REQUIRED, new PeopleRule(List.of("審".repeat(255)), 1)))
                        .notBy(Collections.nCopies(1_000, "審".repeat(300))))
                .start());
        store.apply("a1", ApprovalTest.sent(), SOON);
        for (int i = 0; i < ManualRequirement.MAX_REQUIRED; i++) {
            store.apply(
                    "a1",
                    new Event.ManualApproval(
                            i + "審".repeat(300), "審".repeat(HistoryContent.MAX_TEXT), Map.of(), List.of(i)),
                    SOON);
        }
        store.apply("a1", new Event.Callback(true, "審".repeat(HistoryContent.MAX_TEXT), "callback token"), SOON);
        decide(store, "a2");

        List<String> lines = lines(store);

        assertThat(approvals(lines)).containsExactly("a1", "a2");
        assertThat(JSON.readTree(lines.get(0)).at("/content/people")).hasSize(ManualRequirement.MAX_REQUIRED);
        assertThat(verify(lines).problem()).isNull();
    }

    @Test
    void aFileThatIsNoHistoryIsRefusedWithoutReadingAllOfIt() throws IOException {
        assertThat(verify(List.of("x")).problem()).contains("The first line is no line of a history");
        assertThat(verify(List.of()).summary()).isEqualTo("No lines.");
        assertThatThrownBy(() -> verify(List.of("x".repeat(HistoryReader.LONGEST + 1))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a line has more than " + HistoryReader.LONGEST + " bytes");
    }

    /**
     * A decision whose record is in a file of the journal that has ended, and which comes into memory after the lines were written: it stays
     * on disk, although that file is dropped.
     */
    @Test
    void aDecisionThatIsMadeDuringAFoldIsNotDroppedWithTheJournal() throws Exception {
        ApprovalStore store = open();
        store.create(ApprovalTest.start("a1"));
        var fold = new FutureTask<>(() -> store.fold(() -> false));
        var folding = new Thread(fold);
        store.onChange(
                () -> { // called with the approval's lock held, before the change is in memory
                    folding.start();
                    await().until(() -> folding.getState() == Thread.State.WAITING);
                });
        store.apply("a1", new Event.Callback(true, "12 of 12 passed", "callback token"), SOON);
        assertThat(fold.get()).isTrue();

        ApprovalStore afterAKill = open();
        assertThat(afterAKill.find("a1")).get().matches(Approval::isDecided);
        assertThat(approvals(lines(afterAKill))).containsExactly("a1");
    }
}
