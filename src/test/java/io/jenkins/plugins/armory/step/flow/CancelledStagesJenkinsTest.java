package io.jenkins.plugins.armory.step.flow;

import static io.jenkins.plugins.armory.step.environment.DeploymentRestartJenkinsTest.awaitInput;
import static io.jenkins.plugins.armory.step.environment.DeploymentRestartJenkinsTest.failAfterDeployment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.ExtensionList;
import hudson.model.Result;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.SoftAssertions;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.CpsFlowExecution;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.graph.BlockEndNode;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graphanalysis.DepthFirstScanner;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** Pipelines with a cancelled stage {@code prod}, of which nothing runs, whatever it has and whatever is around it. */
class CancelledStagesJenkinsTest {

    private static final String HOLD = "input id: 'Hold', message: 'Hold'";
    private static final String NEVER = "stage('prod') { echo 'never' }";

    /** Scripted Pipelines; what sets {@code ran} is Groovy without a step. */
    private static final Map<String, String> SCRIPTED = Map.ofEntries(
            Map.entry("no-steps", "stage('prod') { ran = 'never' }"),
            Map.entry("loop", "stage('prod') { for (int i = 0; i < 3; i++) { ran = 'never' }; echo ran }"),
            Map.entry("method", "stage('prod') { release() }"),
            Map.entry("endless", "stage('prod') { while (true) { try { sleep 1 } catch (e) { ran = 'never' } } }"),
            Map.entry(
                    "try-inside",
                    "stage('prod') { try { echo 'never' } catch (e) { ran = 'never' } finally { ran = 'never' } }"),
            Map.entry("try-around", "try { " + NEVER + " } catch (e) { echo 'never' } finally { echo 'finally' }"),
            Map.entry("catchError-inside", "stage('prod') { catchError { echo 'never' }; ran = 'never' }"),
            Map.entry("catchError-around", "catchError { " + NEVER + " }"),
            Map.entry("retry", "retry(3) { " + NEVER + " }"),
            Map.entry("node", "node { " + NEVER + " }"),
            Map.entry("timeout", "timeout(5) { " + NEVER + " }"),
            Map.entry("nested-stage", "stage('prod') { stage('inner') { ran = 'never' }; ran = 'never' }"),
            Map.entry(
                    "outer-stage",
                    "try { stage('outer') { " + HOLD + "; " + NEVER
                            + "; ran = 'never' } } catch (e) { echo 'outer has failed' }"),
            Map.entry(
                    "branches",
                    "parallel(a: { " + NEVER + " }, b: { stage('more') { ran = 'never' } }, c: { sleep 1 })"),
            Map.entry(
                    "fail-fast", "parallel(a: { " + NEVER + " }, b: { sleep 1; echo 'independent' }, failFast: true)"),
            Map.entry(
                    "nested-parallel",
                    "parallel(a: { parallel(c: { " + NEVER + " }, d: { sleep 1 }) }, b: { sleep 1 })"),
            // the sleeps end at the same time, so the engine has more than one task to run the program
            Map.entry(
                    "race",
                    "parallel(a: { sleep 2; stage('prod') { ran = 'never' } }, b: { sleep 2; stage('b') { ran = 'never' } },"
                            + " c: { sleep 2; stage('c') { ran = 'never' } })"));

    /** What the stage {@code prod} of a Declarative Pipeline has. */
    private static final Map<String, String> DECLARATIVE = Map.ofEntries(
            Map.entry("d-steps", "steps { echo 'never' }"),
            Map.entry("d-timeout", "options { timeout(5) }; steps { echo 'never' }"),
            Map.entry("d-credentials", "environment { X = credentials('there-is-none') }; steps { echo 'never' }"),
            Map.entry("d-environment", "environment { X = \"${Never.run()}\" }; steps { echo 'never' }"),
            Map.entry("d-input", "input { message 'never?' }; steps { echo 'never' }"),
            Map.entry("d-when-step", "when { expression { echo 'never'; true } }; steps { echo 'never' }"),
            Map.entry("d-when-groovy", "when { expression { Never.run() } }; steps { echo 'never' }"),
            Map.entry(
                    "d-before-agent",
                    "agent { label 'nobody' }; when { beforeAgent true; expression { Never.run() } }; steps { echo 'never' }"),
            Map.entry("d-agent", "agent { label 'nobody' }; steps { echo 'never' }"),
            Map.entry("d-post", "steps { echo 'never' }; post { always { echo 'never' }; cleanup { echo 'never' } }"),
            Map.entry(
                    "d-matrix",
                    "matrix { axes { axis { name 'R'; values 'a', 'b' } }; stages { stage('cell') { steps { echo 'never' } } } }"),
            Map.entry(
                    "d-parallel",
                    "failFast true; parallel { stage('a') { steps { echo 'never' } }; stage('b') { steps { echo 'never' } } }"),
            Map.entry("d-stages", "stages { stage('inner') { steps { echo 'never' } } }"),
            Map.entry("d-script", "steps { script { while (true) { try { sleep 1 } catch (e) { Never.run() } } } }"));

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    private static Map<String, String> pipelines() {
        Map<String, String> all = new LinkedHashMap<>();
        SCRIPTED.forEach((name, script) -> all.put(name, """
                ran = 'nothing'
                def release() { ran = 'never'; echo ran }
                %s
                %s
                echo "ran: ${ran}"
                echo 'to the end'
                """.formatted(script.contains(HOLD) ? "" : HOLD, script)));
        DECLARATIVE.forEach((name, stage) -> all.put(name, """
                class Never { static boolean run() { throw new Error('never') } }
                pipeline {
                    agent none
                    stages {
                        stage('gate') { steps { %s } }
                        stage('prod') { %s }
                    }
                    post {
                        failure { echo 'to the end' }
                        success { echo 'never' }
                    }
                }
                """.formatted(HOLD, stage)));
        return all;
    }

