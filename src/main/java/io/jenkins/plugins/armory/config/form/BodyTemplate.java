package io.jenkins.plugins.armory.config.form;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.util.FormValidation;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The {@code bodyTemplate} of a webhook: {@code inline}, as in Armory's deployment file. */
@Restricted(NoExternalUse.class)
public final class BodyTemplate extends AbstractDescribableImpl<BodyTemplate> {

    @CheckForNull
    private String inline;

    @DataBoundConstructor
    public BodyTemplate() {}

    /** Returns the text of the template. */
    @CheckForNull
    public String getInline() {
        return inline;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setInline(@CheckForNull String inline) {
        this.inline = inline == null || inline.isBlank() ? null : inline;
    }

    boolean isEmpty() {
        return inline == null;
    }

    @Extension
    public static final class DescriptorImpl extends PartDescriptor<BodyTemplate> {

        @POST
        public FormValidation doCheckInline(@QueryParameter String value) {
            return Forms.checkField(webhook -> webhook.body(value == null || value.isBlank() ? null : value));
        }
    }
}
