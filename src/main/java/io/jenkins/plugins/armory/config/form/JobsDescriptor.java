package io.jenkins.plugins.armory.config.form;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.Describable;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import jenkins.model.Jenkins;
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
public abstract class JobsDescriptor<T extends Describable<T>> extends PartDescriptor<T> {

    /** Returns what the form says of an entry without jobs. */
    public String noJobs() {
        return Messages.Jobs_none();
    }

    @POST
    public FormValidation doCheckJobs(@QueryParameter String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        try {
            return JobPatterns.parse(Util.fixNull(value)).patterns().isEmpty()
                    ? FormValidation.error(noJobs())
                    : FormValidation.ok();
        } catch (IllegalArgumentException x) {
            return FormValidation.error(x.getMessage());
        }
    }

    /**
     * Checks patterns and returns them stripped.
     *
     * @throws IllegalArgumentException naming a pattern that is wrong
     */
    public static String checked(@CheckForNull String jobs) {
        String text = Util.fixNull(jobs).strip();
        JobPatterns.parse(text);
        return text;
    }
}
