package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.model.Result;
import hudson.model.listeners.ItemListener;
import io.jenkins.plugins.armory.TestCaller;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.web.ApprovalsMonitor;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.htmlunit.html.HtmlForm;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** Tests of an approval across a restart of Jenkins, in each of its states. */
class RestartJenkinsTest {

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final MockWebServer external = new MockWebServer();
    private RecordedRequest request;

    @BeforeEach
    void startExternal() throws IOException {
        external.start(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void stopExternal() {
        external.close();
    }

    private void answer(MockResponse.Builder answer) {
        external.enqueue(answer.build());
    }

    private WorkflowRun start(JenkinsRule j, String more) throws Exception {
        ArmoryConfiguration.get().setAllowedHosts(List.of("127.0.0.1"));
        WorkflowJob job = j.createProject(WorkflowJob.class, "job");
        job.setDefinition(new CpsFlowDefinition(
                "def r = armoryWebhookApproval(name: 'tests', uriTemplate: '" + external.url("/start")
                        + "', headers: [[key: 'X-Token', value: '{{armory.callbackToken}}']]" + more
                        + ")\necho \"decided: ${r.mdMessage}\"",
                true));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        request = external.takeRequest(30, TimeUnit.SECONDS);
        return run;
    }

    private static WorkflowRun run(JenkinsRule j) {
        return j.jenkins.getItemByFullName("job", WorkflowJob.class).getBuildByNumber(1);
    }

    private String id() {
        return request.getHeaders().get("Idempotency-Key");
    }

    private int callBack(JenkinsRule j) throws Exception {
        return new TestCaller(j.getURL())
                .post(id(), request.getHeaders().get("X-Token"), "{\"success\": true, \"mdMessage\": \"fine\"}")
                .statusCode();
    }

    private static void awaitState(String id, Approval.State state) {
        await().until(() ->
                ArmoryRuntime.get().approvals().find(id).orElseThrow().state() == state);
    }

    @Test
    void waitsOnAndTakesTheSameToken() throws Throwable {
        answer(new MockResponse.Builder().code(202));
        sessions.then(j -> {
            start(j, "");
            awaitState(id(), Approval.State.WAITING);
        });
        sessions.then(j -> {
            await().untilAsserted(() -> j.assertLogContains("Jenkins was restarted; still waiting", run(j)));
            assertThat(callBack(j)).isEqualTo(200);
            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));
            j.assertLogContains("decided: fine", run(j));
        });
        assertThat(external.getRequestCount()).isEqualTo(1);
    }

    /** Jenkins reads its jobs again, and keeps the builds that run. */
    @Test
    void goesOnAfterTheConfigurationIsReloaded() throws Throwable {
        answer(new MockResponse.Builder().code(202));
        sessions.then(j -> {
            start(j, "");
            awaitState(id(), Approval.State.WAITING);

            j.jenkins.reload();

            assertThat(callBack(j)).isEqualTo(200);
            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));
            j.assertLogContains("decided: fine", run(j));
            assertThat(callBack(j)).as("a duplicate").isEqualTo(200);
            assertThat(ArmoryRuntime.get().deployments().of(run(j)).approvals())
                    .singleElement()
                    .matches(Approval::isDecided);
        });
    }

    /** The approvals are closed before Jenkins says that it terminates, which may take its time. */
    @Test
    void beginsAfterTheRestartIfItsTurnCameWhileJenkinsShutDown() throws Throwable {
        sessions.then(j -> {
            ItemListener.all().forEach(ItemListener::onBeforeShutdown);
            WorkflowJob job = j.createProject(WorkflowJob.class, "job");
            job.setDefinition(new CpsFlowDefinition("""
                    try {
                        armoryWebhookApproval(manualApproval: [message: 'Go?'])
                    } catch (e) {
                        echo 'never'
                    }
                    """, true));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            j.waitForMessage("[Pipeline] armoryWebhookApproval", run);
            await().during(Duration.ofSeconds(2)).until(run::isBuilding);
        });
        sessions.then(j -> {
            await().until(() -> !ArmoryRuntime.get().approvalsOf(run(j)).isEmpty());
            run(j).getExecutor().doStop();
            j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(run(j)));
        });
    }

    /** Jenkins is shutting down as the step starts. */
    @Test
    void readsADeploymentFileAfterTheRestart() throws Throwable {
        sessions.then(j -> {
            ItemListener.all().forEach(ItemListener::onBeforeShutdown);
            WorkflowJob job = j.createProject(WorkflowJob.class, "job");
            job.setDefinition(new CpsFlowDefinition("node { armoryDeployment(config: '') { } }", true));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            j.waitForMessage("[Pipeline] armoryDeploymentPlan", run);
            await().during(Duration.ofSeconds(2)).until(run::isBuilding);
        });
        sessions.then(j -> {
            j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run(j)));
            j.assertLogContains("armoryDeployment: config: is empty", run(j));
        });
    }

    /** The defaults let webhooks call every public host: a file that was cut off must not stand for them. */
    @Test
    void staysClosedWhileTheSettingsCannotBeRead() throws Throwable {
        answer(new MockResponse.Builder().code(202));
        Path[] file = new Path[1];
        String[] whole = new String[1];
        sessions.then(j -> {
            start(j, "");
            awaitState(id(), Approval.State.WAITING);
            file[0] = j.jenkins
                    .getRootDir()
                    .toPath()
                    .resolve(ArmoryConfiguration.get().getId() + ".xml");
            whole[0] = Files.readString(file[0]);
            Files.writeString(file[0], whole[0].substring(0, whole[0].length() / 2));
        });
        sessions.then(j -> {
            assertThat(callBack(j)).isEqualTo(503);
            String form = "grant_type=client_credentials&client_id=maybe-listed&client_secret=secret";
            assertThat(new TestCaller(j.getURL()).askForToken(form).statusCode())
                    .isEqualTo(503);
            var monitor = j.jenkins.getExtensionList(ApprovalsMonitor.class).get(0);
            assertThat(monitor.isActivated()).isTrue();
            assertThat(monitor.getProblem()).contains(file[0].toString(), "Mend the file");
            ArmoryConfiguration.get().setAllowedHosts(List.of("ci.example.com"));
            assertThat(file[0]).content().isEqualTo(whole[0].substring(0, whole[0].length() / 2));
            Files.writeString(file[0], whole[0]);
        });
        sessions.then(j -> {
            assertThat(ArmoryConfiguration.get().getAllowedHosts()).containsExactly("127.0.0.1");
            await().untilAsserted(() -> assertThat(callBack(j)).isEqualTo(200));
            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));
        });
    }

    @Test
    void opensOnceSettingsThatCannotBeReadAreEnteredAgain() throws Throwable {
        answer(new MockResponse.Builder().code(202));
        sessions.then(j -> {
            start(j, "");
            awaitState(id(), Approval.State.WAITING);
            Files.writeString(
                    j.jenkins
                            .getRootDir()
                            .toPath()
                            .resolve(ArmoryConfiguration.get().getId() + ".xml"),
                    "<");
        });
        sessions.then(j -> {
            assertThat(callBack(j)).isEqualTo(503);
            j.configRoundtrip(); // as for another setting of the page
            assertThat(callBack(j)).isEqualTo(503);
            HtmlForm form = j.createWebClient().goTo("configure").getFormByName("config");
            form.getInputByName("replace").setChecked(true);
            j.submit(form);
            await().untilAsserted(() -> assertThat(callBack(j)).isEqualTo(200));
            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));
        });
        sessions.then(j -> assertThat(ArmoryConfiguration.get().problem()).isEmpty());
    }
}
