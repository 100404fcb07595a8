package io.jenkins.plugins.armory.step.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.RunningBuild;
import io.jenkins.plugins.armory.runtime.SeenCommits;
import io.jenkins.plugins.armory.webhook.text.LogText;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The way from a Pipeline's execution to its build. It reads no file while the Pipeline runs: the engine takes the same
 * way before it calls listeners.
 */
@Restricted(NoExternalUse.class)
public final class Builds {

    private static final Logger LOGGER = Logger.getLogger(Builds.class.getName());

    private Builds() {}

    /** Whether it was logged that a build cannot be found: the steps of a whole Pipeline may meet the same problem. */
    private static final AtomicBoolean LOGGED = new AtomicBoolean();

    /**
     * Returns the build of an execution, {@code null} if there is none. It throws nothing, since all builds of a
     * controller come here.
     */
    @CheckForNull
    static Run<?, ?> of(FlowExecution execution) {
        return find(() -> execution);
    }

    /** Returns the build of an execution if it has something of the plugin, else {@code null}. It throws nothing. */
    @CheckForNull
    public static Run<?, ?> ours(FlowExecution execution) {
        return ifOurs(of(execution));
    }

    /**
     * Returns the build of a step that begins if it has something of the plugin, else {@code null}. It throws nothing.
     */
    @CheckForNull
    static Run<?, ?> ours(StepContext context) {
        return ifOurs(
                find(() -> context.get(FlowNode.class).getExecution())); // of Run, it would take a lock of all builds
    }

    @CheckForNull
    private static Run<?, ?> ifOurs(@CheckForNull Run<?, ?> run) {
        return run == null || SeenCommits.find(run) == null ? null : run;
    }

    @CheckForNull
    private static Run<?, ?> find(Callable<FlowExecution> execution) {
        try {
            return execution.call().getOwner().getExecutable() instanceof Run<?, ?> run ? run : null;
        } catch (Exception | LinkageError x) {
            if (x instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            Level level = LOGGED.getAndSet(true) ? Level.FINE : Level.WARNING;
            LOGGER.log(level, "Cannot find the build of a Pipeline, which goes on as if it had no approvals", x);
            return null;
        }
    }

    /**
     * Writes a line to the log of a build, and to that of no step: views show the error of a step below its log.
     *
     * @param line a line whose text from outside is clean
     */
    public static void print(FlowExecution execution, String line) {
        try {
            execution.getOwner().getListener().getLogger().println(LogText.PREFIX + line);
        } catch (IOException x) {
            LOGGER.log(Level.FINE, "Cannot write to the log of the build", x);
        }
    }

    /** Returns a part of what is in memory of the build of an execution, {@code null} if there is none. */
    @CheckForNull
    static <T> T partOf(FlowExecution execution, Class<T> type) {
        Run<?, ?> run = ours(execution);
        RunningBuild build =
                run == null ? null : ArmoryRuntime.get().runningBuilds().find(run);
        return build == null ? null : build.find(type);
    }
}
