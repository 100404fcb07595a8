package io.jenkins.plugins.armory.config;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Descriptor;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.webhook.CancelReference;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * The cancel webhook of a webhook, which is called when an approval ends before its external process called back. It is the name
 * of another webhook, or an inline definition.
 */
@Restricted(NoExternalUse.class)
public final class CancelDefinition extends CallDefinition<CancelDefinition> {

    @CheckForNull
    private String webhook;

    @DataBoundConstructor
    public CancelDefinition() {}

    /** Returns the name of another webhook. */
    @CheckForNull
    public String getWebhook() {
        return webhook;
    }

    @DataBoundSetter
    public void setWebhook(@CheckForNull String webhook) {
        this.webhook = Util.fixEmptyAndTrim(webhook);
    }

    /**
     * Checks the fields and returns the cancel webhook.
     *
     * @throws InvalidWebhookException naming the field that is wrong
     */
    public CancelReference toCancel() {
        if (webhook != null) {
            List<String> superfluous = fields();
            if (!superfluous.isEmpty()) {
                throw new InvalidWebhookException(
                        "cancel",
                        "names a webhook, so leave out " + String.join(", ", superfluous)
                                + ", or leave out webhook to define one here");
            }
            return CancelReference.named(webhook);
        }
        if (getUriTemplate() == null) {
            throw new InvalidWebhookException(
                    "cancel",
                    "needs the name of a webhook, or uriTemplate to define one: cancel: [uriTemplate: 'https://...']");
        }
        try {
            return CancelReference.of(toBuilder("cancel").disableCallback(true).build());
        } catch (InvalidWebhookException x) {
            throw new InvalidWebhookException("cancel", x.getMessage());
        }
    }

    @Extension
    public static final class DescriptorImpl extends Descriptor<CancelDefinition> {
        @Override
        public String getDisplayName() {
            return "";
        }

        @Override
        public String getHelpFile(String fieldName) {
            return WebhookForm.helpFile(fieldName);
        }

        @POST
        public FormValidation doCheckUriTemplate(@QueryParameter String value) {
            return WebhookForm.checkUriTemplate(value);
        }

        @POST
        public FormValidation doCheckRetryCount(@QueryParameter String value) {
            return WebhookForm.checkRetryCount(value);
        }

        @POST
        public FormValidation doCheckConnectTimeout(
                @QueryParameter String value, @QueryParameter String requestTimeout) {
            return WebhookForm.checkConnectTimeout(value, requestTimeout);
        }

        @POST
        public FormValidation doCheckRequestTimeout(@QueryParameter String value) {
            return WebhookForm.checkRequestTimeout(value);
        }

        @POST
        public ListBoxModel doFillSignWithItems(@AncestorInPath Item item, @QueryParameter String signWith) {
            return SecretTexts.items(item, signWith);
        }

        @POST
        public ListBoxModel doFillClientCertificateIdItems(
                @AncestorInPath Item item, @QueryParameter String clientCertificateId) {
            return Certificates.items(item, clientCertificateId);
        }

        @POST
        public ListBoxModel doFillTrustCertificateIdItems(
                @AncestorInPath Item item, @QueryParameter String trustCertificateId) {
            return Certificates.items(item, trustCertificateId);
        }

        @POST
        public ListBoxModel doFillMethodItems() {
            return WebhookForm.methods();
        }
    }
}
