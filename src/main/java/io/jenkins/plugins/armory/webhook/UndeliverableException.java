package io.jenkins.plugins.armory.webhook;

import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Says that a call cannot be made as it is defined. The message is for the build's log: the field, what is wrong with
 * it and how to correct it, but no value.
 */
@Restricted(NoExternalUse.class)
public final class UndeliverableException extends Exception {

    private static final long serialVersionUID = 1L;

    public UndeliverableException(String message) {
        super(message);
    }
}
