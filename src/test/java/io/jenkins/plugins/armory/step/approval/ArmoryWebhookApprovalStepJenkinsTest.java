package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.cloudbees.hudson.plugins.folder.Folder;
import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.domains.Domain;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Result;
import hudson.model.User;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.Secret;
import io.jenkins.plugins.armory.TestCaller;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.form.AnswerDefinition;
import io.jenkins.plugins.armory.config.form.ApprovalRule;
import io.jenkins.plugins.armory.config.form.BodyTemplate;
import io.jenkins.plugins.armory.config.form.KeyValue;
import io.jenkins.plugins.armory.config.form.ManualApproval;
import io.jenkins.plugins.armory.config.form.RetryDefinition;
import io.jenkins.plugins.armory.config.form.StatusDefinition;
import io.jenkins.plugins.armory.config.form.WebhookDefinition;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.jenkinsci.plugins.plaincredentials.impl.StringCredentialsImpl;
import org.jenkinsci.plugins.structs.describable.DescribableModel;
import org.jenkinsci.plugins.structs.describable.DescribableParameter;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.CpsFlowExecution;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.job.properties.DurabilityHintJobProperty;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class ArmoryWebhookApprovalStepJenkinsTest {

    private JenkinsRule j;
    private final MockWebServer external = new MockWebServer();

    @BeforeEach
    void start(JenkinsRule rule) throws IOException {
        j = rule;
        external.start(InetAddress.getLoopbackAddress(), 0);
        ArmoryConfiguration.get().setAllowedHosts(List.of("127.0.0.1"));
        for (int i = 0; i < 10; i++) {
            external.enqueue(new MockResponse.Builder().code(202).build());
        }
    }

    @AfterEach
    void stop() {
        external.close();
    }

    /** Returns a call of the step that sends the approval's own token to the external process. */
    private String step(String more) {
        return "armoryWebhookApproval(name: 'tests', uriTemplate: '" + external.url("/start")
                + "', headers: [[key: 'X-Token', value: '{{armory.callbackToken}}'],"
                + " [key: 'X-Callback', value: '{{armory.callbackUri}}/callback']]" + more + ")";
    }

    private WorkflowJob job(ItemGroup<?> parent, String script) throws Exception {
        WorkflowJob job = parent == j.jenkins
                ? j.createProject(WorkflowJob.class)
                : ((Folder) parent).createProject(WorkflowJob.class, "job");
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    private WorkflowRun start(String script) throws Exception {
        return job(j.jenkins, script).scheduleBuild2(0).waitForStart();
    }

    private RecordedRequest received() throws InterruptedException {
        RecordedRequest request = external.takeRequest(30, TimeUnit.SECONDS);
        assertThat(request).as("the webhook is called").isNotNull();
        return request;
    }

    private HttpResponse<String> callBack(RecordedRequest request, String body) throws Exception {
        String id = request.getHeaders().get("Idempotency-Key");
        return new TestCaller(j.getURL()).post(id, request.getHeaders().get("X-Token"), body);
    }

    @Test
    void aBuildThatDoesNotSurviveACrashIsToldSoOnce() throws Exception {
        WorkflowJob job = job(j.jenkins, step("") + "\n" + step(""));
        job.addProperty(new DurabilityHintJobProperty(FlowDurabilityHint.PERFORMANCE_OPTIMIZED));
        WorkflowRun run = job.scheduleBuild2(0).waitForStart();
        for (int i = 0; i < 2; i++) {
            callBack(received(), "{\"success\": true}");
        }
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        assertThat(JenkinsRule.getLog(run)).containsOnlyOnce("this build does not survive a crash of Jenkins");

        WorkflowJob blocked = job(j.jenkins, step(""));
        blocked.setResumeBlocked(true);
        WorkflowRun other = blocked.scheduleBuild2(0).waitForStart();
        callBack(received(), "{\"success\": true}");
        j.assertBuildStatusSuccess(j.waitForCompletion(other));
        assertThat(JenkinsRule.getLog(other))
                .containsOnlyOnce("this build does not survive a restart of Jenkins (disableResume)");

        WorkflowRun usual = start(step(""));
        callBack(received(), "{\"success\": true}");
        j.assertBuildStatusSuccess(j.waitForCompletion(usual));
        assertThat(JenkinsRule.getLog(usual)).doesNotContain("does not survive");
    }

    private static Approval approval(RecordedRequest request) throws IOException {
        return ArmoryRuntime.get()
                .approvals()
                .find(request.getHeaders().get("Idempotency-Key"))
                .orElseThrow();
    }

    @Test
    void endsWithABuildThatIsEndedByForce() throws Exception {
        WorkflowRun run = start(step(""));
        RecordedRequest request = received();

        run.doKill();

        j.waitForCompletion(run);
        await().until(() -> approval(request).isDecided());
        assertThat(approval(request).decision().outcome()).isEqualTo(Outcome.ABORTED);
    }

    /** Only the engine can call a method of a class of the Pipeline. It would do so instead of the step, and go on. */
    @Test
    void isNotReplacedByTheToStringOfAnArgument() throws Exception {
        String release = "class Release implements Serializable { String toString() { 'v1' } }\n"
                + "class Broken implements Serializable { @NonCPS String toString() { throw new Exception('broken') } }\n";
        for (String arguments : List.of(
                "manualApproval: [message: new Release()]",
                "manualApproval: [message: 'Go?'], timeout: new Broken()",
                "name: 'tests', uriTemplate: 'http://127.0.0.1:1/', context: [release: new Release()]")) {
            WorkflowRun run = start(release + "armoryEnvironment('staging') {\n"
                    + "    try { armoryWebhookApproval(" + arguments
                    + ") } catch (e) { echo \"caught ${e.message}\" }\n"
                    + "}\n"
                    + "armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }");

            j.waitForCompletion(run);
            j.assertLogContains("caught armoryWebhookApproval: ", run);
            j.assertLogNotContains("never", run);
        }
    }

    @Test
    void namesTheNearestParameterInADeclarativePipelineToo() throws Exception {
        String pipeline = "pipeline { agent none; stages { stage('prod') { steps { %s } } } }";
        // Declarative Pipelines check the parameters of a step themselves, before they start.
        assertFailure(pipeline.formatted(step(", manualApprovall: [message: 'go?']")), "manualApprovall");
        assertFailure(
                pipeline.formatted(step(", manualApproval: [submitter: 'alice']")),
                "manualApproval.submitter: there is no such parameter; did you mean submitters?");
        assertThat(external.getRequestCount()).isZero();
    }

    private static void addCredentials(ItemGroup<?> place, Credentials credentials) throws IOException {
        CredentialsProvider.lookupStores(place).iterator().next().addCredentials(Domain.global(), credentials);
    }

    private void assertFailure(String script, String message) throws Exception {
        WorkflowRun run = start(script);
        j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run));
        j.assertLogContains(message, run);
    }

    @Test
    void takesACredentialOfTheFolderOnlyWhereTheJobMaySeeIt() throws Exception {
        Folder folder = j.createProject(Folder.class, "team");
        addCredentials(
                folder,
                new StringCredentialsImpl(
                        CredentialsScope.GLOBAL, "ci", "", Secret.fromString("f0lder-secret-of-the-team")));
        String script = step(", callbackCredentialsId: 'ci'");

        WorkflowRun inside = job(folder, script).scheduleBuild2(0).waitForStart();
        RecordedRequest request = received();
        TestCaller client = new TestCaller(j.getURL());
        String id = request.getHeaders().get("Idempotency-Key");
        assertThat(client.post(id, "wrong", "{\"success\": true}").statusCode()).isEqualTo(401);
        assertThat(client.post(id, "f0lder-secret-of-the-team", "{\"success\": true}")
                        .statusCode())
                .isEqualTo(200);
        j.assertBuildStatusSuccess(j.waitForCompletion(inside));
        j.assertLogContains("succeeded (credentials ci)", inside);

        assertFailure(script, "there is no Secret text credential \"ci\" that this job may use");
    }

    @Test
    void noCredentialOfAFolderStandsInForTheOneOfTheSettings() throws Exception {
        Folder folder = j.createProject(Folder.class, "team");
        for (ItemGroup<?> place : List.of(j.jenkins, folder)) {
            String secret = place == folder ? "f0lder-secret-of-the-team" : "s3ttings-secret-of-jenkins";
            addCredentials(
                    place,
                    new StringCredentialsImpl(
                            place == folder ? CredentialsScope.GLOBAL : CredentialsScope.SYSTEM,
                            "trusted",
                            "",
                            Secret.fromString(secret)));
        }
        ArmoryConfiguration.get().setCallbackCredentialsId("trusted");
        WorkflowRun run = job(folder, step("")).scheduleBuild2(0).waitForStart();
        RecordedRequest request = received();
        TestCaller client = new TestCaller(j.getURL());
        String id = request.getHeaders().get("Idempotency-Key");

        assertThat(client.post(id, "f0lder-secret-of-the-team", "{\"success\": true}")
                        .statusCode())
                .isEqualTo(401);
        assertThat(client.post(id, "s3ttings-secret-of-jenkins", "{\"success\": true}")
                        .statusCode())
                .isEqualTo(200);

        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        assertFailure(
                step(", bodyTemplate: [inline: '{\"t\": \"{{secrets.trusted}}\"}']"),
                "is a credential that Manage Jenkins » System trusts with callbacks");
    }

    @Test
    void sendsASecretOfTheFolderAndRecordsItsUse() throws Exception {
        Folder folder = j.createProject(Folder.class, "team");
        StringCredentialsImpl credentials = new StringCredentialsImpl(
                CredentialsScope.GLOBAL, "ci", "", Secret.fromString("f0lder-secret-of-the-team"));
        addCredentials(folder, credentials);
        String script = step(", bodyTemplate: [inline: '{\"t\": \"{{secrets.ci}}\"}']");

        WorkflowRun run = job(folder, script).scheduleBuild2(0).waitForStart();
        RecordedRequest request = received();
        assertThat(request.getBody().string(StandardCharsets.UTF_8))
                .isEqualTo("{\"t\": \"f0lder-secret-of-the-team\"}");
        assertThat(CredentialsProvider.getFingerprintOf(credentials).getJobs()).containsExactly("team/job");
        await().untilAsserted(
                        () -> j.assertLogContains("Waiting 24 hours at most", run)); // no file is being written then
        assertNotOnDisk("f0lder-secret-of-the-team");
        callBack(request, "{\"success\": true}");
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        j.assertLogNotContains("f0lder-secret-of-the-team", run);

        assertFailure(
                script, "{{secrets.ci}} at line 1, column 8: has no value; there is no Secret text credential \"ci\"");
    }

    @Test
    void keepsNoTokenOnDisk() throws Exception {
        WorkflowRun run = start(step(""));
        RecordedRequest request = received();
        await().untilAsserted(() -> j.assertLogContains("Waiting 24 hours at most", run));
        String token = request.getHeaders().get("X-Token");
        assertNotOnDisk(token.substring(token.indexOf('.') + 1));

        callBack(request, "{\"success\": true}");
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
    }

    private void assertNotOnDisk(String secret) throws IOException {
        try (Stream<Path> files = Files.walk(j.jenkins.getRootDir().toPath())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(content(file)).as("%s", file).doesNotContain(secret);
            }
        }
    }

    private static String content(Path file) throws IOException {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException x) {
            return ""; // a temporary file that was renamed meanwhile
        }
    }

    @Test
    void followsAFolderThatIsRenamed() throws Exception {
        Folder folder = j.createProject(Folder.class, "team");
        WorkflowRun run = job(folder, step("")).scheduleBuild2(0).waitForStart();
        RecordedRequest request = received();
        ((CpsFlowExecution) run.getExecution()).waitForSuspension(); // its program is saved in the folder

        folder.renameTo("group");

        assertThat(approval(request).build().job()).isEqualTo("group/job");
        callBack(request, "{\"success\": true}");
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
    }

    @Test
    void nothingIsLeftOfAFolderThatIsRenamedAndDeleted() throws Exception {
        Folder folder = j.createProject(Folder.class, "team");
        WorkflowRun run = job(folder, step("")).scheduleBuild2(0).waitForStart();
        RecordedRequest request = received();
        callBack(request, "{\"success\": true}");
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        Path marked = j.jenkins.getRootDir().toPath().resolve("armory-approvals/open");

        folder.renameTo("group");
        folder.delete();

        await().atMost(1, TimeUnit.MINUTES).until(() -> isEmpty(marked));
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    private static ArmoryWebhookApprovalStep named(String name, String uriTemplate) {
        ArmoryWebhookApprovalStep step = new ArmoryWebhookApprovalStep();
        step.setName(name);
        step.setUriTemplate(uriTemplate);
        return step;
    }

    @Test
    void isWrittenByTheSnippetGenerator() throws Exception {
        ArmoryWebhookApprovalStep step = named("tests", "https://ci/start");
        SnippetizerTester tester = new SnippetizerTester(j);
        tester.assertRoundTrip(step, "armoryWebhookApproval name: 'tests', uriTemplate: 'https://ci/start'");

        step.setContext(List.of(new KeyValue("ref", "main"), new KeyValue("n", "1")));
        step.setHeaders(List.of(new KeyValue("a", "b")));
        BodyTemplate body = new BodyTemplate();
        body.setInline("{}");
        step.setBodyTemplate(body);
        step.setTimeout(5);
        step.setUnit(TimeUnit.MINUTES);
        tester.assertRoundTrip(
                step,
                "armoryWebhookApproval bodyTemplate: [inline: '{}'], context: [ref: 'main', n: '1'],"
                        + " headers: [[key: 'a', value: 'b']], name: 'tests', timeout: 5, unit: 'MINUTES',"
                        + " uriTemplate: 'https://ci/start'");

        ArmoryWebhookApprovalStep listened = named("tests", "https://ci/start");
        listened.setHeartbeat(90);
        listened.setUnit(TimeUnit.SECONDS);
        tester.assertRoundTrip(
                listened,
                "armoryWebhookApproval heartbeat: 90, heartbeatUnit: 'SECONDS', name: 'tests', uriTemplate: 'https://ci/start'");
        listened.setTimeout(24);
        listened.setUnit(TimeUnit.DAYS);
        listened.setHeartbeatUnit(TimeUnit.MINUTES);
        tester.assertRoundTrip(
                listened,
                "armoryWebhookApproval heartbeat: 90, heartbeatUnit: 'MINUTES', name: 'tests', unit: 'DAYS',"
                        + " uriTemplate: 'https://ci/start'");

        ArmoryWebhookApprovalStep byName = new ArmoryWebhookApprovalStep();
        byName.setWebhook("tests");
        byName.setContext(List.of(new KeyValue("ref", "main")));
        tester.assertRoundTrip(byName, "armoryWebhookApproval context: [ref: 'main'], webhook: 'tests'");
    }

    /** The form allows a manual approval without a webhook, and writes nothing of one. */
    @Test
    void asksAPersonAloneWithoutAWebhook() throws Exception {
        ArmoryWebhookApprovalStep alone = new ArmoryWebhookApprovalStep();
        ManualApproval manual = new ManualApproval();
        manual.setMessage("Go?");
        alone.setManualApproval(manual);
        new SnippetizerTester(j).assertRoundTrip(alone, "armoryWebhookApproval(manualApproval: [message: 'Go?'])");
        j.assertEqualDataBoundBeans(alone, new StepConfigTester(j).configRoundTrip(alone));

        ApprovalRule qa = new ApprovalRule();
        qa.setSubmitters(List.of("qa"));
        ApprovalRule ops = new ApprovalRule();
        ops.setSubmitters(List.of("ops", "oncall"));
        ops.setRequired(2);
        manual.setRules(List.of(qa, ops));
        new SnippetizerTester(j)
                .assertRoundTrip(
                        alone,
                        "armoryWebhookApproval(manualApproval: [message: 'Go?', rules: [[submitters: ['qa']],"
                                + " [required: 2, submitters: ['ops', 'oncall']]]])");
        j.assertEqualDataBoundBeans(alone, new StepConfigTester(j).configRoundTrip(alone));
    }

    @Test
    void survivesItsForm() throws Exception {
        ArmoryWebhookApprovalStep step = named("tests", "https://ci/start");
        step.setMethod("PUT");
        step.setRetryCount(3);
        step.setNetworkMode("remoteNetworkAgent");
        step.setAgentIdentifier("inside");
        step.setDisableCallback(true);
        step.setContext(List.of(new KeyValue("ref", "main")));
        step.setHeaders(List.of(new KeyValue("a", "b"), new KeyValue("c", "d")));
        BodyTemplate body = new BodyTemplate();
        body.setInline("{}");
        step.setBodyTemplate(body);
        step.setEnvironment("prod");
        step.setTimeout(5);
        step.setUnit(TimeUnit.MINUTES);
        step.setHeartbeat(2);
        step.setHeartbeatUnit(TimeUnit.SECONDS);
        step.setNotify(List.of("slack-releases", "mail"));
        step.setAllowedCallers(List.of("ci-client", "https://gitlab.example.com project_path:team/app:*"));

        ArmoryWebhookApprovalStep after = new StepConfigTester(j).configRoundTrip(step);

        j.assertEqualDataBoundBeans(step, after);
    }

    @Test
    void keepsTheRulesOfTheConnectionInTheSnippetGenerator() throws Exception {
        addCredentials(
                j.jenkins, new StringCredentialsImpl(CredentialsScope.GLOBAL, "signing", "", Secret.fromString("x")));
        ArmoryWebhookApprovalStep step = new ArmoryWebhookApprovalStep();
        step.setName("checks");
        step.setUriTemplate("https://ci.example.com/start");
        RetryDefinition retry = new RetryDefinition();
        retry.setCount(4);
        retry.setOn(List.of("429", "5xx"));
        retry.setDelay(2);
        retry.setMaxDelay(90);
        step.setRetry(retry);
        step.setConnectTimeout(5);
        step.setRequestTimeout(60);
        step.setSignWith("signing");

        ArmoryWebhookApprovalStep after = new StepConfigTester(j).configRoundTrip(step);

        j.assertEqualDataBoundBeans(step, after);
        new SnippetizerTester(j)
                .assertRoundTrip(
                        step,
                        "armoryWebhookApproval connectTimeout: 5, name: 'checks', requestTimeout: 60, retry: [count: 4, delay: 2,"
                                + " maxDelay: 90, on: ['429', '5xx']], signWith: 'signing', uriTemplate: 'https://ci.example.com/start'");
    }

    @Test
    void theRuleOfAnAnswerSurvivesFormsAndIsWrittenByTheSnippetGenerator() throws Exception {
        AnswerDefinition answer = new AnswerDefinition();
        answer.setSuccess("200, 404");
        answer.setPointer("/state");
        answer.setEquals(List.of("passed", "true"));
        answer.setFailure(List.of("failed"));
        ArmoryWebhookApprovalStep step = named("gate", "https://ci/start");
        step.setAnswer(answer);

        ArmoryWebhookApprovalStep after = new StepConfigTester(j).configRoundTrip(step);

        j.assertEqualDataBoundBeans(answer, after.getAnswer());
        new SnippetizerTester(j)
                .assertRoundTrip(
                        step,
                        "armoryWebhookApproval answer: [equals: ['passed', 'true'], failure: ['failed'], pointer: '/state',"
                                + " success: '200, 404'], name: 'gate', uriTemplate: 'https://ci/start'");

        WebhookDefinition definition = new WebhookDefinition();
        definition.setName("gate");
        definition.setUriTemplate("https://ci/start");
        definition.setAnswer(answer);
        ArmoryConfiguration.get().setWebhooks(List.of(definition));
        j.configRoundtrip();
        j.assertEqualDataBoundBeans(
                answer, ArmoryConfiguration.get().getWebhooks().get(0).getAnswer());
        JenkinsRule.WebClient client = j.createWebClient();
        for (String field : List.of("success", "pointer", "equals", "failure")) {
            String url = "descriptor/" + AnswerDefinition.class.getName() + "/help/" + field;
            assertThat(client.goTo(url).getWebResponse().getContentAsString()).contains("<div>");
        }
    }

    @Test
    void theQuestionForAStatusSurvivesFormsAndIsWrittenByTheSnippetGenerator() throws Exception {
        StatusDefinition status = new StatusDefinition();
        status.setUriTemplate("{{armory.answerLocation}}status");
        status.setLocation("/executable/url");
        status.setHeaders(List.of(new KeyValue("a", "b")));
        status.setEvery(2);
        status.setUnit(TimeUnit.MINUTES);
        status.setPointer("/state");
        status.setSuccess(List.of("passed", "true"));
        status.setFailure(List.of("failed"));
        ArmoryWebhookApprovalStep step = named("tests", "https://ci/start");
        step.setStatus(status);

        ArmoryWebhookApprovalStep after = new StepConfigTester(j).configRoundTrip(step);

        j.assertEqualDataBoundBeans(status, after.getStatus());
        new SnippetizerTester(j)
                .assertRoundTrip(
                        step,
                        "armoryWebhookApproval name: 'tests', status: [every: 2, failure: ['failed'],"
                                + " headers: [[key: 'a', value: 'b']], location: '/executable/url', pointer: '/state', success: ['passed', 'true'],"
                                + " unit: 'MINUTES', uriTemplate: '{{armory.answerLocation}}status'], uriTemplate: 'https://ci/start'");

        WebhookDefinition definition = new WebhookDefinition();
        definition.setName("tests");
        definition.setUriTemplate("https://ci/start");
        definition.setStatus(status);
        ArmoryConfiguration.get().setWebhooks(List.of(definition));
        j.configRoundtrip();
        j.assertEqualDataBoundBeans(
                status, ArmoryConfiguration.get().getWebhooks().get(0).getStatus());
        JenkinsRule.WebClient client = j.createWebClient();
        for (String field : List.of("uriTemplate", "every", "unit", "pointer", "location", "success", "failure")) {
            String url = "descriptor/" + StatusDefinition.class.getName() + "/help/" + field;
            assertThat(client.goTo(url).getWebResponse().getContentAsString())
                    .as(field)
                    .contains("<div>");
        }
    }

    private static final String HELP = "descriptor/" + ArmoryWebhookApprovalStep.class.getName() + "/help";

    @Test
    void hasHelpForEveryField() throws Exception {
        JenkinsRule.WebClient client = j.createWebClient();
        assertThat(client.goTo(HELP).getWebResponse().getContentAsString()).contains("<div>");
        var model = new DescribableModel<>(ArmoryWebhookApprovalStep.class);
        assertThat(model.getParameters()).isNotEmpty();
        for (DescribableParameter parameter : model.getParameters()) {
            String help = client.goTo(HELP + "/" + parameter.getName())
                    .getWebResponse()
                    .getContentAsString();
            assertThat(help).as(parameter.getName()).contains("<div>");
        }
    }

    @Test
    void lendsItsHelpToDefinitionsInSettings() {
        assertThat(j.jenkins.getDescriptorOrDie(WebhookDefinition.class).getHelpFile("retryCount"))
                .isEqualTo("/" + HELP + "/retryCount");
    }

    @Test
    void offersCredentialsOnlyToWhoMayConfigure() throws Exception {
        addCredentials(j.jenkins, new StringCredentialsImpl(CredentialsScope.GLOBAL, "ci", "", Secret.fromString("x")));
        WorkflowJob job = j.createProject(WorkflowJob.class);
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Item.EXTENDED_READ, Item.READ)
                .everywhere()
                .to("configurer")
                .grant(Item.READ)
                .everywhere()
                .to("reader"));

        assertThat(credentialsOffered("configurer", job)).contains("ci");
        assertThat(credentialsOffered("reader", job)).doesNotContain("ci");
    }

    private static List<String> credentialsOffered(String user, Item item) {
        try (ACLContext ignored = ACL.as2(User.getById(user, true).impersonate2())) {
            return new ArmoryWebhookApprovalStep.DescriptorImpl()
                    .doFillCallbackCredentialsIdItems(item, "").stream()
                            .map(option -> option.value)
                            .toList();
        }
    }
}
