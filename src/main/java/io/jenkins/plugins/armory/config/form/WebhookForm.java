package io.jenkins.plugins.armory.config.form;

import hudson.Util;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/** The methods of a form with the fields of {@link WebhookDefinition}. */
@Restricted(NoExternalUse.class)
public interface WebhookForm extends CallForm {

    @POST
    default ListBoxModel doFillNetworkModeItems() {
        return Forms.items(List.of(NetworkMode.values()));
    }

    @POST
    default FormValidation doCheckAgentIdentifier(@QueryParameter String value, @QueryParameter String networkMode) {
        String mode = Util.fixEmptyAndTrim(networkMode);
        String identifier = Util.fixEmptyAndTrim(value);
        return identifier == null && NetworkMode.REMOTE_NETWORK_AGENT.toString().equals(mode)
                ? FormValidation.warning(Messages.WebhookForm_agentOfAccount())
                : Forms.checkField(
                        webhook -> webhook.networkMode(NetworkMode.of(mode)).agentIdentifier(identifier));
    }
}
