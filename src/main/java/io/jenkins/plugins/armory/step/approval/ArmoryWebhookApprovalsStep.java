package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.DecisionText;
import io.jenkins.plugins.armory.config.form.ListField;
import io.jenkins.plugins.armory.step.Messages;
import io.jenkins.plugins.armory.webhook.text.Bound;
import io.jenkins.plugins.armory.webhook.text.LogText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * The step {@code armoryWebhookApprovals}: waits for many approvals of one place and phase. Each entry of its list has
 * the parameters of {@code armoryWebhookApproval}, as far as they do not stand beside the list, for all.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryWebhookApprovalsStep extends ArmoryWebhookApprovalStep {

    static final String FUNCTION = "armoryWebhookApprovals";
    private static final String APPROVALS = "approvals";

    private final List<ArmoryWebhookApprovalStep> approvals;
    private boolean failFast = true;

    @DataBoundConstructor
    public ArmoryWebhookApprovalsStep(@CheckForNull List<ArmoryWebhookApprovalStep> approvals) {
        this.approvals = ListField.copy(approvals);
    }

    public List<ArmoryWebhookApprovalStep> getApprovals() {
        return approvals;
    }

    public boolean isFailFast() {
        return failFast;
    }

    /** Sets whether the first failure ends the others, as in {@code parallel}. */
    @DataBoundSetter
    public void setFailFast(boolean failFast) {
        this.failFast = failFast;
    }

    @Override
    String functionName() {
        return FUNCTION;
    }

    @Override
    StepApprovals.Asked asked() {
        return new StepApprovals.Asked(argumentsKey(), APPROVALS, false, getManualApproval() != null, failFast);
    }

    private static String path(int index) {
        return APPROVALS + '[' + index + ']';
    }

    @Override
    List<Approval> approvals(ApprovalFactory factory, @CheckForNull String place) throws AbortException {
        checkOwn();
        var all = new ArrayList<Approval>();
        for (ArmoryWebhookApprovalStep each : approvals) {
            each.beginsWithItsCall();
            String path = path(all.size());
            String name = ownName(each);
            String label = name.isEmpty() ? path : name + " (" + path + ')';
            all.add(approval(path, label, each, factory, place));
        }
        if (getManualApproval() != null) {
            all.add(approval("", APPROVALS, question(), factory, place));
        }
        return all;
    }

    /** Returns the name of an entry, unless all have the same, else its context; empty without either. */
    private String ownName(ArmoryWebhookApprovalStep entry) {
        String name = entry.getName();
        String text = name == null || name.equals(getName())
                ? entry.contextMap().entrySet().stream().map(Object::toString).collect(Collectors.joining(", "))
                : name;
        return Bound.LINE.cut(LogText.continued(text));
    }

    private void checkOwn() throws AbortException {
        if (mistake() != null) {
            throw new AbortException(mistake());
        } else if (getManualApproval() == null && !getNotify().isEmpty()) {
            throw new AbortException(FUNCTION + ": notify: beside approvals, it tells people of the manualApproval"
                    + " there; add that, or write notify into an entry of approvals");
        }
    }

    /** Returns what people are asked about all approvals of the step. */
    private ArmoryWebhookApprovalStep question() {
        var question = new ArmoryWebhookApprovalStep();
        question.setManualApproval(getManualApproval());
        question.setNotify(getNotify());
        question.setPhase(getPhase());
        question.setTimeout(getTimeout());
        question.setUnit(getUnit());
        return question;
    }

    @Extension
    public static final class DescriptorImpl extends ArmoryWebhookApprovalStep.DescriptorImpl {

        /** The parameters that are those of the step alone, although {@code armoryWebhookApproval} has some of them. */
        private static final Set<String> OF_STEP = Set.of(APPROVALS, "failFast", "manualApproval", "notify");

        /** The parameters that no entry has, since they are the same for all. */
        private static final Set<String> OF_ALL = Set.of("phase", "environment");

        public DescriptorImpl() {
            super(FUNCTION, false);
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ArmoryWebhookApprovalsStep_displayName();
        }

        @Override
        ArmoryWebhookApprovalStep newStep() {
            return new ArmoryWebhookApprovalsStep(List.of());
        }

        /** Each entry may have a webhook of its own. */
        @Override
        FormValidation ofEmptyForm() {
            return FormValidation.ok();
        }

        /**
         * Makes a step of each entry, with what holds for all, so that what is wrong with one is said with its place.
         */
        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            if (!(arguments.get(APPROVALS) instanceof List<?> entries)) {
                super.customInstantiate(arguments); // names the parameter that is misspelt
                throw new IllegalArgumentException(
                        APPROVALS + ": must be a list with a map of the parameters of each approval");
            } else if (entries.isEmpty()) {
                throw new IllegalArgumentException(
                        APPROVALS + ": is empty; leave the step out if there is nothing to wait for");
            }
            Bound.APPROVALS.check(APPROVALS, entries.size());
            var single = (ArmoryWebhookApprovalStep.DescriptorImpl)
                    StepDescriptor.byFunctionName(ArmoryWebhookApprovalStep.FUNCTION);
            var steps = new ArrayList<Step>();
            for (Object entry : entries) {
                String path = path(steps.size());
                try {
                    steps.add(
                            entry instanceof ArmoryWebhookApprovalStep step
                                    ? step
                                    : single.instantiate(merged(arguments, entry)));
                } catch (Exception x) {
                    throw new IllegalArgumentException(DecisionText.at(path, String.valueOf(x.getMessage())), x);
                }
            }
            var own = new LinkedHashMap<>(arguments);
            own.put(APPROVALS, steps);
            return super.customInstantiate(own);
        }

        private static Map<String, Object> merged(Map<String, Object> arguments, @CheckForNull Object entry) {
            // The Snippet Generator's, which looks for what may be left out.
            Object given = entry instanceof UninstantiatedDescribable described ? described.getArguments() : entry;
            if (!(given instanceof Map<?, ?> fields)) {
                throw new IllegalArgumentException("must be a map of the parameters of armoryWebhookApproval");
            }
            var merged = new LinkedHashMap<String, Object>(arguments);
            merged.keySet().removeAll(OF_STEP);
            fields.forEach((key, value) -> {
                String name = String.valueOf(key);
                if (OF_ALL.contains(name)) {
                    throw new IllegalArgumentException(
                            name + ": is the same for all; write it beside " + APPROVALS + ", or use another step");
                }
                merged.put(name, value);
            });
            return merged;
        }
    }
}
