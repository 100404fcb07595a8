package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.InputDefinition;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.store.TestBuilds;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import net.sf.json.JSONObject;
import org.awaitility.Awaitility;
import org.htmlunit.HttpMethod;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LogRecorder;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** What people fill in when they approve. */
@WithJenkins
class ApprovalInputsJenkinsTest {

    private static final String PARAMETERS = "parameters: [choice(name: 'region', choices: ['eu', 'us']),"
            + " string(name: 'ticket', defaultValue: 'none'), booleanParam(name: 'dry', defaultValue: true),"
            + " text(name: 'notes')]";

    private JenkinsRule j;

    @BeforeEach
    void start(JenkinsRule rule) {
        j = rule;
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(jenkins.model.Jenkins.ADMINISTER)
                .everywhere()
                .to("alice", "bob"));
    }

    private WorkflowRun run(String manual) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(
                "def r = armoryWebhookApproval(manualApproval: [message: 'Go?', " + manual + "])\n"
                        + "echo \"inputs: ${r.inputs.collect { k, v -> k + '=' + v + (v instanceof Boolean ? '!' : '') }}\"",
                true));
        return job.scheduleBuild2(0).waitForStart();
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

    private WebResponse request(String user, HttpMethod method, String path) throws Exception {
        JenkinsRule.WebClient client = j.createWebClient().withBasicApiToken(user);
        client.getOptions().setThrowExceptionOnFailingStatusCode(false);
        return client.getPage(new WebRequest(new URL(j.getURL(), "armory/approvals/" + path), method))
                .getWebResponse();
    }

    private WebResponse approve(String user, WorkflowRun run, String inputs) throws Exception {
        return request(
                user,
                HttpMethod.POST,
                approvalOf(run).id() + "/approve?inputs=" + URLEncoder.encode(inputs, StandardCharsets.UTF_8));
    }

    @Test
    void valuesComeToThePipeline() throws Exception {
        WorkflowRun run = run(PARAMETERS);
        WebResponse answer = approve("alice", run, "{\"region\": \"us\", \"dry\": false, \"notes\": \"a\\nb\"}");

        assertThat(answer.getStatusCode()).isEqualTo(200);
        assertThat((Object) JSONObject.fromObject(answer.getContentAsString()).getJSONObject("inputs"))
                .isEqualTo(JSONObject.fromObject("{'region': 'us', 'ticket': 'none', 'dry': false, 'notes': 'a\\nb'}"));
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        j.assertLogContains("inputs: [region=us, ticket=none, dry=false!, notes=a", run);
    }

    @Test
    void whatIsNotFilledInHasItsDefault() throws Exception {
        WorkflowRun run = run(PARAMETERS);
        assertThat(approve("alice", run, "").getStatusCode()).isEqualTo(200);
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        j.assertLogContains("inputs: [region=eu, ticket=none, dry=true!, notes=]", run);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"region\": \"moon\"}  | inputs.region: \"moon\" is not one of its values",
                "{\"dry\": \"yes\"}      | inputs.dry: must be true or false",
                "{\"dry\": 1}            | inputs.dry: must be a text or a boolean",
                "{\"ticket\": null}      | inputs.ticket: must be a text or a boolean",
                "{\"regoin\": \"us\"}    | inputs.regoin: there is no such parameter; there is region, ticket, dry, notes",
                "[]                      | inputs: must be a JSON object",
                "{region: us}            | inputs: is not JSON",
                "{\"region\": \"eu\", \"region\": \"us\"}   | inputs: is not JSON: Duplicate field 'region'",
                "{\"region\": \"eu\"} {\"region\": \"us\"} | inputs: is not JSON: Trailing token",
            })
    void wrongValuesAreRefused(String inputs, String message) throws Exception {
        WorkflowRun run = run(PARAMETERS);
        WebResponse answer = approve("alice", run, inputs);

        assertThat(answer.getStatusCode()).isEqualTo(400);
        assertThat(JSONObject.fromObject(answer.getContentAsString()).getString("message"))
                .startsWith(message);
        assertThat(approvalOf(run).isDecided()).isFalse();
        run.doStop();
        j.waitForCompletion(run);
    }

    @Test
    void severalPeopleAgreeToWhatTheFirstFilledIn() throws Exception {
        WorkflowRun run = run("required: 2, " + PARAMETERS);
        approve("alice", run, "{\"region\": \"us\"}");
        WebResponse other = approve("bob", run, "{\"region\": \"eu\"}");
        assertThat(other.getStatusCode()).isEqualTo(409);
        assertThat(other.getContentAsString()).contains("other_inputs", "alice approved with other inputs");

        assertThat(approve("bob", run, "").getStatusCode()).isEqualTo(200);
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        j.assertLogContains("inputs: [region=us, ", run);
    }

    @Test
    void whoApprovesAgainWithOtherValuesIsToldWhatWasApproved() throws Exception {
        WorkflowRun run = run("required: 2, " + PARAMETERS);
        approve("alice", run, "{\"region\": \"us\"}");
        assertThat(approve("alice", run, "{\"region\": \"us\"}").getStatusCode())
                .isEqualTo(200);

        assertOtherInputs(approve("alice", run, "{\"region\": \"eu\"}"));

        approve("bob", run, "");
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        assertOtherInputs(approve("bob", run, "{\"region\": \"eu\"}"));
        assertThat(approve("bob", run, "").getStatusCode()).isEqualTo(200);
    }

    private static void assertOtherInputs(WebResponse answer) {
        assertThat(answer.getStatusCode()).isEqualTo(409);
        JSONObject body = JSONObject.fromObject(answer.getContentAsString());
        assertThat(body.getString("error")).isEqualTo("other_inputs");
        assertThat(body.getJSONObject("inputs").getString("region")).isEqualTo("us");
    }

    @Test
    void whoOverridesAgainWithOtherValuesIsToldWhatWasApproved() throws Exception {
        WorkflowRun run = run(PARAMETERS);
        String id = approvalOf(run).id();
        String us = "{\"region\": \"us\"}";
        assertThat(override(id, us).getStatusCode()).isEqualTo(200);
        j.assertBuildStatusSuccess(j.waitForCompletion(run));

        WebResponse other = override(id, "{\"region\": \"eu\"}");
        assertOtherInputs(other);
        assertThat(other.getContentAsString()).contains("override by user alice");
        assertThat(override(id, us).getStatusCode()).isEqualTo(200);
        assertThat(override(id, "").getStatusCode())
                .as("with what was approved")
                .isEqualTo(200);
    }

    @Test
    void valuesThatAreGivenTwiceAreRefused() throws Exception {
        WorkflowRun run = run(PARAMETERS);
        String id = approvalOf(run).id();

        String twice = "inputs=%7B%22region%22:%22eu%22%7D&inputs=%7B%22region%22:%22us%22%7D";
        for (String decision : List.of("approve?", "override?decision=approve&reason=now&")) {
            assertThat(request("alice", HttpMethod.POST, id + '/' + decision + twice)
                            .getStatusCode())
                    .as(decision)
                    .isEqualTo(400);
        }
        assertThat(approvalOf(run).isDecided()).isFalse();
    }

    @Test
    void formIsMadeOfJenkinssOwnViews() throws Exception {
        WorkflowRun run =
                run("parameters: [choice(name: 'region', choices: ['eu', '<b>us</b>'], description: 'Where to')]");
        WebResponse form;
        try (LogRecorder log = new LogRecorder().record("", Level.WARNING).capture(100)) {
            form = request("alice", HttpMethod.GET, approvalOf(run).id() + "/inputs");
            assertThat(log.getRecords())
                    .filteredOn(record -> record.getThrown() != null)
                    .as("nothing is written after the form")
                    .isEmpty();
        }

        assertThat(form.getStatusCode()).isEqualTo(200);
        assertThat(form.getContentType()).isEqualTo("text/html");
        assertThat(form.getContentAsString())
                .contains("name=\"parameter\"", "value=\"region\"", "<select", "&lt;b&gt;us&lt;/b&gt;", "Where to")
                .doesNotContain("<b>us</b>", "<html", "not_found");
        run.doStop();
        j.waitForCompletion(run);
        WorkflowRun nothing = run("submitters: 'bob'");
        assertThat(request("alice", HttpMethod.GET, approvalOf(nothing).id() + "/inputs")
                        .getStatusCode())
                .isEqualTo(404);
        nothing.doStop();
        j.waitForCompletion(nothing);
    }

    /**
     * Returns the id of an approval that two people give, and whose parameter has a type that Jenkins does not know.
     */
    private String approvalWithoutItsPlugin() throws Exception {
        String id = ArmoryRuntime.get().tokens().newId();
        j.createProject(WorkflowJob.class, "deploy-" + id);
        TestBuilds.create(
                ArmoryRuntime.get().approvals(),
                TestApproval.of(id, ArmoryRootActionJenkinsTest.running("deploy-" + id))
                        .environment("prod")
                        .webhook("manual approval")
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .manual(TestApproval.requirement("Go?", List.of(), 2)
                                .withInputs(List.of(new InputDefinition("region", "<org.example.Region/>"))))
                        .start());
        return id;
    }

    /** What is missing must not keep an administrator from deciding: neither people nor a plugin. */
    @Test
    void overridesNeedNoPlugin() throws Exception {
        String nothing = approvalWithoutItsPlugin();
        String agreed = approvalWithoutItsPlugin();
        ArmoryRuntime.get()
                .approvals()
                .apply(agreed, new Event.ManualApproval("bob", "", Map.of("region", "us"), List.of(0)));
        String other = approvalWithoutItsPlugin();

        assertThat(request("alice", HttpMethod.POST, nothing + "/approve").getStatusCode())
                .isEqualTo(400);
        assertThat(override(nothing, "").getStatusCode()).isEqualTo(200);
        WebResponse refused = override(agreed, "{\"region\": \"eu\"}");
        assertThat(refused.getStatusCode()).isEqualTo(400);
        assertThat(refused.getContentAsString())
                .contains("inputs.region: Jenkins does not know the type of this parameter any more");
        String us = "{\"region\": \"us\"}";
        assertThat(override(agreed, us).getStatusCode())
                .as("as the page sends what it shows")
                .isEqualTo(200);
        assertThat(override(other, us).getStatusCode()).isEqualTo(400);

        assertThat(ArmoryRuntime.get().approvals().find(nothing).orElseThrow().inputs())
                .isEmpty();
        assertThat(ArmoryRuntime.get().approvals().find(agreed).orElseThrow().inputs())
                .isEqualTo(Map.of("region", "us"));
    }

    private WebResponse override(String id, String inputs) throws Exception {
        return request(
                "alice",
                HttpMethod.POST,
                id + "/override?decision=approve&reason=now&inputs="
                        + URLEncoder.encode(inputs, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "password(name: 'token')                      | manualApproval.parameters: \"token\" is a password",
                "file(name: 'plan')                           | manualApproval.parameters: \"plan\" has a type whose values",
                "choice(name: 'region', choices: [])          | manualApproval.parameters: \"region\" has no default value",
                "choice(name: 'region', chioces: ['eu'])      | manualApproval.parameters[0].chioces: there is no such parameter",
                "string(name: '')                             | manualApproval.parameters: a parameter has no name",
                "string(name: 'a'), string(name: 'a')         | manualApproval.parameters: \"a\" is there twice",
            })
    void whatCannotBeFilledInIsAnError(String parameters, String message) throws Exception {
        WorkflowRun run = run("parameters: [" + parameters + "]");

        j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run));
        j.assertLogContains("armoryWebhookApproval: " + message, run);
        assertThat(ArmoryRuntime.get().approvalsOf(run)).isEmpty();
    }
}
