package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.campaign.Campaign;
import io.jenkins.plugins.armory.acceptance.campaign.CampaignReport;
import io.jenkins.plugins.armory.acceptance.campaign.Kill;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.faults.FaultInjector;
import io.jenkins.plugins.armory.acceptance.faults.FaultPoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The controller dies of SIGKILL at every named step of the protocol and at moments of no name, under builds of all kinds.
 * Every decision that was answered 2xx is what its build gets, once; the first one counts; nothing is left.
 *
 * <p>{@code -Dacceptance.kills=N} says how often it dies, {@code -Dacceptance.killSeconds=T} for how long at most, {@code
 * -Dacceptance.seed=S} where and when. See docs/reliability.md.
 */
class CrashCampaignTest {

    @Test
    void everyPointIsInTheDocumentation() throws IOException {
        String documentation = Files.readString(Path.of("../../docs/reliability.md"));
        assertThat(FaultPoint.values())
                .allSatisfy(point -> assertThat(documentation)
                        .containsPattern("(?m)^\\| `" + point + "` \\| .* \\| " + point.meaning() + " \\|$"));
    }

    /** A process that lives for seconds only has nothing from more than that. */
    private static final String COMPILE_LITTLE = "-XX:TieredStopAtLevel=1";

    /** Has the JVM write down what classes a controller loads, which makes its next starts faster. */
    private static List<String> archiveClasses() {
        if (!System.getProperty("jenkins.war", "").isEmpty()) {
            return List.of(); // its classes are loaded in a way that the JVM cannot shorten
        }
        Path archive = Path.of(System.getProperty("acceptance.work"), "campaign.jsa").toAbsolutePath();
        Controller controller =
                Controller.createLean(Settings.CASC, COMPILE_LITTLE, "-XX:ArchiveClassesAtExit=" + archive);
        try (ExternalProcess process = new ExternalProcess()) {
            controller.start();
            Build build = new Jenkins(controller).createJob(process.approval()).build();
            process.awaitCall().callback().succeed("yes");
            build.awaitResult("SUCCESS");
            controller.stop();
        } finally {
            controller.close();
        }
        return List.of("-XX:SharedArchiveFile=" + archive);
    }

    @Test
    void noDecisionIsLostAndNoneIsAppliedTwice() {
        int kills = Integer.getInteger("acceptance.kills");
        long seed = Long.getLong("acceptance.seed", 1L);
        Duration atMost = Duration.ofSeconds(Integer.getInteger("acceptance.killSeconds"));
        System.out.println("Killing the controller " + kills + " times, -Dacceptance.seed=" + seed);
        List<Kill> plan = Kill.plan(kills, new Random(seed));
        FaultInjector faults = FaultInjector.create(List.of(FaultPoint.values()));
        List<String> options = new ArrayList<>(archiveClasses());
        options.addAll(List.of(COMPILE_LITTLE, faults.javaOption()));
        CampaignReport report = new CampaignReport();
        Controller controller = Controller.createLean(Settings.CASC, options.toArray(String[]::new));
        try {
            new Campaign(controller, faults, report).run(plan, atMost);
        } finally {
            controller.close();
            System.out.println(report);
        }
        assertThat(report.violations()).isEmpty();
        // On a busy machine one or the other comes too late; the report names it.
        int planned = Kill.pointsPassedBy(report.kills()).size();
        assertThat(report.deaths().keySet())
                .as("points that were passed, of " + planned)
                .hasSizeGreaterThanOrEqualTo(planned * 9 / 10);
    }
}
