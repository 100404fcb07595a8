package io.jenkins.plugins.armory.store;

import static io.jenkins.plugins.armory.approval.ApprovalTest.SOON;
import static io.jenkins.plugins.armory.approval.ApprovalTest.start;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.ApprovalTest;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.TestEvents;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on disk of approvals, and in memory. */
class OpenApprovalsTest {

    private static final Event SUCCESS = TestEvents.callback(true, "\u00e7a va\n\"ok\" \uD83D\uDC4D", "callback token");

    @TempDir
    private Path folder;

    private TestBuilds builds;
    private Approvals store;

    @BeforeEach
    void open() throws IOException {
        store = reopened();
    }

    private Approvals reopened() throws IOException {
        builds = TestBuilds.below(folder);
        Approvals opened = builds.open(Runnable::run);
        opened.takeUpAll(List.of());
        return opened;
    }

    private Approval decide(String id) throws IOException {
        TestBuilds.create(store, start(id));
        return store.write(List.of(id), SUCCESS, SOON).get(0).approval();
    }

    private static List<Approval> decidedOf(Approvals all) {
        return all.list().stream().filter(Approval::isDecided).toList();
    }

    private String history() throws IOException {
        var lines = new ByteArrayOutputStream();
        store.history().copyTo(History.monthOf(SOON), lines);
        return lines.toString(StandardCharsets.UTF_8);
    }

