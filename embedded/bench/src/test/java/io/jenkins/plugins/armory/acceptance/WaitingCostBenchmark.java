package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
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
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * What many pending approvals cost a controller: those that only wait for a callback, those whose external process reports progress
 * before each heartbeat, and those whose status is asked for. Not a test: nothing but a person judges the figures, which it prints. Run
 * it by its name, see docs/performance.md.
 */
class WaitingCostBenchmark {

    private static final int APPROVALS = Integer.getInteger("acceptance.waiting", 1000);
    /** Seconds between two reports, or questions, of one approval. */
    private static final int EVERY = Integer.getInteger("acceptance.everySeconds", 30);

    private static final int A_BUILD = 50;
    private static final Duration MEASURED = Duration.ofSeconds(Integer.getInteger("acceptance.measuredSeconds", 120));

    private static final AtomicInteger REPORTS = new AtomicInteger();

    @Test
    void whatWaitingCosts() throws Exception {
        try (ExternalProcess service = new ExternalProcess()) {
            service.onCall(call -> new Reply(200, Map.of(), "{\"state\": \"running\"}"));
            System.out.println(
                    "| approvals | | processor, of one core | threads at most | written, KB a second | heap, MB |");
            System.out.println("| --- | --- | --- | --- | --- | --- |");
            cost("a callback", "disableCallback: false", false);
            cost(
                    "a callback, with progress every " + EVERY + " s",
                    "heartbeat: " + EVERY * 10 + ", heartbeatUnit: 'SECONDS'",
                    true);
            cost(
                    "a status, asked for every " + EVERY + " s",
                    "status: [uriTemplate: '" + service.url() + "/{{armory.approvalId}}', every: " + EVERY
                            + ", pointer: '/state', success: ['passed']]",
                    false);
            System.out.printf(
                    "%,d reports, %,d questions%n",
                    REPORTS.get(), service.calls().size());
        }
    }

    private static void cost(String awaited, String parameter, boolean reports)
            throws IOException, InterruptedException {
        ScheduledExecutorService timer = Executors.newScheduledThreadPool(4);
        try (Controller controller = Controller.createForMeasuring(Settings.CASC);
                ExternalProcess process = new ExternalProcess()) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);
            List<Build> builds = new ArrayList<>();
            for (int i = 0; i < APPROVALS / A_BUILD; i++) {
                builds.add(jenkins.build("""
                        def branches = [:]
                        for (int i = 0; i < %d; i++) {
                            branches["b${i}"] = { %s }
                        }
                        parallel branches
                        """.formatted(A_BUILD, process.approval(parameter))));
            }
            builds.forEach(build -> build.awaitWaiting(A_BUILD));
            if (reports) {
                report(process, timer);
            }
            Path proc = Path.of("/proc/" + controller.pid());
            Thread.sleep(Duration.ofSeconds(EVERY * 2L).toMillis()); // until the questions are spread
            double processor = controller.processorSeconds();
            long written = number(proc.resolve("io"), "write_bytes:");
            long mostThreads = 0;
            for (int i = 0; i < MEASURED.toSeconds(); i++) {
                Thread.sleep(1000);
                mostThreads = Math.max(mostThreads, number(proc.resolve("status"), "Threads:"));
            }
            double seconds = MEASURED.toSeconds();
            System.out.printf(
                    "| %,d | %s | %.2f %% | %d | %.1f | %.0f |%n",
                    APPROVALS,
                    awaited,
                    100 * (controller.processorSeconds() - processor) / seconds,
                    mostThreads,
                    (number(proc.resolve("io"), "write_bytes:") - written) / 1024.0 / seconds,
                    controller.liveBytes() / 1e6);
        } finally {
            timer.shutdownNow();
        }
    }

    /** Has the external process of each approval report progress, at times that are spread evenly. */
    private static void report(ExternalProcess process, ScheduledExecutorService timer) {
        List<Callback> callbacks =
                process.calls().stream().map(ExternalProcess.Call::callback).toList();
        long period = TimeUnit.SECONDS.toMicros(EVERY);
        for (int i = 0; i < callbacks.size(); i++) {
            Callback callback = callbacks.get(i);
            timer.scheduleAtFixedRate(
                    () -> {
                        callback.send("/progress", "{\"percent\": 42}").expect(200);
                        REPORTS.incrementAndGet();
                    },
                    period * i / callbacks.size(),
                    period,
                    TimeUnit.MICROSECONDS);
        }
    }

    private static long number(Path file, String name) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> Long.parseLong(line.substring(name.length()).strip()))
                .findFirst()
                .orElseThrow();
    }
}
