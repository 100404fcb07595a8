package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.cloudbees.hudson.plugins.folder.Folder;
import hudson.model.Computer;
import hudson.model.Item;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.User;
import hudson.model.queue.CauseOfBlockage;
import hudson.slaves.DumbSlave;
import hudson.slaves.NodeProperty;
import hudson.slaves.OfflineCause;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.form.FolderWebhooks;
import io.jenkins.plugins.armory.config.form.WebhookDefinition;
import io.jenkins.plugins.armory.config.form.Webhooks;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jenkins.model.Jenkins;
import jenkins.security.QueueItemAuthenticatorConfiguration;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.htmlunit.html.HtmlForm;
import org.htmlunit.html.HtmlPage;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.MockQueueItemAuthenticator;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tests of webhooks on folders and of calls from agents. */
@WithJenkins
class WebhookSourcesJenkinsTest {

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

    private WebhookDefinition definition(String name, String path) {
        WebhookDefinition definition = new WebhookDefinition();
        definition.setName(name);
        definition.setUriTemplate(external.url(path).toString());
        definition.setDisableCallback(true);
        return definition;
    }

    private void define(Folder folder, WebhookDefinition... definitions) throws IOException {
        FolderWebhooks property = new FolderWebhooks();
        property.setWebhooks(List.of(definitions));
        folder.addProperty(property);
    }

