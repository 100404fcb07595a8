package io.jenkins.plugins.armory.call;

import static org.assertj.core.api.Assertions.assertThat;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.Renderers;
import io.jenkins.plugins.armory.webhook.TlsMaterial;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates of the client, and authorities of a webhook's own. */
class ClientTlsTest {

    private static TestKeys serverKeys;
    private static TestKeys clientKeys;
    private static TestKeys others;

    private final WebhookClient client = new WebhookClient();
    private final MockWebServer server = new MockWebServer();

    @BeforeAll
    static void makeKeys(@TempDir Path folder) throws Exception {
        serverKeys = new TestKeys(folder, "server");
        clientKeys = new TestKeys(folder, "client");
        others = new TestKeys(folder, "others");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void start(boolean requiresClient) throws Exception {
        server.useHttps(serverKeys.server(clientKeys).getSocketFactory());
        if (requiresClient) {
            server.requireClientAuth();
        }
        server.start(InetAddress.getByName("127.0.0.1"), 0);
        server.enqueue(new MockResponse.Builder().code(202).build());
    }

    private CallResult call(@CheckForNull TlsMaterial tls) throws Exception {
        return call(tls, null);
    }

    private CallResult call(@CheckForNull TlsMaterial tls, @CheckForNull ProxyServer proxy) throws Exception {
        WebhookRequest request = Renderers.of(
                        Webhook.named("w")
                                .uriTemplate("https://127.0.0.1:" + server.getPort() + "/")
                                .disableCallback(true)
                                .build(),
                        new Variables())
                .render();
        CompletableFuture<CallResult> result = new CompletableFuture<>();
        client.call(
                throughSerialization(tls == null ? request : request.with(null, tls, Set.of())),
                "key-1",
                AllowedHosts.of(List.of()).andLoopback(),
                proxy,
                result::complete);
        return result.get(30, TimeUnit.SECONDS);
    }

    /** As it comes to an agent. */
    private static WebhookRequest throughSerialization(WebhookRequest request)
            throws IOException, ClassNotFoundException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(request);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (WebhookRequest) in.readObject();
        }
    }

    /**
     * The server may say why in an alert, or just close the connection; only the former keeps the call from being
     * repeated.
     */
    private static void assertFails(CallResult result, String message) {
        assertThat(result.failure()).contains(message);
    }

    private static void assertFailsAtOnce(CallResult result, String message) {
        assertFails(result, message);
        assertThat(result.mayBeRepeated()).as("trying again helps nothing").isFalse();
    }

    @Test
    void authorityOfTheWebhookIsTrusted() throws Exception {
        start(false);

        assertThat(call(new TlsMaterial(null, List.of(others.certificate(), serverKeys.certificate())))
                        .status())
                .isEqualTo(202);
    }

    @Test
    void anotherAuthorityIsNot() throws Exception {
        start(false);

        assertFailsAtOnce(
                call(new TlsMaterial(null, List.of(others.certificate()))),
                "cannot be trusted: its certificate is not from an authority of trustCertificateId, or is not valid any more;"
                        + " put the authority into that credential");
    }

    /** As if the server had closed the connection without an alert. */
    @Test
    void serverThatAsksAndClosesTheConnectionIsUnderstood() throws Exception {
        server.useHttps(serverKeys.server(clientKeys).getSocketFactory());
        server.requestClientAuth();
        server.start(InetAddress.getByName("127.0.0.1"), 0);
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(new SocketEffect.CloseSocket())
                .build());

        CallResult result = call(new TlsMaterial(null, List.of(serverKeys.certificate())));

        assertThat(result.failure()).contains("asks for a client certificate");
        assertThat(result.mayBeRepeated()).isTrue();
    }

    @Test
    void withoutAnAuthorityThoseOfJavaCount() throws Exception {
        start(false);

        for (TlsMaterial tls : new TlsMaterial[] {null, new TlsMaterial(clientKeys.identity(), List.of())}) {
            assertFailsAtOnce(
                    call(tls),
                    "cannot be trusted: its certificate is not from an authority that Jenkins's Java trusts, or is not valid any"
                            + " more; add the authority to the trust store of the Java that makes the call, or name a credential"
                            + " with it in trustCertificateId");
        }
    }

    @Test
    void certificateOfTheClientIsShown() throws Exception {
        start(true);

        assertThat(call(new TlsMaterial(clientKeys.identity(), List.of(serverKeys.certificate())))
                        .status())
                .isEqualTo(202);
        assertThat(server.takeRequest().getHandshake().peerPrincipal()).hasToString("CN=client");
    }

    @Test
    void missingCertificateOfTheClientIsNamed() throws Exception {
        start(true);

        assertFails(
                call(new TlsMaterial(null, List.of(serverKeys.certificate()))),
                "asks for a client certificate; name a certificate credential in clientCertificateId");
    }

    @Test
    void certificateThatTheServerDoesNotAcceptIsNamed() throws Exception {
        start(true);

        assertFails(
                call(new TlsMaterial(others.identity(), List.of(serverKeys.certificate()))),
                "clientCertificateId names the right one, and that the service trusts its authority");
    }

    @Test
    void hostInATunnelThatAsksForThePasswordOfTheProxyDoesNotGetIt() throws Exception {
        server.useHttps(serverKeys.server(clientKeys).getSocketFactory());
        server.start(InetAddress.getByName("127.0.0.1"), 0);
        server.enqueue(new MockResponse.Builder().inTunnel().build());
        server.enqueue(new MockResponse.Builder().code(407).build());
        server.enqueue(new MockResponse.Builder().code(202).build());

        CallResult result = call(
                new TlsMaterial(null, List.of(serverKeys.certificate())),
                new ProxyServer("127.0.0.1", server.getPort(), "jenkins", "of the proxy"));

        assertThat(server.takeRequest().getHeaders().get("Proxy-Authorization"))
                .as("the proxy gets it")
                .isNotNull();
        for (int i = 1; i < server.getRequestCount(); i++) {
            assertThat(server.takeRequest().getHeaders().get("Proxy-Authorization"))
                    .isNull();
        }
        assertThat(server.getRequestCount()).as("nothing is sent once more").isEqualTo(2);
        assertThat(result.status()).isEqualTo(407);
    }
}
