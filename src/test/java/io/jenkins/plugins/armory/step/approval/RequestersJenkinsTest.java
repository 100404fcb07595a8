package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;

import com.cloudbees.hudson.plugins.folder.AbstractFolderDescriptor;
import com.cloudbees.hudson.plugins.folder.computed.ChildObserver;
import com.cloudbees.hudson.plugins.folder.computed.ComputedFolder;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Result;
import hudson.model.TaskListener;
import hudson.model.TopLevelItem;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.triggers.TimerTrigger;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import jenkins.model.Jenkins;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.jenkinsci.plugins.pipeline.modeldefinition.actions.RestartDeclarativePipelineAction;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.replay.ReplayAction;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Who requested a build, and what follows for who may approve it. */
@WithJenkins
class RequestersJenkinsTest {

    private JenkinsRule j;
    private WorkflowJob job;

    @BeforeEach
    void start(JenkinsRule rule) throws Exception {
        j = rule;
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ, Item.BUILD)
                .everywhere()
                .to("alice", "bob", "carol")
                .grant(Jenkins.ADMINISTER)
                .everywhere()
                .to("admin"));
        job = pipeline("deploy", "armoryWebhookApproval(manualApproval: [message: 'Go?', notByRequester: true])");
    }

    private WorkflowJob pipeline(String name, String script) throws Exception {
        WorkflowJob created = j.createProject(WorkflowJob.class, name);
        created.setDefinition(new CpsFlowDefinition(script, true));
        return created;
    }

    private static Approval approvalOf(WorkflowRun run) {
        return Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(
                        () -> {
                            List<Approval> all = ArmoryRuntime.get().approvalsOf(run);
                            return all.isEmpty() ? null : all.get(0);
                        },
                        found -> found != null);
    }

    private WorkflowRun started(Cause... causes) throws Exception {
        WorkflowRun run = job.scheduleBuild2(0, new CauseAction(causes)).waitForStart();
        approvalOf(run);
        return run;
    }

    private static List<String> requesters(WorkflowRun run) {
        return approvalOf(run).manual().requesters();
    }

    private int decide(String user, WorkflowRun run, String decision) throws Exception {
        JenkinsRule.WebClient client = j.createWebClient().withBasicApiToken(user);
        client.getOptions().setThrowExceptionOnFailingStatusCode(false);
        return client.getPage(new WebRequest(
                        new URL(
                                j.getURL(),
                                "armory/approvals/" + approvalOf(run).id() + "/" + decision),
                        HttpMethod.POST))
                .getWebResponse()
                .getStatusCode();
    }

    @Test
    void whoStartedTheBuildMayRejectAndNotApprove() throws Exception {
        WorkflowRun run = started(new Cause.UserIdCause("alice"));
        assertThat(requesters(run)).containsExactly("alice");
        assertThat(decide("alice", run, "approve")).isEqualTo(403);
        assertThat(decide("ALICE", run, "approve")).isEqualTo(403);
        assertThat(decide("bob", run, "approve")).isEqualTo(200);
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        j.assertLogContains("Not by who requested this build: alice.", run);

        WorkflowRun rejected = started(new Cause.UserIdCause("alice"));
        assertThat(decide("alice", rejected, "reject")).isEqualTo(200);
        j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(rejected));
    }

    @Test
    void administratorsAreNoException() throws Exception {
        WorkflowRun run = started(new Cause.UserIdCause("admin"));
        assertThat(decide("admin", run, "approve")).isEqualTo(403);
        run.doStop();
        j.waitForCompletion(run);
    }

    @Test
    void theRequesterIsNoneOfSeveralPeople() throws Exception {
        job.setDefinition(new CpsFlowDefinition(
                "armoryWebhookApproval(manualApproval: [required: 2, notByRequester: true])", true));
        WorkflowRun run = started(new Cause.UserIdCause("bob"));
        assertThat(decide("alice", run, "approve")).isEqualTo(200);
        assertThat(decide("bob", run, "approve")).isEqualTo(403);
        assertThat(decide("carol", run, "approve")).isEqualTo(200);
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        j.assertLogContains("Manual approval succeeded (users alice and carol)", run);
    }

    @Test
    void whoCausedItUpstreamCounts() throws Exception {
        WorkflowRun first = j.assertBuildStatusSuccess(
                pipeline("first", "echo 'first'").scheduleBuild2(0, new CauseAction(new Cause.UserIdCause("alice"))));
        WorkflowRun second = j.assertBuildStatusSuccess(pipeline("second", "echo 'second'")
                .scheduleBuild2(0, new CauseAction(new Cause.UpstreamCause(first), new Cause.UserIdCause("bob"))));

        WorkflowRun run = started(new Cause.UpstreamCause(second));
        assertThat(requesters(run)).containsExactlyInAnyOrder("alice", "bob");
        assertThat(decide("alice", run, "approve")).isEqualTo(403);
        assertThat(decide("bob", run, "approve")).isEqualTo(403);
        assertThat(decide("carol", run, "approve")).isEqualTo(200);
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
    }

    /** Jenkins keeps ten levels of causes. */
    @Test
    void theChainIsFollowedHoweverLongItIs() throws Exception {
        WorkflowJob link = pipeline("link", "echo 'on it goes'");
        WorkflowRun last =
                j.assertBuildStatusSuccess(link.scheduleBuild2(0, new CauseAction(new Cause.UserIdCause("alice"))));
        for (int i = 0; i < 15; i++) {
            last = j.assertBuildStatusSuccess(link.scheduleBuild2(0, new CauseAction(new Cause.UpstreamCause(last))));
        }
        WorkflowRun run = started(new Cause.UpstreamCause(last));
        assertThat(requesters(run)).containsExactly("alice");
        run.doStop();
        j.waitForCompletion(run);

        link.getBuilds().forEach(build -> {
            try {
                build.delete();
            } catch (java.io.IOException x) {
                throw new java.io.UncheckedIOException(x);
            }
        });
        WorkflowRun unknown = job.scheduleBuild2(0, new CauseAction(new Cause.UpstreamCause(last)))
                .get();
        j.assertBuildStatus(Result.FAILURE, unknown);
        j.assertLogContains("manualApproval.notByRequester: Jenkins cannot know who requested this build", unknown);
    }

    @Test
    void whoReplayedItCounts() throws Exception {
        WorkflowRun original = started(new Cause.UserIdCause("alice"));
        original.doStop();
        j.waitForCompletion(original);
        WorkflowRun replayed;
        try (ACLContext ignored = ACL.as2(User.getById("admin", true).impersonate2())) {
            replayed = (WorkflowRun) original.getAction(ReplayAction.class)
                    .run2(((CpsFlowDefinition) job.getDefinition()).getScript() + " // replayed", java.util.Map.of())
                    .getFuture()
                    .waitForStart();
        }

        assertThat(requesters(replayed)).containsExactly("admin");
        assertThat(decide("admin", replayed, "approve")).isEqualTo(403);
        assertThat(decide("alice", replayed, "approve")).isEqualTo(200);
        j.assertBuildStatusSuccess(j.waitForCompletion(replayed));
    }

    /**
     * A scan of a folder, as of a multibranch project: it has found the job, and builds it without a word of who
     * started the scan.
     */
    public static final class Scanned extends ComputedFolder<WorkflowJob> {

        public Scanned(ItemGroup<?> parent, String name) {
            super(parent, name);
        }

        @Override
        protected void computeChildren(ChildObserver<WorkflowJob> observer, TaskListener listener) {
            Jenkins.get()
                    .getItemByFullName("deploy", WorkflowJob.class)
                    .scheduleBuild2(1, new CauseAction(new TimerTrigger.TimerTriggerCause()));
        }

        @TestExtension
        public static final class DescriptorImpl extends AbstractFolderDescriptor {
            @Override
            public TopLevelItem newInstance(ItemGroup parent, String name) {
                return new Scanned(parent, name);
            }
        }
    }

    private static void scan(Scanned folder, Cause cause) throws Exception {
        folder.scheduleBuild2(0, new CauseAction(cause)).getFuture().get();
    }

    private WorkflowRun found(int number) throws Exception {
        WorkflowRun run = Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .until(() -> job.getBuildByNumber(number), found -> found != null);
        approvalOf(run);
        return run;
    }

    @Test
    void whoStartedTheScanThatFoundItCounts() throws Exception {
        Scanned folder = j.createProject(Scanned.class, "scanned");
        scan(folder, new Cause.UserIdCause("alice"));
        WorkflowRun run = found(1);
        assertThat(run.getCauses()).noneMatch(Cause.UserIdCause.class::isInstance);
        assertThat(requesters(run)).containsExactly("alice");
        assertThat(decide("alice", run, "approve")).isEqualTo(403);
        assertThat(decide("bob", run, "approve")).isEqualTo(200);
        j.assertBuildStatusSuccess(j.waitForCompletion(run));

        WorkflowRun caused = started(new Cause.UpstreamCause(run));
        assertThat(requesters(caused)).containsExactly("alice");
        caused.doStop();
        j.waitForCompletion(caused);

        scan(folder, new TimerTrigger.TimerTriggerCause());
        WorkflowRun byTimer = found(3);
        assertThat(requesters(byTimer)).isEmpty();
        byTimer.doStop();
        j.waitForCompletion(byTimer);

        scan(folder, new Cause.UserIdCause((String) null));
        j.assertLogContains(
                "because it was started by somebody who was not logged in",
                j.assertBuildStatus(
                        Result.FAILURE,
                        j.waitForCompletion(Awaitility.await()
                                .atMost(Duration.ofMinutes(1))
                                .until(() -> job.getBuildByNumber(4), each -> each != null))));
    }

    @Test
    void everybodyCountsWhoseScansFoundItWhileItWaitedInTheQueue() throws Exception {
        Scanned folder = j.createProject(Scanned.class, "scanned");
        job.scheduleBuild2(60, new CauseAction(new TimerTrigger.TimerTriggerCause()));
        scan(folder, new Cause.UserIdCause("alice"));
        scan(folder, new Cause.UserIdCause("bob"));
        WorkflowRun run = found(1);
        assertThat(requesters(run)).containsExactlyInAnyOrder("alice", "bob");
        run.doStop();
        j.waitForCompletion(run);
    }

    @Test
    void whoRestartedItFromAStageCounts() throws Exception {
        job.setDefinition(new CpsFlowDefinition("""
                pipeline {
                    agent none
                    stages {
                        stage('Gate') {
                            steps {
                                armoryWebhookApproval(manualApproval: [message: 'Go?', notByRequester: true])
                            }
                        }
                    }
                }
                """, true));
        WorkflowRun original = started(new Cause.UserIdCause("alice"));
        assertThat(decide("bob", original, "approve")).isEqualTo(200);
        j.assertBuildStatusSuccess(j.waitForCompletion(original));
        try (ACLContext ignored = ACL.as2(User.getById("admin", true).impersonate2())) {
            original.getAction(RestartDeclarativePipelineAction.class).run("Gate");
        }
        WorkflowRun restarted = found(2);

        assertThat(requesters(restarted)).containsExactly("admin");
        assertThat(decide("admin", restarted, "approve")).isEqualTo(403);
        assertThat(decide("alice", restarted, "approve")).isEqualTo(200);
        j.assertBuildStatusSuccess(j.waitForCompletion(restarted));
    }

    @Test
    void nobodyIsExcludedWithoutAUser() throws Exception {
        WorkflowRun run = started(new TimerTrigger.TimerTriggerCause());
        assertThat(requesters(run)).isEmpty();
        assertThat(decide("alice", run, "approve")).isEqualTo(200);
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        j.assertLogContains("No user requested this build, so notByRequester excludes nobody.", run);
    }

    @Test
    void somebodyUnknownMakesTheStepFail() throws Exception {
        WorkflowRun run = job.scheduleBuild2(0, new CauseAction(new Cause.UserIdCause((String) null)))
                .get();

        j.assertBuildStatus(Result.FAILURE, run);
        j.assertLogContains(
                "manualApproval.notByRequester: Jenkins cannot know who requested this build, because it was started by somebody who"
                        + " was not logged in.",
                run);
        assertThat(ArmoryRuntime.get().approvalsOf(run)).isEmpty();
    }
}
