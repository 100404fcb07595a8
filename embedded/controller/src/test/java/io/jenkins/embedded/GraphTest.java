package io.jenkins.embedded;

import static io.jenkins.embedded.Controller.awaitEnd;
import static io.jenkins.embedded.Controller.awaitLog;
import static org.assertj.core.api.Assertions.assertThat;

import hudson.AbortException;
import hudson.model.Result;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.actions.LabelAction;
import org.jenkinsci.plugins.workflow.actions.ThreadNameAction;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graphanalysis.DepthFirstScanner;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.support.actions.PauseAction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The blocks around the steps of a Pipeline, as Jenkins has them, and the stages of a build with their states. */
class GraphTest {

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

    private static FlowNode node(StepContext context) throws Exception {
        return context.get(FlowNode.class);
    }

    /**
     * What is around a step, from the inside: the label of a body, the name of a branch in brackets, "." for what has
     * neither.
     */
    private static List<String> around(StepContext context) throws Exception {
        var names = new ArrayList<String>();
        for (BlockStartNode block : node(context).getEnclosingBlocks()) {
            var thread = block.getAction(ThreadNameAction.class);
            var label = block.getAction(LabelAction.class);
            names.add(
                    thread != null ? "[" + thread.getThreadName() + "]" : label != null ? label.getDisplayName() : ".");
        }
        return names;
    }

    private static List<String> ids(StepContext context) throws Exception {
        return node(context).getEnclosingBlocks().stream().map(FlowNode::getId).toList();
    }

    @Test
    void aStepKnowsTheBlocksAroundIt() throws Exception {
        var build = controller.build("""
                waitFor(id: 'outside')
                stage('s') { node { retry(2) { catchError { timeout(1) { waitFor(id: 'inside') } } } } }
                waitFor(id: 'behind')
                """);
        var outside = WaitStep.await("outside");
        assertThat(around(outside)).as("the start of the Pipeline").containsExactly(".");
        outside.onSuccess(null);

        var inside = WaitStep.await("inside");
        assertThat(around(inside))
                .as("each step, and its body")
                .containsExactly(".", ".", ".", ".", ".", ".", ".", ".", "s", ".", ".");
        assertThat(ids(inside))
                .doesNotHaveDuplicates()
                .doesNotContain(node(inside).getId());
        assertThat(node(inside).getEnclosingId()).isEqualTo(ids(inside).get(0));
        inside.onSuccess(null);

        var behind = WaitStep.await("behind");
        assertThat(around(behind)).containsExactly(".");
        behind.onSuccess(null);
        awaitEnd(build);
    }

    @Test
    void branchesOfOneParallelHaveItInCommonAndStagesOfOneNameAreTwo() throws Exception {
        var build = controller.build("""
                stage('s') { parallel a: { stage('t') { waitFor(id: 'a') } }, b: { stage('t') { waitFor(id: 'b') } } }
                """);
        var a = WaitStep.await("a");
        var b = WaitStep.await("b");
        assertThat(around(a)).containsExactly("t", ".", "[a]", ".", "s", ".", ".");
        assertThat(around(b)).containsExactly("t", ".", "[b]", ".", "s", ".", ".");
        assertThat(ids(a).subList(3, 7)).isEqualTo(ids(b).subList(3, 7));
        assertThat(ids(a).subList(0, 3)).doesNotContainAnyElementsOf(ids(b));
        a.onSuccess(null);
        b.onSuccess(null);
        awaitEnd(build);
    }

    @Test
    void theStagesThatBeganBeforeAStepAreItsAncestors() throws Exception {
        var build = controller.build("""
                stage('over') { }
                parallel a: { stage('in a') { waitFor(id: 'a') } }, b: { waitFor(id: 'b') }
                """);
        var a = WaitStep.await("a");
        var b = WaitStep.await("b");
        var names = new ArrayList<String>();
        for (var node = node(a); !node.getParents().isEmpty(); ) {
            node = node.getParents().get(0);
            names.add(node.getAction(LabelAction.class).getDisplayName());
        }
        assertThat(names).containsExactly("in a", "over");
        a.onSuccess(null);
        b.onSuccess(null);
        awaitEnd(build);
    }

