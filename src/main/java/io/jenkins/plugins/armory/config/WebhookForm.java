package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.CallLimits;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRules;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Lists and checks of the forms that define a webhook. The checks apply the rules of {@link Webhook} to one field. They reveal
 * nothing else, so they need no permission.
 */
@Restricted(NoExternalUse.class)
public final class WebhookForm {

    private WebhookForm() {}

    /** Returns the help of the step's field of the same name. It is with the step so that Pipeline's step reference finds it. */
    static String helpFile(String fieldName) {
        return "/descriptor/io.jenkins.plugins.armory.step.ArmoryWebhookApprovalStep/help/" + fieldName;
    }

    public static ListBoxModel methods() {
        ListBoxModel items = new ListBoxModel();
        WebhookRules.METHODS.forEach(method -> items.add(method, method));
        return items;
    }

    public static ListBoxModel networkModes() {
        ListBoxModel items = new ListBoxModel();
        for (NetworkMode mode : NetworkMode.values()) {
            items.add(mode.toString(), mode.toString());
        }
        return items;
    }

    /** Checks a field that may be empty. */
    public static FormValidation checkUriTemplate(@CheckForNull String value) {
        return value == null || value.isBlank() ? FormValidation.ok() : check(valid().uriTemplate(value));
    }

    public static FormValidation checkRetryCount(@CheckForNull String value) {
        return check(() -> valid().retryCount(number(value)));
    }

    /** @param value answers after which a call is repeated, separated by commas */
    public static FormValidation checkRetryOn(@CheckForNull String value) {
        RetryDefinition retry = new RetryDefinition();
        retry.setOn(value == null ? null : List.of(value));
        return check(retry::toRules);
    }

    public static FormValidation checkConnectTimeout(@CheckForNull String value, @CheckForNull String requestTimeout) {
        return check(() -> new CallLimits(number(value), number(requestTimeout)));
    }

    public static FormValidation checkRequestTimeout(@CheckForNull String value) {
        return check(() -> new CallLimits(0, number(value)));
    }

    private static int number(@CheckForNull String value) {
        String text = Util.fixEmptyAndTrim(value);
        return text == null ? 0 : Integer.parseInt(text);
    }

    public static FormValidation checkAgentIdentifier(@CheckForNull String value, @CheckForNull String networkMode) {
        try {
            String mode = Util.fixEmptyAndTrim(networkMode);
            String identifier = Util.fixEmptyAndTrim(value);
            if (identifier == null
                    && NetworkMode.REMOTE_NETWORK_AGENT.toString().equals(mode)) {
                return FormValidation.warning(Messages.WebhookForm_agentOfAccount());
            }
            return check(valid().networkMode(mode).agentIdentifier(identifier));
        } catch (InvalidWebhookException x) {
            return error(x);
        }
    }

    /** @param pointer with one, the statuses may be left out; it has a check of its own */
    static FormValidation checkStatuses(@CheckForNull String value, @CheckForNull String pointer) {
        String success = Util.fixEmptyAndTrim(value);
        return check(() -> Util.fixEmptyAndTrim(pointer) == null
                ? AnswerRule.ofAnswer(success, null, List.of(), List.of())
                : AnswerRule.ofAnswer(success, "/any", List.of("any"), List.of()));
    }

    static FormValidation checkPointer(@CheckForNull String value) {
        String pointer = Util.fixEmptyAndTrim(value);
        return pointer == null
                ? FormValidation.ok()
                : check(() -> AnswerRule.ofAnswer(null, pointer, List.of("any"), List.of()));
    }

    static FormValidation checkEvery(@CheckForNull String value, @CheckForNull String unit) {
        String text = Util.fixEmptyAndTrim(value);
        try {
            TimeUnit of = unit == null || unit.isBlank() ? TimeUnit.SECONDS : TimeUnit.valueOf(unit);
            Duration every = Duration.ofMillis(of.toMillis(text == null ? 0 : Long.parseLong(text)));
            return check(() -> {
                StatusCheck.checkEvery(every);
                return every;
            });
        } catch (IllegalArgumentException x) { // the number, or the unit
            return FormValidation.error(Messages.WebhookForm_number());
        }
    }

    public static ListBoxModel units(TimeUnit... units) {
        ListBoxModel items = new ListBoxModel();
        for (TimeUnit unit : units) {
            items.add(unit.name().toLowerCase(Locale.ROOT), unit.name());
        }
        return items;
    }

    static FormValidation checkBody(@CheckForNull String value) {
        return check(valid().body(value == null || value.isBlank() ? null : value));
    }

    /** Returns a valid definition, to set one field of it. */
    private static Webhook.Builder valid() {
        return Webhook.named("name").uriTemplate("https://example.com/");
    }

    private static FormValidation check(Webhook.Builder builder) {
        return check(builder::build);
    }

    /** @param rule throws an exception for what is wrong */
    private static FormValidation check(Supplier<?> rule) {
        try {
            rule.get();
            return FormValidation.ok();
        } catch (NumberFormatException x) {
            return FormValidation.error(Messages.WebhookForm_number());
        } catch (InvalidWebhookException x) {
            return error(x);
        }
    }

    /** Returns the problem as a sentence without the field's name, since a form shows it beside the field. */
    private static FormValidation error(InvalidWebhookException x) {
        String problem = x.problem();
        return FormValidation.error(Character.toUpperCase(problem.charAt(0)) + problem.substring(1) + ".");
    }
}
