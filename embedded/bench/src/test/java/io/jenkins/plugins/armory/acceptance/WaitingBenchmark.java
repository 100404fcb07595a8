package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.ScriptConsole;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What 10,000 approvals that wait cost a real Jenkins: threads, processor time while nothing happens, and the time from the
 * start until a callback is accepted; each beside the same with none. No build waits for them. Not a test: nothing but a
 * person judges the figures, which it prints. Run it by its name, see docs/performance.md.
 */
@EnabledIfSystemProperty(named = "jenkins.war", matches = ".+", disabledReason = "measures a real Jenkins")
class WaitingBenchmark {

    private static final int WAITING = Integer.getInteger("acceptance.waiting", 10_000);
    private static final Duration IDLE = Duration.ofSeconds(60);

    private static final String PROCESS = """
            def system = java.lang.management.ManagementFactory.operatingSystemMXBean
            System.gc()
            println ([java.lang.management.ManagementFactory.threadMXBean.threadCount, system.processCpuTime].join(' '))
            """;

    @Test
    void whatManyThatWaitCost() throws Exception {
        try (Controller jenkins = Controller.createForMeasuring("", "-Xmx1g")) {
            ScriptConsole console = new ScriptConsole(jenkins);
            jenkins.start();
            cost(console, 0);
            restart(jenkins, 0, console.newApprovals(1).get(0));
            String id = console.newApprovals(WAITING).get(0);
            cost(console, WAITING);
            restart(jenkins, WAITING, id);
            cost(console, WAITING);
        }
    }

    private static void cost(ScriptConsole console, int waiting) throws InterruptedException {
        Thread.sleep(IDLE.toMillis()); // until what the start has left to do is done
        String[] before = console.run(PROCESS).strip().split(" ");
        Thread.sleep(IDLE.toMillis());
        String[] after = console.run(PROCESS).strip().split(" ");
        double share = (Long.parseLong(after[1]) - Long.parseLong(before[1])) / (double) IDLE.toNanos();
        System.out.printf("%,d wait: %s threads, %.2f %% of a core while idle%n", waiting, after[0], 100 * share);
    }

    private static void restart(Controller jenkins, int waiting, String id) {
        String token = new ScriptConsole(jenkins)
                .run("println io.jenkins.plugins.armory.runtime.ArmoryRuntime.get().tokens().tokenFor('" + id + "')")
                .strip();
        jenkins.kill();
        long start = System.nanoTime();
        jenkins.launch();
        long[] up = {0};
        Wait.until("a callback is accepted")
                .pollInterval(Duration.ofMillis(20))
                .ignoreException(UncheckedIOException.class)
                .until(() -> {
                    Answer answer = Http.send(Http.request(jenkins.url() + "armory/approvals/" + id)
                            .header("Authorization", "Bearer " + token)
                            .header("Content-Type", "application/json")
                            .POST(BodyPublishers.ofString("{\"success\": true}")));
                    if (answer.status() == 200) {
                        return true;
                    }
                    assertThat(answer.status())
                            .isIn(503, 500); // the latter from a Jenkins that has just opened its port
                    up[0] = System.nanoTime();
                    return false;
                });
        System.out.printf(
                "%,d wait: restarted, callback accepted after %.2f s, %.0f ms after the last 5xx%n",
                waiting, (System.nanoTime() - start) / 1e9, (System.nanoTime() - up[0]) / 1e6);
        jenkins.start();
    }
}
