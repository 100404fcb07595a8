package io.jenkins.plugins.armory.config.form;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import io.jenkins.plugins.armory.webhook.CancelReference;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * The cancel webhook of a webhook, which is called when an approval ends before its external process called back. It is
 * the name of another webhook, or an inline definition.
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
    @Argument(filled = true)
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
            List<String> superfluous = Parameter.given(this);
            superfluous.remove("webhook");
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
    public static final class DescriptorImpl extends PartDescriptor<CancelDefinition> implements CallForm {

        @Override
        public String getHelpFile(String fieldName) {
            return Forms.helpFile(fieldName);
        }
    }
}
