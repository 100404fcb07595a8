package io.jenkins.plugins.armory.acceptance.driver;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A certificate that a server signed itself, made by the JDK's own {@code keytool}. */
public final class Certificate {

    private static final String PASSWORD = "changeit";

    private final Path keyStore;

    /** @param names of the server, such as {@code ip:127.0.0.1} or {@code dns:localhost} */
    public Certificate(String... names) {
        try {
            keyStore = Files.createTempDirectory(JavaProcess.workFolder(), "certificate-")
                    .resolve("keys.p12");
            Process keytool = new ProcessBuilder(List.of(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "server",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=server",
                            "-ext",
                            "san=" + String.join(",", names),
                            "-storetype",
                            "PKCS12",
                            "-keystore",
                            keyStore.toString(),
                            "-storepass",
                            PASSWORD))
                    .redirectErrorStream(true)
                    .start();
            String output = new String(keytool.getInputStream().readAllBytes());
            if (keytool.waitFor() != 0) {
                throw new AssertionError(output);
            }
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", x);
        }
    }

    /** For a server that has it. */
    public SSLContext server() {
        return server(null);
    }

    /** Options of a Java process that trusts it, and nothing else. */
    public List<String> trustingOptions() {
        return List.of(
                "-Djavax.net.ssl.trustStore=" + keyStore,
                "-Djavax.net.ssl.trustStoreType=PKCS12",
                "-Djavax.net.ssl.trustStorePassword=" + PASSWORD);
    }

    /** For a server that has it, and wants clients to show another one. */
    public SSLContext serverFor(Certificate client) {
        return server(client);
    }

    private SSLContext server(Certificate client) {
        try {
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys(), PASSWORD.toCharArray());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(client == null ? null : client.authority());
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException x) {
            throw new AssertionError(x);
        }
    }

    private KeyStore keys() throws GeneralSecurityException {
        try (InputStream in = Files.newInputStream(keyStore)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD.toCharArray());
            return keys;
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** A key store that trusts it. */
    private KeyStore authority() throws GeneralSecurityException {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("authority", keys().getCertificate("server"));
            return trusted;
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** The credential with its key, as code. */
    public String asCredential(String id) {
        try {
            return credential(id, Files.readAllBytes(keyStore));
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** The credential that trusts it, as code. */
    public String asAuthority(String id) {
        try {
            var bytes = new ByteArrayOutputStream();
            authority().store(bytes, PASSWORD.toCharArray());
            return credential(id, bytes.toByteArray());
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        } catch (GeneralSecurityException x) {
            throw new AssertionError(x);
        }
    }

    private static String credential(String id, byte[] content) {
        return "- certificate: {id: " + id + ", scope: GLOBAL, password: " + PASSWORD
                + ", keyStoreSource: {uploaded: {uploadedKeystore: \""
                + Base64.getEncoder().encodeToString(content) + "\"}}}\n";
    }
}
