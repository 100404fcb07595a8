package io.jenkins.plugins.armory.config.form;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.approval.PeopleRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * One of the {@code rules} of a {@link ManualApproval}, {@code [submitters: ['ops', 'oncall'], required: 2]}: so many
 * people of these.
 */
@Restricted(NoExternalUse.class)
public final class ApprovalRule extends AbstractDescribableImpl<ApprovalRule> {

    private int required = 1;
    private ArrayList<String> submitters = new ArrayList<>();

    @DataBoundConstructor
    public ApprovalRule() {}

    /**
     * Returns texts of ids of users and names of groups, separated by commas; empty for all users with the permission.
     */
    public List<String> getSubmitters() {
        return submitters;
    }

    @DataBoundSetter
    @Argument(filled = true, scalar = true)
    public void setSubmitters(@CheckForNull List<String> submitters) {
        this.submitters = ListField.of(submitters);
    }

    /** Returns how many different people have to approve. */
    public int getRequired() {
        return required;
    }

    @DataBoundSetter
    public void setRequired(int required) {
        this.required = required;
    }

    boolean isDefault() {
        return submitters.isEmpty() && required == 1;
    }

    List<String> names() {
        return submitters.stream()
                .flatMap(text -> Stream.of(text.split(",")))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
    }

    /** @throws IllegalArgumentException naming the parameter that is wrong */
    PeopleRule toRule() {
        List<String> names = names();
        if (!submitters.isEmpty() && names.isEmpty()) {
            throw new IllegalArgumentException(
                    "submitters: names nobody; list the ids of users and the names" + " of groups, or leave it out");
        }
        for (String name : names) {
            if (name.contains(";")) {
                throw new IllegalArgumentException("submitters: \"" + name
                        + "\" is one name; make a list of the ids of users and the names of groups");
            }
        }
        return new PeopleRule(names, required);
    }

    /** The checks of the form, which {@link ManualApproval} has too. */
    interface Form extends ListField {

        @POST
        default FormValidation doCheckRequired(@QueryParameter String value) {
            return Forms.checkNumber(value, 1);
        }
    }

    @Extension
    public static final class DescriptorImpl extends Descriptor<ApprovalRule> implements Form {}
}
