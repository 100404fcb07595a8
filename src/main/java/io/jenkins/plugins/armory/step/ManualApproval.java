package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/** The parameter {@code manualApproval: [message: '...', submitters: 'alice, ops']}: a person must approve, too or alone. */
@Restricted(NoExternalUse.class)
public final class ManualApproval extends AbstractDescribableImpl<ManualApproval> {

    private String message = "";

    @CheckForNull
    private String submitters;

    @DataBoundConstructor
    public ManualApproval() {}

    public String getMessage() {
        return message;
    }

    @DataBoundSetter
    public void setMessage(@CheckForNull String message) {
        this.message = Objects.requireNonNullElse(message, "").strip();
    }

    /** Returns ids of users and names of groups, separated by commas; {@code null} for all users with the permission. */
    @CheckForNull
    public String getSubmitters() {
        return submitters;
    }

    @DataBoundSetter
    public void setSubmitters(@CheckForNull String submitters) {
        this.submitters = Util.fixEmptyAndTrim(submitters);
    }

    ManualRequirement toRequirement() {
        return new ManualRequirement(
                message,
                submitters == null
                        ? List.of()
                        : Arrays.stream(submitters.split(","))
                                .map(String::strip)
                                .filter(name -> !name.isEmpty())
                                .toList());
    }

    @Extension
    public static final class DescriptorImpl extends Descriptor<ManualApproval> {}
}
