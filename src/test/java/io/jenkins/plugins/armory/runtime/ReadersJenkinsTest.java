package io.jenkins.plugins.armory.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.impl.BaseStandardCredentials;
import hudson.model.FreeStyleBuild;
import hudson.model.Result;
import hudson.security.AbstractPasswordBasedSecurityRealm;
import hudson.security.GroupDetails;
import hudson.util.Secret;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.core.userdetails.UsernameNotFoundException;

@WithJenkins
class ReadersJenkinsTest {

    private static final Duration SOON = Duration.ofMinutes(1);

    /** As of an agent that hangs. */
    @Test
    void whatDoesNotEndHoldsUpNoOtherJobAndTakesFewThreads(JenkinsRule j) throws Exception {
        FreeStyleBuild noisy = j.buildAndAssertSuccess(j.createFreeStyleProject("noisy"));
        FreeStyleBuild quiet = j.buildAndAssertSuccess(j.createFreeStyleProject("quiet"));
        var begun = new AtomicInteger();
        var waiting = new AtomicInteger();
        var over = new CountDownLatch(1);
        Executor ofNoisy = ArmoryRuntime.get().readers(noisy, "agent", waiting::incrementAndGet);
        try {
            for (int i = 0; i < 200; i++) {
                ofNoisy.execute(() -> {
                    begun.incrementAndGet();
                    try {
                        over.await();
                    } catch (InterruptedException x) {
                        Thread.currentThread().interrupt();
                    }
                });
            }
            await().until(() -> begun.get() == 16);
            assertThat(waiting).hasValue(184);

            var read = new CountDownLatch(1);
            ArmoryRuntime.get()
                    .readers(quiet, "agent", waiting::incrementAndGet)
                    .execute(read::countDown);
            await().until(() -> read.getCount() == 0);
            assertThat(begun).hasValue(16);
        } finally {
            over.countDown();
        }
        await().until(() -> begun.get() == 200);
        assertThat(waiting).hasValue(184);
    }

    /** As if each had megabytes to render. Here, their checks read a secret that takes its time. */
    @Test
    void approvalsThatTakeLongToCreateHoldUpNoOtherJob(JenkinsRule j) throws Exception {
        var over = new CountDownLatch(1);
        var held = new HeldSecret(over);
        SystemCredentialsProvider.getInstance().getCredentials().add(held);
        WorkflowRun noisy = start(j, "noisy", """
                def branches = [:]
                for (int i = 0; i < 40; i++) {
                    branches["b$i"] = {
                        armoryWebhookApproval(name: 'checks', uriTemplate: 'http://127.0.0.1/', callbackCredentialsId: 'held')
                    }
                }
                parallel branches
                """);
        try {
            await().atMost(SOON).until(() -> held.readers.get() >= 8);

            WorkflowRun quiet = start(j, "quiet", "armoryWebhookApproval(manualApproval: [message: 'Go?'])");
            await().atMost(SOON)
                    .until(() -> !ArmoryRuntime.get().approvalsOf(quiet).isEmpty());
            quiet.getExecutor().doStop();
            j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(quiet));

            await().atMost(SOON).until(() -> held.readers.get() == 16);
            noisy.getExecutor().doStop();
            j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(noisy));
        } finally {
            over.countDown();
        }
    }

    /** As in a directory that does not answer. Nobody waits for the warnings about submitters. */
    @Test
    void peopleWhoAreLookedUpHoldUpNoApproval(JenkinsRule j) throws Exception {
        var over = new CountDownLatch(1);
        var held = new HeldRealm(over);
        j.jenkins.setSecurityRealm(held);
        WorkflowRun build = start(j, "noisy", """
                def branches = [:]
                for (int i = 0; i < 40; i++) {
                    branches["b$i"] = { armoryWebhookApproval(manualApproval: [message: 'Go?', submitters: ['ops']]) }
                }
                parallel branches
                """);
        try {
            await().atMost(SOON).until(() -> held.lookUps.get() == 16);
            WorkflowJob job = build.getParent();
            job.setDefinition(new CpsFlowDefinition("armoryWebhookApproval(manualApproval: [message: 'Go?'])", true));
            WorkflowRun next = job.scheduleBuild2(0).waitForStart();
            await().atMost(SOON)
                    .until(() -> !ArmoryRuntime.get().approvalsOf(next).isEmpty());
            for (WorkflowRun each : List.of(build, next)) {
                each.getExecutor().doStop();
                j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(each));
            }
        } finally {
            over.countDown();
        }
    }

    private static WorkflowRun start(JenkinsRule j, String name, String script) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class, name);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0).waitForStart();
    }

    /** A security realm that does not answer for a while. */
    private static final class HeldRealm extends AbstractPasswordBasedSecurityRealm {

        private final transient CountDownLatch over;
        private final transient AtomicInteger lookUps = new AtomicInteger();

        HeldRealm(CountDownLatch over) {
            this.over = over;
        }

        @Override
        protected UserDetails authenticate2(String username, String password) {
            throw new BadCredentialsException(username);
        }

        @Override
        public UserDetails loadUserByUsername2(String username) {
            throw new UsernameNotFoundException(username);
        }

        @Override
        public GroupDetails loadGroupByGroupname2(String groupname, boolean fetchMembers) {
            lookUps.incrementAndGet();
            try {
                over.await();
            } catch (InterruptedException x) {
                Thread.currentThread().interrupt();
            }
            throw new UsernameNotFoundException(groupname);
        }
    }

    /** A secret that cannot be read for a while. */
    private static final class HeldSecret extends BaseStandardCredentials implements StringCredentials {

        private static final long serialVersionUID = 1L;

        private final transient CountDownLatch over;
        private final transient AtomicInteger readers = new AtomicInteger();

        HeldSecret(CountDownLatch over) {
            super(CredentialsScope.GLOBAL, "held", null);
            this.over = over;
        }

        @Override
        public Secret getSecret() {
            readers.incrementAndGet();
            try {
                over.await();
            } catch (InterruptedException x) {
                Thread.currentThread().interrupt();
            }
            return Secret.fromString("held");
        }
    }
}
