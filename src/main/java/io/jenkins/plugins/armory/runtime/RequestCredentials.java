package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.delivery.UndeliverableException;
import io.jenkins.plugins.armory.signature.SigningSecrets;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Adds to a request what the credentials of its webhook hold. */
@Restricted(NoExternalUse.class)
public final class RequestCredentials {

    private RequestCredentials() {}

    /** The credentials that a job or a folder may use. */
    public interface Lookup {

        /**
         * Returns a Secret text, {@code null} if there is none of that id.
         *
         * @throws IllegalArgumentException if it must not be used for calls
         */
        @CheckForNull
        String secretText(String id);
    }

    /** @throws UndeliverableException naming the credential that is missing or of no use */
    public static WebhookRequest addTo(WebhookRequest request, Webhook webhook, Lookup lookup)
            throws UndeliverableException {
        String signWith = webhook.credentials().signWith();
        return signWith == null
                ? request
                : request.signedWith(signing(lookup, signWith, "webhook '" + webhook.name() + "': signWith: "));
    }

    private static SigningSecrets signing(Lookup lookup, String id, String where) throws UndeliverableException {
        try {
            String secret = lookup.secretText(id);
            if (secret == null) {
                throw new UndeliverableException(where + "there is no Secret text \"" + id
                        + "\" that may be used here; create one, or name another");
            }
            return SigningSecrets.of(secret);
        } catch (IllegalArgumentException x) {
            throw new UndeliverableException(where + "\"" + id + "\" " + x.getMessage());
        }
    }
}
