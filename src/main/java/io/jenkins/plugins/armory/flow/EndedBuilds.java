package io.jenkins.plugins.armory.flow;

import hudson.Extension;
import hudson.model.Run;
import hudson.model.listeners.RunListener;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Forgets what is in memory of a build's steps once the build has ended. Steps forget it themselves as they end; but when a
 * build is ended by force, they are not asked to.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class EndedBuilds extends RunListener<Run<?, ?>> {

    @Override
    public void onFinalized(Run<?, ?> run) {
        DeadEnds.forget(run);
        StagePause.forget(run);
        CancelledStages.forget(run);
    }
}
