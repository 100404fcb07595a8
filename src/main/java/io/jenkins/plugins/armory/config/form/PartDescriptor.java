package io.jenkins.plugins.armory.config.form;

import hudson.model.Describable;
import hudson.model.Descriptor;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The descriptor of a part of a form, which has no name of its own. */
@Restricted(NoExternalUse.class)
public abstract class PartDescriptor<T extends Describable<T>> extends Descriptor<T> {

    @Override
    public String getDisplayName() {
        return "";
    }
}
