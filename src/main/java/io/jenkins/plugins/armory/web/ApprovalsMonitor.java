package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.AdministrativeMonitor;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Warns that the approvals cannot be opened, that Jenkins does not know its URL, or that approvals are about to time out. */
@Extension
@Restricted(NoExternalUse.class)
public final class ApprovalsMonitor extends AdministrativeMonitor {

    private static final Logger LOGGER = Logger.getLogger(ApprovalsMonitor.class.getName());

    /** An approval is near its deadline once less than this part of its whole time is left: a tenth. */
    private static final int LAST_PART = 10;

    @Override
    public String getDisplayName() {
        return Messages.ArmoryRootAction_displayName();
    }

    @Override
    public boolean isActivated() {
        return getProblem() != null || isUrlUnknown() || getNearDeadline() > 0;
    }

    /** Returns the reason why the approvals cannot be opened, {@code null} for none. */
    @CheckForNull
    public String getProblem() {
        return ArmoryRuntime.get().problem().orElse(null);
    }

    /** Returns whether Jenkins does not know the address for callbacks. */
    public boolean isUrlUnknown() {
        try {
            ArmoryConfiguration.get().rootActionUrl();
            return false;
        } catch (IllegalStateException x) {
            return true;
        }
    }

    /** Returns the number of approvals with less than a tenth of their time left. */
    public long getNearDeadline() {
        try {
            Instant now = Instant.now();
            return ArmoryRuntime.get().approvals().pending().stream()
                    .filter(approval -> isNearDeadline(approval, now))
                    .count();
        } catch (IOException x) {
            LOGGER.log(Level.FINE, "The approvals cannot be opened", x);
            return 0;
        }
    }

    static boolean isNearDeadline(Approval approval, Instant now) {
        Duration whole = Duration.between(approval.createdAt(), approval.deadline());
        return now.isAfter(approval.deadline().minus(whole.dividedBy(LAST_PART)));
    }
}
