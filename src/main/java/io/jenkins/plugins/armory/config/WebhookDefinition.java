package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * A webhook as it is written in Jenkins: in <i>Manage Jenkins » System</i>, on a folder, or in a Jenkinsfile. The fields are
 * those of Armory's {@code webhooks} section. {@link #toWebhook} tells whether they are right.
 */
public final class WebhookDefinition extends AbstractDescribableImpl<WebhookDefinition> {

    public static final String DEFAULT_METHOD = "POST";

    @CheckForNull
    private String name;

    private String method = DEFAULT_METHOD;

    @CheckForNull
    private String uriTemplate;

    private List<KeyValue> headers = List.of();

    @CheckForNull
    private BodyTemplate bodyTemplate;

    private int retryCount;
    private String networkMode = NetworkMode.DIRECT.toString();

    @CheckForNull
    private String agentIdentifier;

    private boolean disableCallback;
    private List<KeyValue> context = List.of();

    @DataBoundConstructor
    public WebhookDefinition() {}

    @CheckForNull
    public String getName() {
        return name;
    }

    @DataBoundSetter
    public void setName(@CheckForNull String name) {
        this.name = Util.fixEmptyAndTrim(name);
    }

    public String getMethod() {
        return method;
    }

    @DataBoundSetter
    public void setMethod(@CheckForNull String method) {
        this.method = method == null || method.isBlank() ? DEFAULT_METHOD : method.strip();
    }

    @CheckForNull
    public String getUriTemplate() {
        return uriTemplate;
    }

    @DataBoundSetter
    public void setUriTemplate(@CheckForNull String uriTemplate) {
        this.uriTemplate = Util.fixEmptyAndTrim(uriTemplate);
    }

    public List<KeyValue> getHeaders() {
        return headers;
    }

    @DataBoundSetter
    public void setHeaders(@CheckForNull List<KeyValue> headers) {
        this.headers = headers == null ? List.of() : new ArrayList<>(headers);
    }

    @CheckForNull
    public BodyTemplate getBodyTemplate() {
        return bodyTemplate;
    }

    @DataBoundSetter
    public void setBodyTemplate(@CheckForNull BodyTemplate bodyTemplate) {
        this.bodyTemplate = bodyTemplate == null || bodyTemplate.isEmpty() ? null : bodyTemplate;
    }

    public int getRetryCount() {
        return retryCount;
    }

    @DataBoundSetter
    public void setRetryCount(int retryCount) {
        this.retryCount = retryCount;
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
        this.context = context == null ? List.of() : new ArrayList<>(context);
    }

    /** The definition as the plain part of the plugin has it, checked.
     *
     * @throws InvalidWebhookException naming the field and what to put there
     */
    public Webhook toWebhook() {
        List<Webhook.Header> all = new ArrayList<>();
        for (KeyValue header : headers) {
            all.add(new Webhook.Header(header.getKey(), header.getValue()));
        }
        return Webhook.named(name)
                .method(method)
                .uriTemplate(uriTemplate)
                .headers(all)
                .body(bodyTemplate == null ? null : bodyTemplate.getInline())
                .bodyPath(bodyTemplate == null ? null : bodyTemplate.getPath())
                .retryCount(retryCount)
                .networkMode(networkMode)
                .agentIdentifier(agentIdentifier)
                .disableCallback(disableCallback)
                .context(contextMap())
                .build();
    }

    /** The context as templates see it. */
    public Map<String, String> contextMap() {
        Map<String, String> map = new LinkedHashMap<>();
        context.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
        return map;
    }

    /**
     * Checks a section of definitions.
     *
     * @return the definitions by their names
     * @throws IllegalArgumentException naming the definition, the field and what to put there; also when two have one name
     */
    static Map<String, Webhook> checked(List<WebhookDefinition> definitions) {
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
                throw new IllegalArgumentException("webhooks: there are two of the name \"" + webhook.name()
                        + "\"; each needs a name of its own");
            }
        }
        return webhooks;
    }

    @Extension
    public static final class DescriptorImpl extends Descriptor<WebhookDefinition> {
        @Override
        public String getDisplayName() {
            return "";
        }

        /** That of the step's fields of the same names, which must be with the step for Pipeline's own reference. */
        @Override
        public String getHelpFile(String fieldName) {
            return "/descriptor/io.jenkins.plugins.armory.step.ArmoryWebhookApprovalStep/help/" + fieldName;
        }

        @POST
        public FormValidation doCheckName(@QueryParameter String value) {
            return FormValidation.validateRequired(value);
        }

        @POST
        public FormValidation doCheckUriTemplate(@QueryParameter String value) {
            return value.isBlank() ? FormValidation.validateRequired(value) : WebhookForm.checkUriTemplate(value);
        }

        @POST
        public FormValidation doCheckRetryCount(@QueryParameter String value) {
            return WebhookForm.checkRetryCount(value);
        }

        @POST
        public FormValidation doCheckAgentIdentifier(@QueryParameter String value, @QueryParameter String networkMode) {
            return WebhookForm.checkAgentIdentifier(value, networkMode);
        }

        @POST
        public ListBoxModel doFillMethodItems() {
            return WebhookForm.methods();
        }

        @POST
        public ListBoxModel doFillNetworkModeItems() {
            return WebhookForm.networkModes();
        }
    }
}
