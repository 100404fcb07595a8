package io.jenkins.plugins.armory.config.form;

import com.google.common.base.Throwables;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookBuilder;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Checks and lists of the fields of forms. A check applies the rule of one field. It reveals nothing else, so it needs
 * no permission.
 */
@Restricted(NoExternalUse.class)
public final class Forms {

    private Forms() {}

    /**
     * Returns the help of the step's field of the same name. It is with the step so that Pipeline's step reference
     * finds it.
     */
    static String helpFile(String fieldName) {
        return "/descriptor/io.jenkins.plugins.armory.step.approval.ArmoryWebhookApprovalStep/help/" + fieldName;
    }

    public static ListBoxModel items(Collection<?> values) {
        ListBoxModel items = new ListBoxModel();
        values.forEach(value -> items.add(value.toString(), value.toString()));
        return items;
    }

    public static ListBoxModel units(TimeUnit... units) {
        ListBoxModel items = new ListBoxModel();
        for (TimeUnit unit : units) {
            items.add(unit.name().toLowerCase(Locale.ROOT), unit.name());
        }
        return items;
    }

    /**
     * Checks a number in a field that may be empty.
     *
     * @param least 0 or 1
     */
    public static FormValidation checkNumber(@CheckForNull String value, int least) {
        String otherwise = least == 0 ? Messages.Forms_positiveOrZero() : Messages.Forms_positive();
        String text = Util.fixEmptyAndTrim(value);
        try {
            return text == null || Long.parseLong(text) >= least
                    ? FormValidation.ok()
                    : FormValidation.error(otherwise);
        } catch (NumberFormatException x) {
            return FormValidation.error(otherwise);
        }
    }

    /** @param rule throws an exception for what is wrong */
    static FormValidation check(Runnable rule) {
        try {
            rule.run();
            return FormValidation.ok();
        } catch (InvalidWebhookException x) {
            String problem = x.problem(); // without the field's name, since a form shows it beside the field
            return FormValidation.error(Character.toUpperCase(problem.charAt(0)) + problem.substring(1) + ".");
        } catch (IllegalArgumentException x) { // of a number, or of a unit
            return FormValidation.error(Messages.Forms_number());
        }
    }

    /** @param field sets the field of a definition that is valid without it */
    static FormValidation checkField(UnaryOperator<WebhookBuilder> field) {
        return check(() -> field.apply(Webhook.named("name").uriTemplate("https://example.com/"))
                .build());
    }

    static int number(@CheckForNull String value) {
        String text = Util.fixEmptyAndTrim(value);
        return text == null ? 0 : Integer.parseInt(text);
    }

    /**
     * Returns what is wrong in settings. Stapler and XStream wrap what this plugin says in messages of their own, and
     * what it says may have a cause that no longer names the entry.
     */
    @CheckForNull
    public static String mistake(Throwable refused) {
        return Throwables.getCausalChain(refused).stream()
                .filter(x -> x.getStackTrace().length > 0
                        && x.getStackTrace()[0].getClassName().startsWith("io.jenkins.plugins.armory."))
                .findFirst()
                .orElseGet(() -> Throwables.getRootCause(refused))
                .getMessage();
    }
}
