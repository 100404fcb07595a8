package io.jenkins.plugins.armory.call;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.signature.SigningSecrets;
import io.jenkins.plugins.armory.webhook.CallCredentials;
import io.jenkins.plugins.armory.webhook.TlsMaterial;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.util.List;
import java.util.function.Function;
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

        /** Returns a certificate credential, {@code null} if there is none of that id. */
        @CheckForNull
        StandardCertificateCredentials certificate(String id);
    }

    /** @throws UndeliverableException naming the credential that is missing or of no use */
    public static WebhookRequest addTo(WebhookRequest request, Webhook webhook, Lookup lookup)
            throws UndeliverableException {
        String where = "webhook '" + webhook.name() + "': ";
        String signWith = webhook.credentials().signWith();
        TlsMaterial tls = tls(webhook.credentials(), lookup, where);
        WebhookRequest secured = tls == null ? request : request.withTls(tls);
        return signWith == null ? secured : secured.signedWith(signing(lookup, signWith, where + "signWith: "));
    }

    @CheckForNull
    private static TlsMaterial tls(CallCredentials credentials, Lookup lookup, String where)
            throws UndeliverableException {
        String client = credentials.clientCertificateId();
        String trust = credentials.trustCertificateId();
        if (client == null && trust == null) {
            return null;
        }
        return new TlsMaterial(
                client == null
                        ? null
                        : read(client, lookup, where + "clientCertificateId: ", CertificateMaterial::identity),
                trust == null
                        ? List.of()
                        : read(trust, lookup, where + "trustCertificateId: ", CertificateMaterial::authorities));
    }

    private static <T> T read(
            String id, Lookup lookup, String where, Function<StandardCertificateCredentials, T> reader)
            throws UndeliverableException {
        StandardCertificateCredentials credentials = lookup.certificate(id);
        if (credentials == null) {
            throw new UndeliverableException(where + "there is no certificate credential \"" + id
                    + "\" that may be used here; create one, or name another");
        }
        try {
            return reader.apply(credentials);
        } catch (IllegalArgumentException x) {
            throw new UndeliverableException(where + "\"" + id + "\" " + x.getMessage());
        }
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
