package io.jenkins.plugins.armory.step;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.step.flow.Builds;
import io.jenkins.plugins.armory.step.flow.CancelledStages;
import io.jenkins.plugins.armory.store.BuildState;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionListener;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Compares the log of a build that goes on after a restart with its program, before anything of that runs. What the log
 * has as pending or under way, and no step of the program waits for, has ended; so the log has lost its last lines. The
 * same is true if a step has seen more commits.
 *
 * <p>It comes before the listener of Pipeline that resumes the steps, hence the ordinal.
 */
@Extension(ordinal = 100)
@Restricted(NoExternalUse.class)
public final class LostSteps extends FlowExecutionListener {

    private static final Logger LOGGER = Logger.getLogger(LostSteps.class.getName());

    @Override
    public void onResumed(FlowExecution execution) {
        Run<?, ?> run = Builds.ours(execution);
        if (run == null) {
            return;
        }
        ListenableFuture<List<StepExecution>> steps = execution.getCurrentExecutions(false);
        steps.addListener(
                () -> {
                    try {
                        List<StepExecution> all = Futures.getDone(steps);
                        ArmoryRuntime.get().whenOpen(() -> check(run, all));
                    } catch (ExecutionException | CancellationException x) {
                        LOGGER.log(Level.FINE, x, () -> run + " cannot go on");
                    }
                },
                Runnable::run);
    }

    /** Looks at memory alone, where {@link CancelledStages.Resumption} has the log by now. */
    private static void check(Run<?, ?> run, List<StepExecution> all) {
        List<SuspendedExecution> steps = all.stream()
                .filter(SuspendedExecution.class::isInstance)
                .map(SuspendedExecution.class::cast)
                .toList();
        try {
            BuildState state = ArmoryRuntime.get().deployments().of(run);
            long seen = steps.stream()
                    .mapToLong(SuspendedExecution::seenCommits)
                    .max()
                    .orElse(0);
            if (seen > state.commits()) {
                state.doubt("it has " + state.commits() + " commits, and a step of the build has seen " + seen);
            }
            open(state)
                    .filter(id -> steps.stream().noneMatch(step -> step.isWaitingFor(id)))
                    .findFirst()
                    .ifPresent(id -> state.doubt("it lacks the end of what a step has begun, and has ended"));
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, x, () -> "Cannot compare the log of " + run + " with its program");
        }
    }

    /** Returns what is pending or under way, by the ids of its steps. */
    private static Stream<String> open(BuildState state) {
        Stream<String> approvals =
                state.deployment().approvals().values().stream().map(OpenApproval::id);
        Stream<String> environments =
                state.deployment().environments().values().stream().flatMap(Environment::stepsUnderWay);
        return Stream.concat(approvals, environments);
    }
}
