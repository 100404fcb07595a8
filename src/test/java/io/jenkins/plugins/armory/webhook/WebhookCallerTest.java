package io.jenkins.plugins.armory.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.webhook.Webhook.Header;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookCallerTest {

    private static final WebhookRequest.Defaults DEFAULTS = new WebhookRequest.Defaults("a1", "strategy", null);

    private final WebhookCaller caller = new WebhookCaller(Duration.ofSeconds(5), Duration.ofSeconds(1));
    private final MockWebServer server = new MockWebServer();

    @BeforeEach
    void start() throws IOException {
        server.start(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private WebhookCaller.Result call(String uri) {
        try {
            Webhook webhook = new Webhook(
                    "w", "POST", uri, List.of(new Header("Authorization", "Bearer s3cret")), "{\"a\": \"ü\"}");
            CompletableFuture<WebhookCaller.Result> result = new CompletableFuture<>();
            caller.call(WebhookRequest.of(webhook, new Variables(), DEFAULTS), "key-1", result::complete);
            return result.get(30, TimeUnit.SECONDS);
        } catch (Exception x) {
            throw new AssertionError(x);
        }
    }

    private String url() {
        return server.url("/start?token=s3cret").toString();
    }

    private void answer(int status) {
        server.enqueue(new MockResponse.Builder().code(status).build());
    }

    @Test
    void sendsTheRequestAsItIs() throws InterruptedException {
        answer(202);

        assertThat(call(url())).isEqualTo(new WebhookCaller.Result(202, null));

        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("POST /start?token=s3cret HTTP/1.1");
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer s3cret");
        assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/json");
        assertThat(request.getHeaders().get("Idempotency-Key")).isEqualTo("key-1");
        assertThat(request.getBody().string(StandardCharsets.UTF_8)).isEqualTo("{\"a\": \"ü\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "301 | a redirect, which is not followed",
                "400 | check the body",
                "401 | check the credentials",
                "403 | check the credentials",
                "404 | check the method and the path",
                "418 | must answer 2xx",
                "429 | called too often",
                "500 | look at the log of the service",
                "503 | look at the log of the service",
            })
    void tellsWhyAnAnswerIsARefusal(int status, String advice) {
        answer(status);

        assertFailure(call(url()), status, "answered " + status, advice);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void doesNotFollowARedirect() {
        server.enqueue(new MockResponse.Builder()
                .code(307)
                .addHeader("Location", server.url("/elsewhere"))
                .build());
        answer(200);

        assertFailure(call(url()), 307, "redirect");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void tellsThatNothingAnsweredInTime() {
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());

        assertFailure(call(url()), 0, "did not answer within 1 seconds");
    }

    @Test
    void tellsThatNobodyListens() {
        String url = url();
        server.close();

        assertFailure(call(url), 0, "cannot be connected to", "that the service is up");
    }

    @Test
    void tellsThatAHostIsUnknown() {
        WebhookCaller.Result result = call("http://unknown.invalid/s3cret");

        assertThat(result.failure()).startsWith("http://unknown.invalid cannot be found; check the host name");
        assertThat(result.failure()).doesNotContain("s3cret");
    }

    @Test
    void tellsThatTlsFailed() throws Exception {
        assertFailure(callMailServer("https"), 0, "https://127.0.0.1", "TLS connection failed");
    }

    @Test
    void tellsThatAnAnswerIsNoHttp() throws Exception {
        assertFailure(callMailServer("http"), 0, "did not answer with HTTP");
    }

    /** Calls what is there, but speaks neither TLS nor HTTP. */
    private WebhookCaller.Result callMailServer(String scheme) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread thread = new Thread(() -> {
                try (Socket socket = listener.accept()) {
                    socket.getInputStream().read(); // closing with something unread would reset the connection
                    socket.getOutputStream().write("220 mail.example.com ESMTP\r\n".getBytes(StandardCharsets.US_ASCII));
                    socket.shutdownOutput();
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException x) {
                    // the caller hung up
                }
            });
            thread.start();
            WebhookCaller.Result result = call(scheme + "://127.0.0.1:" + listener.getLocalPort() + "/s3cret");
            thread.join();
            return result;
        }
    }

    private static void assertFailure(WebhookCaller.Result result, int status, String... parts) {
        assertThat(result.isAccepted()).isFalse();
        assertThat(result.status()).isEqualTo(status);
        assertThat(result.failure()).contains(parts).doesNotContain("s3cret");
    }
}
