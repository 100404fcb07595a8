package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/**
 * The controller is killed while webhooks are being called, in every state that a call can be in. Whatever the moment: all
 * calls of one approval carry one key, the callback is taken, the build ends as it must, and nothing is sent after that.
 *
 * <p>Each round kills one process under as many builds as there are states. {@code -Dacceptance.killRounds=...} says how many
 * rounds there are.
 */
class SendingKillTest {

    /** What an approval is in when the process is killed. */
    private enum Moment {
        /** Somewhere between the start of the step and the answer to the first call. */
        STARTING,
        /** The external process has the call, and has not answered. */
        UNANSWERED,
        /** The first attempt failed; the next is due later. */
        BETWEEN_ATTEMPTS,
        /** The first attempt failed, and the second has no answer yet. */
        SECOND_UNANSWERED,
        /** The call was answered. */
        ANSWERED
    }

    /** One build, and the external process of its own that it calls. */
    private static final class Life implements AutoCloseable {

        private final Moment moment;
        private final ExternalProcess process = new ExternalProcess();
        private final CountDownLatch killed = new CountDownLatch(1);
        private Build build;
        private int callsBefore;

        Life(Moment moment) {
            this.moment = moment;
            process.onCall(this::reply);
        }

        private Reply reply(Call call) {
            int number = process.calls().size();
            if (killed.getCount() == 0) {
                return Reply.of(202);
            }
            switch (moment) {
                case UNANSWERED -> awaitKill();
                case BETWEEN_ATTEMPTS -> {
                    return new Reply(503, Map.of("Retry-After", "2"), "");
                }
                case SECOND_UNANSWERED -> {
                    if (number == 1) {
                        return Reply.of(503);
                    }
                    awaitKill();
                }
                default -> {}
            }
            return Reply.of(202);
        }

        private void awaitKill() {
            try {
                killed.await();
            } catch (InterruptedException x) {
                Thread.currentThread().interrupt();
            }
        }

        /** The controller is dead, so no further call comes. */
        void killed() {
            callsBefore = process.calls().size();
            killed.countDown();
        }

        void start(Jenkins jenkins) {
            build = jenkins.build(process.approval("retryCount: 10") + "\necho 'went on'");
        }

        /** Waits until it is where it should be. */
        void await() {
            switch (moment) {
                // Not before: a real Jenkins knows a build for a moment before it has anything to resume it from.
                case STARTING -> build.awaitLog("[Pipeline] armoryWebhookApproval");
                case UNANSWERED -> process.awaitCall();
                case BETWEEN_ATTEMPTS -> awaitAttempts(1);
                case SECOND_UNANSWERED -> {
                    process.awaitCall();
                    process.awaitCall();
                }
                case ANSWERED -> build.awaitWaiting(1);
            }
        }

        private void awaitAttempts(int attempts) {
            Wait.until(attempts + " attempts of " + build)
                    .until(
                            () -> build.approvals(),
                            all -> !all.isEmpty() && all.get(0).get("attempts").size() >= attempts);
        }

        void callBackAndCheck(Random random) {
            if (moment == Moment.STARTING && hasLeftNothing()) {
                return;
            }
            build.awaitWaiting(1);
            Call last = process.calls().get(process.calls().size() - 1);
            boolean success = random.nextBoolean();
            Answer answer =
                    success ? last.callback().succeed("yes") : last.callback().fail("no");
            answer.expect(200);
            String log = build.awaitResult(success ? "SUCCESS" : "FAILURE");

            String as = moment + ", " + build;
            assertThat(process.calls())
                    .as(as)
                    .extracting(call -> call.header("Idempotency-Key"))
                    .containsOnly(last.callback().id());
            assertThat(process.calls()).as(as).extracting(Call::body).containsOnly(last.body());
            assertThat(process.calls()).as(as).hasSizeBetween(leastCalls(), leastCalls() + 1);
            assertThat(log.split("went on", -1)).as(as).hasSize(success ? 2 : 1);
            assertThat(build.hasNothingPending()).as(as).isTrue();
            List<Integer> numbers = new ArrayList<>();
            for (JsonNode attempt : build.approval().get("attempts")) {
                numbers.add(attempt.get("number").asInt());
            }
            assertThat(numbers).as(as).isSorted().doesNotHaveDuplicates();
        }

        /** Jenkins gives a build up whose program it has never saved; then nothing of ours may have begun. */
        private boolean hasLeftNothing() {
            Wait.until(build + " waits or is over")
                    .until(() -> !build.isBuilding() || !build.approvals().isEmpty());
            if (build.isBuilding()) {
                return false;
            }
            assertThat(build.approvals()).isEmpty();
            assertThat(process.calls()).isEmpty();
            return true;
        }

        /** How many calls there must be; a call that the kill cut off is made once more. */
        private int leastCalls() {
            return switch (moment) {
                case STARTING, ANSWERED -> 1;
                case UNANSWERED -> 2;
                case BETWEEN_ATTEMPTS ->
                    callsBefore + 1; // on a slow machine, more than one attempt comes before the kill
                case SECOND_UNANSWERED -> 3;
            };
        }

        @Override
        public void close() {
            process.close();
        }
    }

    @Test
    void oneKeyAndTheRightEndWheneverTheControllerIsKilled() {
        int rounds = Integer.parseInt(System.getProperty("acceptance.killRounds"));
        Random random = new Random(Seed.of("Killing the controller " + rounds + " times"));
        Controller controller = Controller.create(Settings.CASC);
        try {
            controller.start();
            for (int i = 0; i < rounds; i++) {
                round(controller, random);
            }
        } finally {
            controller.close();
        }
    }

    private static void round(Controller controller, Random random) {
        List<Life> lives = new ArrayList<>();
        try {
            Jenkins jenkins = new Jenkins(controller);
            for (Moment moment : List.of(
                    Moment.ANSWERED,
                    Moment.SECOND_UNANSWERED,
                    Moment.BETWEEN_ATTEMPTS,
                    Moment.UNANSWERED,
                    Moment.STARTING)) {
                Life life = new Life(moment);
                lives.add(life);
                life.start(jenkins);
                life.await();
            }
            spin(random.nextInt(60)); // so that the last one is killed somewhere else each time
            controller.kill();
            lives.forEach(Life::killed);
            controller.start();
            lives.forEach(life -> life.callBackAndCheck(random));
        } finally {
            lives.forEach(Life::close);
        }
    }

    /** Lets a few milliseconds pass: how many is part of what is tried, and nothing is waited for. */
    private static void spin(int millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