    private WorkflowRun run(Folder folder, String script) throws Exception {
        WorkflowJob job = folder == null
                ? j.createProject(WorkflowJob.class)
                : folder.createProject(
                        WorkflowJob.class, "job" + folder.getItems().size());
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0).waitForStart();
    }

    private RecordedRequest received() throws InterruptedException {
        RecordedRequest request = external.takeRequest(60, TimeUnit.SECONDS);
        assertThat(request).as("the webhook is called").isNotNull();
        return request;
    }

    @Test
    void theNearestDefinitionWins() throws Exception {
        Folder outer = j.createProject(Folder.class, "outer");
        Folder inner = outer.createProject(Folder.class, "inner");
        Folder other = j.createProject(Folder.class, "other");
        ArmoryConfiguration.get().setWebhooks(List.of(definition("a", "/global"), definition("b", "/global")));
        define(outer, definition("a", "/outer"), definition("c", "/outer"));
        define(inner, definition("a", "/inner"));
        define(other, definition("d", "/other"));
        String script = "for (name in ['a', 'b', 'c']) { armoryWebhookApproval(webhook: name) }\n"
                + "armoryWebhookApproval(webhook: 'd')";

        WorkflowRun run = j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run(inner, script)));

        assertThat(List.of(
                        received().getTarget(),
                        received().getTarget(),
                        received().getTarget()))
                .containsExactly("/inner", "/global", "/outer");
        j.assertLogContains("webhook: there is no webhook \"d\"; known are a, b, c", run);
        assertThat(Webhooks.of(run.getParent()).names()).containsExactly("a", "b", "c");
    }

    @Test
    void aFolderThatAScriptConfiguredMayLeaveTheWebhooksOut() throws Exception {
        String configuration = """
                <com.cloudbees.hudson.plugins.folder.Folder>
                  <properties><io.jenkins.plugins.armory.config.form.FolderWebhooks/></properties>
                </com.cloudbees.hudson.plugins.folder.Folder>
                """;
        Folder folder = (Folder) j.jenkins.createProjectFromXML(
                "team", new ByteArrayInputStream(configuration.getBytes(StandardCharsets.UTF_8)));

        assertThat(folder.getProperties().get(FolderWebhooks.class).getWebhooks())
                .isEmpty();
        assertThat(Webhooks.of(folder.createProject(WorkflowJob.class, "job")).names())
                .isEmpty();
    }

    @Test
    void aFoldersWebhooksSurviveItsForm() throws Exception {
        Folder folder = j.createProject(Folder.class, "folder");
        define(folder, definition("a", "/start"));

        j.configRoundtrip(folder);

        assertThat(folder.getProperties().get(FolderWebhooks.class).getWebhooks())
                .singleElement()
                .satisfies(definition -> assertThat(definition.toWebhook())
                        .usingRecursiveComparison()
                        .isEqualTo(definition("a", "/start").toWebhook()));
    }

    @Test
    void aFoldersFormThatIsRefusedChangesNothingAndSaysWhy() throws Exception {
        Folder folder = j.createProject(Folder.class, "folder");
        define(folder, definition("a", "/start"));
        JenkinsRule.WebClient client = j.createWebClient();
        client.setThrowExceptionOnFailingStatusCode(false);
        HtmlForm form = client.getPage(folder, "configure").getFormByName("config");
        form.getInputByName("_.uriTemplate").setValue("ftp://ci.example.com/");

        assertThat(((HtmlPage) j.submit(form)).asNormalizedText()).contains("uriTemplate");

        assertThat(folder.getProperties().get(FolderWebhooks.class).getWebhooks())
                .singleElement()
                .returns(definition("a", "/start").getUriTemplate(), WebhookDefinition::getUriTemplate);
    }

    @Test
    void namesAreOfferedToThoseAloneWhoMayConfigureTheJob() throws Exception {
        ArmoryConfiguration.get().setWebhooks(List.of(definition("a", "/start")));
        WorkflowJob job = j.createProject(WorkflowJob.class);
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader")
                .grant(Jenkins.READ, Item.READ, Item.CONFIGURE)
                .everywhere()
                .to("author"));
        ArmoryWebhookApprovalStep.DescriptorImpl descriptor =
                j.jenkins.getDescriptorByType(ArmoryWebhookApprovalStep.DescriptorImpl.class);

        try (var ignored = hudson.security.ACL.as(User.getById("author", true))) {
            assertThat(descriptor.doFillWebhookItems(job, "ofFile"))
                    .extracting(option -> option.value)
                    .containsExactly("", "a", "ofFile");
        }
        try (var ignored = hudson.security.ACL.as(User.getById("reader", true))) {
            assertThat(descriptor.doFillWebhookItems(job, "")).hasSize(1);
        }
        assertThat(descriptor.doFillWebhookItems(null, null)).hasSize(1);
    }

    private String fromAgent(String identifier) {
        return "armoryWebhookApproval(name: 'inside', uriTemplate: '" + external.url("/inside")
                + "', disableCallback: true," + " networkMode: 'remoteNetworkAgent', agentIdentifier: '" + identifier
                + "')";
    }

    @Test
    void anAgentCallsByItsNameAndByItsLabelThoughItsOnlyExecutorIsTaken() throws Exception {
        DumbSlave agent = j.createOnlineSlave(Label.get("inside"));
        agent.setNumExecutors(1);
        WorkflowRun busy = run(null, "node('inside') { sleep 600 }");
        await().until(() -> agent.toComputer().countBusy() == 1);

        WorkflowRun run = run(null, fromAgent(agent.getNodeName()) + "\n" + fromAgent("inside"));

        assertThat(received().getTarget()).isEqualTo("/inside");
        assertThat(received().getTarget()).isEqualTo("/inside");
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        j.assertLogContains("Calling webhook 'inside' from agent 'inside': POST http://localhost", run);
        assertThat(agent.toComputer().countBusy()).isEqualTo(1);
        busy.doStop();
        j.waitForCompletion(busy);
    }

    @Test
    void waitsForAnAgentThatIsAway() throws Exception {
        DumbSlave agent = j.createOnlineSlave();
        agent.toComputer().disconnect(new OfflineCause.ByCLI("away")).get();

        WorkflowRun run = run(null, fromAgent(agent.getNodeName()));
        await().untilAsserted(() -> j.assertLogContains(
                "Agent '" + agent.getNodeName() + "' is offline; waiting up to 300 seconds for it.", run));
        agent.toComputer().connect(false).get();

        received();
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
    }

    @Test
    void anAgentThatComesBackAfterTheBuildWasAbortedCallsNobody() throws Exception {
        DumbSlave agent = j.createOnlineSlave();
        agent.toComputer().disconnect(new OfflineCause.ByCLI("away")).get();
        WorkflowRun aborted = run(null, fromAgent(agent.getNodeName()));
        await().untilAsserted(() -> j.assertLogContains("is offline; waiting", aborted));
        aborted.doStop();
        j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(aborted));

        agent.toComputer().connect(false).get();

        // The search for the agent runs every two seconds, so it has run twice once this one was called.
        agent.toComputer().disconnect(new OfflineCause.ByCLI("away")).get();
        WorkflowRun later = run(null, fromAgent(agent.getNodeName()).replace("/inside", "/later"));
        await().untilAsserted(() -> j.assertLogContains("is offline; waiting", later));
        agent.toComputer().connect(false).get();
        assertThat(received().getTarget()).isEqualTo("/later");
        j.assertBuildStatusSuccess(j.waitForCompletion(later));
        assertThat(external.getRequestCount()).isEqualTo(1);
    }

    @Test
    void jenkinsItselfIsNoAgent() throws Exception {
        for (String identifier : List.of("built-in", "(built-in)", "nobody")) {
            WorkflowRun run =
                    j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run(null, fromAgent(identifier))));
            j.assertLogContains("there is no agent of that name or label; check agentIdentifier", run);
        }
        assertThat(external.getRequestCount()).isZero();
    }

    @Test
    void whoMayNotBuildOnAnAgentMayNotCallFromIt() throws Exception {
        DumbSlave agent = j.createOnlineSlave();
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ, Item.BUILD)
                .everywhere()
                .toEveryone()
                .grant(Computer.BUILD)
                .onRoot()
                .to("builder"));
        WorkflowJob job = j.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(fromAgent(agent.getNodeName()), true));
        QueueItemAuthenticatorConfiguration.get()
                .getAuthenticators()
                .add(new MockQueueItemAuthenticator()
                        .authenticate(
                                job.getFullName(),
                                User.getById("outsider", true).impersonate2()));

        WorkflowRun refused =
                j.assertBuildStatus(Result.FAILURE, job.scheduleBuild2(0).get());

        j.assertLogContains("agent '" + agent.getNodeName() + "' may not be used by this job: ", refused);
        j.assertLogContains("outsider", refused);
        assertThat(external.getRequestCount()).isZero();
    }

    /** A stand-in for the Job Restrictions plugin. */
    private static final class NobodysNode extends NodeProperty<Node> {
        @Override
        public CauseOfBlockage canTake(Queue.BuildableItem item) {
            return new CauseOfBlockage() {
                @Override
                public String getShortDescription() {
                    return "restricted to others than "
                            + item.task.getOwnerTask().getName();
                }
            };
        }
    }

    @Test
    void aJobThatARestrictionOfTheAgentKeepsOutMayNotCallFromIt() throws Exception {
        DumbSlave agent = j.createOnlineSlave(Label.get("inside"));
        agent.getNodeProperties().add(new NobodysNode());

        for (String identifier : List.of(agent.getNodeName(), "inside")) {
            WorkflowRun refused =
                    j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run(null, fromAgent(identifier))));
            j.assertLogContains(
                    "agent '" + identifier + "' may not be used by this job: restricted to others than "
                            + refused.getParent().getName(),
                    refused);
        }
        assertThat(external.getRequestCount()).isZero();
    }

    @Test
    void aReservedAgentIsForThoseWhoNameIt() throws Exception {
        DumbSlave agent = j.createOnlineSlave();
        agent.setMode(Node.Mode.EXCLUSIVE);

        WorkflowRun run = run(null, fromAgent(agent.getNodeName()));

        assertThat(received().getTarget()).isEqualTo("/inside");
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
    }
}
