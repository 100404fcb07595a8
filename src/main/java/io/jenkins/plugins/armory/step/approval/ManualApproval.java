package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.ParameterDefinition;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.approval.InputDefinition;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.config.Argument;
import io.jenkins.plugins.armory.config.Forms;
import io.jenkins.plugins.armory.config.InputParameters;
import io.jenkins.plugins.armory.step.Messages;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
    private ArrayList<ParameterDefinition> parameters = new ArrayList<>();

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
    @Argument(filled = true)
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

    /** Returns what the people who approve fill in, as the {@code input} step has it. */
    public List<ParameterDefinition> getParameters() {
        return parameters;
    }

    @DataBoundSetter
    public void setParameters(@CheckForNull List<ParameterDefinition> parameters) {
        this.parameters = parameters == null ? new ArrayList<>() : new ArrayList<>(parameters);
    }

    private List<InputDefinition> inputs() {
        List<InputDefinition> inputs = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (ParameterDefinition parameter : parameters) {
            try {
                InputDefinition input = InputParameters.toInput(parameter);
                if (!names.add(input.name())) {
                    throw new IllegalArgumentException('"' + input.name() + "\" is there twice; rename one of them");
                }
                inputs.add(input);
            } catch (IllegalArgumentException x) {
                throw new IllegalArgumentException("manualApproval.parameters: " + x.getMessage(), x);
            }
        }
        return inputs;
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
        List<String> names = submitterNames();
        if (submitters != null && names.isEmpty()) {
            throw new IllegalArgumentException(
                    "manualApproval.submitters: names nobody; write the ids of users and the names"
                            + " of groups with commas between them, or leave it out");
        }
        for (String name : names) {
            if (name.contains(";")) {
                throw new IllegalArgumentException("manualApproval.submitters: \"" + name
                        + "\" is one name; put commas between the ids of users and the names of groups");
            }
        }
        List<InputDefinition> inputs = inputs();
        try {
            return new ManualRequirement(message, names, required).filling(inputs);
        } catch (IllegalArgumentException x) {
            throw new IllegalArgumentException("manualApproval." + x.getMessage(), x);
        }
    }

    @Extension
    public static final class DescriptorImpl extends Descriptor<ManualApproval> {

        @POST
        public FormValidation doCheckRequired(@QueryParameter String value) {
            return Forms.checkNumber(value, 1, Messages.Forms_positive());
        }
    }
}
