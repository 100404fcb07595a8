package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** {@code bodyTemplate} of a webhook, as in Armory's deployment file. */
public final class BodyTemplate extends AbstractDescribableImpl<BodyTemplate> {

    @CheckForNull
    private String inline;

    @DataBoundConstructor
    public BodyTemplate() {}

    /** The template itself. */
    @CheckForNull
    public String getInline() {
        return inline;
    }

    @DataBoundSetter
    public void setInline(@CheckForNull String inline) {
        this.inline = inline == null || inline.isBlank() ? null : inline;
    }

    @Extension
    public static final class DescriptorImpl extends Descriptor<BodyTemplate> {
        @Override
        public String getDisplayName() {
            return "";
        }
    }
}
