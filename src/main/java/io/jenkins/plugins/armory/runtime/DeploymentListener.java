package io.jenkins.plugins.armory.runtime;

import hudson.model.Run;
import io.jenkins.plugins.armory.environment.Deployment;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Hears of deployments that are over. A part implements it as an {@code @Extension}. */
@Restricted(NoExternalUse.class)
public interface DeploymentListener {

    /**
     * Takes the environments of a build once one more deployment is over, on disk. It may be called again with the same
     * environments, as after a restart, and must not take long.
     */
    void ended(Run<?, ?> run, Deployment deployment);
}
