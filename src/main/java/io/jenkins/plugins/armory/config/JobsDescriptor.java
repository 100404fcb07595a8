package io.jenkins.plugins.armory.config;

import hudson.model.Describable;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * The descriptor of an entry with a field {@code jobs}.
 *
 * @param <T> the entry
 */
@Restricted(NoExternalUse.class)
public abstract class JobsDescriptor<T extends Describable<T>> extends Descriptor<T> {

    @Override
    public String getDisplayName() {
        return "";
    }

    @POST
    public FormValidation doCheckJobs(@QueryParameter String value) {
        return Jobs.check(value);
    }
}
