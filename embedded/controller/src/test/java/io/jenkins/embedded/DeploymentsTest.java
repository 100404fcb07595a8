package io.jenkins.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.deployment.Place;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the plugin's environments set the result of a build. */
class DeploymentsTest {
    /** A build that runs and cannot be saved. */
    private static final class UnsavedBuild extends Run<PipelineJob, PipelineBuild> {
        private final Path folder;
        private Result result;

        UnsavedBuild(PipelineJob job, Path folder) {
            super(job);
            this.folder = folder;
        }

        @Override
        public int getNumber() {
            return 1;
        }

        @Override
        public File getRootDir() {
            return folder.toFile();
        }

        @Override
        public Result getResult() {
            return result;
        }

        @Override
        public void setResult(Result result) {
            this.result = result;
        }

        @Override
        public boolean isBuilding() {
            return true;
        }

        @Override
        public synchronized void save() throws IOException {
            throw new IOException("No space left on device");
        }
    }

    /** Jenkins saves the result again at the end of the build. */
    @Test
    void anEventThatIsOnDiskCountsThoughTheResultCannotBeSaved(@TempDir Path home, @TempDir Path folder)
            throws IOException {
        try (var controller = new Controller(home)) {
            var build = new UnsavedBuild(controller.jenkins().createJob("job", Controller.configXml("")), folder);
            var failed = new ApprovalEnded(
                    new Place(null, null, null, List.of()),
                    "a1",
                    Phase.AFTER_DEPLOYMENT,
                    "tests",
                    Verdict.FAILURE,
                    "2 of 42 failed");

            var deployments = ArmoryRuntime.get().deployments();

            deployments.apply(build, failed);

            assertThat(build.getResult()).isEqualTo(Result.UNSTABLE);
            assertThat(deployments.reasonToCancel(build, "Deploy")).contains("2 of 42 failed");
        }
    }
}
