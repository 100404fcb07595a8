package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.TlsMaterial;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;

/**
 * The TLS of one call, with a certificate of the client and authorities of the webhook's own if it has them. It notes
 * whether the server asked for a certificate: many servers close the connection without a word if they do not get one
 * that they accept.
 */
final class ClientTls {

    private static final char[] IN_MEMORY = "in memory only".toCharArray();

    /**
     * The alerts with which a server refuses a client for its certificate, or for having none (RFC 8446, section 6.2).
     * Java has them in the message alone.
     */
    private static final Pattern REFUSED_CLIENT =
            Pattern.compile("certificate_required|bad_certificate|certificate_unknown|certificate_expired"
                    + "|unsupported_certificate|unknown_ca|access_denied");

    private final boolean hasCertificate;
    private final boolean hasAuthorities;
    private final SSLContext context;
    private final X509TrustManager trust;
    private volatile boolean wasAsked;

    /** The authorities that Java trusts. They are read once, which takes longer than a call. */
    private static final class OfJava {
        static final X509TrustManager TRUST = trust(null);
    }

    private ClientTls(@CheckForNull TlsMaterial material) throws GeneralSecurityException, IOException {
        TlsMaterial.Identity identity = material == null ? null : material.identity();
        List<byte[]> authorities = material == null ? List.of() : material.authorities();
        hasCertificate = identity != null;
        hasAuthorities = !authorities.isEmpty();
        trust = hasAuthorities ? trust(store(authorities)) : OfJava.TRUST;
        context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {noting(keys(identity))}, new TrustManager[] {trust}, null);
    }

    /** Returns the key manager, which also notes that the server asks for a certificate. */
    private KeyManager noting(X509KeyManager keys) {
        return (KeyManager) Proxy.newProxyInstance(
                ClientTls.class.getClassLoader(), new Class<?>[] {X509KeyManager.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("chooseClientAlias")) {
                        wasAsked = true;
                    }
                    return method.invoke(keys, arguments);
                });
    }

    /**
     * Prepares the TLS of a call.
     *
     * @throws IllegalArgumentException if the key or a certificate is of a kind that this Java does not know
     */
    static ClientTls of(@CheckForNull TlsMaterial material) {
        try {
            return new ClientTls(material);
        } catch (GeneralSecurityException | IOException x) {
            throw new IllegalArgumentException("the key or a certificate cannot be used", x);
        }
    }

    void addTo(OkHttpClient.Builder client) {
        client.sslSocketFactory(context.getSocketFactory(), trust);
    }

    /** @param identity {@code null} for a client without a key */
    private static X509KeyManager keys(@CheckForNull TlsMaterial.Identity identity)
            throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        if (identity != null) {
            store.setKeyEntry(
                    "client",
                    KeyFactory.getInstance(identity.algorithm())
                            .generatePrivate(new PKCS8EncodedKeySpec(identity.key())),
                    IN_MEMORY,
                    certificates(identity.chain()).toArray(new Certificate[0]));
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, IN_MEMORY);
        return first(factory.getKeyManagers(), X509KeyManager.class);
    }

    private static KeyStore store(List<byte[]> authorities) throws GeneralSecurityException, IOException {
        KeyStore store = empty();
        for (Certificate each : certificates(authorities)) {
            store.setCertificateEntry("authority-" + store.size(), each);
        }
        return store;
    }

    /** @param authorities {@code null} for those of Java */
    private static X509TrustManager trust(@CheckForNull KeyStore authorities) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(authorities);
            return first(factory.getTrustManagers(), X509TrustManager.class);
        } catch (GeneralSecurityException x) {
            throw new IllegalArgumentException("the authorities cannot be used", x);
        }
    }

    private static <T> T first(Object[] managers, Class<T> type) throws GeneralSecurityException {
        return Arrays.stream(managers)
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElseThrow(() -> new GeneralSecurityException("this Java has no manager for X.509"));
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(List<byte[]> encoded) throws GeneralSecurityException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        var certificates = new ArrayList<Certificate>();
        for (byte[] each : encoded) {
            certificates.add(factory.generateCertificate(new ByteArrayInputStream(each)));
        }
        return certificates;
    }

    /** Returns whether a server refused the client for its certificate, or for having none. */
    static boolean isRefusalOfClient(@CheckForNull SSLException x) {
        String message = x == null ? "" : String.valueOf(x.getMessage()).toLowerCase(Locale.ROOT);
        return message.contains("alert") && REFUSED_CLIENT.matcher(message).find();
    }

    /** Returns whether the server asked for a certificate of the client. */
    boolean wasAsked() {
        return wasAsked;
    }

    /**
     * Returns what to say of a server that asked for a certificate and then refused the client or closed the
     * connection.
     */
    String reasonAfterAsking() {
        return hasCertificate
                ? "does not accept the client certificate, or closed the connection after it; check that clientCertificateId names"
                        + " the right one, and that the service trusts its authority"
                : "asks for a client certificate; name a certificate credential in clientCertificateId";
    }

    /** Returns what to say of a server whose certificate is not trusted. */
    String reasonOfDistrust() {
        return hasAuthorities
                ? "cannot be trusted: its certificate is not from an authority of trustCertificateId, or is not valid any more;"
                        + " put the authority into that credential"
                : "cannot be trusted: its certificate is not from an authority that Jenkins's Java trusts, or is not valid"
                        + " any more; add the authority to the trust store of the Java that makes the call, or name a"
                        + " credential with it in trustCertificateId";
    }
}
