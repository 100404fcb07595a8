package io.jenkins.plugins.armory.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.approval.TestEvents;
import io.jenkins.plugins.armory.call.FakeRequests.Call;
import io.jenkins.plugins.armory.store.ApprovalObserver;
import io.jenkins.plugins.armory.store.TestBuilds;
import io.jenkins.plugins.armory.webhook.RetryRules;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class NotifyCallsTest extends CallLoopFixture {

    private static final CallResult OK = CallResult.accepted(200, "ok", Map.of());
    private static final CallResult BUSY = CallResult.refused(503, "answered 503", true, null, "");
    private static final String ID = "a1";

    NotifyCallsTest() {
        super(false, 0);
    }

    private static Webhook webhook(String name) {
        return Webhook.named(name)
                .uriTemplate("https://chat.example.com/")
                .retry(RetryRules.ofCount(1))
                .build()
                .asCancel();
    }

    /** Creates an approval by a person alone. */
    private void start(String... told) throws IOException {
        TestBuilds.create(approvals, notifying(told));
        approvals.attach(ID, new NotingObserver(log));
        loop.deliver(ID);
    }

    private static Approval notifying(String... told) {
        return TestApproval.of(ID, new BuildRef("job", 1))
                .timeout(START, Duration.ofHours(2))
                .manual(TestApproval.requirement("Go?", List.of(), 1))
                .byPersonAlone()
                .calls(OutgoingCalls.NONE.notifying(Notifications.by(
                        Stream.of(told).map(NotifyCallsTest::webhook).toList())))
                .start();
    }

    private void approve() throws IOException {
        approvals.apply(ID, TestEvents.approval("alice", ""));
    }

    private void answer(CallResult result) {
        calls.remove(0).answer(result);
    }

    private Approval approval() throws IOException {
        return approvals.find(ID).orElseThrow();
    }

    @Test
    void tellsThatAPersonIsWaitedForThatTimeIsNearlyOverAndWhatWasDecided() throws IOException {
        start("slack");
        assertThat(calls).extracting(Call::key).containsExactly("a1-notify-0-waiting");
        answer(OK);
        timer.pass(Duration.ofMinutes(107));
        assertThat(calls).isEmpty();

        timer.pass(Duration.ofMinutes(2)); // a tenth of two hours is twelve minutes
        assertThat(calls).extracting(Call::key).containsExactly("a1-notify-0-expiring");
        answer(OK);
        approve();
        assertThat(approval().isDecided()).isTrue();
        assertThat(approval().isClosed()).as("somebody is to be told").isFalse();
        assertThat(calls).extracting(Call::key).containsExactly("a1-notify-0-decided");
        answer(OK);

        assertThat(approval().isClosed()).isTrue();
        timer.pass(Duration.ofHours(3));
        assertThat(calls).isEmpty();
        assertThat(log).isEmpty();
        assertThat(loop.failedNotices()).isZero();
    }

    /** What becomes of the notice belongs in the build's log. */
    @Test
    void nobodyIsToldBeforeTheStepIsAttached() throws IOException {
        TestBuilds.create(approvals, notifying("slack"));
        assertThat(calls).isEmpty();
        requests.undeliverable = "there is no secret";
        approvals.attach(ID, new NotingObserver(log));

        loop.deliver(ID);

        assertThat(log).singleElement(InstanceOfAssertFactories.STRING).endsWith("there is no secret");
    }

    @Test
    void eachWebhookGetsItsNoticesOneAfterAnotherAndNoneWaitsForAnother() throws IOException {
        start("slow", "fast");
        assertThat(calls).extracting(Call::webhook).containsExactly("slow", "fast");
        calls.remove(1).answer(OK);
        timer.pass(Duration.ofMinutes(109));
        assertThat(calls).extracting(Call::key).containsExactly("a1-notify-0-waiting", "a1-notify-1-expiring");

        answer(OK);

        assertThat(calls).extracting(Call::key).containsExactly("a1-notify-1-expiring", "a1-notify-0-expiring");
    }

    @Test
    void whatTheDecisionOvertakesIsNotSentAnyMore() throws IOException {
        start("slack");
        timer.pass(Duration.ofMinutes(109));
        Call waiting = calls.remove(0);
        approve();
        assertThat(calls).as("one at a time").isEmpty();

        waiting.answer(BUSY);
        timer.pass(Duration.ofMinutes(5));

        assertThat(calls).as("the first is not repeated").extracting(Call::key).containsExactly("a1-notify-0-decided");
    }

    @Test
    void aFailureIsRepeatedLoggedOnceAndChangesNothing() throws IOException {
        start("slack");
        answer(BUSY);
        timer.pass(Duration.ofSeconds(2));
        answer(BUSY);
        timer.pass(Duration.ofMinutes(10));

        assertThat(calls).isEmpty();
        assertThat(log)
                .containsExactly("WARNING: Go?: Webhook 'slack' could not be told that the approval waits for a person:"
                        + " answered 503 (after 2 attempts)");
        assertThat(loop.failedNotices()).isOne();
        assertThat(approval().isDecided()).isFalse();

        requests.undeliverable = "there is no secret";
        approve();
        assertThat(approval().requireDecision().isSuccess()).isTrue();
        assertThat(approval().isClosed()).isTrue();
        assertThat(loop.failedNotices()).isEqualTo(2);
        assertThat(approval().failedNotices())
                .extracting(failure -> failure.occasion() + " " + failure.webhook() + ": " + failure.reason())
                .containsExactly("WAITING slack: answered 503 (after 2 attempts)", "DECIDED slack: there is no secret");
    }

    @Test
    void aNoticeThatARestartCutOffIsSentAgainWithItsKey() throws IOException {
        start("slack");
        restart();
        assertThat(calls).extracting(Call::key).containsExactly("a1-notify-0-waiting");
        answer(OK);
        approve();
        restart();
        assertThat(calls).extracting(Call::key).containsExactly("a1-notify-0-decided");
        answer(OK);
        restart();

        assertThat(calls).isEmpty();
        assertThat(approval().isClosed()).isTrue();
    }

    @Test
    void aReminderThatCameDueWhileJenkinsWasDownIsSentAtOnceAndOnlyOnce() throws IOException {
        start("slack");
        answer(OK);
        loop.close();
        approvals.close();
        clock.set(START.plus(Duration.ofMinutes(110)));
        open();
        timer.pass(Duration.ofMillis(1));
        assertThat(calls).extracting(Call::key).containsExactly("a1-notify-0-expiring");
        answer(OK);

        restart();
        timer.pass(Duration.ofMinutes(5));

        assertThat(calls).isEmpty();
    }

    /** While the disk is full, an approval is pending after its deadline. */
    @Test
    void nothingIsDoneOverAndOverForAnApprovalThatCannotTimeOut() throws IOException {
        start("slack");
        answer(OK);
        TestBuilds.breakLogs(folder);
        var changes = new AtomicInteger();
        approvals.follow(new ApprovalObserver() {
            @Override
            public void decided(Approval approval) {}

            @Override
            public void changed(String id) {
                assertThat(changes.incrementAndGet()).isLessThan(100);
            }
        });

        timer.pass(Duration.ofMinutes(125));

        assertThat(approval().isDecided()).isFalse();
        TestBuilds.mendLogs(folder);
        timer.pass(Duration.ofMinutes(2));
        assertThat(approval().requireDecision().outcome()).isEqualTo(Decision.Outcome.TIMED_OUT);
        assertThat(calls).extracting(Call::key).containsExactly("a1-notify-0-decided");
    }
}
