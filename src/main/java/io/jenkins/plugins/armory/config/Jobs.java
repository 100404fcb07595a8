package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import jenkins.model.Jenkins;

/** The field {@code jobs} of clients and issuers. */
final class Jobs {

    private Jobs() {}

    /**
     * Checks patterns and returns them stripped.
     *
     * @throws IllegalArgumentException naming a pattern that is wrong
     */
    static String checked(@CheckForNull String jobs) {
        String text = Util.fixNull(jobs).strip();
        JobPatterns.parse(text);
        return text;
    }

    static FormValidation check(@CheckForNull String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        try {
            return JobPatterns.parse(Util.fixNull(value)).patterns().isEmpty()
                    ? FormValidation.error(Messages.Jobs_none())
                    : FormValidation.ok();
        } catch (IllegalArgumentException x) {
            return FormValidation.error(x.getMessage());
        }
    }
}
