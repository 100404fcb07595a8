package io.jenkins.plugins.armory.http;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/** The key of a client, if it has one. It tells when a server asks for a certificate. */
final class NotingKeyManager extends X509ExtendedKeyManager {

    @CheckForNull
    private final X509ExtendedKeyManager keys;

    private final Runnable asked;

    /**
     * @param keys {@code null} for a client without a key
     * @param asked is called when the server asks for a certificate
     */
    NotingKeyManager(@CheckForNull X509ExtendedKeyManager keys, Runnable asked) {
        this.keys = keys;
        this.asked = asked;
    }

    @Override
    @CheckForNull
    public String chooseClientAlias(String[] keyType, Principal[] issuers, Socket socket) {
        asked.run();
        return keys == null ? null : keys.chooseClientAlias(keyType, issuers, socket);
    }

    @Override
    @CheckForNull
    public String chooseEngineClientAlias(String[] keyType, Principal[] issuers, SSLEngine engine) {
        asked.run();
        return keys == null ? null : keys.chooseEngineClientAlias(keyType, issuers, engine);
    }

    @Override
    @CheckForNull
    public String[] getClientAliases(String keyType, Principal[] issuers) {
        return keys == null ? null : keys.getClientAliases(keyType, issuers);
    }

    @Override
    @CheckForNull
    public X509Certificate[] getCertificateChain(String alias) {
        return keys == null ? null : keys.getCertificateChain(alias);
    }

    @Override
    @CheckForNull
    public PrivateKey getPrivateKey(String alias) {
        return keys == null ? null : keys.getPrivateKey(alias);
    }

    @Override
    @CheckForNull
    public String[] getServerAliases(String keyType, Principal[] issuers) {
        return null;
    }

    @Override
    @CheckForNull
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
        return null;
    }
}
