package io.jenkins.plugins.armory.call;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.FreeStyleBuild;
import hudson.model.FreeStyleProject;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.queue.CauseOfBlockage;
import hudson.model.queue.QueueTaskDispatcher;
import hudson.slaves.DumbSlave;
import hudson.slaves.OfflineCause;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.webhook.Renderers;
import io.jenkins.plugins.armory.webhook.TlsMaterial;
import io.jenkins.plugins.armory.webhook.UndeliverableException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import jenkins.security.QueueItemAuthenticator;
import jenkins.security.QueueItemAuthenticatorProvider;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class AgentSenderJenkinsTest {

    private static WebhookRequest requestTo(String address) throws UndeliverableException {
        return Renderers.of(
                        Webhook.named("a")
                                .uriTemplate(address)
                                .disableCallback(true)
                                .build(),
                        new Variables())
                .render();
    }

    @Test
    void givesUpOnAnAgentThatStaysAway(JenkinsRule j) throws Exception {
        DumbSlave agent = j.createOnlineSlave();
        agent.toComputer().disconnect(new OfflineCause.ByCLI("away")).get();
        FreeStyleBuild build = j.buildAndAssertSuccess(j.createFreeStyleProject());
        WebhookRequest request = requestTo("http://127.0.0.1/start");
        CompletableFuture<CallResult> result = new CompletableFuture<>();

        new AgentSender(agent.getNodeName(), build, new WebhookClient(), line -> {}, Duration.ofSeconds(3))
                .send(request, "id", () -> true, result::complete);

        assertThat(result.get(60, TimeUnit.SECONDS).failure())
                .isEqualTo("agent '" + agent.getNodeName()
                        + "' was offline for 3 seconds; start it, or check agentIdentifier");
        assertThat(result.get().mayBeRepeated()).isTrue();
        assertThat(result.get().mayHaveBeenTaken()).as("no call was made").isFalse();
    }

    /** It stays connected, but an administrator wants nothing to run there. */
    @Test
    void givesUpOnAnAgentThatIsTakenOffline(JenkinsRule j) throws Exception {
        DumbSlave agent = j.createOnlineSlave();
        agent.toComputer().setTemporaryOfflineCause(new OfflineCause.ByCLI("maintenance"));
        FreeStyleBuild build = j.buildAndAssertSuccess(j.createFreeStyleProject());
        try (MockWebServer server = new MockWebServer()) {
            server.start(InetAddress.getByName("127.0.0.1"), 0);
            server.enqueue(new MockResponse.Builder().code(202).build());
            WebhookRequest request = requestTo("http://127.0.0.1:" + server.getPort() + "/start");
            CompletableFuture<CallResult> result = new CompletableFuture<>();

            new AgentSender(agent.getNodeName(), build, new WebhookClient(), line -> {}, Duration.ZERO)
                    .send(request, "id", () -> true, result::complete);

            assertThat(result.get(60, TimeUnit.SECONDS).failure()).contains(" is offline; start it");
            assertThat(server.getRequestCount()).isZero();
        }
    }

    /** As clouds that only some folders may use have one. */
    @TestExtension("asksWhatTheQueueAsksBesideTheNode")
    public static final class Forks extends QueueTaskDispatcher {

        @Override
        public CauseOfBlockage canTake(Node node, Queue.BuildableItem item) {
            return item.task.getOwnerTask().getName().equals("fork")
                    ? new CauseOfBlockage() {
                        @Override
                        public String getShortDescription() {
                            return node.getNodeName() + " is not for forks";
                        }
                    }
                    : null;
        }
    }

    @Test
    void asksWhatTheQueueAsksBesideTheNode(JenkinsRule j) throws Exception {
        DumbSlave agent = j.createOnlineSlave();
        j.jenkins.setNumExecutors(1);
        FreeStyleProject job = j.createFreeStyleProject("main");
        job.setAssignedNode(j.jenkins);
        FreeStyleBuild build = j.buildAndAssertSuccess(job);
        job.renameTo("fork");
        try (MockWebServer server = new MockWebServer()) {
            server.start(InetAddress.getByName("127.0.0.1"), 0);
            ArmoryConfiguration.get().setAllowedHosts(List.of("127.0.0.1"));
            server.enqueue(new MockResponse.Builder().code(202).build());
            CompletableFuture<CallResult> result = new CompletableFuture<>();

            new AgentSender(agent.getNodeName(), build, new WebhookClient(), line -> {}, AgentSender.PATIENCE)
                    .send(
                            requestTo("http://127.0.0.1:" + server.getPort() + "/start"),
                            "id",
                            () -> true,
                            result::complete);

            assertThat(result.get(60, TimeUnit.SECONDS).failure())
                    .isEqualTo("agent '" + agent.getNodeName() + "' may not be used by this job: " + agent.getNodeName()
                            + " is not for forks");
            assertThat(server.getRequestCount()).isZero();
        }
    }

    @TestExtension("failsWhilePermissionsCannotBeKnown")
    public static final class FailingRealm extends QueueItemAuthenticatorProvider {

        private static volatile boolean fails;

        @Override
        public List<QueueItemAuthenticator> getAuthenticators() {
            if (fails) {
                throw new IllegalStateException("the directory is down");
            }
            return List.of();
        }
    }

    /** Without a result, the approval would wait for one until its timeout. */
    @Test
    void failsWhilePermissionsCannotBeKnown(JenkinsRule j) throws Exception {
        DumbSlave agent = j.createOnlineSlave();
        FreeStyleBuild build = j.buildAndAssertSuccess(j.createFreeStyleProject());
        WebhookRequest request = requestTo("http://127.0.0.1/start");
        CompletableFuture<CallResult> result = new CompletableFuture<>();
        FailingRealm.fails = true;
        try {
            new AgentSender(agent.getNodeName(), build, new WebhookClient(), line -> {}, AgentSender.PATIENCE)
                    .send(request, "id", () -> true, result::complete);
        } finally {
            FailingRealm.fails = false;
        }

        assertThat(result.get(60, TimeUnit.SECONDS).failure())
                .isEqualTo("agent '" + agent.getNodeName()
                        + "' may not be used now: Jenkins cannot find out whether this job may use it");
        assertThat(result.get().mayBeRepeated()).isTrue();
        assertThat(result.get().mayHaveBeenTaken()).isFalse();
    }

    @TestExtension("failsWhereAPluginIsGoneWhileTheAgentIsAwaited")
    public static final class GoneRealm extends QueueItemAuthenticatorProvider {

        private static volatile boolean isGone;

        @Override
        public List<QueueItemAuthenticator> getAuthenticators() {
            if (isGone) {
                throw new NoClassDefFoundError("com/example/Directory");
            }
            return List.of();
        }
    }

    /** No caller is there any more that could catch an error. */
    @Test
    void failsWhereAPluginIsGoneWhileTheAgentIsAwaited(JenkinsRule j) throws Exception {
        DumbSlave agent = j.createOnlineSlave();
        agent.toComputer().disconnect(new OfflineCause.ByCLI("away")).get();
        FreeStyleBuild build = j.buildAndAssertSuccess(j.createFreeStyleProject());
        CompletableFuture<CallResult> result = new CompletableFuture<>();
        try {
            new AgentSender(
                            agent.getNodeName(),
                            build,
                            new WebhookClient(),
                            line -> GoneRealm.isGone = true,
                            AgentSender.PATIENCE)
                    .send(requestTo("http://127.0.0.1/start"), "id", () -> true, result::complete);

            assertThat(result.get(30, TimeUnit.SECONDS).failure()).contains("may not be used now");
        } finally {
            GoneRealm.isGone = false;
        }
    }

    /**
     * As a hand may have written them into the file. Without a result, the approval would wait for one until its
     * timeout.
     */
    @Test
    void failsWithSettingsThatAreNotUnderstood(JenkinsRule j) throws Exception {
        DumbSlave agent = j.createOnlineSlave();
        FreeStyleBuild build = j.buildAndAssertSuccess(j.createFreeStyleProject());
        ArmoryConfiguration.get().getAllowedHosts().add("https://ci/");
        CompletableFuture<CallResult> result = new CompletableFuture<>();

        new AgentSender(agent.getNodeName(), build, new WebhookClient(), line -> {}, AgentSender.PATIENCE)
                .send(requestTo("http://127.0.0.1/start"), "id", () -> true, result::complete);

        assertThat(result.get(60, TimeUnit.SECONDS).failure())
                .contains("did not make the call", "https://ci/", "is neither a host name");
    }

    @Test
    void agentSendsTheSignatureAndShowsTheCertificate(JenkinsRule j, @TempDir Path folder) throws Exception {
        TestKeys serverKeys = new TestKeys(folder, "server");
        TestKeys clientKeys = new TestKeys(folder, "client");
        DumbSlave agent = j.createOnlineSlave();
        FreeStyleBuild build = j.buildAndAssertSuccess(j.createFreeStyleProject());
        try (MockWebServer server = new MockWebServer()) {
            server.useHttps(serverKeys.server(clientKeys).getSocketFactory());
            server.requireClientAuth();
            server.start(InetAddress.getByName("127.0.0.1"), 0);
            server.enqueue(new MockResponse.Builder().code(202).build());
            WebhookRequest request = Renderers.of(
                            Webhook.named("a")
                                    .uriTemplate("https://127.0.0.1:" + server.getPort() + "/start")
                                    .disableCallback(true)
                                    .build(),
                            new Variables())
                    .render()
                    .with(
                            (id, at, body) -> Map.of("signature", "of " + id),
                            new TlsMaterial(clientKeys.identity(), List.of(serverKeys.certificate())),
                            Set.of());
            CompletableFuture<CallResult> result = new CompletableFuture<>();

            new AgentSender(agent.getNodeName(), build, new WebhookClient(), line -> {}, AgentSender.PATIENCE)
                    .send(request, "key-1", () -> true, result::complete);

            assertThat(result.get(1, TimeUnit.MINUTES).status()).isEqualTo(202);
            RecordedRequest received = server.takeRequest();
            assertThat(received.getHandshake().peerPrincipal()).hasToString("CN=client");
            assertThat(received.getHeaders().get("signature")).isEqualTo("of key-1");
        }
    }
}
