package io.jenkins.embedded;

import static io.jenkins.embedded.Controller.awaitEnd;
import static io.jenkins.embedded.Controller.awaitLog;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hudson.AbortException;
import hudson.model.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pipelines, with crashes of the controller while they wait. */
class ProgramTest {
    private static final CauseOfInterruption USER = new CauseOfInterruption.UserInterruption("somebody");

    private Controller controller;

    @AfterEach
    void close() {
        controller.close();
    }

    @BeforeEach
    void start(@TempDir Path home) throws IOException {
        WaitStep.reset();
        controller = new Controller(home);
    }

    @Test
    void goesOnWhereItWasWhenTheControllerCrashed() throws IOException {
        var build = controller.build("""
                class Counter implements Serializable { int value }
                def counter = new Counter(value: 40)
                def text = { n -> "${n} in ${env.STAGE_NAME} of ${env.JOB_NAME}" }
                env.ASSIGNED = 'kept'
                stage('Waiting') {
                  for (n in ['a', 'b']) {
                    def got = waitFor(id: n)
                    counter.value++
                    echo "$got: " + text(n)
                  }
                }
                echo "${counter.value} ${env.ASSIGNED} ${env.STAGE_NAME}"
                """);
        WaitStep.await("a").onSuccess("first");
        WaitStep.await("b");
        build = controller.crashAndRestart(build);
        WaitStep.await("b").onSuccess("second");
        assertThat(awaitEnd(build))
                .contains("first: a in Waiting of job", "second: b in Waiting of job", "42 kept null");
        assertThat(build.getResult()).isEqualTo(Result.SUCCESS);
        var file = Program.file(build);
        await().until(() -> !Files.exists(file)); // it goes once the build's end is written
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for (e in [k: 'v']) { waitFor(id: 'x'); echo e.key + e.value }",
                "[k: 'v'].each { k, v -> waitFor(id: 'x'); echo k + v }",
                "[k: 'v'].keySet().each { waitFor(id: 'x'); echo it + 'v' }",
                "for (v in 'kv'.split(',')) { waitFor(id: 'x'); echo v }",
                "for (i in 1..1) { waitFor(id: 'x'); echo 'kv' }",
                "['kv'].eachWithIndex { v, i -> waitFor(id: 'x'); echo v }"
            })
    void canBeSavedWithinALoop(String script) throws IOException {
        var build = controller.build(script);
        WaitStep.await("x");
        build = controller.crashAndRestart(build);
        WaitStep.await("x").onSuccess(null);
        assertThat(awaitEnd(build)).contains("kv").endsWith("Finished: SUCCESS\n");
    }

    @Test
    void theFirstOutcomeOfAStepCounts() throws IOException {
        var build = controller.build("echo 'got ' + waitFor(id: 'x')");
        var context = WaitStep.await("x");
        context.onSuccess("one");
        context.onSuccess("two");
        context.onFailure(new AbortException("three"));
        assertThat(awaitEnd(build)).contains("got one").endsWith("Finished: SUCCESS\n");
    }

    @Test
    void tellsWhenItIsSaved() throws Exception {
        var build = controller.build("waitFor(id: 'x')");
        var context = WaitStep.await("x");
        Files.deleteIfExists(Program.file(build));
        context.saveState().get();
        assertThat(Program.file(build)).exists();
        context.onSuccess(null);
        awaitEnd(build);
        assertThatThrownBy(() -> context.saveState().get()).hasMessageContaining("is over");
    }

    @Test
    void failsWithAVariableThatCannotBeSaved() throws IOException {
        var build = controller.build("def matcher = 'x' =~ /x/\nwaitFor(id: 'unsaved')");
        assertThat(awaitEnd(build)).contains("NotSerializableException: java.util.regex.Matcher");
        assertThat(build.getResult()).isEqualTo(Result.FAILURE);
    }

    @Test
    void failsWhenTheControllerCrashedBeforeItWasSaved() throws IOException {
        var build = controller.build("waitFor(id: 'x')");
        WaitStep.await("x").saveState();
        build.onProgram(Program::kill).join();
        Files.delete(Program.file(build));
        build = controller.crashAndRestart(build);
        assertThat(awaitEnd(build)).contains("ERROR: The controller ended before the Pipeline was first saved");
        assertThat(build.getResult()).isEqualTo(Result.FAILURE);
    }

    @Test
    void failsWithAScriptThatDoesNotCompile() throws IOException {
        assertThat(awaitEnd(controller.build("echo 'a")))
                .contains("WorkflowScript: 1")
                .endsWith("Finished: FAILURE\n");
    }

    @Test
    void anUncaughtExceptionTellsWhereItComesFrom() throws IOException {
        assertThat(awaitEnd(controller.build("def x = null\nx.y()")))
                .contains("ERROR: java.lang.NullPointerException", "\tat WorkflowScript.run(WorkflowScript:2)");
    }

    @Test
    void canBeStopped() throws IOException {
        var build = controller.build("retry(2) { try { waitFor(id: 'x') } finally { echo 'cleaned up' } }");
        WaitStep.await("x");
        build.stop(USER);
        assertThat(awaitEnd(build)).containsOnlyOnce("cleaned up").contains("Aborted by somebody");
        assertThat(build.getResult()).isEqualTo(Result.ABORTED);
    }

    @Test
    void canBeStoppedBeforeItIsLoaded() throws IOException {
        var build = controller.build("waitFor(id: 'x')");
        WaitStep.await("x");
        build = controller.crashAndRestart(build, 200);
        build.stop(USER);
        awaitEnd(build);
        assertThat(build.getResult()).isEqualTo(Result.ABORTED);
    }

    @Test
    void parallelWaitsForAllBranchesAndFailsWithTheFirstFailure() throws IOException {
        var build = controller.build("""
                try {
                  parallel a: { waitFor(id: 'a') }, b: { waitFor(id: 'b') }, c: { waitFor(id: 'c'); echo 'c goes on' }
                } catch (e) { echo "caught ${e.message}" }
                """);
        WaitStep.await("b").onFailure(new FlowInterruptedException(Result.FAILURE, false, USER));
        WaitStep.await("a").onFailure(new AbortException("second"));
        WaitStep.await("c");
        awaitLog(build, "Failed in branch a");
        build = controller.crashAndRestart(build);
        WaitStep.await("c").onSuccess(null);
        assertThat(awaitEnd(build))
                .contains("[c] c goes on", "caught Aborted by somebody")
                .endsWith("Finished: SUCCESS\n");
    }

    @Test
    void parallelReturnsWhatItsBranchesDo() throws IOException {
        assertThat(awaitEnd(controller.build("def r = parallel a: { 1 }, b: { 2 }\necho \"${r.a} ${r.b}\"")))
                .contains("1 2");
    }

    @Test
    void failFastStopsTheOtherBranches() throws IOException {
        var build = controller.build("""
                parallel failFast: true,
                  waiting: { parallel inner: { try { waitFor(id: 'never') } finally { echo 'stopped' } } },
                  failing: { waitFor(id: 'x'); error 'broken' },
                  other: { waitFor(id: 'y'); echo 'not this' }
                """);
        WaitStep.await("never");
        WaitStep.await("y");
        WaitStep.await("x").onSuccess(null);
        assertThat(awaitEnd(build)).contains("[inner] stopped", "ERROR: broken").doesNotContain("not this");
        assertThat(build.getResult()).isEqualTo(Result.FAILURE);
    }

    @Test
    void failFastStopsBranchesThatHaveNotBegun() throws IOException {
        assertThat(awaitEnd(controller.build("parallel failFast: true, a: { error 'broken' }, b: { echo 'not this' }")))
                .contains("ERROR: broken")
                .doesNotContain("not this");
    }

    @Test
    void aTimeoutCountsTheTimeWithoutController() throws IOException {
        var build =
                controller.build("timeout(time: 400, unit: 'MILLISECONDS') { parallel a: { waitFor(id: 'late') } }");
        WaitStep.await("late");
        build = controller.crashAndRestart(build);
        assertThat(awaitEnd(build)).contains("Timeout has been exceeded");
        assertThat(build.getResult()).isEqualTo(Result.ABORTED);
        assertThat(build.duration()).isLessThan(10_000);
    }

    @Test
    void aTimeoutIsAFailureForWhatIsAroundItAndDoesNotOutliveItsBody() throws IOException {
        assertThat(awaitEnd(controller.build("""
                def n = 0
                retry(2) { n++; timeout(time: n == 1 ? 50 : 5000, unit: 'MILLISECONDS') { if (n == 1) sleep 60 } }
                sleep time: 100, unit: 'MILLISECONDS'
                echo "attempts: $n"
                """))).contains("attempts: 2").endsWith("Finished: SUCCESS\n");
    }

    @Test
    void catchErrorSetsTheResultAndGoesOn() throws IOException {
        var build = controller.build("""
                catchError(buildResult: 'UNSTABLE', message: 'not so bad') { error 'inner' }
                echo "goes on as ${currentBuild.currentResult}"
                """);
        assertThat(awaitEnd(build)).contains("not so bad", "ERROR: inner", "goes on as UNSTABLE");
        assertThat(build.getResult()).isEqualTo(Result.UNSTABLE);
    }

    @Test
    void retryGivesUpWithTheLastFailure() throws IOException {
        assertThat(awaitEnd(controller.build("def n = 0\nretry(3) { error \"failure ${++n}\" }")))
                .contains("ERROR: failure 2\nRetrying", "ERROR: failure 3\nFinished: FAILURE");
    }

    @Test
    void runsShellScriptsInTheWorkspace() throws IOException {
        assertThat(awaitEnd(controller.build("""
                node {
                  writeFile file: 'sub/in.txt', text: 'content'
                  sh 'echo "$(cat sub/in.txt) for $JOB_NAME" >&2'
                  echo "out ${sh(script: 'echo 1', returnStdout: true).trim()}"
                  echo "status ${sh(script: 'exit 3', returnStatus: true)}"
                  sh 'exit 4'
                }
                """)))
                .contains("content for job\n", "out 1\n", "status 3", "ERROR: script returned exit code 4");
    }

    @Test
    void givesDefaultsAndValuesOfParameters() throws IOException {
        var parameter = "<hudson.model.StringParameterDefinition><name>%s</name><defaultValue>d</defaultValue>"
                + "</hudson.model.StringParameterDefinition>";
        var config = new String(Controller.configXml("echo \"${params.A} ${params.B} $B\""))
                .replace(
                        "<definition",
                        "<properties><x><parameterDefinitions>" + parameter.formatted("A") + parameter.formatted("B")
                                + "</parameterDefinitions></x></properties><definition");
        var job = controller.jenkins().createJob("job", config.getBytes());
        assertThat(awaitEnd(controller.jenkins().schedule(job, Map.of("B", "given", "C", "ignored"))))
                .contains("d given given");
    }

    @Test
    void methodsOfAPipelineDoNotGetInTheWayOfSteps() throws IOException {
        assertThat(awaitEnd(controller.build("""
                def log(text) { error 'not this' }
                def report(e) { error 'not this' }
                retry(2) { error 'x' }
                """)))
                .contains("ERROR: x\nRetrying")
                .doesNotContain("not this");
    }

    @Test
    void namesAnUnknownStep() throws IOException {
        assertThat(awaitEnd(controller.build("nosuch(1)"))).contains("No such DSL method 'nosuch' found");
        assertThat(awaitEnd(controller
                        .jenkins()
                        .schedule(
                                controller.jenkins().createJob("declarative", Controller.configXml("pipeline { }")),
                                Map.of())))
                .contains("Declarative");
    }
}
