package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.AdministrativeMonitor;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Warns of what an administrator can mend: the approvals cannot be opened or written, Jenkins does not know its URL, or
 * the settings name credentials or webhooks that do not exist.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class ApprovalsMonitor extends AdministrativeMonitor {

    @Override
    public String getDisplayName() {
        return Messages.ArmoryRootAction_displayName();
    }

    @Override
    public boolean isActivated() {
        return getProblem() != null
                || getWriteProblem() != null
                || isUrlUnknown()
                || !getWarnings().isEmpty();
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

    /**
     * Returns a sentence for each credential and webhook that the settings name and that does not exist, as it was
     * found last.
     */
    public List<String> getWarnings() {
        return SettingsWarnings.latest();
    }

    /** Returns why the last change of an approval could not be written, {@code null} if it was. */
    @CheckForNull
    public String getWriteProblem() {
        return ArmoryRuntime.get().writeProblem().orElse(null);
    }
}
