package io.jenkins.plugins.armory.webhook;

import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Thrown for a template that cannot be rendered. The message names the field, the place and the remedy, but no value. */
@Restricted(NoExternalUse.class)
public final class TemplateException extends Exception {

    private static final long serialVersionUID = 1L;

    TemplateException(String message) {
        super(message);
    }
}
