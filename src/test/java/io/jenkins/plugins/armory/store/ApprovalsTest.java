package io.jenkins.plugins.armory.store;

import static io.jenkins.plugins.armory.approval.ApprovalTest.DEADLINE;
import static io.jenkins.plugins.armory.approval.ApprovalTest.START;
import static io.jenkins.plugins.armory.approval.ApprovalTest.callback;
import static io.jenkins.plugins.armory.approval.ApprovalTest.start;
import static io.jenkins.plugins.armory.approval.ApprovalTest.terms;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.ApprovalTest;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.ManualTimer;
import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.approval.TestEvents;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApprovalsTest {

    @TempDir
    private Path folder;

    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1);
    private final MutableClock clock = new MutableClock(START);
    private final ManualTimer manualTimer = new ManualTimer(clock);
    private final List<Approval> told = new CopyOnWriteArrayList<>();

    @BeforeEach
    void removeCancelledTasks() {
        timer.setRemoveOnCancelPolicy(true);
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private Approvals open(Clock now) throws IOException {
        return open(timer, now, TestBuilds.below(folder), approval -> {});
    }

    private Approvals open(ApprovalObserver follower) throws IOException {
        return open(timer, clock, TestBuilds.below(folder), follower);
    }

    /** Opens approvals on {@link #manualTimer}. */
    private Approvals open() throws IOException {
        return open(manualTimer.service(), clock, TestBuilds.below(folder), approval -> {});
    }

    private static Approvals open(
            ScheduledExecutorService service, Clock now, TestBuilds builds, ApprovalObserver follower)
            throws IOException {
        Approvals approvals = builds.open(service, Runnable::run, now, follower);
        approvals.takeUpAll(List.of());
        return approvals;
    }

    private void assertToldOf(Outcome outcome) {
        assertThat(told)
                .singleElement()
                .returns(outcome, approval -> approval.requireDecision().outcome());
    }

    private static Approval startingNow(String id, Duration timeout) {
        return startingNow(id, timeout, null);
    }

    private static Approval startingNow(String id, Duration timeout, @CheckForNull Duration heartbeat) {
        return TestApproval.of(id, new BuildRef("job", 1))
                .webhook("w")
                .timeout(Instant.now(), timeout)
                .heartbeat(heartbeat)
                .start();
    }

    @Test
    void timesOutByItself() throws IOException {
        Approvals approvals = open(Clock.systemUTC());
        TestBuilds.create(approvals, startingNow("late", Duration.ofHours(1)));
        TestBuilds.create(approvals, startingNow("soon", Duration.ofMillis(50)));
        approvals.attach("soon", told::add);
        approvals.attach("late", told::add);

        await().until(() -> !told.isEmpty());

        assertThat(told).extracting(Approval::id).containsExactly("soon");
        assertThat(told.get(0).decision().outcome()).isEqualTo(Outcome.TIMED_OUT);
        assertThat(approvals.find("late").orElseThrow().isDecided()).isFalse();
    }

    /**
     * The moment between a start of Jenkins after a crash, and the end of the approvals of builds that the crash has
     * ended.
     */
    @Test
    void nobodyDecidesForABuildThatIsOver() throws IOException {
        Approvals before = open(clock);
        List<Event> decisions = List.of(
                callback(true),
                callback(false),
                new Event.StatusVerdict(true, "", null, "status"),
                new Event.Answered(ApprovalTest.attempt(1, 200), true, "", null, "answer"),
                TestEvents.approval("alice", ""),
                new Event.ManualRejection("alice", ""),
                TestEvents.override(true, "admin", "now"));
        var webhook =
                Webhook.named("tests").uriTemplate("https://ci.example.com/").build();
        for (int i = 0; i < decisions.size(); i++) {
            var build = new BuildRef("team/deploy", i);
            String id = "over" + i;
            TestBuilds.create(
                    before,
                    TestApproval.of(id, build)
                            .webhook("tests")
                            .manual(TestApproval.requirement("Go?", List.of(), 1))
                            .calls(TestApproval.calls(webhook, webhook, Map.of()))
                            .timeout(START, Duration.ofHours(1))
                            .start());
            before.apply(id, ApprovalTest.sent());
        }
        before.close();

        TestBuilds builds = TestBuilds.below(folder);
        Approvals approvals = open(timer, clock, builds, approval -> {});
        for (int i = 0; i < decisions.size(); i++) {
            String id = "over" + i;
            assertThat(approvals.find(id).orElseThrow().isDecided()).isFalse();
            builds.end(new BuildRef("team/deploy", i));

            Answer answer = approvals.apply(id, decisions.get(i)).orElseThrow().answer();

            assertThat(answer).as(decisions.get(i).toString()).isNotEqualTo(Answer.ACCEPTED);
            assertThat(approvals.find(id).orElseThrow())
                    .as(decisions.get(i).toString())
                    .matches(approval -> !approval.isClosed(), "its cancel webhook is to be called")
                    .extracting(Approval::decision)
                    .returns(Outcome.ABORTED, Decision::outcome)
                    .returns("The build ended.", Decision::mdMessage);
        }
    }

    /** One of many may have to wait for its call for longer than the external process has. */
    @Test
    void aDeadlineMayBeginWithTheCall() throws IOException {
        Approvals approvals = open();
        Instant start = clock.instant();
        TestBuilds.create(
                approvals,
                terms("a1")
                        .timeout(start, Duration.ofMinutes(5))
                        .terms(terms -> terms.fromCall(true))
                        .start());
        clock.set(start.plus(Duration.ofHours(2)));
        assertThat(approvals.find("a1").orElseThrow().isDecided()).isFalse();

        Instant called = clock.instant();
        approvals.apply("a1", new Event.Begun());

        assertThat(approvals.find("a1").orElseThrow().deadline()).isEqualTo(called.plus(Duration.ofMinutes(5)));
        manualTimer.pass(Duration.ofMinutes(4));
        approvals.apply("a1", new Event.Begun());
        assertThat(approvals.find("a1").orElseThrow().deadline())
                .as("once")
                .isEqualTo(called.plus(Duration.ofMinutes(5)));
        manualTimer.pass(Duration.ofMinutes(2));
        assertThat(approvals.find("a1").orElseThrow().requireDecision().outcome())
                .as("also during its first attempt")
                .isEqualTo(Outcome.TIMED_OUT);
    }

    /** It may have waited for its call for much longer than it has from then on. */
    @Test
    void peopleAreToldThatTheTimeFromTheCallIsNearlyOver() throws IOException {
        Approvals approvals = open(clock);
        Instant start = clock.instant();
        TestBuilds.create(
                approvals,
                terms("a1")
                        .timeout(start, Duration.ofMinutes(50))
                        .terms(terms -> terms.fromCall(true))
                        .calls(OutgoingCalls.NONE.notifying(Notifications.by(List.of(ApprovalTest.WEBHOOK))))
                        .start());
        Instant called = start.plus(Duration.ofHours(20));
        clock.set(called);
        approvals.apply("a1", new Event.Begun());

        assertThat(approvals.find("a1").orElseThrow().reminderDue()).contains(called.plus(Duration.ofMinutes(45)));
    }

    @Test
    void tellsOfEachOfTheTwoThatHaveToSayYes() throws IOException {
        Approvals approvals = open(clock);
        TestBuilds.create(
                approvals,
                terms("a").manual(TestApproval.requirement("Go?", List.of(), 1)).start());
        List<Approval> heard = new CopyOnWriteArrayList<>();
        List<Approval> decided = new CopyOnWriteArrayList<>();
        approvals.attach("a", new ApprovalObserver() {
            @Override
            public void decided(Approval approval) {
                decided.add(approval);
            }

            @Override
            public void heard(Approval approval, Event.Verdict event) {
                heard.add(approval);
            }
        });

        approvals.apply("a", TestEvents.approval("alice", "checked"));
        approvals.apply("a", TestEvents.approval("alice", "checked"));
        await().until(() -> !heard.isEmpty());
        approvals.apply("a", TestEvents.callback(true, "12 of 12", "callback token"));
        await().until(() -> !decided.isEmpty());

        assertThat(heard)
                .singleElement()
                .satisfies(approval -> assertThat(approval.person().mdMessage()).isEqualTo("checked"));
    }

    private static Approval startingIn(String id, int build, @CheckForNull String environment) {
        return TestApproval.of(id, new BuildRef("team/deploy", build))
                .environment(environment)
                .webhook("tests")
                .timeout(START, Duration.ofHours(24))
                .start();
    }

    @Test
    void timesOutAtStartWhatBecameOverdueWhileItWasDown() throws IOException {
        Approvals approvals = open(clock);
        TestBuilds.create(approvals, start("a1"));
        approvals.close();
        clock.set(DEADLINE.plusSeconds(3600));

        Approvals reopened = open();
        manualTimer.pass(Duration.ZERO);

        assertThat(reopened.find("a1").orElseThrow().decision())
                .returns(Outcome.TIMED_OUT, Decision::outcome)
                .returns(DEADLINE, Decision::decidedAt);
    }

    @Test
    void schedulesOneTaskHoweverManyWait() throws IOException {
        Approvals approvals = open(clock);
        for (int i = 0; i < 50; i++) {
            TestBuilds.create(approvals, start("a" + i));
        }
        assertThat(timer.getQueue()).hasSize(1);

        for (int i = 0; i < 50; i++) {
            approvals.apply("a" + i, callback(true));
        }
        assertThat(timer.getQueue()).isEmpty();
    }

    @Test
    void waitsOnWhenTheClockWasSetBack() throws IOException {
        clock.set(DEADLINE.minusMillis(20));
        Approvals approvals = open(clock);
        TestBuilds.create(approvals, start("a1"));
        approvals.attach("a1", told::add);
        clock.set(START);

        await().until(() -> timer.getCompletedTaskCount() > 0);
        assertThat(told).isEmpty();
        assertThat(timer.getQueue()).hasSize(1);
    }

    @Test
    void aTimeoutSaysWhatIsKnown() throws IOException {
        Approvals approvals = open();
        for (String id : List.of("silent", "failing", "unheard", "again")) {
            TestBuilds.create(approvals, start(id));
        }
        for (String id : List.of("silent", "unheard", "again")) {
            approvals.apply(id, new Event.Sent(ApprovalTest.attempt(1, 200)));
        }
        approvals.apply("failing", new Event.Failed(ApprovalTest.attempt(1, 503)));
        approvals.report("unheard", 40.0, "half of the tests");
        approvals.statusUnread("unheard", "https://ci.example.com answered 404");
        approvals.statusUnread("again", "https://ci.example.com answered 404");
        approvals.report("again", null, "/state is \"error\"");

        TestBuilds.create(
                approvals,
                terms("asked")
                        .manual(TestApproval.requirement("Go?", List.of(), 1))
                        .start());
        approvals.apply("asked", new Event.Sent(ApprovalTest.attempt(1, 200)));
        approvals.report("asked", null, "/state is \"running\"");
        approvals.apply("asked", callback(true));

        manualTimer.pass(Duration.between(START, DEADLINE).plusMinutes(1));

        String missing = "No callback arrived before the deadline.";
        Map<String, String> messages = new TreeMap<>();
        for (Approval approval : approvals.list()) {
            messages.put(approval.id(), approval.requireDecision().mdMessage());
        }
        assertThat(messages)
                .isEqualTo(Map.of(
                        "silent", missing,
                        "asked", "Nobody approved before the deadline.",
                        "failing",
                                "No call of the webhook was taken (the last attempt: https://ci.example.com answered 503)"
                                        + " before the deadline.",
                        "unheard", missing + " The last that is known: https://ci.example.com answered 404.",
                        "again", missing + " The last that is known: /state is \"error\"."));
    }

    /** As a callback that comes while the start still reads other builds. */
    @Test
    void aBuildThatIsReadOnDemandHasItsDeadlines() throws IOException {
        Approvals before = open(clock);
        TestBuilds.create(before, start("a1"));
        before.close();
        Approvals after = TestBuilds.below(folder).open(manualTimer.service(), Runnable::run, clock, approval -> {});

        assertThat(after.pending()).isEmpty();
        assertThat(after.find("a1")).contains(start("a1"));
        manualTimer.pass(Duration.ofHours(24));

        assertThat(after.list()).extracting(Approval::id).containsExactly("a1");
    }

    @Test
    void triesOneOfManyWritesWhileTheDiskIsFullAndThenAll() throws IOException {
        var tries = new AtomicInteger();
        Approvals approvals = TestBuilds.below(folder)
                .open(
                        manualTimer.service(),
                        work -> {
                            tries.incrementAndGet();
                            work.run();
                        },
                        clock,
                        approval -> {});
        for (int i = 0; i < 100; i++) {
            TestBuilds.create(approvals, start("a" + i));
        }
        TestBuilds.breakLogs(folder);

        clock.set(DEADLINE);
        manualTimer.pass(Duration.ofMinutes(1));

        assertThat(tries.get()).isBetween(105, 115); // each once, and then one every five seconds
        assertThat(approvals.pending()).hasSize(100);
        TestBuilds.mendLogs(folder);
        manualTimer.pass(Duration.ofSeconds(5));
        assertThat(approvals.pending()).isEmpty();
    }

    @Test
    void tellsAWaiterThatCameAfterTheDecision() throws IOException {
        Approvals approvals = open(clock);
        TestBuilds.create(approvals, start("a1"));
        approvals.apply("a1", callback(true));

        approvals.attach("a1", told::add);

        assertThat(told).hasSize(1);
    }

    @Test
    void tellsTheWaiterWhateverListenersDo() throws IOException {
        Approvals approvals = open(clock);
        approvals.follow(approval -> {
            throw new IllegalStateException("a listener that fails");
        });
        TestBuilds.create(approvals, start("a1"));
        approvals.attach("a1", told::add);

        approvals.apply("a1", callback(true));

        assertThat(told).extracting(Approval::id).containsExactly("a1");
    }

    /** A follower that keeps what it is told. */
    private static final class NotingFollower implements ApprovalObserver {

        private final List<String> changes = new CopyOnWriteArrayList<>();

        @Override
        public void created(Approval approval) {
            changes.add("created " + approval.id());
        }

        @Override
        public void waiting(Approval approval) {
            changes.add("waiting " + approval.id());
        }

        @Override
        public void progressed(Approval approval, Progress progress) {
            changes.add("progressed " + approval.id() + " " + progress.percentText());
        }

        @Override
        public void decided(Approval approval) {
            changes.add("decided " + approval.id() + " "
                    + approval.requireDecision().outcome());
        }
    }

    @Test
    void theFollowerIsToldOfEachChangeOnce() throws IOException {
        var follower = new NotingFollower();
        var approvals = open(follower);
        TestBuilds.create(approvals, start("a"));
        approvals.apply("a", sentNow());
        approvals.report("a", 40.0, "half");
        approvals.apply("a", callback(true));
        approvals.apply("a", callback(true));
        TestBuilds.create(approvals, start("overdue"));
        approvals.close();
        clock.set(DEADLINE.plusSeconds(1));

        Approvals reopened = open(follower);
        await().until(() -> reopened.pending().isEmpty());

        assertThat(follower.changes)
                .containsExactly(
                        "created a",
                        "waiting a",
                        "progressed a 40 %",
                        "decided a SUCCESS",
                        "created overdue",
                        "decided overdue TIMED_OUT");
    }

    @Test
    void theFollowerIsToldWhenSomethingElseIsAwaited() throws IOException {
        List<String> awaited = new ArrayList<>();
        ApprovalObserver follower = new ApprovalObserver() {
            @Override
            public void decided(Approval approval) {}

            @Override
            public void waiting(Approval approval) {
                awaited.add(approval.state()
                        + (approval.person() == null ? " person" : "")
                        + (approval.callback() == null ? " callback" : ""));
            }
        };
        var approvals = open(follower);
        TestBuilds.create(
                approvals,
                terms("a")
                        .manual(TestApproval.requirement("Go?", List.of(), 1))
                        .calls(ApprovalTest.CALLS.notifying(Notifications.by(List.of(ApprovalTest.WEBHOOK))))
                        .start());
        approvals.apply(
                "a",
                new Event.Failed(new Attempt(
                        1, START, "https://ci.example.com", 503, Duration.ZERO, "answered 503", "", null, Map.of())));
        approvals.apply("a", sentNow());
        approvals.apply("a", TestEvents.approval("alice", ""));
        Approval waiting = approvals.find("a").orElseThrow();
        approvals.apply("a", new Event.Notified(Notifications.of(waiting).due().get(0), ""));

        assertThat(awaited).containsExactly("WAITING person callback", "WAITING callback");
    }

    @Test
    void endsWhatABuildLeftPending() throws IOException {
        Approvals approvals = open(clock);
        TestBuilds.create(approvals, start("a1"));
        approvals.attach("a1", told::add);

        approvals.abort(build -> build.number() == 8, "The build ended.");
        assertThat(told).isEmpty();

        approvals.abort(build -> build.number() == 7, "The build ended.");
        assertToldOf(Outcome.ABORTED);
    }

    @Test
    void endsWhatABuildLeftPendingAlsoIfThatCannotBeWrittenAtFirst() throws IOException {
        Approvals before = open(clock);
        TestBuilds.create(before, startingIn("a1", 7, null));
        TestBuilds.create(before, startingIn("a2", 8, null));
        before.close();
        Approvals approvals = open();
        approvals.attach("a1", told::add);
        TestBuilds.breakLogs(folder);

        approvals.abort(build -> build.number() == 7, "The build ended.");
        manualTimer.pass(Duration.ofMinutes(1));
        assertThat(told).isEmpty();
        TestBuilds.mendLogs(folder);
        manualTimer.pass(Duration.ofMinutes(1));

        assertToldOf(Outcome.ABORTED);
        assertThat(approvals.pending()).extracting(Approval::id).containsExactly("a2");
    }

    @Test
    void endsWhatABuildLeftPendingAlsoIfItsJobIsRenamedBeforeThatCanBeWritten() throws IOException {
        Approvals before = open(clock);
        TestBuilds.create(before, startIn("a1", "deploy"));
        before.close();
        Approvals approvals = open();
        TestBuilds.breakLogs(folder);
        approvals.abort(build -> build.number() == 7, "The build ended.");
        TestBuilds.mendLogs(folder);
        approvals.renamed("deploy", "group/deploy");
        TestBuilds.create(approvals, startIn("b1", "deploy"));

        manualTimer.pass(Duration.ofMinutes(1));

        assertThat(approvals.pending())
                .as("the build of another job that has the old name now")
                .extracting(Approval::id)
                .containsExactly("b1");
    }

    private Approval startIn(String id, String job) {
        return TestApproval.of(id, new BuildRef(job, 7))
                .webhook("tests")
                .timeout(clock.instant(), Duration.ofHours(1))
                .start();
    }

    @Test
    void listsWhatWaitsFirst() throws IOException {
        Approvals approvals = open(clock);
        TestBuilds.create(approvals, start("a1"));
        TestBuilds.create(approvals, start("a2"));
        approvals.apply("a1", callback(true));

        assertThat(approvals.list()).extracting(Approval::id).containsExactly("a2", "a1");
    }

    @Test
    void aRemovedApprovalIsNoLongerDue() throws IOException {
        Approvals approvals = open(clock);
        TestBuilds.create(approvals, start("a1"));

        approvals.remove(build -> true);

        assertThat(timer.getQueue()).isEmpty();
        assertThat(approvals.find("a1")).isEmpty();
    }

    /** An observer that keeps what it is told. */
    private static final class Listener implements ApprovalObserver {

        private final List<Progress> progress = new CopyOnWriteArrayList<>();

        @Override
        public void decided(Approval approval) {
            // of no interest
        }

        @Override
        public void progressed(Approval approval, Progress now) {
            progress.add(now);
        }
    }

    @Test
    void keepsTheLastProgressUntilTheDecisionAndWritesNothingForIt() throws IOException {
        Approvals approvals = open(clock);
        TestBuilds.create(approvals, start("a1"));
        Path file = folder.resolve("builds/team/deploy/7/armory.log");
        Files.setLastModifiedTime(file, FileTime.from(START));

        approvals.report("a1", 40.0, "testing");
        clock.set(START.plusSeconds(5));
        approvals.report("a1", 60.0, null);
        approvals.report("a1", null, "still testing");

        assertThat(approvals.progressOf("a1")).contains(new Progress(60.0, "still testing", START.plusSeconds(5)));
        assertThat(Files.getLastModifiedTime(file).toInstant()).isEqualTo(START);
        approvals.apply("a1", callback(true));
        assertThat(approvals.progressOf("a1")).isEmpty();
        assertThat(approvals.report("a1", 61.0, null).orElseThrow().answer()).isEqualTo(Answer.ENDED);
        assertThat(approvals.progressOf("a1")).isEmpty();
    }

    @Test
    void keepsNoProgressOfWhatIsNotThere() throws IOException {
        Approvals approvals = open(clock);
        TestBuilds.create(approvals, start("a1"));
        TestBuilds.create(approvals, start("a2"));
        approvals.report("a1", 1.0, null);
        approvals.report("a2", 1.0, null);

        approvals.remove(build -> true);

        assertThat(approvals.progressOf("a1")).isEmpty();
        assertThat(approvals.progressOf("a2")).isEmpty();
        assertThat(approvals.report("a1", 2.0, null)).isEmpty();
        assertThat(approvals.report("invented", 2.0, null)).isEmpty();
        assertThat(approvals.progressOf("invented")).isEmpty();
    }

    /** The step that follows an approval is not kept in memory for a build that is gone. */
    @Test
    void keepsNoObserverOfWhatIsRemovedBeforeItsLastCall() throws IOException {
        Approvals approvals = open(clock);
        TestBuilds.create(approvals, terms("a1").calls(ApprovalTest.CALLS).start());
        List<String> notes = new CopyOnWriteArrayList<>();
        approvals.attach("a1", new ApprovalObserver() {
            @Override
            public void note(String line) {
                notes.add(line);
            }

            @Override
            public void decided(Approval approval) {
                // of no interest
            }
        });
        Approval stopped = approvals
                .apply("a1", new Event.Aborted("stopped"))
                .orElseThrow()
                .approval();
        approvals.note(stopped, "before");

        approvals.remove(build -> true);
        approvals.note(stopped, "after");

        assertThat(notes).containsExactly("tests: before");
    }

    @Test
    void progressAtTheDeadlineFindsTheApprovalTimedOut() throws IOException {
        Approvals approvals = open(clock);
        TestBuilds.create(approvals, start("a1"));
        clock.set(DEADLINE);

        assertThat(approvals.report("a1", 99.0, null).orElseThrow().answer()).isEqualTo(Answer.ENDED);
        assertThat(TestBuilds.opened(folder)
                        .find("a1")
                        .orElseThrow()
                        .requireDecision()
                        .outcome())
                .isEqualTo(Outcome.TIMED_OUT);
    }

    @Test
    void tellsTheFirstProgressAndNewMessagesButNotTooManyOfThem() throws IOException {
        Approvals approvals = open(clock);
        TestBuilds.create(approvals, start("a1"));
        var listener = new Listener();
        approvals.attach("a1", listener);

        approvals.report("a1", 1.0, null);
        approvals.report("a1", 2.0, null);
        assertThat(listener.progress).extracting(Progress::percent).containsExactly(1.0);
        approvals.report("a1", 3.0, "first message");
        approvals.report("a1", 4.0, "first message");
        assertThat(listener.progress).extracting(Progress::percent).containsExactly(1.0, 3.0);
        for (int i = 0; i < 3600; i++) {
            clock.set(START.plusSeconds(i));
            approvals.report("a1", null, "second " + i);
        }
        assertThat(listener.progress).as("ten, and one a minute").hasSize(10 + 59);
        assertThat(listener.progress.get(10).mdMessage()).isEqualTo("second 60");
    }

    @Test
    void longMessageOfProgressIsCutWhereItMayBe() {
        String tooLong = "x".repeat(Bound.TEXT.most() - 2) + "\ud83d\ude00!";

        assertThat(new Progress(null, "x".repeat(Bound.TEXT.most()), START).mdMessage())
                .hasSize(Bound.TEXT.most());
        assertThat(new Progress(null, tooLong, START).mdMessage()).isEqualTo("x".repeat(Bound.TEXT.most() - 2) + "…");
    }

    @Test
    void percentIsReadWithOneDecimalAtMost() {
        assertThat(new Progress(40.0, "", START).percentText()).isEqualTo("40 %");
        assertThat(new Progress(99.96, "", START).percentText()).isEqualTo("100 %");
        assertThat(new Progress(0.05, "", START).percentText()).isEqualTo("0.1 %");
        assertThat(new Progress(null, "", START).percentText()).isEmpty();
    }

    private static Event sentNow() {
        return new Event.Sent(
                new Attempt(1, Instant.now(), "https://ci.example.com", 202, Duration.ZERO, null, "", null, Map.of()));
    }

    @Test
    void tellsNewMessagesThoughTheClockWasSetBack() throws IOException {
        Approvals approvals = open(clock);
        TestBuilds.create(approvals, start("a1"));
        var listener = new Listener();
        approvals.attach("a1", listener);
        for (int i = 0; i < 20; i++) {
            approvals.report("a1", null, "message " + i);
        }
        assertThat(listener.progress).hasSize(10);

        for (int minute = 1; minute <= 5; minute++) {
            clock.set(START.minus(Duration.ofDays(1)).plus(Duration.ofMinutes(minute)));
            approvals.report("a1", null, "minute " + minute);
        }

        assertThat(listener.progress).extracting(Progress::mdMessage).contains("minute 2", "minute 5");
    }

    @Test
    void endsByItselfWhatNothingIsHeardOf() throws IOException {
        Approvals approvals = open(Clock.systemUTC());
        TestBuilds.create(approvals, startingNow("silent", Duration.ofHours(1), Duration.ofMillis(50)));
        TestBuilds.create(approvals, startingNow("unsent", Duration.ofHours(1), Duration.ofMillis(50)));
        TestBuilds.create(approvals, startingNow("heard", Duration.ofHours(1), Duration.ofMinutes(30)));
        approvals.attach("silent", told::add);
        approvals.attach("heard", told::add);

        approvals.apply("silent", sentNow());
        approvals.apply("heard", sentNow());

        await().until(() -> !told.isEmpty());
        assertThat(told).extracting(Approval::id).containsExactly("silent");
        assertThat(told.get(0).requireDecision())
                .returns(Outcome.NOT_HEARD, Decision::outcome)
                .satisfies(decision -> assertThat(decision.mdMessage()).contains("when the webhook answered"));
        assertThat(approvals.find("unsent").orElseThrow().isDecided()).isFalse();
    }

    @Test
    void progressPutsOffTheEndUntilItStops() throws IOException {
        Approvals approvals = open(Clock.systemUTC());
        Duration heartbeat = Duration.ofSeconds(2);
        TestBuilds.create(approvals, startingNow("a1", Duration.ofHours(1), heartbeat));
        approvals.attach("a1", told::add);
        approvals.apply("a1", sentNow());
        Instant until = Instant.now().plus(heartbeat.multipliedBy(2));

        await().pollInterval(Duration.ofMillis(10)).until(() -> {
            approvals.report("a1", 40.0, null);
            return Instant.now().isAfter(until);
        });
        Instant last = approvals
                .progressOf("a1")
                .map(Progress::at)
                .orElseThrow(() -> new AssertionError("it was ended though it reported: " + told));

        await().until(() -> !told.isEmpty());
        assertThat(told.get(0).requireDecision())
                .returns(Outcome.NOT_HEARD, Decision::outcome)
                .returns(last.plus(heartbeat), Decision::decidedAt)
                .satisfies(
                        decision -> assertThat(decision.mdMessage()).contains("when it last reported progress (40 %)"));
    }

    @Test
    void silenceIsNoticedThoughTheClockWasSetBack() throws IOException {
        Approvals approvals = open(clock);
        Duration heartbeat = Duration.ofSeconds(2);
        TestBuilds.create(approvals, terms("a1").heartbeat(heartbeat).start());
        approvals.attach("a1", told::add);
        approvals.apply("a1", ApprovalTest.sent());
        Instant setBack = START.minus(Duration.ofDays(1));
        clock.set(setBack);
        Instant until = Instant.now().plus(heartbeat.multipliedBy(2));

        await().pollInterval(Duration.ofMillis(10)).until(() -> {
            approvals.report("a1", 40.0, null);
            return Instant.now().isAfter(until);
        });
        assertThat(told).as("it has reported all the time").isEmpty();

        await().until(() -> !told.isEmpty());
        assertThat(told.get(0).requireDecision())
                .returns(Outcome.NOT_HEARD, Decision::outcome)
                .returns(setBack, Decision::decidedAt)
                .satisfies(
                        decision -> assertThat(decision.mdMessage()).contains("when it last reported progress (40 %)"));
    }

    @Test
    void aClockThatIsSetAheadIsNoSilence() throws IOException {
        Approvals approvals = open(clock);
        TestBuilds.create(approvals, terms("a1").heartbeat(Duration.ofHours(1)).start());
        approvals.apply("a1", ApprovalTest.sent());
        clock.set(START.plus(Duration.ofHours(5)));
        TestBuilds.create(
                approvals,
                TestApproval.of("overdue", new BuildRef("job", 1))
                        .webhook("w")
                        .timeout(clock.instant(), Duration.ofMillis(1))
                        .start());
        clock.set(clock.instant().plusSeconds(1));

        // Due ids are checked in order, so "a1" has been checked.
        await().until(() -> approvals.find("overdue").orElseThrow().isDecided());

        assertThat(approvals.find("a1").orElseThrow().isDecided()).isFalse();
    }

    @Test
    void aRestartBeginsTheIntervalAnewAndChangesNoDeadline() throws IOException {
        Duration heartbeat = Duration.ofHours(1);
        Approvals before = open(clock);
        TestBuilds.create(before, terms("a1").heartbeat(heartbeat).start());
        before.apply("a1", ApprovalTest.sent());
        assertThat(before.heartbeatDue(before.find("a1").orElseThrow()))
                .contains(START.plusMillis(12).plus(heartbeat));
        before.close();

        Instant restart = START.plus(Duration.ofHours(5));
        clock.set(restart);
        Approvals after = open(clock);

        Approval approval = after.find("a1").orElseThrow();
        assertThat(approval.isDecided()).isFalse();
        assertThat(after.heartbeatDue(approval)).contains(restart.plus(heartbeat));
        assertThat(approval.deadline()).isEqualTo(DEADLINE);
        assertThat(approval.heartbeat()).isEqualTo(heartbeat);
    }

    @Test
    void theWaitForAnOpeningEndsAtItsDeadline() throws IOException {
        Approvals approvals = open();
        TestBuilds.create(
                approvals,
                TestApproval.of("window", new BuildRef("job", 1))
                        .timeout(START, Duration.ofDays(30))
                        .opensAt(START.plus(Duration.ofDays(60)))
                        .start());

        manualTimer.pass(Duration.ofDays(31));

        assertThat(approvals.find("window").orElseThrow().requireDecision().outcome())
                .isEqualTo(Outcome.TIMED_OUT);
    }
}
