package io.jenkins.plugins.armory.integration;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Job;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.checks.api.ChecksDetails;
import io.jenkins.plugins.checks.api.ChecksPublisher;
import io.jenkins.plugins.checks.api.ChecksPublisherFactory;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** The checks of jobs whose service answers, beside one whose service does not. */
@WithJenkins
class ApprovalChecksJenkinsTest {

    private static final CountDownLatch ANSWERS = new CountDownLatch(1);
    private static final BlockingQueue<String> PUBLISHED = new LinkedBlockingQueue<>();

    private static void ask(JenkinsRule j, String name) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition("armoryWebhookApproval(manualApproval: [message: 'Go?'])", true));
        job.scheduleBuild2(0).waitForStart();
    }

    @Test
    void aServiceThatDoesNotAnswerHoldsUpNoCheckOfAnotherJob(JenkinsRule j) throws Exception {
        ask(j, "slow");
        assertThat(PUBLISHED.poll(60, TimeUnit.SECONDS)).isEqualTo("slow");
        ask(j, "other");

        try {
            assertThat(PUBLISHED.poll(30, TimeUnit.SECONDS)).isEqualTo("other");
        } finally {
            ANSWERS.countDown();
        }
    }

    @TestExtension
    public static final class Factory extends ChecksPublisherFactory {
        @Override
        protected Optional<ChecksPublisher> createPublisher(Run<?, ?> run, TaskListener listener) {
            return Optional.of(new ChecksPublisher() {
                @Override
                public void publish(ChecksDetails details) {
                    String job = run.getParent().getName();
                    PUBLISHED.add(job);
                    if (job.equals("slow")) {
                        try {
                            ANSWERS.await(120, TimeUnit.SECONDS);
                        } catch (InterruptedException x) {
                            Thread.currentThread().interrupt();
                        }
                    }
                }
            });
        }

        @Override
        protected Optional<ChecksPublisher> createPublisher(Job<?, ?> job, TaskListener listener) {
            return Optional.empty();
        }
    }
}
