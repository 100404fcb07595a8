package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Spread;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What the plugin costs a long Pipeline: on a real Jenkins without it, on one that has it, and there behind a failed
 * approval, whose build is looked at by the plugin's listeners. The two run side by side, and their builds in turns.
 * Not a test: nothing but a person judges the figures, which it prints as a table. Run it by its name, see
 * docs/performance.md.
 */
@EnabledIfSystemProperty(named = "jenkins.war", matches = ".+", disabledReason = "measures a real Jenkins")
class GuestBenchmark {

    private static final int ROUNDS = Integer.getInteger("acceptance.rounds", 3);
    private static final int STAGES = Integer.getInteger("acceptance.stages", 200);
    private static final int STEPS = Integer.getInteger("acceptance.steps", 20_000);

    /** Longer than a build takes on a machine that does something else too. */
    private static final Duration LIMIT = Duration.ofMinutes(20);

    private static final String STEPS_IN_STAGES = """
            for (int i = 0; i < %d; i++) {
                stage("s${i}") {
                    for (int j = 0; j < %d; j++) {
                        echo 'x'
                    }
                }
            }
            """.formatted(STAGES, STEPS / STAGES);

    /** What is compared. */
    private enum Kind {
        WITHOUT("without the plugin"),
        WITH("with it, no step of it"),
        BEHIND("with it, behind a failed approval");

        private final String title;

        Kind(String title) {
            this.title = title;
        }
    }

    @Test
    void besideAJenkinsWithoutThePlugin() throws Exception {
        try (Controller without = Controller.createForMeasuring("unclassified: {}", "-Xmx1g");
                Controller with = Controller.createForMeasuring(EndToEndBenchmark.CASC, "-Xmx1g");
                ExternalProcess process = new ExternalProcess()) {
            remove(without);
            without.start();
            with.start();
            process.onCall(call -> Reply.of(404));
            String failed = "try { %s } catch (e) { echo 'failed' }%n".formatted(process.approval());
            Map<Kind, Job> jobs = new EnumMap<>(Map.of(
                    Kind.WITHOUT, new Jenkins(without).createJob(STEPS_IN_STAGES),
                    Kind.WITH, new Jenkins(with).createJob(STEPS_IN_STAGES),
                    Kind.BEHIND, new Jenkins(with).createJob(failed + STEPS_IN_STAGES)));
            jobs.forEach(GuestBenchmark::seconds); // warms up
            Map<Kind, List<Double>> rounds = new EnumMap<>(Kind.class);
            for (int round = 0; round < ROUNDS; round++) {
                jobs.forEach((kind, job) ->
                        rounds.computeIfAbsent(kind, key -> new ArrayList<>()).add(seconds(kind, job)));
            }
            System.out.printf("| %,d `echo` in %,d stages | seconds |%n| --- | --- |%n", STEPS, STAGES);
            rounds.forEach((kind, each) ->
                    System.out.printf("| %s | %s |%n", kind.title, Spread.of(each, Double::doubleValue, "%.1f")));
        }
    }

    private static void remove(Controller without) throws IOException {
        Files.delete(without.home().resolve("plugins/armory-webhook-approval.hpi"));
    }

    private static double seconds(Kind kind, Job job) {
        Build build = job.build();
        Wait.until("the Pipeline is over").atMost(LIMIT).until(() -> !build.isBuilding());
        assertThat(build.result()).isEqualTo("SUCCESS");
        assertThat(build.log().contains("failed")).isEqualTo(kind == Kind.BEHIND);
        return build.duration() / 1e3;
    }
}
