package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Whoever has no token can neither fill memory or disk, nor keep those out who have one. */
class AbuseTest {

    private static final int REQUESTS = 5_000;
    private static final int WARM_UP = 2_000;
    /** In bytes: less than a hundred a request. */
    private static final long LITTLE = 450 * 1024;

    @Test
    void failedRequestsCostNothingThatStaysAndKeepNobodyOut() {
        try (Controller controller = Controller.create(Settings.CASC);
                ExternalProcess process = new ExternalProcess()) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);
            Build build = jenkins.build(process.approval()).awaitWaiting(1);
            Callback callback = process.awaitCallback();
            Build beside = jenkins.build(process.approval()).awaitWaiting(1);
            Callback good = process.awaitCallback();
            String token = TokenEndpointContractTest.token(jenkins, Settings.CLIENT_ID);
            String approvals = controller.url() + "armory/approvals/";
            send(WARM_UP, approvals + "invented-", true, "wrong");
            send(WARM_UP, callback.uri(), false, "wrong");
            long heap = controller.liveBytes();
            long disk = controller.diskBytes();

            Map<Integer, Integer> anonymous = send(REQUESTS, approvals + "invented-", true, "");
            Map<Integer, Integer> wrong = send(REQUESTS / 2, callback.uri(), false, "wrong");
            assertThat(good.with(token).rehearse()).as("a good one beside them").returns(200, Answer::status);
            good.with(Settings.DEFAULT_SECRET).succeed("beside them").expect(200);
            wrong.putAll(send(REQUESTS / 2, callback.uri(), false, "wrong"));

            assertThat(anonymous.keySet()).isSubsetOf(401, 429).contains(429);
            assertThat(wrong.keySet()).isSubsetOf(401, 429).contains(429);
            Wait.until("the heap is as large as before")
                    .untilAsserted(
                            () -> assertThat(controller.liveBytes() - heap).isLessThan(LITTLE));
            assertThat(controller.diskBytes() - disk).isLessThan(LITTLE);
            beside.awaitResult("SUCCESS");
            assertThat(jenkins.rejectedCallbacks(callback.id())).hasSize(20);
            assertThat(callback.with(Settings.DEFAULT_SECRET).rehearse())
                    .as("the right one after the guesses")
                    .returns(200, Answer::status);
            assertThat(TokenEndpointContractTest.token(jenkins, Settings.CLIENT_ID))
                    .isNotEmpty();
            callback.with(token).succeed("after them").expect(200);
            build.awaitResult("SUCCESS");
        }
    }

    /** Sends callbacks, each with another token, and counts the statuses. */
    private static Map<Integer, Integer> send(int requests, String uri, boolean numbered, String token) {
        Map<Integer, Integer> statuses = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            HttpRequest.Builder request = Http.request(numbered ? uri + i : uri)
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(Callback.body(true, "x".repeat(100))));
            if (!token.isEmpty()) {
                request.header("Authorization", "Bearer " + token + i);
            }
            statuses.merge(Http.send(request).status(), 1, Integer::sum);
        }
        return statuses;
    }
}
