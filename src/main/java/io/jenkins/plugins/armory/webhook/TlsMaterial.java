package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What certificate credentials hold for one request, in DER: the key and certificates that Jenkins shows, and the
 * authorities that it trusts. It is kept in memory only, or sent to the agent that makes the call.
 */
@Restricted(NoExternalUse.class)
public final class TlsMaterial implements Serializable {

    private static final long serialVersionUID = 1L;

    @CheckForNull
    private final Identity identity;

    private final ArrayList<byte[]> authorities;

    /**
     * A client's key with its certificates.
     *
     * @param algorithm of the key, such as {@code RSA}
     * @param key in the form PKCS #8
     * @param chain X.509 certificates, that of the key first
     */
    public record Identity(String algorithm, byte[] key, ArrayList<byte[]> chain) implements Serializable {
        @Override
        public String toString() {
            return "****";
        }
    }

    /**
     * @param identity {@code null} to show none
     * @param authorities X.509 certificates, empty to trust those of Java
     */
    public TlsMaterial(@CheckForNull Identity identity, List<byte[]> authorities) {
        this.identity = identity;
        this.authorities = new ArrayList<>(authorities);
    }

    /** Returns what Jenkins shows, {@code null} for nothing. */
    @CheckForNull
    public Identity identity() {
        return identity;
    }

    /** Returns the certificates of the authorities that are trusted instead of those of Java, empty for the latter. */
    public List<byte[]> authorities() {
        return List.copyOf(authorities);
    }
}
