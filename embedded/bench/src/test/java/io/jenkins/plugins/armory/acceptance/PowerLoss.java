package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.LossyDisk;
import io.jenkins.plugins.armory.acceptance.power.PowerCuts;
import io.jenkins.plugins.armory.acceptance.power.PowerReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The power is cut at random moments, and the disk loses what was not synced. Every callback that was answered 2xx
 * stands, with its decision. Half of the cuts each are of a disk with the whole home, and of one with the approvals
 * alone, where no sync of Jenkins's own helps.
 *
 * <p>{@code -Dacceptance.powerCuts=N} says how often, {@code -Dacceptance.lazyfs=FILE} where LazyFS is, and {@code
 * -Dacceptance.seed=S} when. See docs/reliability.md.
 */
class PowerLoss {

    /** What is on the disk. */
    enum Place {
        HOME(""),
        APPROVALS("armory-approvals");

        private final String folder;

        Place(String folder) {
            this.folder = folder;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatWasPromisedStands(Place place) throws IOException {
        Path lazyfs = Path.of(System.getProperty("acceptance.lazyfs", "")).toAbsolutePath();
        assumeTrue(
                Files.isRegularFile(lazyfs) && Files.isExecutable(lazyfs),
                "-Dacceptance.lazyfs=FILE has to name the program lazyfs, see docs/reliability.md");
        assumeTrue(
                LossyDisk.isAllowed(), "a disk has to be mounted for this, which is for root on Linux with FUSE alone");
        assumeTrue(
                place == Place.APPROVALS || !Controller.isReal(),
                "the home of a real Jenkins does not fit on the disk");
        int all = Integer.getInteger("acceptance.powerCuts", 200);
        int cuts = place == Place.HOME ? all - all / 2 : all / 2;
        Random random = new Random(Seed.of("Cutting the power of a disk with " + place + " " + cuts + " times"));
        PowerReport report = new PowerReport(place.toString());
        Controller controller = Controller.createLean(Settings.CASC);
        Path folder = Files.createDirectories(controller.home().resolve(place.folder));
        try (LossyDisk disk = LossyDisk.mount(lazyfs, folder)) {
            try {
                new PowerCuts(controller, disk, folder, report, random).run(cuts);
            } finally {
                System.out.println(report);
                if (controller.isAlive()) {
                    controller.kill();
                }
            }
        } finally {
            controller.close();
        }
        assertThat(report.violations()).isEmpty();
        assertThat(report.unsyncedLost())
                .as("cuts that lost what was not synced")
                .isEqualTo(cuts);
    }
}
