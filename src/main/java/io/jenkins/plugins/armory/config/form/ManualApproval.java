package io.jenkins.plugins.armory.config.form;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.model.ParameterDefinition;
import io.jenkins.plugins.armory.approval.InputDefinition;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.PeopleRule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * The parameter {@code manualApproval: [message: '...', submitters: ['alice', 'ops'], required: 2]}: people must
 * approve, alone or beside a webhook.
 */
@Restricted(NoExternalUse.class)
public final class ManualApproval extends AbstractDescribableImpl<ManualApproval> {

    private String message = "";
    private boolean notByRequester;
    private ArrayList<ParameterDefinition> parameters = new ArrayList<>();
    /** The rule that {@code submitters} and {@code required} write in short. */
    private final ApprovalRule rule = new ApprovalRule();

    private ArrayList<ApprovalRule> rules = new ArrayList<>();

    @DataBoundConstructor
    public ManualApproval() {}

    public String getMessage() {
        return message;
    }

    @DataBoundSetter
    public void setMessage(@CheckForNull String message) {
        this.message = Objects.requireNonNullElse(message, "").strip();
    }

    /** Returns the submitters of the only rule, see {@link ApprovalRule#getSubmitters}. */
    public List<String> getSubmitters() {
        return rule.getSubmitters();
    }

    @DataBoundSetter
    @Argument(filled = true, scalar = true)
    public void setSubmitters(@CheckForNull List<String> submitters) {
        rule.setSubmitters(submitters);
    }

    /** Returns how many different people have to approve by the only rule. */
    public int getRequired() {
        return rule.getRequired();
    }

    @DataBoundSetter
    public void setRequired(int required) {
        rule.setRequired(required);
    }

    /** Returns the rules of several groups; a person counts for one of them. Empty for the only rule. */
    public List<ApprovalRule> getRules() {
        return rules;
    }

    @DataBoundSetter
    @Argument(filled = true, text = "submitters")
    public void setRules(@CheckForNull List<ApprovalRule> rules) {
        this.rules = ListField.copy(rules);
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
        this.parameters = ListField.copy(parameters);
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

    /** @throws IllegalArgumentException naming the parameter that is wrong */
    public ManualRequirement toRequirement() {
        return toRequirement(inputs());
    }

    /** Returns the requirement without what is filled in. */
    public ManualRequirement withoutParameters() {
        return toRequirement(List.of());
    }

    private ManualRequirement toRequirement(List<InputDefinition> inputs) {
        if (!rules.isEmpty() && !rule.isDefault()) {
            throw new IllegalArgumentException("manualApproval.rules: each rule has submitters and required of its own;"
                    + " leave out those beside rules");
        }
        try {
            List<PeopleRule> required = new ArrayList<>();
            for (ApprovalRule each : rules.isEmpty() ? List.of(rule) : rules) {
                required.add(toRule(each, rules.isEmpty() ? "" : "rules[" + required.size() + "]."));
            }
            // The requesters are found when the approval is written.
            return new ManualRequirement(message, required, notByRequester ? List.of() : null, inputs);
        } catch (IllegalArgumentException x) {
            throw new IllegalArgumentException("manualApproval." + x.getMessage(), x);
        }
    }

    private static PeopleRule toRule(ApprovalRule rule, String where) {
        try {
            return rule.toRule();
        } catch (IllegalArgumentException x) {
            throw new IllegalArgumentException(where + x.getMessage(), x);
        }
    }

    @Extension
    public static final class DescriptorImpl extends Descriptor<ManualApproval> implements ApprovalRule.Form {}
}
