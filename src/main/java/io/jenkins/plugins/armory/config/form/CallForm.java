package io.jenkins.plugins.armory.config.form;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import hudson.Util;
import hudson.model.Item;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.webhook.CallLimits;
import io.jenkins.plugins.armory.webhook.RetryRules;
import io.jenkins.plugins.armory.webhook.WebhookRules;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The methods of a form with the fields of {@link CallDefinition}. Stapler finds them by their names. */
@Restricted(NoExternalUse.class)
public interface CallForm {

    /** Checks a field that may be empty. */
    @POST
    default FormValidation doCheckUriTemplate(@QueryParameter String value) {
        return Util.fixEmptyAndTrim(value) == null
                ? FormValidation.ok()
                : Forms.checkField(webhook -> webhook.uriTemplate(value));
    }

    @POST
    default FormValidation doCheckRetryCount(@QueryParameter String value) {
        return Forms.check(() -> RetryRules.ofCount(Forms.number(value)));
    }

    @POST
    default FormValidation doCheckConnectTimeout(@QueryParameter String value, @QueryParameter String requestTimeout) {
        return Forms.check(() -> new CallLimits(Forms.number(value), Forms.number(requestTimeout)));
    }

    @POST
    default FormValidation doCheckRequestTimeout(@QueryParameter String value) {
        return Forms.check(() -> new CallLimits(0, Forms.number(value)));
    }

    @POST
    default ListBoxModel doFillMethodItems() {
        return Forms.items(WebhookRules.METHODS);
    }

    @POST
    default ListBoxModel doFillSignWithItems(@AncestorInPath Item item, @QueryParameter String signWith) {
        return SecretTexts.items(item, signWith);
    }

    @POST
    default ListBoxModel doFillClientCertificateIdItems(
            @AncestorInPath Item item, @QueryParameter String clientCertificateId) {
        return SecretTexts.items(StandardCertificateCredentials.class, item, clientCertificateId);
    }

    @POST
    default ListBoxModel doFillTrustCertificateIdItems(
            @AncestorInPath Item item, @QueryParameter String trustCertificateId) {
        return SecretTexts.items(StandardCertificateCredentials.class, item, trustCertificateId);
    }
}