    private List<String> markers() throws IOException {
        try (var files = Files.list(folder.resolve("open"))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void findsAfterARestartWhatItWasTold() throws IOException {
        TestBuilds.create(store, start("a1"));
        Approval waiting =
                store.write(List.of("a1"), ApprovalTest.sent(), SOON).get(0).approval();
        Approval decided = decide("a2");

        for (Approvals each : List.of(store, reopened())) {
            assertThat(each.open()).containsExactly(waiting);
            assertThat(each.find("a1")).contains(waiting);
            assertThat(each.find("a2")).contains(decided);
            assertThat(decidedOf(each)).containsExactly(decided);
        }
    }

    @Test
    void manyAreCreatedAndEndedWithOneCommitEach() throws IOException {
        List<Approval> all =
                IntStream.range(0, 2_000).mapToObj(i -> start("a" + i)).toList();
        List<String> ids = all.stream().map(Approval::id).toList();
        Path log = builds.folderOf(start("a").build()).resolve("armory.log");

        TestBuilds.create(store, all.toArray(Approval[]::new));
        assertThat(Files.readAllLines(log)).hasSize(1);
        assertThat(store.write(ids, new Event.Aborted("stopped"), SOON))
                .hasSize(2_000)
                .allMatch(each -> each.approval().isDecided());
        assertThat(Files.readAllLines(log)).hasSize(2);

        assertThat(store.write(ids, new Event.Aborted("again"), SOON)).hasSize(2_000);
        assertThat(Files.readAllLines(log)).hasSize(2);
        assertThat(reopened().open()).isEmpty();
    }

    @Test
    void ofVerdictsOfOneMomentTheFirstStandsAndFollowersHearOfItOnce() throws Exception {
        TestBuilds.create(store, start("a1"));
        var decided = Collections.synchronizedList(new ArrayList<Approval>());
        store.follow(decided::add);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Answer>> verdicts = IntStream.range(0, 64)
                    .<Callable<Answer>>mapToObj(i -> () -> store.write(
                                    List.of("a1"), TestEvents.callback(i % 2 == 0, "", "callback token"), SOON)
                            .get(0)
                            .answer())
                    .toList();
            var answers = new ArrayList<Answer>();
            for (var each : threads.invokeAll(verdicts)) {
                answers.add(each.get());
            }
            assertThat(answers).containsOnlyOnce(Answer.ACCEPTED).contains(Answer.DUPLICATE, Answer.CONFLICT);
        } finally {
            threads.shutdown();
        }
        assertThat(decided).singleElement().isEqualTo(store.find("a1").orElseThrow());
        assertThat(reopened().find("a1")).contains(decided.get(0));
    }

    /** As those of a {@code parallel}, beside an environment, whose commit takes its time. */
    @Test
    void theFirstApprovalsOfABuildThatComeTogetherAreAllKnown() throws Exception {
        var unknown = new CopyOnWriteArrayList<>(List.of("a1", "a2", "a3"));
        List<Thread> creating = List.copyOf(unknown).stream()
                .map(id -> new Thread(() -> {
                    try {
                        TestBuilds.create(store, start(id));
                    } catch (IOException x) {
                        throw new UncheckedIOException(x);
                    }
                    store.findInMemory(id).ifPresent(found -> unknown.remove(id));
                }))
                .toList();
        BuildState state = builds.of(start("a1").build());
        state.listen(
                commits -> {
                    if (commits == 1) {
                        for (Thread each : creating) {
                            each.start();
                            await().until(() -> each.getState() == Thread.State.TIMED_WAITING
                                    || each.getState() == Thread.State.WAITING);
                        }
                    }
                },
                () -> {});

        state.apply(BuildStateTest.declared("prod"));

        for (Thread each : creating) {
            each.join();
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void aDecisionThatCannotBeWrittenIsNone() throws IOException {
        TestBuilds.create(store, start("a1"));
        TestBuilds.breakLogs(folder);

        assertThatIOException().isThrownBy(() -> store.write(List.of("a1"), SUCCESS, SOON));
        assertThat(store.find("a1")).contains(start("a1"));
        assertThat(store.problem()).isPresent();

        TestBuilds.mendLogs(folder);
        assertThat(store.write(List.of("a1"), TestEvents.callback(false, "no", "callback token"), SOON)
                        .get(0)
                        .answer())
                .isEqualTo(Answer.ACCEPTED);
        assertThat(store.problem()).isEmpty();
        assertThat(reopened().find("a1")).isEqualTo(store.find("a1"));
    }

    @Test
    void anApprovalThatCannotBeWrittenIsNotThere() throws IOException {
        TestBuilds.breakLogs(folder);

        assertThatIOException().isThrownBy(() -> TestBuilds.create(store, start("a1")));

        assertThat(store.find("a1")).isEmpty();
        TestBuilds.mendLogs(folder);
        TestBuilds.create(store, start("a1"));
        assertThat(reopened().open()).containsExactly(start("a1"));
    }

    @Test
    void theHistoryHasEachDecisionOnceAlsoAfterAStart() throws IOException {
        decide("a1");
        assertThat(history().lines()).hasSize(1);

        store = reopened();

        assertThat(history().lines()).singleElement().asString().contains("\"approval\":\"a1\"");
    }

    @Test
    void aBuildIsMarkedUntilItIsOverAndClosed() throws IOException {
        BuildRef build = start("a1").build();
        TestBuilds.create(store, start("a1"));
        assertThat(markers()).containsExactly("a1");
        Approval decided = store.write(List.of("a1"), SUCCESS, SOON).get(0).approval();
        assertThat(markers()).containsExactly("a1");

        builds.end(build);
        store.ended();

        assertThat(markers()).isEmpty();
        assertThat(store.findInMemory("a1")).isEmpty();
        assertThat(store.find("a1")).contains(decided);
        assertThat(store.write(List.of("a1"), SUCCESS, SOON).get(0).answer()).isEqualTo(Answer.DUPLICATE);
    }

    /** Its environments end behind it. */
    @Test
    void aBuildThatIsWrittenOnceMoreWhenItIsOverIsNotMarked() throws IOException {
        BuildRef build = start("a1").build();
        TestBuilds.create(store, start("a1"));
        store.write(List.of("a1"), TestEvents.callback(false, "no", "callback token"), SOON);
        builds.end(build);
        store.ended();
        assertThat(markers()).isEmpty();

        assertThat(builds.of(build).end()).isFalse();
        assertThat(markers()).isNotEmpty();
        store.ended();

        assertThat(markers()).isEmpty();
    }

    /** As one that was marked just before a crash, or is just being written. */
    @Test
    void aMarkedBuildThatHasNothingYetIsMarkedUntilItIsOver() throws IOException {
        BuildRef build = start("a1").build();
        Files.writeString(
                folder.resolve("open/a1"), build.job() + '\n' + build.number() + "\n2999-12-31T00:00:00Z\n0\n");
        store = reopened();
        assertThat(markers()).containsExactly("a1");

        builds.end(build);
        store.ended();

        assertThat(markers()).isEmpty();
    }

    @Test
    void whatWasDecidedLastIsListedAlsoAfterAStart() throws IOException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        TestBuilds.create(store, start("a1"));
        store.write(List.of("a1"), new Event.Aborted("stopped"), now);
        builds.end(start("a1").build());
        store.ended();
        assertThat(markers()).isEmpty();

        store = reopened();

        assertThat(decidedOf(store)).extracting(Approval::id).containsExactly("a1");
        assertThat(store.find("a1").orElseThrow().isDecided()).isTrue();
    }

    /** As one that was copied by Jenkins, or restored, and is older than the history. */
    @Test
    void aDecisionThatTheLogLacksIsAwaitedAgain() throws IOException {
        TestBuilds.create(store, start("a1"));
        Path log = builds.folderOf(start("a1").build()).resolve("armory.log");
        byte[] copy = Files.readAllBytes(log);
        store.write(List.of("a1"), SUCCESS, SOON);
        history();
        Files.write(log, copy);
        store = reopened();

        assertThat(decidedOf(store)).isEmpty();
        assertThat(store.find("a1").orElseThrow().isDecided()).isFalse();
    }

    @Test
    void aCopyOfABuildTakesNothingFromIt() throws IOException {
        TestBuilds.create(store, start("a1"));
        BuildRef build = start("a1").build();
        BuildRef copy = new BuildRef(build.job(), TestBuilds.COPY);
        Files.createDirectories(builds.folderOf(copy));
        Files.copy(
                builds.folderOf(build).resolve("armory.log"),
                builds.folderOf(copy).resolve("armory.log"));
        store = reopened();

        assertThatIOException().isThrownBy(() -> store.takeUp(copy)).withMessageContaining(" is a copy of ");
        Approval again = start("a1").withBuild(copy);
        assertThat(store.create(TestBuilds.started(List.of(again)), List.of(again))
                        .problem())
                .contains(" is a copy of ");
        assertThat(store.find("a1").orElseThrow().build()).isEqualTo(build);
    }

    /** As on a disk that is not mounted. */
    @Test
    void aDecidedApprovalOfABuildThatIsMissingIsNotGone() throws IOException {
        TestBuilds.create(store, start("a1"), start("a2"));
        store.write(List.of("a1"), new Event.Aborted("stopped"), Instant.now());
        history();
        Files.move(folder.resolve("builds"), folder.resolve("away"));
        TestBuilds.breakLogs(folder);
        BuildRef build = start("a1").build();
        Files.writeString(
                folder.resolve("open/a1"), build.job() + '\n' + build.number() + "\n2999-12-31T00:00:00Z\n0\n");
        store = reopened();

        assertThatIOException().isThrownBy(() -> store.find("a1"));
    }

    @Test
    void aRenamedJobTakesItsApprovalsAlong() throws IOException {
        TestBuilds.create(store, start("a1"));
        BuildRef build = start("a1").build();
        BuildRef renamed = new BuildRef("moved/" + build.job(), build.number());
        Files.createDirectories(builds.folderOf(renamed).getParent());
        Files.move(builds.folderOf(build), builds.folderOf(renamed));

        store.renamed(build.job(), renamed.job());

        assertThat(store.find("a1").orElseThrow().build()).isEqualTo(renamed);
        assertThat(reopened().find("a1").orElseThrow().build()).isEqualTo(renamed);
    }

    @Test
    void aBuildThatIsGoneIsForgotten() throws IOException {
        TestBuilds.create(store, start("a1"));
        Approval decided = decide("a2");

        store.remove(decided.build()::equals);

        assertThat(store.find("a1")).isEmpty();
        assertThat(store.open()).isEmpty();
        assertThat(decidedOf(store)).isEmpty();
        assertThat(markers()).isEmpty();
    }

    @Test
    void aLogThatCannotBeReadHoldsUpNoOtherBuild() throws IOException {
        TestBuilds.create(store, start("a1"));
        TestBuilds.create(store, start("a2").withBuild(new BuildRef("other", 1)));
        Files.writeString(builds.folderOf(start("a1").build()).resolve("armory.log"), "garbled\n");

        store = reopened();

        assertThat(store.open()).extracting(Approval::id).containsExactly("a2");
        assertThat(builds.of(start("a1").build()).doubt().orElseThrow()).contains("line 1 is damaged");
        assertThat(folder.resolve("open/a1")).content().endsWith("\ndoubt\n");
    }
}
