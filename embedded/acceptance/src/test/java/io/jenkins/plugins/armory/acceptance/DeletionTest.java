package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import org.junit.jupiter.api.Test;

/** Approvals go with their builds. */
@AcceptanceTest
class DeletionTest {

    @Test
    void approvalGoesWithItsBuild(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval());
        Callback callback = process.awaitCallback();
        callback.succeed("yes");
        build.awaitResult("SUCCESS");

        build.delete();

        awaitGone(build, callback);
    }

    @Test
    void approvalThatWaitsGoesWithItsJob(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval());
        Callback callback = process.awaitCallback();
        build.awaitWaiting(1);

        build.job().delete();

        awaitGone(build, callback);
    }

    /** Jenkins tells plugins of deletions while, or a moment after, it deletes; until then the approval is there. */
    private static void awaitGone(Build build, Callback callback) {
        Answer late = Wait.until("the approval is gone")
                .until(
                        () -> callback.succeed("yes"),
                        answer -> answer.json().path("message").asText().equals("The build of this approval is gone."));
        late.expect(410);
        assertThat(late.json().get("error").asText()).isEqualTo("approval_ended");
        assertThat(build.approvals()).isEmpty();
    }
}
