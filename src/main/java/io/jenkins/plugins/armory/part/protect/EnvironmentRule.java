package io.jenkins.plugins.armory.part.protect;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.util.ComboBoxModel;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.approval.TermsBuilder;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.form.Forms;
import io.jenkins.plugins.armory.config.form.KeyValue;
import io.jenkins.plugins.armory.config.form.ListField;
import io.jenkins.plugins.armory.config.form.ManualApproval;
import io.jenkins.plugins.armory.config.form.PartDescriptor;
import io.jenkins.plugins.armory.config.form.SecretTexts;
import io.jenkins.plugins.armory.config.form.StatusDefinition;
import io.jenkins.plugins.armory.config.form.WebhookDefinition;
import io.jenkins.plugins.armory.config.form.Webhooks;
import io.jenkins.plugins.armory.step.approval.ApprovalDefinition;
import io.jenkins.plugins.armory.webhook.WebhookRules;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * One of the {@code before} or {@code after} of an {@link EnvironmentDefinition}: a webhook of the settings, people, or
 * both. The fields are those of the step {@code armoryWebhookApproval}.
 */
@Restricted(NoExternalUse.class)
public final class EnvironmentRule extends AbstractDescribableImpl<EnvironmentRule> implements ApprovalDefinition {

    @CheckForNull
    private String webhook;

    private List<KeyValue> context = new ArrayList<>();

    @CheckForNull
    private ManualApproval manualApproval;

    private long timeout = Terms.STANDARD_HOURS;
    private String unit = TimeUnit.HOURS.name();
    private List<String> notify = new ArrayList<>();

    @CheckForNull
    private String callbackCredentialsId;

    private List<String> allowedCallers = new ArrayList<>();

    @DataBoundConstructor
    public EnvironmentRule() {}

    /**
     * Sets defaults, since XStream runs no initializers, and checks what people or scripts may have written, since it
     * calls no setters.
     */
    private Object readResolve() {
        setWebhook(webhook);
        setContext(context);
        setTimeout(timeout);
        setUnit(unit);
        setNotify(notify);
        setCallbackCredentialsId(callbackCredentialsId);
        setAllowedCallers(allowedCallers);
        return this;
    }

    /** Returns the name of a webhook of the settings, {@code null} if people alone decide. */
    @CheckForNull
    @Override
    public String getWebhook() {
        return webhook;
    }

    @DataBoundSetter
    public void setWebhook(@CheckForNull String webhook) {
        this.webhook = ListField.notBlank("webhook", webhook);
    }

    public List<KeyValue> getContext() {
        return context;
    }

    @DataBoundSetter
    public void setContext(@CheckForNull List<KeyValue> context) {
        this.context = ListField.copy(context);
    }

    @CheckForNull
    @Override
    public ManualApproval getManualApproval() {
        return manualApproval;
    }

    @DataBoundSetter
    public void setManualApproval(@CheckForNull ManualApproval manualApproval) {
        this.manualApproval = manualApproval;
    }

    /** Returns the time limit from the call, in {@link #getUnit}. */
    public long getTimeout() {
        return timeout;
    }

    @DataBoundSetter
    public void setTimeout(long timeout) {
        this.timeout = timeout == 0 ? Terms.STANDARD_HOURS : timeout; // 0 of a field that is not there
    }

    public String getUnit() {
        return unit;
    }

    @DataBoundSetter
    public void setUnit(@CheckForNull String unit) {
        this.unit = unit == null ? TimeUnit.HOURS.name() : unit.strip();
    }

    @Override
    public TermsBuilder terms() {
        return Terms.standard().timeout(Terms.limit(timeout, timeUnit()));
    }

    private TimeUnit timeUnit() {
        try {
            return TimeUnit.valueOf(unit);
        } catch (IllegalArgumentException x) {
            List<String> known =
                    Stream.of(TimeUnit.values()).map(TimeUnit::name).toList();
            throw new IllegalArgumentException(
                    "unit: there is no unit \"" + unit + "\"; known are " + String.join(", ", known), x);
        }
    }

    /** Returns the names of the webhooks of the settings that are told. */
    @Override
    public List<String> getNotify() {
        return notify;
    }

