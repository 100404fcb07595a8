package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Action;
import hudson.model.Run;
import io.jenkins.plugins.armory.ArmoryApprovals;
import io.jenkins.plugins.armory.BuildRecord;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.RejectedCallbacks.Rejected;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.TransientActionFactory;

/** What a build's page says of its approvals. They are read when the page is shown, and not before. */
public final class BuildApprovals implements Action {

    private static final Logger LOGGER = Logger.getLogger(BuildApprovals.class.getName());

    private final Run<?, ?> run;

    BuildApprovals(Run<?, ?> run) {
        this.run = run;
    }

    /** In the order of their starts; empty for a build without any, and when they cannot be read. */
    public List<BuildApproval> getApprovals() {
        List<BuildApproval> found = new ArrayList<>();
        try {
            ArmoryApprovals armory = ArmoryApprovals.get();
            for (String id : BuildRecord.idsOf(run)) {
                armory.approvals()
                        .find(id)
                        .filter(this::isOfThisBuild)
                        .map(approval -> new BuildApproval(approval, rejected(armory, id)))
                        .ifPresent(found::add);
            }
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot read the approvals of " + run, x);
        }
        return found;
    }

    private boolean isOfThisBuild(Approval approval) {
        return approval.build().equals(BuildRecord.refTo(run));
    }

    private static List<Rejected> rejected(ArmoryApprovals armory, String id) {
        try {
            return armory.endpoint().rejected().of(id);
        } catch (IOException x) {
            return List.of(); // the approvals themselves could be opened a moment ago
        }
    }

    @Override
    @CheckForNull
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getDisplayName() {
        return Messages.ArmoryRootAction_displayName();
    }

    /** There is no page, only the summary. */
    @Override
    @CheckForNull
    public String getUrlName() {
        return null;
    }

    /** Adds it to every build. */
    @Extension
    @SuppressWarnings("rawtypes") // as the extension point wants it
    public static final class Factory extends TransientActionFactory<Run> {

        @Override
        public Class<Run> type() {
            return Run.class;
        }

        @Override
        public Class<? extends Action> actionType() {
            return BuildApprovals.class;
        }

        @Override
        public Collection<? extends Action> createFor(Run run) {
            return List.of(new BuildApprovals((Run<?, ?>) run));
        }
    }
}
