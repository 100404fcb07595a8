package io.jenkins.plugins.armory.config.form;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * A webhook that is defined in <i>Manage Jenkins » System</i>, on a folder, or in a Jenkinsfile. The fields are those
 * of Armory's {@code webhooks} section. {@link #toWebhook} checks them.
 */
@Restricted(NoExternalUse.class)
public final class WebhookDefinition extends CallDefinition<WebhookDefinition> {

    /** An address with its host, without the user before it and the port after it. */
    private static final Pattern HOST = Pattern.compile("(?is)(?:https?://)?(?:[^/?#]*@)?(\\[[^]]*]|[^/?#:]+).*");

    @CheckForNull
    private String name;

    private String networkMode = NetworkMode.DIRECT.toString();

    @CheckForNull
    private String agentIdentifier;

    private boolean disableCallback;
    private List<KeyValue> context = new ArrayList<>();

    @CheckForNull
    private CancelDefinition cancel;

    @CheckForNull
    private AnswerDefinition answer;

    @CheckForNull
    private StatusDefinition status;

    @DataBoundConstructor
    public WebhookDefinition() {}

    @Override
    protected Object readResolve() {
        setNetworkMode(networkMode);
        setContext(context);
        return super.readResolve();
    }

    @CheckForNull
    public String getName() {
        return name;
    }

    @DataBoundSetter
    public void setName(@CheckForNull String name) {
        this.name = Util.fixEmptyAndTrim(name);
    }

    public String getNetworkMode() {
        return networkMode;
    }

    @DataBoundSetter
    public void setNetworkMode(@CheckForNull String networkMode) {
        this.networkMode =
                networkMode == null || networkMode.isBlank() ? NetworkMode.DIRECT.toString() : networkMode.strip();
    }

    @CheckForNull
    public String getAgentIdentifier() {
        return agentIdentifier;
    }

    @DataBoundSetter
    public void setAgentIdentifier(@CheckForNull String agentIdentifier) {
        this.agentIdentifier = Util.fixEmptyAndTrim(agentIdentifier);
    }

    public boolean isDisableCallback() {
        return disableCallback;
    }

    @DataBoundSetter
    public void setDisableCallback(boolean disableCallback) {
        this.disableCallback = disableCallback;
    }

    public List<KeyValue> getContext() {
        return context;
    }

    @DataBoundSetter
    public void setContext(@CheckForNull List<KeyValue> context) {
        this.context = ListField.copy(context);
    }

    /** Returns the webhook that is called when an approval ends before its external process called back. */
    @CheckForNull
    public CancelDefinition getCancel() {
        return cancel;
    }

    @DataBoundSetter
    public void setCancel(@CheckForNull CancelDefinition cancel) {
        this.cancel = cancel;
    }

    /** Returns the rule by which the answer to the webhook decides. */
    @CheckForNull
    public AnswerDefinition getAnswer() {
        return answer;
    }

    @DataBoundSetter
    public void setAnswer(@CheckForNull AnswerDefinition answer) {
        this.answer = answer;
    }

    /** Returns the question for the status of the external process. */
    @CheckForNull
    public StatusDefinition getStatus() {
        return status;
    }

    @DataBoundSetter
    public void setStatus(@CheckForNull StatusDefinition status) {
        this.status = status;
    }

    /**
     * Checks the fields and returns them as a webhook.
     *
     * @throws InvalidWebhookException naming the field that is wrong
     */
    public Webhook toWebhook() {
        return toWebhook(name);
    }

    /** Checks the fields of a webhook that a step defines. Without a name, it has that of its host. */
    public Webhook toInlineWebhook() {
        Matcher host = HOST.matcher(Util.fixNull(getUriTemplate()));
        return toWebhook(name == null && host.matches() ? host.group(1) : name);
    }

    private Webhook toWebhook(@CheckForNull String known) {
        return toBuilder(known)
                .networkMode(NetworkMode.of(networkMode))
                .agentIdentifier(agentIdentifier)
                .disableCallback(disableCallback)
                .context(contextMap())
                .cancel(cancel == null ? null : cancel.toCancel())
                .answer(answer == null ? null : answer.toRule())
                .status(status == null ? null : status.toCheck())
                .build();
    }

    public Map<String, String> contextMap() {
        return KeyValue.toMap(context);
    }

    /**
     * Checks definitions and returns them by name.
     *
     * @throws IllegalArgumentException naming the definition and the field that is wrong, or the name that two of them
     *     have
     */
    public static Map<String, Webhook> checked(List<WebhookDefinition> definitions) {
        Map<String, Webhook> webhooks = new LinkedHashMap<>();
        for (WebhookDefinition definition : definitions) {
            Webhook webhook;
            try {
                webhook = definition.toWebhook();
            } catch (InvalidWebhookException x) {
                String name = definition.getName();
                throw new IllegalArgumentException(
                        "webhooks: " + (name == null ? "" : "'" + name + "': ") + x.getMessage(), x);
            }
            if (webhooks.putIfAbsent(webhook.name(), webhook) != null) {
                throw new IllegalArgumentException(
                        "webhooks: there are two of the name \"" + webhook.name() + "\"; each needs a name of its own");
            }
        }
        return webhooks;
    }

    @Extension
    public static final class DescriptorImpl extends PartDescriptor<WebhookDefinition> implements WebhookForm {

        @Override
        public String getHelpFile(String fieldName) {
            return Forms.helpFile(fieldName);
        }

        @POST
        public FormValidation doCheckName(@QueryParameter String value) {
            return FormValidation.validateRequired(value);
        }

        @POST
        @Override
        public FormValidation doCheckUriTemplate(@QueryParameter String value) {
            return value.isBlank()
                    ? FormValidation.validateRequired(value)
                    : WebhookForm.super.doCheckUriTemplate(value);
        }
    }
}
