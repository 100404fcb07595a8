package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Result;
import hudson.model.Run;
import io.jenkins.plugins.armory.deployment.Deployment;
import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.DeploymentEvent;
import io.jenkins.plugins.armory.deployment.Environment;
import io.jenkins.plugins.armory.storage.DeploymentStore;
import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The environments of the builds of this controller. Those of builds that run are in memory, others are read when asked for. */
@Restricted(NoExternalUse.class)
public final class Deployments {

    private static final Logger LOGGER = Logger.getLogger(Deployments.class.getName());

    private final Map<Run<?, ?>, DeploymentStore> running = new ConcurrentHashMap<>();
    /** Builds that run and whose decisions are not known, with the reason. */
    private final Map<Run<?, ?>, String> unknown = new ConcurrentHashMap<>();

    private final Executor executor;

    /** @param executor tells steps of what they wait for */
    Deployments(Executor executor) {
        this.executor = executor;
    }

    /**
     * The environments of a build.
     *
     * @throws IOException when they cannot be read
     */
    public DeploymentStore of(Run<?, ?> run) throws IOException {
        DeploymentStore known = running.get(run);
        return known == null ? open(run) : known;
    }

    /**
     * Returns the environments of a build as they are.
     *
     * @throws IOException if they cannot be read
     */
    public Deployment deploymentOf(Run<?, ?> run) throws IOException {
        return of(run).deployment();
    }

    /** One after another, so that no store of a build is opened while another one is written. */
    private synchronized DeploymentStore open(Run<?, ?> run) throws IOException {
        DeploymentStore known = running.get(run);
        if (known != null) {
            return known;
        }
        DeploymentStore opened = DeploymentStore.open(() -> run.getRootDir().toPath(), executor, Clock.systemUTC());
        if (!run.isBuilding()) {
            try {
                end(run, opened); // if Jenkins went down just as the build ended, nobody has told
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot write how the environments of " + run + " ended", x);
            }
        } else {
            running.put(run, opened);
            unknown.remove(run);
        }
        return opened;
    }

    /**
     * Applies an event, and gives the build the result that it now should have. It is for a thread that may write files.
     *
     * @throws DeploymentStore.UnwrittenException when it could not be written, and has to be told again
     * @throws IOException when the environments cannot be read, or the build is over and they could not be written
     */
    public Transition apply(Run<?, ?> run, DeploymentEvent event) throws IOException {
        Transition transition;
        try {
            transition = of(run).apply(event);
        } catch (DeploymentStore.UnwrittenException x) {
            throw run.isBuilding() ? x : new IOException(x); // its folder may have been deleted: nothing waits for it
        }
        Result result = result(transition.deployment().outcome());
        Result current = run.getResult();
        if (run.isBuilding() && (current == null ? result != Result.SUCCESS : result.isWorseThan(current))) {
            run.setResult(result);
            run.save();
        }
        return transition;
    }

    private static Result result(Deployment.Outcome outcome) {
        return switch (outcome) {
            case SUCCESS -> Result.SUCCESS;
            case UNSTABLE -> Result.UNSTABLE;
            case FAILURE -> Result.FAILURE;
            case ABORTED -> Result.ABORTED;
        };
    }

    /**
     * The reason why a stage that begins in a build is not to be run, see {@link Deployment#reasonToCancel}. Looks at memory alone,
     * and so is for the Pipeline engine's thread too.
     */
    @CheckForNull
    public String reasonToCancel(Run<?, ?> run, String outermost) {
        DeploymentStore known = running.get(run);
        return known == null ? unknown.get(run) : known.deployment().reasonToCancel(outermost);
    }

    /**
     * Has in memory what stages of a build may ask for that goes on after a restart of Jenkins. If that cannot be read, no stage
     * is run any more: one of them may be guarded by an approval that has failed.
     */
    public void resume(Run<?, ?> run) {
        try {
            of(run);
        } catch (IOException x) {
            cancelStages(run, "The environments of this build cannot be read", x);
        }
    }

    /**
     * Has a build that was restarted from a stage begin with what the other one has decided, see {@link Deployment#restarted}. Called
     * before it runs.
     */
    public void restart(Run<?, ?> run, Run<?, ?> origin, Set<String> leftOut) {
        try {
            apply(run, new DeploymentEvent.Restarted(of(origin).deployment(), leftOut));
        } catch (IOException x) {
            cancelStages(run, "The decisions of " + origin.getFullDisplayName() + " are not known", x);
        }
    }

    private void cancelStages(Run<?, ?> run, String reason, IOException x) {
        LOGGER.log(Level.WARNING, x, () -> reason + ": " + run);
        running.remove(run);
        unknown.put(run, reason + ", so no stage is run that one of them may guard: " + x.getMessage());
    }

    /** Whether what depends on an environment of a build that runs may be deployed to; looks at memory alone. */
    public boolean admitsDependents(Run<?, ?> run, String environment) {
        DeploymentStore known = running.get(run);
        return known != null
                && known.deployment()
                        .find(environment)
                        .filter(Environment::admitsDependents)
                        .isPresent();
    }

    /** The build is over, and nothing more happens in it. */
    void end(Run<?, ?> run) throws IOException {
        try {
            end(run, of(run));
        } finally {
            running.remove(run);
            unknown.remove(run);
        }
    }

    private static void end(Run<?, ?> run, DeploymentStore store) throws IOException {
        if (store.deployment().isEmpty()) {
            return;
        }
        try {
            store.apply(new DeploymentEvent.BuildEnded());
        } catch (IOException x) {
            if (run.getRootDir().exists()) { // else the build was deleted meanwhile
                throw x;
            }
        }
    }
}
