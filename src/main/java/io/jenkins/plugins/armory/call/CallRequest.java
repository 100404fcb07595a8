package io.jenkins.plugins.armory.call;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.webhook.CallCredentials;
import io.jenkins.plugins.armory.webhook.RequestRenderer;
import io.jenkins.plugins.armory.webhook.TlsMaterial;
import io.jenkins.plugins.armory.webhook.UndeliverableException;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import io.jenkins.plugins.armory.webhook.signature.SigningSecrets;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The request of one attempt. What is checked when a step starts, the host whose permit the attempt takes, and what is sent come from it.
 * Credentials are read by {@link #render} alone, so that secrets are in memory only while they are needed.
 *
 * @param wanted the variables that further calls take from the answer
 */
@Restricted(NoExternalUse.class)
public record CallRequest(RequestRenderer rendering, Set<String> wanted, Credentials credentials, Sender sender) {

    /** The credentials that a job or a folder may use. */
    public interface Credentials {

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

    /**
     * Returns the host and the port that are called, as the client connects to them: however they are written, they are the same. An
     * address that is a secret counts as a host of its own.
     */
    public String hostAndPort() throws UndeliverableException {
        try {
            return rendering.hostAndPort();
        } catch (UndeliverableException x) {
            throw ofWebhook(x);
        }
    }

    /** @throws UndeliverableException if the call cannot be made as it is defined, naming the field or the credential */
    public WebhookRequest render() throws UndeliverableException {
        CallCredentials ids = rendering.webhook().credentials();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            WebhookRequest request = rendering.render();
            TlsMaterial tls = tls(ids);
            return request.with(signing(ids.signWith()), tls, wanted);
        } catch (UndeliverableException x) {
            throw ofWebhook(x);
        }
    }

    private UndeliverableException ofWebhook(UndeliverableException x) {
        return new UndeliverableException("webhook '" + rendering.webhook().name() + "': " + x.getMessage());
    }

    @CheckForNull
    private TlsMaterial tls(CallCredentials ids) throws UndeliverableException {
        String client = ids.clientCertificateId();
        String trust = ids.trustCertificateId();
        return client == null && trust == null
                ? null
                : new TlsMaterial(
                        client == null ? null : read("clientCertificateId", client, CertificateMaterial::identity),
                        trust == null
                                ? List.of()
                                : read("trustCertificateId", trust, CertificateMaterial::authorities));
    }

    private <T> T read(String field, String id, Function<StandardCertificateCredentials, T> reader)
            throws UndeliverableException {
        StandardCertificateCredentials certificate = credentials.certificate(id);
        if (certificate == null) {
            throw missing(field, "certificate credential", id);
        }
        try {
            return reader.apply(certificate);
        } catch (IllegalArgumentException x) {
            throw useless(field, id, x);
        }
    }

    @CheckForNull
    private SigningSecrets signing(@CheckForNull String id) throws UndeliverableException {
        try {
            String secret = id == null ? null : credentials.secretText(id);
            if (id != null && secret == null) {
                throw missing("signWith", "Secret text", id);
            }
            return secret == null ? null : SigningSecrets.of(secret);
        } catch (IllegalArgumentException x) {
            throw useless("signWith", id, x);
        }
    }

    private static UndeliverableException missing(String field, String kind, String id) {
        return new UndeliverableException(
                field + ": there is no " + kind + " \"" + id + "\" that may be used here; create one, or name another");
    }

    private static UndeliverableException useless(String field, @CheckForNull String id, IllegalArgumentException x) {
        return new UndeliverableException(field + ": \"" + id + "\" " + x.getMessage());
    }
}
