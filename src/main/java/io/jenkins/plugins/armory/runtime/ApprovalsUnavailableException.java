package io.jenkins.plugins.armory.runtime;

import java.io.IOException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Says that the approvals are not open. The message is for everybody. {@link ArmoryRuntime#problem} has the details for
 * administrators, which are in the log too.
 */
@Restricted(NoExternalUse.class)
public final class ApprovalsUnavailableException extends IOException {

    private static final long serialVersionUID = 1L;

    ApprovalsUnavailableException(String message) {
        super(message);
    }
}
