package io.jenkins.embedded;

import static io.jenkins.embedded.Controller.awaitEnd;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import hudson.model.Cause;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.SeenCommits;
import io.jenkins.plugins.armory.step.flow.CancelledStages;
import io.jenkins.plugins.armory.step.flow.RestartedStages;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jenkinsci.plugins.pipeline.modeldefinition.causes.RestartDeclarativePipelineCause;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Declarative build that is restarted from a stage, and whose original build is deleted while it is in the queue. */
class RestartFromStageTest {

    static final class Restarted extends Run<PipelineJob, PipelineBuild> implements Queue.Executable {
        private final File root;

        Restarted(PipelineJob job, File root) {
            super(job);
            this.root = root;
        }

        @Override
        public int getNumber() {
            return 2;
        }

        @Override
        public File getRootDir() {
            return root;
        }

        @Override
        public Result getResult() {
            return null;
        }

        @Override
        public void setResult(Result result) {}

        @Override
        public boolean isBuilding() {
            return true;
        }

        @Override
        public <T extends Cause> T getCause(Class<T> type) {
            // what RestartDeclarativePipelineCause.getOriginal says once the original build is deleted
            return type == RestartDeclarativePipelineCause.class
                    ? type.cast(new RestartDeclarativePipelineCause(null, "prod"))
                    : null;
        }
    }

    @Test
    void aBuildWhoseOriginalIsGoneRunsNoStageThatItMayGuard(@TempDir Path home) throws Exception {
        Path folder = Files.createDirectories(home.resolve("run"));
        SeenCommits saved;
        try (Controller controller = new Controller(home)) {
            PipelineJob job = controller.jenkins().createJob("job", Controller.configXml("echo 'x'"));
            var run = new Restarted(job, folder.toFile());

            new RestartedStages().onCreated(executionOf(run));

            assertThat(ArmoryRuntime.get().deployments().reasonToCancel(run, Place.OUTERMOST))
                    .contains("is deleted");
            saved = SeenCommits.find(run);
        }
        try (Controller controller = new Controller(home)) {
            var run = new Restarted(controller.jenkins().getItemByFullName("job", PipelineJob.class), folder.toFile());
            run.addAction(saved);

            new CancelledStages.Resumption().onResumed(executionOf(run));

            assertThat(ArmoryRuntime.get().deployments().reasonToCancel(run, Place.OUTERMOST))
                    .as("after a restart of Jenkins")
                    .contains("is deleted");
        }
    }

    @Test
    void anEnvironmentAroundItsStagesIsCancelledToo(@TempDir Path home) throws Exception {
        WaitStep.reset();
        try (Controller controller = new Controller(home)) {
            var build = controller.build(
                    "waitFor(id: 'x'); armoryEnvironment('all') { stage('prod') { echo 'is deployed to' } }");
            var waiting = WaitStep.await("x");
            ArmoryRuntime.get().deployments().restartWithoutOrigin(build);
            waiting.onSuccess(null);

            assertThat(awaitEnd(build)).contains("is deleted").doesNotContain("is deployed to");
            assertThat(build.getResult()).isEqualTo(Result.FAILURE);
        }
    }

    private static FlowExecution executionOf(Restarted run) {
        var owner = new FlowExecutionOwner() {
            @Override
            public Queue.Executable getExecutable() {
                return run;
            }
        };
        return new FlowExecution() {
            @Override
            public FlowExecutionOwner getOwner() {
                return owner;
            }

            @Override
            public ListenableFuture<List<StepExecution>> getCurrentExecutions(boolean innermostOnly) {
                return Futures.immediateFuture(List.of());
            }

            @Override
            public List<FlowNode> getCurrentHeads() {
                return List.of();
            }
        };
    }
}