    @Test
    void everyTryOfRetryIsABodyOfItsOwn() throws Exception {
        var build = controller.build("retry(2) { waitFor(id: 'x') }");
        var first = WaitStep.await("x");
        var before = ids(first);
        first.onFailure(new AbortException("once more"));
        var second = WaitStep.await("x");
        assertThat(ids(second)).hasSameSizeAs(before);
        assertThat(ids(second).get(0)).isNotEqualTo(before.get(0));
        assertThat(ids(second).get(1)).isEqualTo(before.get(1));
        second.onSuccess(null);
        awaitEnd(build);
    }

    @Test
    void theBlocksAreTheSameAfterACrash() throws Exception {
        var build = controller.build("""
                stage('s') { parallel a: { stage('t') { waitFor(id: 'a'); stage('u') { waitFor(id: 'later') } } }, b: { waitFor(id: 'b') } }
                """);
        var a = WaitStep.await("a");
        var b = WaitStep.await("b");
        var idsOfA = ids(a);
        var idsOfB = ids(b);
        var id = node(a).getId();
        node(a).getEnclosingBlocks().get(1).addAction(new PauseAction("kept"));
        a.saveState().get();

        build = controller.crashAndRestart(build);
        a = WaitStep.await("a");
        b = WaitStep.await("b");
        assertThat(ids(a)).isEqualTo(idsOfA);
        assertThat(ids(b)).isEqualTo(idsOfB);
        assertThat(node(a).getId()).isEqualTo(id);
        assertThat(around(a)).containsExactly("t", ".", "[a]", ".", "s", ".", ".");
        assertThat(new DepthFirstScanner().allNodes(build.execution()))
                .filteredOn(each -> each.getAction(PauseAction.class) != null)
                .containsExactly(node(a).getEnclosingBlocks().get(1));

        a.onSuccess(null);
        var later = WaitStep.await("later");
        assertThat(around(later)).startsWith("u", ".", "t");
        assertThat(ids(later)).endsWith(idsOfA.toArray(String[]::new));
        assertThat(ids(later).subList(0, 2)).doesNotContainAnyElementsOf(idsOfA).doesNotContainAnyElementsOf(idsOfB);
        later.onSuccess(null);
        b.onSuccess(null);
        awaitEnd(build);
    }

    @Test
    void stagesHaveStatesThatSurviveACrashAndTheEnd() throws Exception {
        var build = controller.build("""
                stage('good') { }
                try { stage('bad') { error 'broken' } } catch (e) { }
                stage('shaky') { catchError(buildResult: 'SUCCESS', stageResult: 'UNSTABLE') { error 'a little' } }
                stage('around') { waitFor(id: 'warned'); waitFor(id: 'x') }
                stage('after') { error 'the end' }
                """);
        var warned = WaitStep.await("warned");
        node(warned).addAction(new WarningAction(Result.ABORTED));
        warned.onSuccess(null);
        var waiting = WaitStep.await("x");
        assertThat(build.stages())
                .extracting(Stage::toString)
                .containsExactly("good SUCCESS", "bad FAILED", "shaky UNSTABLE", "around IN_PROGRESS");

        var body = node(waiting).getEnclosingBlocks().get(0);
        body.addAction(new PauseAction("Armory"));
        assertThat(build.stages().get(3)).hasToString("around PAUSED");
        PauseAction.endCurrentPause(body);
        assertThat(build.stages().get(3)).hasToString("around IN_PROGRESS");

        build = controller.crashAndRestart(build);
        waiting = WaitStep.await("x");
        assertThat(build.stages().get(3).id()).isEqualTo(node(waiting).getEnclosingId());
        waiting.onSuccess(null);
        awaitEnd(build);
        var states = List.of("good SUCCESS", "bad FAILED", "shaky UNSTABLE", "around ABORTED", "after FAILED");
        assertThat(build.stages()).extracting(Stage::toString).isEqualTo(states);
        assertThat(controller.crashAndRestart(build).stages())
                .extracting(Stage::toString)
                .isEqualTo(states);
    }

    @Test
    void aStageIsOverWithTheBuildThatIsStopped() throws Exception {
        var build = controller.build("stage('s') { echo 'begun'; waitFor(id: 'x') }");
        WaitStep.await("x");
        awaitLog(build, "begun");
        build.stop(new jenkins.model.CauseOfInterruption.UserInterruption("somebody"));
        awaitEnd(build);
        assertThat(build.stages()).extracting(Stage::toString).containsExactly("s ABORTED");
    }
}
