package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import java.io.IOException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Knows what environments demand beyond what the Pipeline says. A part implements it as an {@code @Extension}. */
@Restricted(NoExternalUse.class)
public interface EnvironmentGuard {

    /**
     * Returns what an environment demands of a build that has come to it, {@code null} for nothing.
     *
     * @param step has come to it
     * @throws AbortException if the build may not deploy to it, or if what it demands is not defined well
     * @throws IOException if that cannot be read
     */
    @CheckForNull
    Demands demandsOf(String environment, SuspendedExecution step) throws IOException, InterruptedException;
}
