package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * The parameter {@code manualApproval: [message: '...', submitters: 'alice, ops', required: 2]}: people must approve, too or alone. It is
 * part of {@code program.dat} until the approval is written.
 */
@Restricted(NoExternalUse.class)
public final class ManualApproval extends AbstractDescribableImpl<ManualApproval> implements Serializable {

    private static final long serialVersionUID = 1L;

    private String message = "";
    private int required = 1;
    private boolean notByRequester;

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

    /** Returns how many different people have to approve. */
    public int getRequired() {
        return required;
    }

    @DataBoundSetter
    public void setRequired(int required) {
        this.required = required;
    }

    /** Returns whether the people who requested the build may not approve, see {@link Requesters}. */
    public boolean isNotByRequester() {
        return notByRequester;
    }

    @DataBoundSetter
    public void setNotByRequester(boolean notByRequester) {
        this.notByRequester = notByRequester;
    }

    private List<String> submitterNames() {
        return submitters == null
                ? List.of()
                : Arrays.stream(submitters.split(","))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .toList();
    }

    /**
     * Returns what is asked of whom, as one text. By it, a retry of an approval without a webhook is known: a question to other or to fewer
     * people is another one.
     */
    String identity() {
        return "manual approval" + (required == 1 ? "" : " by " + required)
                + (notByRequester ? " not by requester" : "") + " (" + String.join(", ", submitterNames())
                + "): " + message;
    }

    /** @throws IllegalArgumentException naming the parameter that is wrong */
    ManualRequirement toRequirement() {
        if (required < 1 || required > ManualRequirement.MAX_REQUIRED) {
            throw new IllegalArgumentException("manualApproval.required: must be from 1 to "
                    + ManualRequirement.MAX_REQUIRED + ", and is " + required);
        }
        return new ManualRequirement(message, submitterNames(), required);
    }

    @Extension
    public static final class DescriptorImpl extends Descriptor<ManualApproval> {

        @POST
        public FormValidation doCheckRequired(@QueryParameter String value) {
            return StepForm.checkPositive(value);
        }
    }
}
