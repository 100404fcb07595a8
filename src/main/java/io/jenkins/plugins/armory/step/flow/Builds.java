package io.jenkins.plugins.armory.step.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import io.jenkins.plugins.armory.builds.RunningBuild;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.webhook.text.LogText;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The way from a Pipeline's execution to its build. It reads no file while the Pipeline runs: the engine takes the same way
 * before it calls listeners.
 */
@Restricted(NoExternalUse.class)
public final class Builds {

    private static final Logger LOGGER = Logger.getLogger(Builds.class.getName());

    private Builds() {}

    /** Returns the build of an execution, {@code null} if there is none. */
    @CheckForNull
    public static Run<?, ?> of(FlowExecution execution) {
        try {
            return execution.getOwner().getExecutable() instanceof Run<?, ?> run ? run : null;
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, x, () -> "Cannot find the build of " + execution);
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
        Run<?, ?> run = of(execution);
        RunningBuild build =
                run == null ? null : ArmoryRuntime.get().runningBuilds().find(run);
        return build == null ? null : build.find(type);
    }
}
