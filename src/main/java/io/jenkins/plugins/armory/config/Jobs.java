package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import jenkins.model.Jenkins;

/** The field {@code jobs} that clients and issuers have. */
final class Jobs {

    private Jobs() {}

    /** @throws IllegalArgumentException naming the pattern that is wrong, and how to write it */
    static String checked(@CheckForNull String jobs) {
        String text = Util.fixNull(jobs).strip();
        JobPatterns.parse(text);
        return text;
    }

    static JobPatterns parse(String checked) {
        return JobPatterns.parse(checked);
    }

    static FormValidation check(@CheckForNull String value) {
        Jenkins.get().checkPermission(Jenkins.ADMINISTER);
        try {
            return JobPatterns.parse(Util.fixNull(value)).patterns().isEmpty()
                    ? FormValidation.error(
                            "Name the jobs, such as team/deploy or team/**; without any, nothing can be decided.")
                    : FormValidation.ok();
        } catch (IllegalArgumentException x) {
            return FormValidation.error(x.getMessage());
        }
    }
}
