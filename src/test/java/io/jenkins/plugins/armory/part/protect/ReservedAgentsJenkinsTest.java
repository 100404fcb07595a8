package io.jenkins.plugins.armory.part.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.matrix.AxisList;
import hudson.matrix.LabelAxis;
import hudson.matrix.MatrixBuild;
import hudson.matrix.MatrixConfiguration;
import hudson.matrix.MatrixProject;
import hudson.model.FreeStyleProject;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.labels.LabelAtom;
import hudson.slaves.Cloud;
import hudson.slaves.DumbSlave;
import hudson.slaves.NodeProvisioner;
import hudson.slaves.RetentionStrategy;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** Tests of the agents that are reserved for deployments to an environment. */
class ReservedAgentsJenkinsTest {

    private static final String REASON = "reserved for deployments to prod";

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private static void reserve(String... labels) {
        var prod = new EnvironmentDefinition("prod", "**");
        prod.setAgents(List.of(labels));
        ArmoryEnvironments.get().setEnvironments(List.of(prod));
    }

    /** Creates an agent that is reserved, and leaves no other executor. */
    private static DumbSlave agent(JenkinsRule j) throws Exception {
        j.jenkins.setNumExecutors(0);
        DumbSlave agent = j.createSlave("a1", "deployer linux", null);
        agent.setRetentionStrategy(RetentionStrategy.NOOP);
        j.waitOnline(agent);
        reserve("deployer");
        return agent;
    }

