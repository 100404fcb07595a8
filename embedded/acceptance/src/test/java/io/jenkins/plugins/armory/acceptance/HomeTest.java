package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.EmbeddedController;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A JENKINS_HOME after a time without Jenkins, with what a later version or a bad disk left there, with two
 * controllers, and as a copy.
 */
class HomeTest extends OwnController {

    private final ExternalProcess canceller = new ExternalProcess();

    @Override
    Controller create() {
        return Controller.createLean(Settings.CASC);
    }

    @AfterEach
    void closeCanceller() {
        canceller.close();
    }

    private static Path file(String name) {
        return controller.home().resolve(name);
    }

    private static Answer data() {
        HttpRequest.Builder request = Http.request(controller.url() + "armory/api/json");
        controller.authorization().ifPresent(value -> request.header("Authorization", value));
        return Http.send(request);
    }

    @Test
    void deadlinesPassAndHeartbeatsBeginAnewWhileTheControllerIsDown() {
        Build overdue =
                jenkins.build(process.approval("timeout: 5", "unit: 'SECONDS'")).awaitWaiting(1);
        Build silent = jenkins.build(canceller.approval("heartbeat: 8", "heartbeatUnit: 'SECONDS'"))
                .awaitWaiting(1);
        Instant deadline = Instant.parse(overdue.approval().get("deadline").asText());
        Instant due = Instant.parse(silent.approval().at("/heartbeat/due").asText());
        controller.kill();
        Wait.until("both are past").until(() -> Instant.now().isAfter(deadline.isAfter(due) ? deadline : due));
        controller.start();

        assertThat(overdue.awaitResult("FAILURE"))
                .contains("timed out after 5 seconds: No callback arrived before the deadline.");
        process.awaitCallback().succeed("too late").expect(410);
        assertThat(overdue.hasNothingPending()).isTrue();
        Matcher line = Pattern.compile("for 8 seconds: since (\\S+), when Jenkins started.")
                .matcher(silent.awaitResult("FAILURE"));
        assertThat(line.find()).isTrue();
        assertThat(Instant.parse(line.group(1)))
                .isAfterOrEqualTo(due.truncatedTo(ChronoUnit.SECONDS)); // as it is written
        canceller.awaitCallback().succeed("too late").expect(410);
    }

    @Test
    void callbackWhileBuildsAreStillLoadingIsAppliedOnceTheyAre() {
        List<Build> builds = new ArrayList<>();
        List<Callback> callbacks = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            builds.add(jenkins.build(process.approval()).awaitWaiting(1));
            callbacks.add(process.awaitCallback());
        }
        controller.kill();
        controller.startLoadingSlowly();

        for (Callback callback : callbacks) {
            callback.succeedOnceUp("not loaded yet").expect(200);
        }
        controller.start();
        for (Build build : builds) {
            assertThat(build.awaitResult("SUCCESS")).contains("succeeded (callback token): not loaded yet");
        }
    }

    private static void assertUnavailable(Answer answer, String message) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).hasValue("10");
        assertThat(answer.json().get("message").asText()).contains(message);
    }

    @Test
    void secondControllerOnTheHomeDecidesNothingUntilTheFirstIsGone() {
        assumeTrue(controller instanceof EmbeddedController, "a second one on the same home is not provided for");
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Build other = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        Callback later = process.awaitCallback();
        if (callback.id().equals(other.approval().get("id").asText())) {
            Callback swap = callback;
            callback = later;
            later = swap;
        }
        try (EmbeddedController second = ((EmbeddedController) controller).second()) {
            second.start();
            assertUnavailable(callback.at(second).fail("no"), "Another Jenkins has the approvals of this JENKINS_HOME");
            assertUnavailable(
                    Http.send(Http.request(second.url() + "armory/api/json")),
                    "this one takes over when that has ended");
            callback.succeed("yes").expect(200);
            build.awaitResult("SUCCESS");
            controller.kill();

            Callback atSecond = later.at(second);
            Wait.until("the second takes over")
                    .until(() -> atSecond.succeed("took over").status() == 200);

            callback.at(second).fail("no").expect(409);
            Build there = new Build(new Job(new Jenkins(second), other.job().name()), other.number());
            assertThat(there.awaitResult("SUCCESS")).contains("succeeded (callback token): took over");
            assertThat(second.output()).containsOnlyOnce("Two controllers must not share a JENKINS_HOME");
            assertThat(process.calls()).hasSize(2);
        }
    }

    @Test
    void copyAtAnotherAddressCallsNothingForTheOriginal() {
        assumeTrue(controller instanceof EmbeddedController, "the copy of a home is not provided for");
        Build ends = jenkins.build(process.approval(CancelWebhookTest.cancel(canceller)))
                .awaitWaiting(1);
        String waits = process.awaitCallback().id();
        Runnable answer = process.holdAnswers();
        Build sending = jenkins.build(process.approval());
        Call held = process.awaitCall();
        controller.kill();
        answer.run();
        try (EmbeddedController copy = ((EmbeddedController) controller).copy()) {
            copy.start();
            Jenkins there = new Jenkins(copy);
            Build copied = new Build(new Job(there, sending.job().name()), sending.number());
            copied.awaitLog(" of approval " + held.callback().id() + " of ");
            new Build(new Job(there, ends.job().name()), ends.number()).abort();
            String held503 = " of approval " + waits + " of ";
            Wait.until("the cancel webhook is held back")
                    .until(() -> copy.output().contains(held503));

            assertThat(copy.output())
                    .contains("it was made at " + controller.url() + "armory/, and this Jenkins is at " + copy.url()
                            + "armory/");
            assertThat(process.calls()).hasSize(2);
            assertThat(canceller.calls()).isEmpty();
            held.callback().at(copy).succeed("by its callback").expect(200);
            copied.awaitResult("SUCCESS");
        }
        controller.start();
        assertThat(process.awaitCall().header("Idempotency-Key")).isEqualTo(held.header("Idempotency-Key"));
        ends.abort();
        assertThat(canceller.awaitCall().json().get("outcome").asText()).isEqualTo("ABORTED");
        sending.abort();
    }
}
