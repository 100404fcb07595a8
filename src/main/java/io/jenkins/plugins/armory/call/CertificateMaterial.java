package io.jenkins.plugins.armory.call;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.util.Secret;
import io.jenkins.plugins.armory.webhook.TlsMaterial;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Reads the keys and certificates of certificate credentials. Its messages stand behind the id of the credential. */
@Restricted(NoExternalUse.class)
public record CertificateMaterial(Function<String, StandardCertificateCredentials> credentials) {

    /** Returns a certificate with its key, {@code null} if there is no credential of that id. */
    @CheckForNull
    TlsMaterial.Identity identity(String id) {
        return Optional.ofNullable(credentials.apply(id))
                .map(CertificateMaterial::identity)
                .orElse(null);
    }

    /** Returns certificates, DER-encoded, {@code null} if there is no credential of that id. */
    @CheckForNull
    List<byte[]> authorities(String id) {
        return Optional.ofNullable(credentials.apply(id))
                .map(CertificateMaterial::authorities)
                .orElse(null);
    }

    /**
     * Returns the one key of a credential, with its certificates.
     *
     * @throws IllegalArgumentException if there is no key, or more than one, or if its certificate is not valid now
     */
    private static TlsMaterial.Identity identity(StandardCertificateCredentials credentials) {
        try {
            KeyStore store = credentials.getKeyStore();
            var keys = new ArrayList<String>();
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    keys.add(alias);
                }
            }
            if (keys.size() != 1) {
                throw new IllegalArgumentException(
                        "has " + keys.size() + " keys; it has to have the one of the client");
            }
            return identity(store, keys.get(0), Secret.toString(credentials.getPassword()));
        } catch (GeneralSecurityException x) {
            throw unreadable(x);
        }
    }

    private static TlsMaterial.Identity identity(KeyStore store, String alias, String password)
            throws GeneralSecurityException {
        Key key = store.getKey(alias, password.toCharArray());
        Certificate[] chain = store.getCertificateChain(alias);
        if (key == null || key.getEncoded() == null || chain == null || chain.length == 0) {
            throw new IllegalArgumentException("has a key that cannot be read, or one without a certificate");
        }
        checkValid(chain[0]);
        var encoded = new ArrayList<byte[]>();
        for (Certificate each : chain) {
            encoded.add(each.getEncoded());
        }
        return new TlsMaterial.Identity(key.getAlgorithm(), key.getEncoded(), encoded);
    }

    private static void checkValid(Certificate certificate) {
        if (!(certificate instanceof X509Certificate x509)) {
            return;
        }
        try {
            x509.checkValidity();
        } catch (CertificateExpiredException x) {
            throw new IllegalArgumentException("has expired: its certificate was valid until "
                    + x509.getNotAfter().toInstant() + "; replace it");
        } catch (CertificateNotYetValidException x) {
            throw new IllegalArgumentException("is not valid yet: its certificate is valid from "
                    + x509.getNotBefore().toInstant());
        }
    }

    /**
     * Returns the trusted certificates of a credential.
     *
     * @throws IllegalArgumentException if there are none
     */
    private static List<byte[]> authorities(StandardCertificateCredentials credentials) {
        try {
            KeyStore store = credentials.getKeyStore();
            var found = new ArrayList<byte[]>();
            for (String alias : Collections.list(store.aliases())) {
                if (store.isCertificateEntry(alias)) {
                    found.add(store.getCertificate(alias).getEncoded());
                }
            }
            if (found.isEmpty()) {
                throw new IllegalArgumentException(
                        "has no trusted certificate; make a key store with one: keytool -importcert"
                                + " -storetype PKCS12 -keystore ca.p12 -alias ca -file ca.pem");
            }
            return found;
        } catch (GeneralSecurityException x) {
            throw unreadable(x);
        }
    }

    private static IllegalArgumentException unreadable(GeneralSecurityException x) {
        return new IllegalArgumentException("cannot be read; check its key store and its password", x);
    }
}
