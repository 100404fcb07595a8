package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What many approvals cost a controller that asks for their statuses: processor time and threads, beside the same number that
 * only wait for a callback. Not a test: nothing but a person judges the figures, which it prints. Run it by its name, see
 * docs/performance.md.
 */
class StatusBenchmark {

    private static final int APPROVALS = Integer.getInteger("acceptance.asked", 1000);
    private static final int EVERY = Integer.getInteger("acceptance.statusSeconds", 30);
    private static final int A_BUILD = 50;
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("acceptance.measuredSeconds", 120));

    @Test
    void whatTheQuestionsCost() throws Exception {
        cost("");
        try (ExternalProcess service = new ExternalProcess()) {
            service.onCall(call -> new Reply(200, Map.of(), "{\"state\": \"running\"}"));
            cost("status: [uriTemplate: '" + service.url() + "/{{armory.approvalId}}', every: " + EVERY
                    + ", pointer: '/state', success: ['passed']]");
            System.out.printf("%,d questions in all%n", service.calls().size());
        }
    }

    private static void cost(String status) throws IOException, InterruptedException {
        try (Controller controller = Controller.createForMeasuring(Settings.CASC);
                ExternalProcess process = new ExternalProcess()) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);
            String step = status.isEmpty() ? process.approval() : process.approval(status);
            List<Build> builds = new ArrayList<>();
            for (int i = 0; i < APPROVALS / A_BUILD; i++) {
                builds.add(jenkins.createJob("""
                        def branches = [:]
                        for (int i = 0; i < %d; i++) {
                            branches["b${i}"] = { %s }
                        }
                        parallel branches
                        """.formatted(A_BUILD, step)).build());
            }
            builds.forEach(build -> build.awaitWaiting(A_BUILD));
            Path proc = Path.of("/proc/" + controller.pid());
            Thread.sleep(Duration.ofSeconds(EVERY * 2L).toMillis()); // until the questions are spread
            double before = controller.processorSeconds();
            int mostThreads = 0;
            for (int i = 0; i < MEASURED.toSeconds(); i++) {
                Thread.sleep(1000);
                mostThreads = Math.max(mostThreads, threads(proc));
            }
            double share = (controller.processorSeconds() - before) / MEASURED.toSeconds();
            System.out.printf(
                    "%,d approvals, %s: %.2f %% of a core, at most %d threads%n",
                    APPROVALS,
                    status.isEmpty() ? "no status" : "status every " + EVERY + " s",
                    100 * share,
                    mostThreads);
        }
    }

    private static int threads(Path proc) throws IOException {
        return Files.readAllLines(proc.resolve("status")).stream()
                .filter(line -> line.startsWith("Threads:"))
                .map(line ->
                        Integer.parseInt(line.substring("Threads:".length()).strip()))
                .findFirst()
                .orElseThrow();
    }
}
