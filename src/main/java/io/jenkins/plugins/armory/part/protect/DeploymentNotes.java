package io.jenkins.plugins.armory.part.protect;

import com.google.common.util.concurrent.MoreExecutors;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.BuildInfo;
import io.jenkins.plugins.armory.runtime.DeploymentListener;
import io.jenkins.plugins.armory.store.disk.UntilWritten;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.util.Timer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Brings what ended in the environments of the administrators to the history and to the latest deployments, on a thread
 * that no build waits for.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class DeploymentNotes implements DeploymentListener {

    private static final Logger LOGGER = Logger.getLogger(DeploymentNotes.class.getName());

    /** The name of these lines of the history. */
    private static final String KIND = "deployment";

    /** Writes one after the other. */
    private final UntilWritten again = new UntilWritten(
            Timer.get(),
            MoreExecutors.newSequentialExecutor(
                    work -> ArmoryRuntime.get().buildExecutor().execute(work)));

    /** {@code null} before the history was read. Guarded by this. */
    @CheckForNull
    private LatestDeployments latest;

    public static DeploymentNotes get() {
        return ExtensionList.lookupSingleton(DeploymentNotes.class);
    }

    /**
     * Returns the latest deployments, newest first.
     *
     * @throws IOException if they cannot be read now
     */
    public List<EndedDeployment> latest() throws IOException {
        return known().list();
    }

    private synchronized LatestDeployments known() throws IOException {
        if (latest == null) {
            var read = new LatestDeployments();
            ArmoryRuntime.get().history().read(KIND, EndedDeployment.class, read::add);
            latest = read;
        }
        return latest;
    }

    @Override
    public void ended(Run<?, ?> run, Deployment deployment) {
        List<Environment> ended = endedByRules(deployment);
        if (!ended.isEmpty()) {
            again.soon(() -> ArmoryRuntime.get()
                    .whenOpen(() -> again.soon(() -> ended.forEach(each -> note(run, deployment, each)))));
        }
    }

    /**
     * Returns the environments of the administrators to which this build itself has come, and whose deployment is over;
     * not those that were cancelled for others.
     */
    static List<Environment> endedByRules(Deployment deployment) {
        return deployment.environments().values().stream()
                .filter(each -> each.isReached()
                        && each.job() != null
                        && each.state().isOver()
                        && !each.isCancelled()
                        && !isOfOrigin(deployment, each))
                .toList();
    }

    private static boolean isOfOrigin(Deployment deployment, Environment environment) {
        String stage = environment.place().outermost();
        return stage != null && deployment.leavesOut(stage);
    }

    private void note(Run<?, ?> run, Deployment deployment, Environment environment) {
        try {
            EndedDeployment ended = entry(run, deployment, environment);
            if (known().add(ended)) {
                again.run(
                        () -> ArmoryRuntime.get().history().add(KIND, ended.at(), ended),
                        x -> LOGGER.log(Level.WARNING, "Cannot write how a deployment has ended; trying again", x));
            }
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot note how the deployment of " + run + " ended", x);
        }
    }

    private static EndedDeployment entry(Run<?, ?> run, Deployment deployment, Environment environment)
            throws IOException {
        List<String> decidedBy = ArmoryRuntime.get().approvalsOf(run).stream()
                .filter(approval -> environment.name().equals(approval.environment()) && approval.isDecided())
                .sorted(Comparator.comparing(Approval::isRule).reversed()) // not all are named
                .map(Approval::requireDecision)
                .filter(decision -> decision.isSuccess() || decision.outcome() == Decision.Outcome.REJECTED)
                .map(Decision::decidedBy)
                .toList();
        return new EndedDeployment(
                environment.name(),
                run.getParent().getFullName(),
                run.getNumber(),
                environment.state(),
                deployment.failedCheck(environment) != null,
                environment.since(),
                decidedBy,
                Objects.requireNonNull(environment.release(), "it is reached"),
                BuildInfo.isReplay(run),
                BuildInfo.commit(run));
    }
}
