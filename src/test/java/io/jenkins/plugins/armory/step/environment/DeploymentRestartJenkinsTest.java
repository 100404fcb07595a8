package io.jenkins.plugins.armory.step.environment;

import static org.awaitility.Awaitility.await;

import hudson.model.Result;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RollbackEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RollbackStarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.environment.DeploymentTest;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.step.BusyExecutor;
import io.jenkins.plugins.armory.store.disk.Disk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.CpsFlowExecution;
import org.jenkinsci.plugins.workflow.flow.StepListener;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graphanalysis.DepthFirstScanner;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** Tests of deployments across a restart of Jenkins. */
public class DeploymentRestartJenkinsTest {

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private String bodyOfStage;

    private static WorkflowRun run(JenkinsRule j) {
        return j.jenkins.getItemByFullName("job", WorkflowJob.class).getBuildByNumber(1);
    }

    private void start(JenkinsRule j, String script) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class, "job");
        job.setDefinition(new CpsFlowDefinition(script, true));
        job.scheduleBuild2(0).waitForStart();
    }

    private Map<Path, byte[]> markers;

    /** Returns the {@code input} at which a build waits. */
    public static InputStepExecution awaitInput(WorkflowRun run) throws Exception {
        await().until(() -> run.getAction(InputAction.class) != null
                && run.getAction(InputAction.class).getExecution("Hold") != null);
        return run.getAction(InputAction.class).getExecution("Hold");
    }

    /**
     * Reports a failed {@code afterDeployment} approval outside any environment, so that later stages are cancelled.
     */
    public static void failAfterDeployment(WorkflowRun run) throws IOException {
        failAfterDeployment(run, Place.OUTERMOST);
    }

    public static void failAfterDeployment(WorkflowRun run, Place place) throws IOException {
        var failed =
                DeploymentTest.ended(place, "a1", Phase.AFTER_DEPLOYMENT, "tests", Verdict.FAILURE, "2 of 42 failed");
        ArmoryRuntime.get().deployments().apply(run, failed);
    }

    @Test
    void aCancelledStageIsKnownFromTheGraphIfJenkinsWasKilledBeforeItWasWritten() throws Throwable {
        cancelAndForget();
        assertDocsIsNotRun("Environment 'docs' is cancelled: \"staging\" is deployed, but: 2 of 42 failed");
    }

    /** Pipeline fails the build at its next step then. Without the build, nobody would see that. */
    @Test
    void aBuildWhoseGraphCannotBeReadIsThereAndRunsNothing() throws Throwable {
        Path nodes = cancelAndForget();
        Files.delete(nodes.resolve(bodyOfStage + ".xml"));
        assertDocsIsNotRun("lost from deserialization");
    }

    private void assertDocsIsNotRun(String reason) throws Throwable {
        sessions.then(j -> {
            awaitInput(run(j)).proceed(null);
            j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run(j)));
            j.assertLogContains(reason, run(j));
            j.assertLogNotContains("never", run(j));
        });
    }

    /**
     * Cancels a stage as if Jenkins had been killed after it saved the program, and before the plugin wrote that.
     *
     * @return the folder of the flow graph's nodes
     */
    private Path cancelAndForget() throws Throwable {
        Path[] file = new Path[1];
        byte[][] before = new byte[1][];
        sessions.then(j -> {
            start(j, """
                    armoryEnvironment('staging') { echo 'staged' }
                    input id: 'Hold', message: 'Hold'
                    stage('prod') { echo 'never' }
                    input id: 'Hold', message: 'Hold'
                    armoryEnvironment(name: 'docs', dependsOn: []) { echo 'never' }
                    """);
            awaitInput(run(j));
            failAfterDeployment(run(j), Place.OUTERMOST.withEnvironment("staging"));
            file[0] = run(j).getRootDir().toPath().resolve("armory.log");
            before[0] = Files.readAllBytes(file[0]);
            markers = contents(j.jenkins.getRootDir().toPath().resolve("armory-approvals/open"));
            awaitInput(run(j)).proceed(null);
            j.waitForMessage("Stage 'prod' is cancelled: \"staging\" is deployed, but: 2 of 42 failed", run(j));
            awaitInput(run(j));
            ((CpsFlowExecution) run(j).getExecution()).waitForSuspension(); // its program is saved in the folder
            await().until(() -> Files.size(file[0]) != before[0].length);
            bodyOfStage = new DepthFirstScanner()
                    .allNodes(run(j).getExecution()).stream()
                            .filter(node -> node instanceof BlockStartNode
                                    && node.getDisplayName().equals("prod"))
                            .findFirst()
                            .orElseThrow()
                            .getId();
        });
        Files.write(file[0], before[0]);
        for (Map.Entry<Path, byte[]> marker : markers.entrySet()) {
            Files.write(marker.getKey(), marker.getValue());
        }
        Path build = file[0].resolveSibling("build.xml");
        long commits = new String(before[0], StandardCharsets.UTF_8).lines().count();
        Files.writeString(
                build,
                Files.readString(build).replaceFirst("<commits>\\d+</commits>", "<commits>" + commits + "</commits>"));
        return file[0].resolveSibling("workflow");
    }

    private static Map<Path, byte[]> contents(Path folder) throws IOException {
        var contents = new HashMap<Path, byte[]>();
        for (Path file : Disk.list(folder)) {
            contents.put(file, Files.readAllBytes(file));
        }
        return contents;
    }

    @Test
    void aLostLogCancelsWhatItMayGuard() throws Throwable {
        Path[] log = new Path[1];
        sessions.then(j -> {
            start(j, """
                    armoryEnvironment('staging') { echo 'staged' }
                    input id: 'Hold', message: 'Hold'
                    stage('prod') { echo 'never' }
                    """);
            awaitInput(run(j));
            log[0] = run(j).getRootDir().toPath().resolve("armory.log");
        });
        Files.delete(log[0]);
        sessions.then(j -> {
            awaitInput(run(j)).proceed(null);
            j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run(j)));
            j.assertLogContains(
                    "Stage 'prod' is cancelled: The log of the build is in doubt: " + log[0]
                            + " is not what was written: it has 0 commits, and",
                    run(j));
            j.assertLogNotContains("never", run(j));
        });
    }

    /** Occupies all threads as the step starts, so that it cannot begin. */
    @TestExtension("rollbackThatIsOverIsNotRunAgain")
    public static final class HoldsRollback implements StepListener {

        @Override
        public void notifyOfNewStep(Step step, StepContext context) {
            if (step instanceof ArmoryRollbackStep) {
                try {
                    BusyExecutor.occupy(); // until this Jenkins ends
                } catch (InterruptedException x) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    @Test
    void rollbackThatIsOverIsNotRunAgain() throws Throwable {
        sessions.then(j -> {
            start(j, """
                    try {
                        armoryEnvironment('prod') { error 'broken' }
                    } finally {
                        echo "rolled back: ${armoryRollback('prod') { echo 'never' }}"
                    }
                    """);
            String[] id = new String[1];
            await().until(() -> {
                run(j).getExecutionPromise().get().getCurrentExecutions(true).get().stream()
                        .filter(ArmoryRollbackExecution.class::isInstance)
                        .forEach(step -> id[0] = ((ArmoryRollbackExecution) step).id());
                return id[0] != null;
            });
            ArmoryRuntime.get().deployments().apply(run(j), new RollbackStarted("prod", id[0], Place.OUTERMOST));
            ArmoryRuntime.get().deployments().apply(run(j), new RollbackEnded("prod", id[0], null));
        });
        sessions.then(j -> {
            j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run(j)));
            j.assertLogContains("rolled back: true", run(j));
            j.assertLogNotContains("never", run(j));
        });
    }
}