    @DataBoundSetter
    public void setNotify(@CheckForNull List<String> notify) {
        this.notify = ListField.noneBlank("notify", notify);
    }

    /** Returns the id of a Secret text of Jenkins itself that may call back, {@code null} for none. */
    @CheckForNull
    @Override
    public String getCallbackCredentialsId() {
        return callbackCredentialsId;
    }

    @DataBoundSetter
    public void setCallbackCredentialsId(@CheckForNull String callbackCredentialsId) {
        this.callbackCredentialsId = ListField.notBlank("callbackCredentialsId", callbackCredentialsId);
    }

    @Override
    public List<String> getAllowedCallers() {
        return allowedCallers;
    }

    @DataBoundSetter
    public void setAllowedCallers(@CheckForNull List<String> allowedCallers) {
        this.allowedCallers = ListField.noneBlank("allowedCallers", allowedCallers);
    }

    @Override
    public Map<String, String> contextMap() {
        return KeyValue.toMap(context);
    }

    /**
     * Checks the rule by itself.
     *
     * @throws IllegalArgumentException naming the field that is wrong
     */
    void check() {
        checkSaved();
        SecretTexts.require("callbackCredentialsId", SecretTexts.problem(callbackCredentialsId));
        if (manualApproval != null) {
            manualApproval.toRequirement();
        }
    }

    /** Checks the rule but for its parameters, which other plugins may define. */
    void checkSaved() {
        if (webhook == null && manualApproval == null) {
            throw new IllegalArgumentException(
                    "webhook: is missing; name a webhook of these settings, or give manualApproval");
        }
        Bound.LINE.check("webhook", webhook);
        ListField.checkEach("context", context, KeyValue::checkGiven);
        WebhookRules.checkContext(contextMap());
        Bound.LINE.checkEach("notify", notify);
        terms();
        if (manualApproval != null) {
            manualApproval.withoutParameters().rules().forEach(rule -> {
                if (rule.submitters().isEmpty()) {
                    throw new IllegalArgumentException(
                            "manualApproval.submitters: is missing; name who approves, since a"
                                    + " folder may grant the permission to anybody");
                }
            });
        }
    }

    /** Returns why a rule cannot call a webhook, or what cancels that; empty if it can. */
    public static Optional<String> problem(@CheckForNull String webhook) {
        return problemOfCall(webhook)
                .or(() -> find(webhook)
                        .map(WebhookDefinition::getCancel)
                        .flatMap(cancel -> problemOfCall(cancel.getWebhook())));
    }

    /** Returns why the settings have no webhook of a name that a rule could call, empty if they have one. */
    public static Optional<String> problemOfCall(@CheckForNull String webhook) {
        return webhook == null || find(webhook).isPresent()
                ? Optional.empty()
                : Optional.of(Messages.EnvironmentRule_noWebhook(webhook));
    }

    private static Optional<WebhookDefinition> find(@CheckForNull String webhook) {
        return ArmoryConfiguration.get().getWebhooks().stream()
                .filter(each -> Objects.equals(each.getName(), webhook))
                .findFirst();
    }

    @Extension
    public static final class DescriptorImpl extends PartDescriptor<EnvironmentRule> implements ListField {

        /** Returns all units, see {@link StatusDefinition.DescriptorImpl#doFillUnitItems}. */
        @POST
        public ListBoxModel doFillUnitItems() {
            return Forms.units(TimeUnit.values());
        }

        @POST
        public FormValidation doCheckTimeout(@QueryParameter String value) {
            return Forms.checkNumber(value, 1);
        }

        @POST
        public ComboBoxModel doFillWebhookItems() {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return new ComboBoxModel(Webhooks.ofSettings().names());
        }

        @POST
        public FormValidation doCheckWebhook(@QueryParameter String value) {
            Jenkins.get().checkPermission(Jenkins.ADMINISTER);
            return problem(Util.fixEmptyAndTrim(value))
                    .map(FormValidation::warning)
                    .orElseGet(FormValidation::ok);
        }

        @POST
        public ListBoxModel doFillCallbackCredentialsIdItems(@QueryParameter String callbackCredentialsId) {
            return SecretTexts.items(StringCredentials.class, null, callbackCredentialsId);
        }
    }
}
