package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.model.FreeStyleProject;
import io.jenkins.plugins.armory.TestCaller;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.form.KeyValue;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.htmlunit.html.HtmlForm;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.workflow.actions.ArgumentsAction;
import org.jenkinsci.plugins.workflow.actions.ArgumentsAction.NotStoredReason;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.Snippetizer;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graphanalysis.DepthFirstScanner;
import org.jenkinsci.plugins.workflow.graphanalysis.NodeStepTypePredicate;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/**
 * What the embedded controller has not: data binding, the Snippet Generator, and what Jenkins itself keeps of a step.
 */
class ArmoryWebhookApprovalsStepJenkinsTest {

    /** More than Jenkins keeps of a step's arguments, which it cuts by their size. */
    private static final int MANY = 1_000;

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private final MockWebServer external = new MockWebServer();
    private final List<RecordedRequest> requests = new ArrayList<>();

    @BeforeEach
    void startExternal() throws IOException {
        external.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                return new MockResponse.Builder().code(202).build();
            }
        });
        external.start(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void stopExternal() {
        external.close();
    }

    private String step(int approvals) {
        return "armoryWebhookApprovals(name: 'tests', uriTemplate: '" + external.url("/start")
                + "', headers: [[key: 'X-Token', value: '{{armory.callbackToken}}']],"
                + " approvals: (1.." + approvals + ").collect { [context: [region: \"region-$it\".toString()]] })";
    }

    private static WorkflowRun start(JenkinsRule j, String script) throws Exception {
        ArmoryConfiguration.get().setAllowedHosts(List.of("127.0.0.1"));
        WorkflowJob job = j.createProject(WorkflowJob.class, "job");
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0).waitForStart();
    }

    private static WorkflowRun run(JenkinsRule j) {
        return j.jenkins.getItemByFullName("job", WorkflowJob.class).getBuildByNumber(1);
    }

    /** Waits until all are called, and every answer is written. */
    private void awaitCalls(WorkflowRun run, int count) throws Exception {
        while (requests.size() < count) {
            RecordedRequest request = external.takeRequest(5, TimeUnit.MINUTES);
            assertThat(request).as("call %s", requests.size()).isNotNull();
            requests.add(request);
        }
        await().atMost(Duration.ofMinutes(5))
                .until(() -> ArmoryRuntime.get().approvalsOf(run).stream()
                        .allMatch(approval -> approval.state() == Approval.State.WAITING));
    }

    private void callBack(JenkinsRule j, List<RecordedRequest> answered) throws Exception {
        var caller = new TestCaller(j.getURL());
        for (RecordedRequest request : answered) {
            assertThat(caller.post(
                                    request.getHeaders().get("Idempotency-Key"),
                                    request.getHeaders().get("X-Token"),
                                    "{\"success\": true}")
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private static ArmoryWebhookApprovalStep entry(String webhook) {
        var entry = new ArmoryWebhookApprovalStep();
        entry.setWebhook(webhook);
        return entry;
    }

    @Test
    void isWrittenByTheSnippetGenerator() throws Throwable {
        sessions.then(j -> {
            var tester = new SnippetizerTester(j);
            var step = new ArmoryWebhookApprovalsStep(List.of(entry("a"), entry("b")));
            tester.assertRoundTrip(step, "armoryWebhookApprovals([[webhook: 'a'], [webhook: 'b']])");

            ArmoryWebhookApprovalStep region = entry(null);
            region.setContext(List.of(new KeyValue("region", "eu")));
            var regions = new ArmoryWebhookApprovalsStep(List.of(region));
            regions.setWebhook("tests");
            // No round trip: read again, the entry has the webhook that holds for all.
            assertThat(Snippetizer.object2Groovy(regions))
                    .isEqualTo("armoryWebhookApprovals approvals: [[context: [region: 'eu']]], webhook: 'tests'");

            var form = new StepConfigTester(j);
            j.assertEqualDataBoundBeans(step, form.configRoundTrip(step));
            j.assertEqualDataBoundBeans(regions, form.configRoundTrip(regions));
            HtmlForm config = j.createWebClient()
                    .withJavaScriptEnabled(false)
                    .getPage(j.jenkins.getAllItems(FreeStyleProject.class).get(0), "configure")
                    .getFormByName("config");
            assertThat(config.getInputsByName("_.webhook"))
                    .as("a combo box offers nothing of a list that is for a select")
                    .extracting(input -> input.getAttribute("class"))
                    .noneMatch(style -> style.contains("combobox"));

            var help = j.createWebClient();
            String path = "descriptor/" + ArmoryWebhookApprovalsStep.class.getName() + "/help";
            for (String field : List.of("", "/approvals", "/webhook")) {
                assertThat(help.goTo(path + field).getWebResponse().getContentAsString())
                        .as(field)
                        .contains("<div>");
            }
        });
    }

    @Test
    void takesAListOfMaps() throws Throwable {
        sessions.then(j -> {
            List<Map<String, Object>> entries =
                    List.of(Map.of("context", Map.of("region", "eu")), Map.of("webhook", "other", "timeout", 5));

            ArmoryWebhookApprovalsStep step = new DescribableModel<>(ArmoryWebhookApprovalsStep.class)
                    .instantiate(Map.of("webhook", "tests", "approvals", entries), null);

            assertThat(step.getApprovals())
                    .extracting(ArmoryWebhookApprovalStep::getWebhook)
                    .containsExactly("tests", "other");
            assertThat(step.getApprovals().get(0).getContext())
                    .singleElement()
                    .returns("region", KeyValue::getKey)
                    .returns("eu", KeyValue::getValue);
            assertThat(step.getApprovals().get(1).getTimeout()).isEqualTo(5);
        });
    }

    @Test
    void waitsInADeclarativePipeline() throws Throwable {
        sessions.then(j -> {
            WorkflowRun run = start(
                    j,
                    "pipeline { agent none; stages { stage('prod') { steps { armoryWebhookApprovals(name: 'tests', uriTemplate: '"
                            + external.url("/start")
                            + "', headers: [[key: 'X-Token', value: '{{armory.callbackToken}}']],"
                            + " approvals: [[context: [region: 'eu']], [context: [region: 'us']]]) } } } }");
            awaitCalls(run, 2);
            assertThat(ArmoryRuntime.get().approvalsOf(run))
                    .extracting(Approval::environment)
                    .containsExactly("prod", "prod");

            callBack(j, requests);

            j.assertBuildStatusSuccess(j.waitForCompletion(run));
        });
    }

    /** Jenkins keeps a step's arguments with its node as far as they are small. */
    @Test
    void neitherTheProgramNorTheNodeGrowsWithTheList() throws Throwable {
        sessions.then(j -> {
            WorkflowRun run = start(j, step(MANY));
            awaitCalls(run, MANY);

            FlowNode node = new DepthFirstScanner()
                    .findFirstMatch(run.getExecution(), new NodeStepTypePredicate("armoryWebhookApprovals"));

            assertThat(ArgumentsAction.getArguments(node))
                    .containsEntry("name", "tests")
                    .containsEntry("approvals", NotStoredReason.OVERSIZE_VALUE);
            Path files = run.getRootDir().toPath();
            assertThat(Files.size(files.resolve("workflow").resolve(node.getId() + ".xml")))
                    .isLessThan(10_000);
            assertThat(Files.size(files.resolve("program.dat"))).isLessThan(100_000);
            run.doStop();
            j.waitForCompletion(run);
        });
    }

    @Test
    void waitsOnAfterARestart() throws Throwable {
        sessions.then(j -> {
            WorkflowRun run =
                    start(j, "def results = " + step(MANY) + "\necho \"${results.count { it.success }} succeeded\"");
            awaitCalls(run, MANY);
            callBack(j, requests.subList(0, MANY / 2));
        });
        sessions.then(j -> {
            await().untilAsserted(() ->
                    j.assertLogContains("Jenkins was restarted; still waiting for 500 of 1,000 approvals.", run(j)));

            callBack(j, requests.subList(MANY / 2, MANY));

            j.assertBuildStatusSuccess(j.waitForCompletion(run(j)));
            j.assertLogContains("1000 succeeded", run(j));
        });
        assertThat(external.getRequestCount()).isEqualTo(MANY);
    }
}