    private static WorkflowRun run(JenkinsRule j, String name) {
        return j.jenkins.getItemByFullName(name, WorkflowJob.class).getBuildByNumber(1);
    }

    private static void beginAll(JenkinsRule j) throws Exception {
        for (var pipeline : pipelines().entrySet()) {
            WorkflowJob job = j.createProject(WorkflowJob.class, pipeline.getKey());
            job.setDefinition(new CpsFlowDefinition(pipeline.getValue(), true));
            job.scheduleBuild2(0).waitForStart();
        }
        for (String name : pipelines().keySet()) {
            awaitInput(run(j, name));
            failAfterDeployment(run(j, name));
            awaitInput(run(j, name)).proceed(null);
        }
    }

    private static void assertAll(JenkinsRule j) throws Exception {
        var all = new SoftAssertions();
        for (String name : pipelines().keySet()) {
            WorkflowRun run = run(j, name);
            j.waitForCompletion(run);
            all.assertThat(JenkinsRule.getLog(run))
                    .as(name)
                    .contains("Stage 'prod' is cancelled: 2 of 42 failed", "to the end")
                    .doesNotContain("never");
            all.assertThat(run.getResult()).as(name).isEqualTo(Result.FAILURE);
            all.assertThat(new DepthFirstScanner()
                            .allNodes(run.getExecution()).stream()
                                    .filter(node -> node instanceof BlockEndNode<?> end && isProd(end.getStartNode()))
                                    .map(node -> node.getAction(WarningAction.class))
                                    .filter(Objects::nonNull)
                                    .map(WarningAction::getResult))
                    .as(name)
                    .containsExactly(Result.ABORTED);
        }
        all.assertAll();
    }

    private static boolean isProd(FlowNode node) {
        return node instanceof BlockStartNode && node.getDisplayName().equals("prod");
    }

    @Test
    void nothingOfACancelledStageRuns() throws Throwable {
        sessions.then(j -> {
            beginAll(j);
            assertAll(j);
        });
    }

    /**
     * The engine saves the program as soon as it has the thread of the body. Nobody stops that thread here, so it is
     * there after the restart.
     */
    @Test
    void nothingRunsAfterAKillBetweenTheStageAndItsFirstStepEither() throws Throwable {
        sessions.then(j -> {
            ExtensionList<GraphListener> listeners = ExtensionList.lookup(GraphListener.class);
            assertThat(listeners.remove(listeners.get(CancelledBodies.Stop.class)))
                    .isTrue();
            beginAll(j);
            for (String name : pipelines().keySet()) {
                await(name)
                        .atMost(Duration.ofMinutes(1))
                        .until(() -> ((CpsFlowExecution) run(j, name).getExecution()).isPaused());
            }
        });
        sessions.then(CancelledStagesJenkinsTest::assertAll);
    }

    /**
     * A build that is interrupted while its program is paused, as by a user, does not go on behind the cancelled stage.
     *
     * @param result that of an abort, or of a build that ends for a newer one
     */
    @ParameterizedTest
    @ValueSource(strings = {"ABORTED", "NOT_BUILT"})
    void anInterruptionBeforeTheStageEndsIsNotSwallowed(String result) throws Throwable {
        Result interruption = Result.fromString(result);
        sessions.then(j -> {
            ExtensionList<GraphListener> listeners = ExtensionList.lookup(GraphListener.class);
            listeners.remove(listeners.get(CancelledBodies.Stop.class));
            WorkflowJob job = j.createProject(WorkflowJob.class);
            job.setDefinition(new CpsFlowDefinition(HOLD + "; " + NEVER + "; echo 'went on'", true));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            awaitInput(run);
            failAfterDeployment(run);
            awaitInput(run).proceed(null);
            CpsFlowExecution program = (CpsFlowExecution) run.getExecution();
            await().until(program::isPaused);

            program.interrupt(interruption);
            program.pause(false);

            j.assertBuildStatus(interruption, j.waitForCompletion(run));
            j.assertLogNotContains("went on", run);
        });
    }
}
