package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Load;
import io.jenkins.plugins.armory.acceptance.driver.Spread;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Callbacks to builds of {@code armoryWebhookApprovals}: how many a controller answers a second, and its processor time
 * from the first of them until all builds are over. Those that fail cost a commit one more file. With {@code
 * -Dacceptance.before=FILE.hpi}, a second real Jenkins has that plugin, and the two are measured in turns. Not a test:
 * nothing but a person judges the figures, which it prints as a table. Run it by its name, see docs/performance.md.
 */
class CallbackLoadBenchmark {

    private static final int ROUNDS = Integer.getInteger("acceptance.rounds", 5);

    /** How many rounds of each row go before those that are measured. */
    private static final int WARM_UP = 2;

    private static final int WAITING = Integer.getInteger("acceptance.waiting", 8_000);

    /** A build takes longer to start than to call back, so there are fewer with one approval each. */
    private static final int ALONE = WAITING / 16;

    private static final int CONNECTIONS = 64;

    /** Longer than the builds of a round take to end on a machine that does something else too. */
    private static final Duration LIMIT = Duration.ofMinutes(20);

    private static final List<Row> ROWS = List.of(
            new Row(1, WAITING, true),
            new Row(64, WAITING / 64, true),
            new Row(1, WAITING, false),
            new Row(ALONE, 1, true),
            new Row(ALONE, 1, false));

    /**
     * What is called back in a round.
     *
     * @param each approvals of each build
     * @param success what the callbacks say
     */
    private record Row(int builds, int each, boolean success) {

        Round measure(Controller controller) throws Exception {
            try (ExternalProcess process = new ExternalProcess()) {
                // without failFast, the first failure would end the others
                Job job = new Jenkins(controller).createJob(process.approvals(each, "failFast: " + success));
                List<Build> started = new ArrayList<>();
                for (int i = 0; i < builds; i++) {
                    started.add(job.build());
                }
                EndToEndBenchmark.awaitCalls(process, builds * each);
                started.forEach(build -> build.awaitWaiting(each));
                List<Load.Request> callbacks =
                        EndToEndBenchmark.callbacks(process, Callback.body(success, "38 of 42 checks have passed."));
                Collections.shuffle(callbacks, new Random(1)); // else one build after the other
                double before = controller.processorSeconds();
                Load load = Load.send(controller.url(), callbacks, CONNECTIONS);
                for (Build build : started) {
                    Wait.until("the end of " + build).atMost(LIMIT).until(() -> !build.isBuilding());
                }
                var round = new Round(load, controller.processorSeconds() - before);
                started.forEach(build -> assertThat(build.result()).isEqualTo(success ? "SUCCESS" : "FAILURE"));
                job.delete();
                return round;
            }
        }
    }

    private record Round(Load load, double processor) {

        double perSecond() {
            return load.perSecond();
        }
    }

    @Test
    void manyAtOnce() throws Exception {
        String plugin = System.getProperty("acceptance.before");
        try (Controller now = Controller.createForMeasuring(EndToEndBenchmark.CASC, "-Xmx1g");
                Controller before =
                        plugin == null ? null : Controller.createForMeasuring(EndToEndBenchmark.CASC, "-Xmx1g")) {
            Map<String, Controller> controllers = new LinkedHashMap<>(Map.of("now", now));
            if (before != null) {
                Path installed = before.home().resolve("plugins/armory-webhook-approval.hpi");
                Files.copy(Path.of(plugin), installed, StandardCopyOption.REPLACE_EXISTING);
                controllers.put("before", before);
            }
            controllers.values().forEach(Controller::start);
            System.out.println("| builds | approvals each | success | | callbacks a second | p99, ms | processor, s |");
            System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
            for (Row row : ROWS) {
                measure(row, controllers);
            }
        }
    }

    private static void measure(Row row, Map<String, Controller> controllers) throws Exception {
        Map<String, List<Round>> rounds = new LinkedHashMap<>();
        List<String> order = new ArrayList<>(controllers.keySet());
        for (int i = 0; i < WARM_UP + ROUNDS; i++) {
            for (String name : order) {
                Round round = row.measure(controllers.get(name));
                if (i >= WARM_UP) {
                    rounds.computeIfAbsent(name, key -> new ArrayList<>()).add(round);
                }
            }
            Collections.rotate(order, 1);
        }
        rounds.forEach((name, each) -> System.out.printf(
                "| %,d | %,d | %s | %s | %s | %s | %s |%n",
                row.builds(),
                row.each(),
                row.success(),
                name,
                Spread.of(each, Round::perSecond, "%,.0f"),
                Spread.of(each, round -> round.load().millis(0.99), "%.1f"),
                Spread.of(each, Round::processor, "%.1f")));
        List<Round> before = rounds.get("before");
        if (before != null) {
            System.out.printf(
                    "| | | | now to before | %s | | %s |%n",
                    Spread.ratio(rounds.get("now"), before, Round::perSecond),
                    Spread.ratio(rounds.get("now"), before, Round::processor));
        }
    }
}
