package io.jenkins.plugins.armory.part.file.step;

import hudson.AbortException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Ends the conditions after a deployment once one of them has failed, so that the others are not waited for. The
 * environments know of the failure already.
 */
@Restricted(NoExternalUse.class)
public final class ConditionFailedException extends AbortException {

    private static final long serialVersionUID = 1L;

    public ConditionFailedException(String message) {
        super(message);
    }
}
