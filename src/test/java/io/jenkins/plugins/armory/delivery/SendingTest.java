package io.jenkins.plugins.armory.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.armory.runtime.Route;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.storage.ApprovalStore;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.webhook.TemplateException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.http.WebhookCaller.Result;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cancel webhook goes by: whether an attempt is under way, and whether one may have been taken. */
class SendingTest {

    private static final String ID = "a1";

    @TempDir
    private Path folder;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final List<Consumer<Result>> underWay = new CopyOnWriteArrayList<>();
    private final List<Boolean> told = new CopyOnWriteArrayList<>();
    private int announced;
    private boolean agentIsAway;
    private BooleanSupplier wanted;
    private Approvals approvals;
    private Sending sending;

    @BeforeEach
    void create() throws IOException {
        approvals = new Approvals(ApprovalStore.open(folder), timer, Runnable::run, Clock.systemUTC());
        approvals.create(Approval.start(
                ID, new BuildRef("job", 1), null, "w", null, Instant.now(), Duration.ofHours(1)));
        sending = new Sending(approvals, ID, 1, new FakeRoute(), new FakeOwner(), timer, Runnable::run);
    }

    @AfterEach
    void stopTimer() {
        timer.shutdownNow();
    }

    private final class FakeRoute implements Route {
        @Override
        public void call(WebhookRequest request, String key, BooleanSupplier isWanted, Consumer<Result> done) {
            wanted = isWanted;
            if (!agentIsAway) {
                underWay.add(done);
            }
        }

        @Override
        public String description() {
            return "";
        }
    }

    private final class FakeOwner implements Sending.Owner {
        @Override
        public WebhookRequest request() {
            return SendingTest.request();
        }

        @Override
        public void calling(WebhookRequest request) {
            announced++;
        }

        @Override
        public void log(String line) {
            // of no interest
        }

        @Override
        public void sent(Attempt attempt) {
            // of no interest
        }

        @Override
        public void failed(Exception x) {
            throw new AssertionError(x);
        }
    }

    private static WebhookRequest request() {
        try {
            return WebhookRequest.of(
                    Webhook.named("w").uriTemplate("http://ci.example.com/").build(),
                    new Variables().with(Variables.CALLBACK_URI, "http://jenkins.example.com/"),
                    new WebhookRequest.Defaults(ID, "strategy", null));
        } catch (TemplateException x) {
            throw new AssertionError(x);
        }
    }

    private void stop() throws IOException {
        approvals.apply(ID, new Event.Aborted("stopped"));
        sending.stop();
        sending.whenQuiet(told::add);
    }

    @Test
    void nothingWasTakenBeforeAnythingWasSentAndNothingIsSentAfterwards() throws IOException {
        stop();
        assertThat(told).containsExactly(false);

        sending.start(request());

        assertThat(underWay).isEmpty();
    }

    /** When the approval ended there was no cancel webhook yet, nor anybody to be stopped: who is called now is never cancelled. */
    @Test
    void nothingIsSentForAnApprovalThatEndedBefore() throws IOException {
        approvals.apply(ID, new Event.Aborted("stopped"));

        sending.start(request());

        assertThat(underWay).isEmpty();
        assertThat(announced).isZero();
    }

    @Test
    void anAttemptThatIsUnderWayIsWaitedFor() throws IOException {
        sending.start(request());
        assertThat(announced).isOne();
        stop();
        assertThat(told).isEmpty();

        underWay.get(0).accept(Result.lost("the answer was lost"));

        assertThat(told).containsExactly(true);
    }

    @Test
    void anAttemptThatWasRefusedLeavesNothingToCancel() throws IOException {
        sending.start(request());
        underWay.get(0).accept(Result.notMade("refused", true));

        stop();

        assertThat(told).containsExactly(false);
    }

    @Test
    void anAttemptThatStillWaitsForItsAgentIsNotMadeAnyMore() throws IOException {
        agentIsAway = true;
        sending.start(request());
        stop();
        assertThat(told).isEmpty();

        assertThat(wanted.getAsBoolean()).isFalse();

        assertThat(told).containsExactly(false);
    }

    @Test
    void anAttemptThatARestartCutOffMayHaveBeenTaken() throws IOException {
        sending.resume(approvals.find(ID).orElseThrow());

        stop();

        await().until(() -> {
            underWay.forEach(done -> done.accept(Result.notMade("refused", true))); // if the next had begun already
            return !told.isEmpty();
        });
        assertThat(told).containsExactly(true);
    }

    @Test
    void theNextAttemptComesInTimeThoughTheClockWasAheadAndIsSetBack() throws IOException {
        Instant ahead = Instant.now().plus(Duration.ofDays(1));
        approvals.apply(
                ID,
                new Event.Failed(new Attempt(
                        1, ahead, "http://ci.example.com", 503, Duration.ZERO, "answered 503", "", ahead.plusMillis(50))));

        sending.resume(approvals.find(ID).orElseThrow());

        await().until(() -> underWay.size() == 1);
    }
}
