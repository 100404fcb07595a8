package io.jenkins.plugins.armory.step;

import static org.awaitility.Awaitility.await;

import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.deployment.Place;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.util.List;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.support.steps.input.InputAction;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;

/** What tests do with a build that waits at an {@code input} with the id {@code Hold}. */
final class HeldBuilds {

    private HeldBuilds() {}

    /** Returns the {@code input} at which a build waits. */
    static InputStepExecution awaitInput(WorkflowRun run) throws Exception {
        await().until(() -> run.getAction(InputAction.class) != null
                && run.getAction(InputAction.class).getExecution("Hold") != null);
        return run.getAction(InputAction.class).getExecution("Hold");
    }

    /** Reports a failed {@code afterDeployment} approval outside any environment, so that later stages are cancelled. */
    static void failAfterDeployment(WorkflowRun run) throws IOException {
        ArmoryRuntime.get()
                .deployments()
                .apply(
                        run,
                        new ApprovalEnded(
                                new Place(null, null, null, List.of()),
                                "a1",
                                Phase.AFTER_DEPLOYMENT,
                                "tests",
                                Verdict.FAILURE,
                                "2 of 42 failed"));
    }
}
