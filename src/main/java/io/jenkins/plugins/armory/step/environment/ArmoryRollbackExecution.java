package io.jenkins.plugins.armory.step.environment;

import hudson.AbortException;
import hudson.model.Result;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.Deployment.Transition;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RollbackEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RollbackStarted;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.environment.Environment.Rollback;
import io.jenkins.plugins.armory.step.BlockEnd;
import io.jenkins.plugins.armory.step.BlockExecution;
import io.jenkins.plugins.armory.step.flow.DeclaredStages;
import io.jenkins.plugins.armory.step.flow.EnclosingBody;
import io.jenkins.plugins.armory.step.flow.Stages;
import java.io.IOException;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The execution of {@code armoryRollback}. It returns whether the environment was rolled back. A failed rollback makes
 * the build fail but does not throw, so that a {@code catch} block can still rethrow the exception of the deployment.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryRollbackExecution extends BlockExecution {

    private static final long serialVersionUID = 1L;

    private final String environment;

    ArmoryRollbackExecution(StepContext stepContext, String environment) {
        super(stepContext);
        this.environment = environment;
    }

    @Override
    public boolean start() throws Exception {
        return beginOnceSaved();
    }

    @Override
    public String getStatus() {
        return "rollback of environment " + environment;
    }

    @Override
    protected void begin() throws Exception {
        Transition transition = tell(new RollbackStarted(environment, id(), Stages.placeOf(getContext(), environment)));
        Deployment deployment = transition.deployment();
        Environment known =
                deployment.find(environment).filter(Environment::isReached).orElse(null);
        if (known == null && deployment.cancelled().isEmpty() && !DeclaredStages.mention(build(), environment)) {
            throw new AbortException("armoryRollback: " + deployment.missing(environment, "armoryRollback after"));
        }
        Rollback rollback = known == null ? null : known.rollback();
        if (transition.problem() == null && rollback != null && rollback.over()) {
            // Jenkins stopped after the body ended, before the program was saved. The body must not run twice.
            end(
                    rollback.failure() == null
                            ? BlockEnd.success(null)
                            : BlockEnd.failure(new AbortException(rollback.failure())));
        } else if (transition.problem() == null) {
            log("Rolling back environment '" + environment + "'.");
            startBody(getContext()
                    .newBodyInvoker()
                    .withContext(new EnclosingBody(
                            id(),
                            EnclosingBody.environment(null, getContext()),
                            known == null || known.release() == null
                                    ? Map.of()
                                    : known.release().variables())));
        } else if (known != null
                && known.state() == Environment.State.DEPLOYING
                && !deployment.failsAround(environment, Stages.placeOf(getContext(), environment))) {
            // It may still fail, so skipping the rollback would hide a mistake in the Pipeline.
            throw new AbortException("armoryRollback: environment: \"" + environment
                    + "\" is still being deployed to, and no approval of it has failed; put armoryRollback after"
                    + " armoryEnvironment, in a catch or finally block or in post, or inside it where an approval of it has failed."
                    + " The post of a stage is inside the armoryEnvironment of its options: write that in its"
                    + " steps instead");
        } else {
            log("Nothing to roll back in environment '" + environment + "': " + transition.problem() + ".");
            succeed(false);
        }
    }

    @Override
    protected void stopped(Throwable cause) throws IOException, InterruptedException {
        tell(new RollbackEnded(environment, id(), BlockEnd.failure(cause).reason()));
    }

    @Override
    protected void end(BlockEnd end) throws Exception {
        Transition transition = tell(new RollbackEnded(environment, id(), end.reason()));
        Throwable failure = end.failure();
        if (failure == null) {
            log("Environment '" + environment + "' is rolled back.");
            succeed(true);
        } else if (failure instanceof FlowInterruptedException interruption && interruption.isActualInterruption()) {
            fail(failure);
        } else {
            String text = "The rollback of environment '" + environment + "' failed: " + end.reason();
            String first = transition
                    .deployment()
                    .find(environment)
                    .map(Environment::reason)
                    .orElse("");
            log("ERROR: " + text + " (It was rolled back because its deployment failed: " + first + ")");
            warn(Result.FAILURE, text);
            succeed(false);
        }
    }
}
