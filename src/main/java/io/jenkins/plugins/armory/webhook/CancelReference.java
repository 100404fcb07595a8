package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.Serializable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The webhook to call when an approval ends without its external process.
 *
 * @param name its name, {@code null} if it is defined inline
 * @param inline its definition, {@code null} if it is defined elsewhere. It is called from where the approval's webhook
 *     is called
 */
@Restricted(NoExternalUse.class)
public record CancelReference(
        @CheckForNull @JsonProperty("name") String name,
        @CheckForNull @JsonProperty("inline") Webhook inline) implements Serializable {

    public CancelReference {
        WebhookRules.check("cancel", Bound.LINE, name);
    }

    /**
     * Returns a reference to a webhook that is defined elsewhere.
     *
     * @throws InvalidWebhookException if the name is too long
     */
    public static CancelReference named(String name) {
        return new CancelReference(name, null);
    }

    public static CancelReference of(Webhook inline) {
        return new CancelReference(null, inline);
    }
}
