package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import io.jenkins.plugins.armory.acceptance.faults.FaultInjector;
import io.jenkins.plugins.armory.acceptance.faults.FaultPoint;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A build is stopped at the moments at which its step is between two states. */
class StopTest {

    @Test
    void nobodyIsCalledWhoWouldNotBeToldToStop() {
        FaultInjector faults = FaultInjector.create(List.of(FaultPoint.DELIVERING));
        try (Controller controller = Controller.createLean(Settings.CASC, faults.javaOption());
                ExternalProcess process = new ExternalProcess();
                ExternalProcess canceller = new ExternalProcess();
                ExternalProcess ofLater = new ExternalProcess()) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);
            faults.hold(FaultPoint.DELIVERING);
            Build build = jenkins.createJob(process.approval(CancelWebhookTest.cancel(canceller)))
                    .build();
            faults.awaitHeld();
            build.abort();
            build.awaitResult("ABORTED");
            faults.disarm();

            Build later = jenkins.createJob(ofLater.approval()).build();
            ofLater.awaitCall().callback().succeed("enough time for the other");
            later.awaitResult("SUCCESS");

            assertThat(process.calls()).isEmpty();
            assertThat(canceller.calls()).isEmpty();
            assertThat(build.log()).doesNotContain("Calling webhook");
            Wait.until("nothing is left to call")
                    .untilAsserted(() -> assertThat(controller.home().resolve("armory-approvals/pending"))
                            .isEmptyDirectory());
        }
    }

    @Test
    void aStepThatIsStoppedWhileItIsResumedEnds() {
        FaultInjector faults = FaultInjector.create(List.of(FaultPoint.STAGE_PAUSED));
        try (Controller controller = Controller.createLean(Settings.CASC, faults.javaOption());
                ExternalProcess process = new ExternalProcess()) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);
            Build build = jenkins.createJob(process.approval()).build().awaitWaiting(1);
            controller.kill();
            faults.hold(FaultPoint.STAGE_PAUSED); // the step is resumed, and has not looked for its approval
            controller.start();
            faults.awaitHeld();

            build.abort();
            Wait.until("the approval has ended")
                    .until(() -> build.approvals().get(0).get("state").asText().equals("DECIDED"));
            faults.disarm();

            build.awaitResult("ABORTED");
        }
    }
}