    private static WorkflowRun start(JenkinsRule j, String script) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0).waitForStart();
    }

    private static InputStepExecution awaitInput(WorkflowRun run) throws Exception {
        await().until(() -> run.getAction(InputAction.class) != null
                && run.getAction(InputAction.class).getExecution("Hold") != null);
        return run.getAction(InputAction.class).getExecution("Hold");
    }

    /** Waits until an item waits with the reason. */
    private static Queue.Item awaitHeld() {
        await().untilAsserted(() -> {
            Queue.getInstance().maintain();
            assertThat(Stream.of(Queue.getInstance().getItems()).map(Queue.Item::getWhy))
                    .singleElement()
                    .asString()
                    .contains(REASON);
        });
        return Queue.getInstance().getItems()[0];
    }

    private static void assertNobodyIsOn(Node node) {
        assertThat(node.toComputer().isIdle()).isTrue();
    }

    private static void cancel(WorkflowRun run, JenkinsRule j) throws Exception {
        run.doStop();
        j.waitForCompletion(run);
    }

    @Test
    void aDeploymentGetsTheAgentByAnyOfItsLabels() throws Throwable {
        sessions.then(j -> {
            agent(j);
            WorkflowRun run = start(j, """
                    armoryEnvironment('prod') {
                        node('deployer') { echo 'by its label' }
                        node('linux') { echo 'by another' }
                        node('a1') { echo 'by its name' }
                        node { echo 'by none' }
                        try { error 'broken' } catch (e) { node('deployer') { echo 'caught' } }
                        error 'broken'
                    }
                    """);
            j.waitForCompletion(run);
            for (String each : List.of("by its label", "by another", "by its name", "by none", "caught")) {
                j.assertLogContains(each, run);
            }
        });
    }

    @Test
    void aRollbackGetsTheAgent() throws Throwable {
        sessions.then(j -> {
            agent(j);
            WorkflowRun run = start(j, """
                    try { armoryEnvironment('prod') { error 'broken' } } catch (e) { echo 'caught' }
                    armoryRollback('prod') { node('deployer') { echo 'back' } }
                    node('deployer') { echo 'never' }
                    """);
            awaitHeld();
            j.assertLogContains("back", run);
            cancel(run, j);
            j.assertLogNotContains("never", run);
        });
    }

    @Test
    void nothingElseOfAPipelineStartsThere() throws Throwable {
        sessions.then(j -> {
            DumbSlave agent = agent(j);
            for (String label :
                    List.of("'deployer'", "'linux'", "'a1'", "", "'deployer && linux'", "'deployer || linux'")) {
                WorkflowRun run = start(j, "node(" + label + ") { armoryEnvironment('prod') { echo 'never' } }");

                Queue.Item held = awaitHeld();
                assertThat(held.getWhy())
                        .as(label)
                        .contains("Put what needs the agent inside: armoryEnvironment('prod') { node(...) { } }");
                assertNobodyIsOn(agent);
                cancel(run, j);
                j.assertLogNotContains("never", run);
            }
        });
    }

    @Test
    void theLogOfTheBlockSaysWhyItWaits() throws Throwable {
        sessions.then(j -> {
            agent(j);
            WorkflowRun run = start(j, "node('deployer') { armoryEnvironment('prod') { echo 'never' } }");
            j.waitForMessage(REASON, run);
            cancel(run, j);
        });
    }

    @Test
    void noOtherBuildStartsThere() throws Throwable {
        sessions.then(j -> {
            DumbSlave agent = agent(j);
            FreeStyleProject tied = j.createFreeStyleProject("tied");
            tied.setAssignedLabel(Label.get("deployer"));
            FreeStyleProject free = j.createFreeStyleProject("free");
            for (FreeStyleProject each : List.of(tied, free)) {
                each.scheduleBuild2(0);
                Queue.getInstance().cancel(awaitHeld());
                assertThat(each.getLastBuild()).isNull();
            }
            assertNobodyIsOn(agent);
        });
    }

    /** Its parent is a task without an executor. */
    @Test
    void noParentOrCellOfAMatrixStartsThere() throws Throwable {
        sessions.then(j -> {
            DumbSlave agent = agent(j);
            MatrixProject matrix = j.createProject(MatrixProject.class, "matrix");
            matrix.setAxes(new AxisList(new LabelAxis("AGENT", List.of("deployer"))));
            matrix.scheduleBuild2(0);
            assertThat(awaitHeld().task).isInstanceOf(MatrixConfiguration.class);
            assertNobodyIsOn(agent);
            MatrixBuild build = matrix.getLastBuild();
            build.doStop();
            j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(build));

            matrix.setAssignedLabel(Label.get("deployer"));
            matrix.scheduleBuild2(0);
            assertThat(awaitHeld().task).isSameAs(matrix);
            assertNobodyIsOn(agent);
        });
    }

    /**
     * Without a deployment, nothing may start on the built-in node either, but each Pipeline has a task there without
     * an executor.
     */
    @Test
    void aReservedBuiltInNodeStillStartsPipelines() throws Throwable {
        sessions.then(j -> {
            reserve("built-in");
            j.assertBuildStatusSuccess(j.waitForCompletion(
                    start(j, "echo 'runs'\narmoryEnvironment('prod') { node('built-in') { echo 'deploys' } }")));
            WorkflowRun held = start(j, "node { echo 'never' }");
            awaitHeld();
            cancel(held, j);
        });
    }

    @Test
    void otherAgentsOfALabelTakeItsTasks() throws Throwable {
        sessions.then(j -> {
            agent(j);
            j.waitOnline(j.createSlave("a2", "linux", null));
            WorkflowRun run = j.assertBuildStatusSuccess(j.waitForCompletion(
                    start(j, "for (i in [1, 2, 3]) { node('linux') { echo \"on ${NODE_NAME}\" } }")));
            j.assertLogContains("on a2", run);
            j.assertLogNotContains("on a1", run);
        });
    }

    /** A cloud that counts what it is asked for. */
    public static final class Counting extends Cloud {

        static final AtomicInteger ASKED = new AtomicInteger();

        private final String label;

        Counting(String label) {
            super("counting");
            this.label = label;
        }

        @Override
        public boolean canProvision(Label asked) {
            return asked != null && asked.matches(LabelAtom.parse(label));
        }

        @Override
        public Collection<NodeProvisioner.PlannedNode> provision(Label asked, int excess) {
            ASKED.addAndGet(excess);
            return List.of();
        }
    }

    @Test
    void cloudsAreAskedOnlyForWhatMayRunThere() throws Throwable {
        sessions.then(j -> {
            j.jenkins.setNumExecutors(0);
            reserve("deployer");
            j.jenkins.clouds.add(new Counting("deployer linux"));
            WorkflowRun run = start(j, "node('deployer') { echo 'never' }");
            assertThat(awaitHeld()).isInstanceOf(Queue.BlockedItem.class);
            assertThat(Queue.getInstance().countBuildableItemsFor(Label.get("deployer")))
                    .isZero();
            cancel(run, j);

            WorkflowRun other = start(j, "node('linux') { echo 'never' }");
            await().until(() -> Queue.getInstance().countBuildableItemsFor(Label.get("linux")) == 1);
            cancel(other, j);
            agent(j);
            WorkflowRun beside = start(j, "node('linux') { echo 'never' }");
            await().until(() -> Queue.getInstance().countBuildableItemsFor(Label.get("linux")) == 1);
            cancel(beside, j);
        });
    }

    @Test
    void aCallFromAnAgentAsksTheSame() throws Throwable {
        sessions.then(j -> {
            try (MockWebServer server = new MockWebServer()) {
                server.start(InetAddress.getByName("127.0.0.1"), 0);
                ArmoryConfiguration.get().setAllowedHosts(List.of("127.0.0.1"));
                server.enqueue(new MockResponse.Builder().code(200).build());
                agent(j);
                String step =
                        "armoryWebhookApproval(name: 'w', disableCallback: true, networkMode: 'remoteNetworkAgent',"
                                + " agentIdentifier: 'a1', uriTemplate: '" + server.url("/") + "')";
                WorkflowRun run = start(
                        j,
                        "try { " + step + " } catch (e) { echo \"refused: ${e.message}\" }\n"
                                + "armoryEnvironment(name: 'prod', dependsOn: []) { " + step + " }");
                j.waitForCompletion(run);
                j.assertLogContains("may not be used by this job", run);
                j.assertLogContains(REASON, run);
                assertThat(server.getRequestCount()).isEqualTo(1);
            }
        });
    }

    private static void assertGoesOn(JenkinsRule j) throws Exception {
        WorkflowRun run = onlyRun(j);
        awaitInput(run).proceed(null);
        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        j.assertLogContains("on a1", run);
    }

    @Test
    void aBlockGoesOnAfterARestart() throws Throwable {
        sessions.then(j -> {
            agent(j);
            WorkflowRun run = start(
                    j,
                    "armoryEnvironment('prod') { node('deployer') { input id: 'Hold', message: 'Hold'; echo \"on ${NODE_NAME}\" } }");
            awaitInput(run);
        });
        sessions.then(ReservedAgentsJenkinsTest::assertGoesOn);
    }

    /** It began before its agent was reserved. */
    @Test
    void aBlockOfAnotherBuildGoesOnAfterARestartToo() throws Throwable {
        sessions.then(j -> {
            agent(j);
            ArmoryEnvironments.get().setEnvironments(List.of());
            WorkflowRun run =
                    start(j, "node('deployer') { input id: 'Hold', message: 'Hold'; echo \"on ${NODE_NAME}\" }");
            awaitInput(run);
            reserve("deployer");
        });
        sessions.then(ReservedAgentsJenkinsTest::assertGoesOn);
    }

    @Test
    void anItemIsHeldAfterARestartToo() throws Throwable {
        sessions.then(j -> {
            agent(j);
            start(j, "node('deployer') { echo 'never' }");
            awaitHeld();
        });
        sessions.then(j -> {
            j.waitOnline((DumbSlave) j.jenkins.getNode("a1"));
            awaitHeld();
            assertNobodyIsOn(j.jenkins.getNode("a1"));
            cancel(onlyRun(j), j);
        });
    }

    @Test
    void noAgentIsReservedWhileTheSettingsCannotBeRead() throws Throwable {
        sessions.then(j -> agent(j));
        Path file =
                sessions.getHome().toPath().resolve("io.jenkins.plugins.armory.part.protect.ArmoryEnvironments.xml");
        Files.writeString(file, "<cut off");
        sessions.then(j -> {
            assertThat(ArmoryConfiguration.get().problem()).isPresent();
            j.assertBuildStatusSuccess(j.waitForCompletion(start(j, "node('deployer') { echo 'runs' }")));
        });
    }

    private static WorkflowRun onlyRun(JenkinsRule j) {
        return j.jenkins.getAllItems(WorkflowJob.class).get(0).getBuildByNumber(1);
    }
}
