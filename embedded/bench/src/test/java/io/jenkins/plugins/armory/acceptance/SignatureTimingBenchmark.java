package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Signing;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/**
 * How long the answer to a signature takes that is not valid, whatever is wrong with it, and whether or not the approval is there. The
 * kinds of requests take turns, so that whatever else the machine does meets all of them. Not part of the suite: run by its name, see
 * docs/performance.md.
 */
class SignatureTimingBenchmark {

    private static final String SECRET = "whsec_b2xkIGtleSBvZiB0aGUgc2lnbmluZyBjYWxsZXI=";
    private static final String OTHER = "whsec_bmV3IGtleSBvZiB0aGUgc2lnbmluZyBjYWxsZXI=";
    private static final int WARM_UP = 500;
    private static final int ROUNDS = Integer.getInteger("acceptance.rounds", 3000);

    @Test
    void refusals() {
        try (Controller controller =
                        Controller.createForMeasuring(Settings.CASC.replace(Settings.DEFAULT_SECRET, SECRET));
                ExternalProcess process = new ExternalProcess()) {
            controller.start();
            Build build = new Jenkins(controller).build(process.approval()).awaitWaiting(1);
            Callback callback = process.awaitCallback();
            String body = Callback.body(true, "x".repeat(2000));
            Callback invented =
                    new Callback(callback.uri().replace(callback.id(), "0123456789abcdef".repeat(3)), callback.token());
            Map<String, Supplier<HttpRequest.Builder>> kinds = new LinkedHashMap<>();
            kinds.put("wrong secret", () -> Signing.with(OTHER).sign(callback.post("", body), body));
            kinds.put("the same again", () -> Signing.with(OTHER).sign(callback.post("", body), body));
            kinds.put("unknown id", () -> Signing.with(OTHER).sign(invented.post("", body), body));
            kinds.put(
                    "body cut short",
                    () -> Signing.with(SECRET).sign(callback.post("", body.substring(0, body.length() - 1)), body));
            kinds.put(
                    "too old",
                    () -> Signing.with(SECRET)
                            .at(Instant.now().minusSeconds(400))
                            .sign(callback.post("", body), body));
            Map<String, double[]> micros = new LinkedHashMap<>();
            kinds.forEach((name, request) -> micros.put(name, new double[ROUNDS]));
            for (int i = -WARM_UP; i < ROUNDS; i++) {
                for (Map.Entry<String, Supplier<HttpRequest.Builder>> kind : kinds.entrySet()) {
                    HttpRequest.Builder request = kind.getValue().get();
                    long start = System.nanoTime();
                    Answer answer = Http.send(request);
                    if (i >= 0) {
                        micros.get(kind.getKey())[i] = (System.nanoTime() - start) / 1000.0;
                    }
                    assertThat(answer.status()).isIn(401, 429);
                }
            }
            micros.forEach((name, times) -> {
                Arrays.sort(times);
                System.out.printf(
                        "%-28s median %6.0f us, quartiles %6.0f to %6.0f us%n",
                        name, times[ROUNDS / 2], times[ROUNDS / 4], times[ROUNDS * 3 / 4]);
            });
            build.abort();
        }
    }
}
