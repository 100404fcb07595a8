package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.Serializable;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The ids of the credentials that a call is made with. What they hold is looked up for each attempt.
 *
 * @param signWith the Secret text with which the call is signed as Standard Webhooks, {@code null} for none
 * @param clientCertificateId the certificate that Jenkins shows to the server, {@code null} for none
 * @param trustCertificateId the certificate credential with the authorities that are trusted instead of those of Java,
 *     {@code null} for the latter
 */
@Restricted(NoExternalUse.class)
public record CallCredentials(
        @CheckForNull @JsonProperty("signWith") String signWith,
        @CheckForNull @JsonProperty("clientCertificateId") String clientCertificateId,
        @CheckForNull @JsonProperty("trustCertificateId") String trustCertificateId)
        implements Serializable {

    public static final CallCredentials NONE = new CallCredentials(null, null, null);

    public CallCredentials {
        WebhookRules.check("signWith", Bound.LINE, signWith);
        WebhookRules.check("clientCertificateId", Bound.LINE, clientCertificateId);
        WebhookRules.check("trustCertificateId", Bound.LINE, trustCertificateId);
    }

    /** Returns whether the call is made with certificates. */
    boolean needTls() {
        return clientCertificateId != null || trustCertificateId != null;
    }
}
