package io.jenkins.plugins.armory.web;

import hudson.Extension;
import hudson.model.Action;
import hudson.model.BuildBadgeAction;
import hudson.model.InvisibleAction;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.builds.BuildRecord;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.TransientActionFactory;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The badge of builds that wait for an approval. */
@Restricted(NoExternalUse.class)
public final class WaitingBadge extends InvisibleAction implements BuildBadgeAction {

    private static final Logger LOGGER = Logger.getLogger(WaitingBadge.class.getName());

    /** Adds the badge to builds that wait. It reads no files, because lists of builds call it for each build. */
    @Extension
    @SuppressWarnings("rawtypes") // as the extension point wants it
    public static final class Factory extends TransientActionFactory<Run> {

        @Override
        public Class<Run> type() {
            return Run.class;
        }

        @Override
        public Class<? extends Action> actionType() {
            return WaitingBadge.class;
        }

        @Override
        public Collection<? extends Action> createFor(Run run) {
            try {
                BuildRef build = BuildRecord.refTo((Run<?, ?>) run);
                return run.isBuilding()
                                && ArmoryRuntime.get().approvals().pending().stream()
                                        .anyMatch(approval -> approval.build().equals(build))
                        ? List.of(new WaitingBadge())
                        : List.of();
            } catch (IOException x) {
                LOGGER.log(Level.FINE, "The approvals cannot be opened", x);
                return List.of();
            }
        }
    }
}
