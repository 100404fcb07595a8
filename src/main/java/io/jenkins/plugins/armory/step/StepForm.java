package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.config.WebhookForm;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Lists, checks and conversions of the forms of the steps. The descriptors have the methods that Stapler finds by name. */
final class StepForm {

    private StepForm() {}

    static ListBoxModel phases(List<Phase> phases) {
        ListBoxModel items = new ListBoxModel();
        phases.stream().map(Phase::toString).forEach(phase -> items.add(phase, phase));
        return items;
    }

    static ListBoxModel onFailure() {
        ListBoxModel items = new ListBoxModel();
        TimeLimits.ON_FAILURE.forEach(each -> items.add(each, each));
        return items;
    }

    static ListBoxModel units() {
        return WebhookForm.units(TimeUnit.SECONDS, TimeUnit.MINUTES, TimeUnit.HOURS, TimeUnit.DAYS);
    }

    /** Checks a number above 0, in a field that may be empty. */
    static FormValidation checkPositive(@CheckForNull String value) {
        return check(value, 1, Messages.StepForm_positive());
    }

    /** Checks a number that is 0 or above, in a field that may be empty. */
    static FormValidation checkPositiveOrZero(@CheckForNull String value) {
        return check(value, 0, Messages.StepForm_positiveOrZero());
    }

    private static FormValidation check(@CheckForNull String value, long least, String otherwise) {
        String text = Util.fixEmptyAndTrim(value);
        try {
            return text == null || Long.parseLong(text) >= least
                    ? FormValidation.ok()
                    : FormValidation.error(otherwise);
        } catch (NumberFormatException x) {
            return FormValidation.error(otherwise);
        }
    }
}
