package io.jenkins.plugins.armory.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ExtensionList;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Another plugin, whose listener uses the package {@code api} alone. */
@WithJenkins
class ApprovalListenerJenkinsTest {

    /** Notes what it is told. */
    @TestExtension
    public static final class Notes extends ApprovalListener {

        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void created(ApprovalView approval) {
            lines.add("created " + approval.webhook() + " " + approval.state());
            throw new IllegalStateException("a mistake of this plugin");
        }

        @Override
        public void waiting(ApprovalView approval) {
            lines.add("waiting " + approval.environment() + " " + approval.question());
        }

        @Override
        public void progressed(ApprovalView approval, @CheckForNull Double percent, String message) {
            lines.add("progressed " + percent + " " + message);
        }

        @Override
        public void decided(ApprovalView approval) {
            lines.add("decided " + approval.decision().success() + " "
                    + approval.decision().outcome() + " of " + approval.job() + " #"
                    + approval.build());
        }
    }

    /** Waits for a service that does not answer. */
    @TestExtension("isToldThoughAnotherListenerHangs")
    public static final class Hanging extends ApprovalListener {

        private final CountDownLatch answered = new CountDownLatch(1);

        @Override
        public void created(ApprovalView approval) {
            try {
                answered.await();
            } catch (InterruptedException x) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Somebody could call back. */
    private static final String TOKEN = "headers: [[key: 'X-Token', value: '{{armory.callbackToken}}']]";

    @Test
    void isToldThoughAnotherListenerHangs(JenkinsRule j) throws Exception {
        isToldOfTheLifeOfAnApprovalInOrder(j);

        assertThat(ExtensionList.lookupSingleton(Hanging.class).answered.getCount())
                .isEqualTo(1);
        ExtensionList.lookupSingleton(Hanging.class).answered.countDown();
    }

    @Test
    void isToldOfTheLifeOfAnApprovalInOrder(JenkinsRule j) throws Exception {
        try (MockWebServer server = new MockWebServer()) {
            server.enqueue(new MockResponse.Builder().code(202).build());
            server.start();
            ArmoryConfiguration.get().setAllowedHosts(List.of(server.getHostName()));
            WorkflowJob job = j.createProject(WorkflowJob.class, "deploy");
            job.setDefinition(new CpsFlowDefinition("""
                    armoryWebhookApproval(name: 'tests', environment: 'prod', manualApproval: [message: 'Go?'],
                        uriTemplate: '%s', %s)
                    """.formatted(server.url("/"), TOKEN), true));
            List<String> lines = ExtensionList.lookupSingleton(Notes.class).lines;

            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            await().atMost(Duration.ofMinutes(1)).until(() -> lines.size() >= 2);
            run.getExecutor().interrupt();
            j.waitForCompletion(run);
            await().atMost(Duration.ofMinutes(1)).until(() -> lines.size() >= 3);

            assertThat(lines)
                    .containsExactly("created tests SENDING", "waiting prod Go?", "decided false ABORTED of deploy #1");
        }
    }
}
