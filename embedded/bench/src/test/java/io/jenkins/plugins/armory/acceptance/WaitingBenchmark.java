package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.ScriptConsole;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What 10,000 approvals that wait cost a real Jenkins: threads, processor time while nothing happens, and the time from
 * the start until a callback is accepted; in one build and in many, beside the same with one approval. Not a test:
 * nothing but a person judges the figures, which it prints. Run it by its name, see docs/performance.md.
 */
@EnabledIfSystemProperty(named = "jenkins.war", matches = ".+", disabledReason = "measures a real Jenkins")
class WaitingBenchmark {

    private static final int WAITING = Integer.getInteger("acceptance.waiting", 10_000);
    private static final int BUILDS = Integer.getInteger("acceptance.builds", 500);
    private static final Duration IDLE = Duration.ofSeconds(60);

    private static final String PROCESS = """
            def system = java.lang.management.ManagementFactory.operatingSystemMXBean
            println ([java.lang.management.ManagementFactory.threadMXBean.threadCount, system.processCpuTime].join(' '))
            """;

    @Test
    void whatManyThatWaitCost() throws Exception {
        measure(1, 1);
        measure(1, WAITING);
        measure(BUILDS, WAITING / BUILDS);
    }

    private static void measure(int builds, int each) throws Exception {
        try (Controller jenkins = Controller.createForMeasuring(EndToEndBenchmark.CASC, "-Xmx2g");
                ExternalProcess process = new ExternalProcess()) {
            jenkins.start();
            Job job = new Jenkins(jenkins).createJob("waiting", process.approvals(each), List.of());
            for (int i = 0; i < builds; i++) {
                job.build();
            }
            EndToEndBenchmark.awaitCalls(process, builds * each);
            System.out.printf("%,d builds with %,d approvals each:%n", builds, each);
            cost(jenkins);
            restart(jenkins, process.calls().get(0).callback());
        }
    }

    private static void cost(Controller jenkins) throws InterruptedException {
        ScriptConsole console = new ScriptConsole(jenkins);
        Thread.sleep(IDLE.toMillis()); // until what the start has left to do is done
        String[] before = console.run(PROCESS).strip().split(" ");
        Thread.sleep(IDLE.toMillis());
        String[] after = console.run(PROCESS).strip().split(" ");
        double share = (Long.parseLong(after[1]) - Long.parseLong(before[1])) / (double) IDLE.toNanos();
        System.out.printf("%s threads, %.2f %% of a core while idle%n", after[0], 100 * share);
    }

    private static void restart(Controller jenkins, Callback called) {
        jenkins.kill();
        long start = System.nanoTime();
        jenkins.launch();
        long[] up = {0};
        Wait.until("a callback is accepted")
                .pollInterval(Duration.ofMillis(20))
                .ignoreException(UncheckedIOException.class)
                .until(() -> {
                    Answer answer = called.at(jenkins).succeed("");
                    if (answer.status() == 200) {
                        return true;
                    }
                    assertThat(answer.status())
                            .isIn(503, 500); // the latter from a Jenkins that has just opened its port
                    up[0] = System.nanoTime();
                    return false;
                });
        System.out.printf(
                "callback accepted %.2f s after the start, %.0f ms after the last 5xx%n",
                (System.nanoTime() - start) / 1e9, (System.nanoTime() - up[0]) / 1e6);
    }
}
