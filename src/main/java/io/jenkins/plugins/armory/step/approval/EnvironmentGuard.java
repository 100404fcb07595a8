package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Run;
import java.io.IOException;
import java.util.function.Supplier;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Knows what environments demand beyond what the Pipeline says. A part implements it as an {@code @Extension}. */
@Restricted(NoExternalUse.class)
public interface EnvironmentGuard {

    /**
     * Returns what an environment demands of a build that has come to it, {@code null} for nothing.
     *
     * @param newId returns ids of the build
     * @throws AbortException if the build may not deploy to it, or if what it demands is not defined well
     * @throws IOException if that cannot be read
     */
    @CheckForNull
    Demands demandsOf(String environment, Run<?, ?> run, Supplier<String> newId) throws IOException;
}
