package io.jenkins.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.AbortException;
import hudson.model.listeners.ItemListener;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.builds.BuildRecord;
import io.jenkins.plugins.armory.runtime.ApprovalsUnavailableException;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the plugin does with the approvals of a job when it is told that the job was deleted. */
class CleanUpTest {
    private Controller controller;

    @BeforeEach
    void start(@TempDir Path home) throws IOException {
        controller = new Controller(home);
    }

    @AfterEach
    void close() {
        controller.close();
    }

    /** Builds a new job that waits for a person, and returns its approval. */
    private Approval awaitApproval(String job) throws IOException, ApprovalsUnavailableException {
        var script = Controller.configXml("armoryWebhookApproval(manualApproval: [message: 'Go?'])");
        var build = controller.jenkins().schedule(controller.jenkins().createJob(job, script), Map.of());
        Controller.awaitLog(build, "A person must approve"); // its folder has the id of the approval by then
        return approvals().pending().stream()
                .filter(approval -> approval.build().equals(BuildRecord.refTo(build)))
                .findFirst()
                .orElseThrow();
    }

    private static Approvals approvals() throws ApprovalsUnavailableException {
        return ArmoryRuntime.get().approvals();
    }

    /** The plugin ends the approvals of a build a moment after it was told that the build is over. */
    @Test
    void aDecisionForABuildThatIsOverComesTooLateThoughTheApprovalHasNotEndedYet() throws Exception {
        var approval = awaitApproval("shop");
        var build = controller
                .jenkins()
                .getItemByFullName("shop", PipelineJob.class)
                .getBuildByNumber(approval.build().number());
        var busy = new CountDownLatch(1);
        for (int thread = 0; thread < 100; thread++) { // more than the plugin has for a build
            ArmoryRuntime.get().buildExecutor().execute(() -> await().until(() -> busy.getCount() == 0));
        }
        build.finish(new AbortException("Failed to load program"));

        var answer = approvals().apply(approval.id(), new Event.ManualApproval("alice", ""));

        busy.countDown();
        assertThat(answer).map(Approval.Transition::answer).contains(Approval.Answer.ENDED);
        assertThat(approvals().find(approval.id()))
                .map(Approval::requireDecision)
                .map(Decision::outcome)
                .contains(Decision.Outcome.ABORTED);
    }

    /** The plugin looks a moment after it was told. Another job may have been renamed to that name by then, as "shop" here. */
    @Test
    void aJobThatHasTheNameOfADeletedOneKeepsItsApprovals() throws Exception {
        var kept = awaitApproval("shop");
        var gone = awaitApproval("gone");
        var shop = controller.jenkins().getItemByFullName("shop", PipelineJob.class);

        EmbeddedJenkins.fire(ItemListener.class, listener -> listener.onDeleted(shop));
        controller.jenkins().delete(controller.jenkins().getItemByFullName("gone", PipelineJob.class));

        await().until(() -> approvals().find(gone.id()).isEmpty());
        assertThat(approvals().find(kept.id())).isPresent();
    }
}
