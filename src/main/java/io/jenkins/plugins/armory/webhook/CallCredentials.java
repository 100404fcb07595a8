package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Serializable;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The ids of the credentials that a call is made with. What they hold is looked up for each attempt. A class and not a record for the
 * reason that {@link Webhook} has.
 */
@Restricted(NoExternalUse.class)
public final class CallCredentials implements Serializable {

    private static final long serialVersionUID = 1L;

    /** No credentials. */
    public static final CallCredentials NONE = new CallCredentials(null, null, null);

    @CheckForNull
    private final String signWith;

    @CheckForNull
    private final String clientCertificateId;

    @CheckForNull
    private final String trustCertificateId;

    /**
     * @param signWith the Secret text with which the call is signed, {@code null} for none
     * @param clientCertificateId the certificate that Jenkins shows to the server, {@code null} for none
     * @param trustCertificateId the authorities that the certificate of the server may be of, {@code null} for those of Java
     */
    public CallCredentials(
            @CheckForNull String signWith,
            @CheckForNull String clientCertificateId,
            @CheckForNull String trustCertificateId) {
        this.signWith = signWith;
        this.clientCertificateId = clientCertificateId;
        this.trustCertificateId = trustCertificateId;
    }

    /** Returns the id of the Secret text with which the call is signed as Standard Webhooks, {@code null} for none. */
    @CheckForNull
    public String signWith() {
        return signWith;
    }

    /** Returns the id of the certificate credential that Jenkins shows to the server, {@code null} for none. */
    @CheckForNull
    public String clientCertificateId() {
        return clientCertificateId;
    }

    /**
     * Returns the id of the certificate credential with the authorities that are trusted instead of those of Java, {@code null} for
     * the latter.
     */
    @CheckForNull
    public String trustCertificateId() {
        return trustCertificateId;
    }

    /** Returns whether the call is made with certificates. */
    boolean needTls() {
        return clientCertificateId != null || trustCertificateId != null;
    }

    @Override
    public boolean equals(@CheckForNull Object other) {
        return other instanceof CallCredentials credentials
                && Objects.equals(signWith, credentials.signWith)
                && Objects.equals(clientCertificateId, credentials.clientCertificateId)
                && Objects.equals(trustCertificateId, credentials.trustCertificateId);
    }

    @Override
    public int hashCode() {
        return Objects.hash(signWith, clientCertificateId, trustCertificateId);
    }
}
