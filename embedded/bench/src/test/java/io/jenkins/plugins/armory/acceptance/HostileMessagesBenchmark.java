package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * How long the data of the page takes with a hundred decided approvals, each with a message that is as long as it may be and as slow
 * to render. Not part of the suite: run by its name, see docs/performance.md.
 */
class HostileMessagesBenchmark {

    private static final int APPROVALS = 100;
    private static final int LENGTH = 65_000;
    private static final int REQUESTS = 100;
    private static final List<String> PIECES =
            List.of("[[]()", "![[]()", "[[](x)", "*[a](b)_", "[a](b)*", "[x [](y)", "[a](<b", "[]", "*a_b", "**a*");

    @Test
    void theDataOfThePage() {
        try (Controller controller = Controller.createForMeasuring(Settings.CASC);
                ExternalProcess process = new ExternalProcess()) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);
            Build build = jenkins.build("parallel "
                            + IntStream.range(0, APPROVALS)
                                    .mapToObj(i -> "b%d: { %s }".formatted(i, process.approval()))
                                    .collect(Collectors.joining(", ")))
                    .awaitWaiting(APPROVALS);
            for (int i = 0; i < APPROVALS; i++) {
                process.awaitCallback().succeed(message(i)).expect(200);
            }
            build.awaitResult("SUCCESS");

            show("first", millis(jenkins));
            IntStream.range(0, REQUESTS).forEach(i -> millis(jenkins)); // warms up
            double[] sorted = IntStream.range(0, REQUESTS)
                    .mapToDouble(i -> millis(jenkins))
                    .sorted()
                    .toArray();
            show("median", sorted[REQUESTS / 2]);
            show("slowest but five", sorted[REQUESTS - 6]);
        }
    }

    private static String message(int number) {
        String piece = PIECES.get(number % PIECES.size());
        return number + piece.repeat(LENGTH / piece.length());
    }

    private static double millis(Jenkins jenkins) {
        HttpRequest.Builder request = Http.request(jenkins.controller().url() + "armory/api/json");
        jenkins.controller().authorization().ifPresent(value -> request.header("Authorization", value));
        long start = System.nanoTime();
        Answer answer = Http.send(request);
        double millis = (System.nanoTime() - start) / 1e6;
        answer.expect(200);
        assertThat(answer.body()).hasSizeGreaterThan(APPROVALS * 8192);
        return millis;
    }

    private static void show(String which, double millis) {
        System.out.printf("Data of the page with %d hostile messages, %s request: %.0f ms%n", APPROVALS, which, millis);
    }
}
