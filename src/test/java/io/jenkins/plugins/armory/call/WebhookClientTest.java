package io.jenkins.plugins.armory.call;

import static org.assertj.core.api.Assertions.assertThat;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.CallLimits;
import io.jenkins.plugins.armory.webhook.Judgement;
import io.jenkins.plugins.armory.webhook.Renderers;
import io.jenkins.plugins.armory.webhook.RetryRules;
import io.jenkins.plugins.armory.webhook.UndeliverableException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.Webhook.Header;
import io.jenkins.plugins.armory.webhook.WebhookBuilder;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.Credentials;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebhookClientTest {

    private static final AllowedHosts LOOPBACK = AllowedHosts.of(List.of()).andLoopback();

    private final WebhookClient caller = new WebhookClient();
    private final MockWebServer server = new MockWebServer();

    @BeforeEach
    void start() throws IOException {
        server.start(InetAddress.getLoopbackAddress(), 0);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private CallResult call(String uri) {
        return call(uri, LOOPBACK, null);
    }

    private CallResult call(String uri, AllowedHosts hosts, ProxyServer proxy) {
        return call(webhook(uri).build(), hosts, proxy);
    }

    private CallResult call(
            String uri, AllowedHosts hosts, @CheckForNull ProxyServer proxy, @CheckForNull AnswerRule rule) {
        return call(webhook(uri).answer(rule).build(), hosts, proxy);
    }

    private static WebhookBuilder webhook(String uri) {
        return Webhook.named("w")
                .uriTemplate(uri)
                .headers(List.of(new Header("Authorization", "Bearer {{secrets.token}}")))
                .body("{\"a\": \"ü\"}")
                .limits(new CallLimits(1, 1))
                .disableCallback(true);
    }

    private CallResult call(Webhook webhook, AllowedHosts hosts, ProxyServer proxy) {
        try {
            CompletableFuture<CallResult> result = new CompletableFuture<>();
            caller.call(
                    Renderers.of(webhook, new Variables().withSecrets(id -> "s3cret"))
                            .render(),
                    "key-1",
                    hosts,
                    proxy,
                    result::complete);
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
    void judgesTheWholeAnswerAndShowsItsStart() {
        AnswerRule rule = AnswerRule.ofAnswer("200, 404", "/state", List.of("passed"), List.of("s3cret"));
        String log = "{\"log\": \"" + "x".repeat(20_000) + "\", \"state\": ";
        server.enqueue(
                new MockResponse.Builder().code(404).body(log + "\"passed\"}").build());
        server.enqueue(new MockResponse.Builder().body(log + "\"s3cret\"}").build());
        server.enqueue(new MockResponse.Builder().body("x".repeat(100_000)).build());
        server.enqueue(new MockResponse.Builder().code(503).body("{}").build());

        CallResult passed = call(url(), LOOPBACK, null, rule);
        assertThat(passed.judged()).isEqualTo(new Judgement(Judgement.Verdict.SUCCESS, "/state is \"passed\""));
        assertThat(passed.answer()).startsWith("{\"log\"").hasSize(CallResult.MAX_ANSWER);
        assertThat(passed.data())
                .startsWith("{\"log\":\"xxx")
                .endsWith(",\"state\":\"passed\"}")
                .hasSize(20_027);
        CallResult failed = call(url(), LOOPBACK, null, rule);
        assertThat(failed.judged()).isEqualTo(new Judgement(Judgement.Verdict.FAILURE, "/state is \"****\""));
        assertThat(failed.data()).endsWith(",\"state\":\"****\"}");
        CallResult tooLarge = call(url(), LOOPBACK, null, rule);
        assertThat(tooLarge.judged())
                .isEqualTo(new Judgement(Judgement.Verdict.NO_VALUE, "the answer is larger than 65536 bytes"));
        assertThat(tooLarge.data()).isNull();
        assertThat(call(url(), LOOPBACK, null, rule))
                .returns(true, CallResult::mayBeRepeated)
                .returns(null, CallResult::judged);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"id\": 47, \"jobs\": [{\"id\": \"a\"}]} | /queue/item/7/           | 47 | a | /queue/item/7/",
                "{\"id\": \"4/7\", \"jobs\": [{}]}       | HOST/queue?a=b           | 4/7 | | /queue?a=b",
                "{\"id\": {}, \"id\": 1}                 | http://127.0.0.1:1/queue | | |",
                "{\"id\": \"s3cret\"}                    | HOST/s3cret              | | |",
                "{\"id\": true, \"jobs\": null}          | //evil.example.com/x     | true | |",
                "no JSON                                 | https://127.0.0.1/queue  | | |",
            })
    void findsWhatFurtherCallsTakeFromTheAnswer(
            String body, String location, @CheckForNull String id, @CheckForNull String job, @CheckForNull String path)
            throws Exception {
        String host = server.url("/").toString().replaceFirst("/$", "");
        server.enqueue(new MockResponse.Builder()
                .code(201)
                .addHeader("Location", location.replace("HOST", host))
                .body(body)
                .build());
        WebhookRequest request = Renderers.of(webhook(url()).build(), new Variables().withSecrets(each -> "s3cret"))
                .render()
                .with(null, null, Set.of("answer.id", "answer.jobs.0.id", "armory.answerLocation"));
        CompletableFuture<CallResult> result = new CompletableFuture<>();
        caller.call(request, "key-1", LOOPBACK, null, result::complete);

        Map<String, String> expected = new HashMap<>();
        expected.put("answer.id", id);
        expected.put("answer.jobs.0.id", job);
        expected.put("armory.answerLocation", path == null ? null : host + path);
        expected.values().removeIf(Objects::isNull);
        assertThat(result.get(30, TimeUnit.SECONDS).found()).isEqualTo(expected);
    }

    /** OkHttp only logs what a callback throws, so nobody would ever hear of the call. */
    @Test
    void whateverIsThrownWhileAnAnswerIsReadIsAResult() throws UndeliverableException {
        WebhookRequest request = Renderers.of(webhook(url()).build(), new Variables().withSecrets(id -> "s3cret"))
                .render();

        CallResult result = WebhookClient.orLost(request, () -> {
            throw new NoClassDefFoundError("half installed");
        });

        assertFailure(result, 0, "answered, and Jenkins cannot read the answer; see the log of Jenkins");
        assertThat(result.mayHaveBeenTaken()).isTrue();
    }

    @Test
    void theAddressOfTheNextQuestionIsOnTheHostThatWasAsked() {
        AnswerRule rule = AnswerRule.ofStatus("/result", "/next", List.of("passed"), List.of());
        String host = url().replaceFirst("(//[^/]*).*", "$1");
        Map<String, String> answers = new HashMap<>();
        answers.put("{\"next\": \"" + host + "/5/\"}", host + "/5/");
        answers.put("{\"next\": \"/5/\"}", host + "/5/");
        answers.put("{\"next\": \"http://169.254.169.254/\"}", null);
        answers.put("{\"next\": \"" + host + "/" + "x".repeat(1_024) + "\"}", null);
        answers.put("{\"next\": null}", null);

        answers.forEach((body, next) -> {
            server.enqueue(new MockResponse.Builder().body(body).build());
            CallResult result = call(url(), LOOPBACK, null, rule);
            assertThat(result.found()).isEqualTo(next == null ? Map.of() : Map.of("armory.answerLocation", next));
            assertThat(result.judged().verdict())
                    .isEqualTo(
                            next == null && !body.contains("null")
                                    ? Judgement.Verdict.NO_VALUE
                                    : Judgement.Verdict.NEITHER);
        });
    }

    /** As a number, it would overflow. */
    @Test
    void aNumberOfAnySizeIsAnAnswer() {
        AnswerRule rule = AnswerRule.ofStatus("/s", null, List.of("passed"), List.of("failed"));
        server.enqueue(new MockResponse.Builder()
                .body("{\"s\": \"running\", \"eta\": 1e2147483648}")
                .build());

        assertThat(call(url(), LOOPBACK, null, rule).judged())
                .isEqualTo(new Judgement(Judgement.Verdict.NEITHER, "/s is \"running\""));
    }

    @Test
    void anAnswerThatBreaksOffIsNotJudged() {
        server.enqueue(new MockResponse.Builder()
                .body("{\"state\": \"passed\"}")
                .setHeader("Content-Length", "100")
                .onResponseEnd(SocketEffect.ShutdownConnection.INSTANCE)
                .build());

        CallResult result =
                call(url(), LOOPBACK, null, AnswerRule.ofAnswer(null, "/state", List.of("passed"), List.of()));

        assertThat(result.isAccepted()).isFalse();
        assertThat(result.mayBeRepeated()).isTrue();
        assertThat(result.mayHaveBeenTaken()).isTrue();
        assertThat(result.failure()).contains("the connection broke before the end of the answer");
    }

    @Test
    void sendsTheRequestAsItIs() throws InterruptedException {
        answer(202);

        CallResult result = call(url());

        assertThat(result.isAccepted()).isTrue();
        assertThat(result.status()).isEqualTo(202);

        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("POST /start?token=s3cret HTTP/1.1");
        assertThat(request.getHeaders().get("Authorization")).isEqualTo("Bearer s3cret");
        assertThat(request.getHeaders().get("Content-Type")).isEqualTo("application/json");
        assertThat(request.getHeaders().get("Idempotency-Key")).isEqualTo("key-1");
        assertThat(request.getBody().string(StandardCharsets.UTF_8)).isEqualTo("{\"a\": \"ü\"}");
    }

    @ParameterizedTest
    @CsvSource({"409, true", "429, false", "500, true", "503, true", "404, false"})
    void repeatsAfterTheAnswersThatTheWebhookNames(int status, boolean mayBeRepeated) {
        server.enqueue(new MockResponse.Builder()
                .code(status)
                .addHeader("Retry-After", "7")
                .build());

        CallResult result = call(
                webhook(url())
                        .retry(RetryRules.of(1, List.of("409", "5xx"), 0, 0))
                        .build(),
                LOOPBACK,
                null);

        assertThat(result.status()).isEqualTo(status);
        assertThat(result.mayBeRepeated()).isEqualTo(mayBeRepeated);
        assertThat(result.pause()).isEqualTo(mayBeRepeated ? Duration.ofSeconds(7) : null);
    }

    /** As services do that are asked whether their work is done (RFC 9110, section 10.2.3). */
    @Test
    void keepsThePauseThatAJudgedAnswerAsksFor() {
        server.enqueue(new MockResponse.Builder()
                .code(202)
                .addHeader("Retry-After", "7")
                .body("{\"state\": \"running\"}")
                .build());

        CallResult result =
                call(url(), LOOPBACK, null, AnswerRule.ofStatus("/state", null, List.of("passed"), List.of()));

        assertThat(result.judged().verdict()).isEqualTo(Judgement.Verdict.NEITHER);
        assertThat(result.pause()).isEqualTo(Duration.ofSeconds(7));
    }

    @Test
    void waitsAsLongAsTheWebhookSays() {
        server.enqueue(new MockResponse.Builder()
                .code(202)
                .headersDelay(2, TimeUnit.SECONDS) // longer than the client waits by itself
                .build());
        assertThat(call(webhook(url()).limits(new CallLimits(0, 20)).build(), LOOPBACK, null)
                        .isAccepted())
                .isTrue();

        server.enqueue(new MockResponse.Builder()
                .code(202)
                .headersDelay(20, TimeUnit.SECONDS)
                .build());
        CallResult late = call(webhook(url()).limits(new CallLimits(1, 1)).build(), LOOPBACK, null);
        assertThat(late.failure()).contains("did not answer within 1 seconds");
        assertThat(late.mayBeRepeated()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "301 | false | a redirect, which is not followed",
                "400 | false | check the body",
                "401 | false | check the credentials",
                "403 | false | check the credentials",
                "404 | false | check the method and the path",
                "418 | false | must answer 2xx",
                "429 | true | called too often",
                "500 | true | look at the log of the service",
                "503 | true | look at the log of the service",
            })
    void tellsWhyAnAnswerIsARefusal(int status, boolean mayBeRepeated, String advice) {
        answer(status);

        CallResult result = call(url());
        assertFailure(result, status, "answered " + status, advice);
        assertThat(result.mayBeRepeated()).isEqualTo(mayBeRepeated);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void tellsWhetherTheReceiverMayHaveBegun() {
        answer(202);
        assertThat(call(url()).mayHaveBeenTaken()).isTrue();
        answer(503);
        assertThat(call(url()).mayHaveBeenTaken()).as("it said no").isFalse();
        server.enqueue(new MockResponse.Builder()
                .onResponseStart(SocketEffect.Stall.INSTANCE)
                .build());
        assertThat(call(url()).mayHaveBeenTaken()).as("its answer was lost").isTrue();
        String uri = url();
        server.close();
        assertThat(call(uri).mayHaveBeenTaken()).as("it was not reached").isFalse();
    }

    @Test
    void doesNotRepeatACallByItself() {
        server.enqueue(new MockResponse.Builder()
                .code(503)
                .addHeader("Retry-After", "0")
                .build());
        answer(200);

        CallResult result = call(url());

        assertThat(result.status()).isEqualTo(503);
        assertThat(result.pause()).isEqualTo(Duration.ZERO);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void keepsTheStartOfTheAnswerWithoutSecrets() {
        server.enqueue(new MockResponse.Builder()
                .code(500)
                .body("\u0007no, s3cret is not valid\n")
                .build());
        server.enqueue(
                new MockResponse.Builder().code(200).body("é".repeat(100_000)).build());
        server.enqueue(new MockResponse.Builder()
                .code(200)
                .body(" ".repeat(8 * 1024 - 13) + "the end: s3cret")
                .build());

        assertThat(call(url()).answer()).isEqualTo("no, **** is not valid");
        assertThat(call(url()).answer()).isEqualTo("é".repeat(CallResult.MAX_ANSWER / 2));
        assertThat(call(url()).answer())
                .as("a secret that is cut off is none less")
                .isEqualTo("the end:");
    }

    @Test
    void anAnswerThatBreaksOffIsOne() {
        server.enqueue(new MockResponse.Builder()
                .code(202)
                .body("begun")
                .addHeader("Content-Length", "1000")
                .onResponseEnd(new SocketEffect.CloseSocket())
                .build());

        CallResult result = call(url());

        assertThat(result.isAccepted()).isTrue();
        assertThat(result.answer()).isEqualTo("begun");
    }

    @Test
    void refusesAHostThatMayNotBeCalled() {
        CallResult byAddress = call(url(), AllowedHosts.of(List.of()), null);
        CallResult byName = call(url().replace("127.0.0.1", "localhost"), AllowedHosts.of(List.of()), null);
        CallResult unlisted = call(url(), AllowedHosts.of(List.of("*.example.com")), null);

        assertFailure(byAddress, 0, "may not be called: it has the private address 127.0.0.1");
        assertFailure(byName, 0, "may not be called: it has the private address");
        assertFailure(unlisted, 0, "localhost is not in the list of allowed hosts");
        assertThat(List.of(byAddress, byName, unlisted)).noneMatch(CallResult::mayBeRepeated);
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void goesThroughAProxyThatAsksWhoItIs() throws InterruptedException {
        answer(200);
        var proxy = new ProxyServer("127.0.0.1", server.getPort(), "jenkins", "pässword");

        assertThat(call("http://ci.invalid/start", AllowedHosts.of(List.of()), proxy)
                        .isAccepted())
                .isTrue();

        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("POST http://ci.invalid/start HTTP/1.1");
        assertThat(request.getHeaders().get("Proxy-Authorization"))
                .isEqualTo(Credentials.basic("jenkins", "pässword", StandardCharsets.UTF_8));
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void opensATunnelForTlsAndTellsWhenItIsRefused() throws InterruptedException {
        server.enqueue(new MockResponse.Builder()
                .code(407)
                .addHeader("Proxy-Authenticate", "Basic realm=\"p\"")
                .build());
        server.enqueue(new MockResponse.Builder()
                .code(407)
                .addHeader("Proxy-Authenticate", "Basic realm=\"p\"")
                .build());
        var proxy = new ProxyServer("127.0.0.1", server.getPort(), "jenkins", "wrong");

        CallResult result = call("https://ci.invalid/start", AllowedHosts.of(List.of()), proxy);

        assertFailure(result, 0, "cannot be reached through the proxy 127.0.0.1:" + server.getPort());
        assertThat(result.failure()).doesNotContain("wrong");
        assertThat(result.mayHaveBeenTaken()).as("the host got nothing").isFalse();
        assertThat(server.takeRequest().getRequestLine()).isEqualTo("CONNECT ci.invalid:443 HTTP/1.1");
    }

    @Test
    void holdsAProxyToTheListOfHosts() {
        var proxy = new ProxyServer("127.0.0.1", server.getPort(), null, null);

        assertFailure(
                call("http://evil.invalid/", AllowedHosts.of(List.of("*.example.com")), proxy),
                0,
                "evil.invalid is not in the list");
        assertFailure(call("http://10.0.0.1/", AllowedHosts.of(List.of()), proxy), 0, "private address 10.0.0.1");
        assertThat(server.getRequestCount()).isZero();
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
    void tellsThatNobodyListens() {
        String url = url();
        server.close();

        assertFailure(call(url), 0, "cannot be connected to", "that the service is up");
    }

    @Test
    void tellsThatAHostIsUnknown() {
        CallResult result = call("http://unknown.invalid/s3cret");

        assertThat(result.failure()).startsWith("http://unknown.invalid cannot be found; check the host name");
        assertThat(result.failure()).doesNotContain("s3cret");
    }

    /**
     * With an entry for addresses, a name is looked up, since its address may be listed. Without one, it is not listed.
     */
    @Test
    void aHostWithoutAnAddressIsNotListed() {
        assertFailure(
                call("http://unknown.invalid/", AllowedHosts.of(List.of("127.0.0.1")), null),
                0,
                "http://unknown.invalid may not be called: unknown.invalid is not in the list of allowed hosts, and no name server knows it;");
    }

    /** As with a firewall that drops what comes. */
    @Test
    void tellsThatNobodyTakesTheConnection() throws Exception {
        var waiting = new ArrayList<Socket>();
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 2; i++) { // as many as the system takes without an accept
                waiting.add(new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort()));
            }
            Webhook webhook = webhook("http://127.0.0.1:" + listener.getLocalPort() + "/s3cret")
                    .limits(new CallLimits(1, 20))
                    .build();

            CallResult result = call(webhook, LOOPBACK, null);

            assertFailure(result, 0, "cannot be connected to in time");
            assertThat(result.mayBeRepeated()).isTrue();
            assertThat(result.mayHaveBeenTaken()).as("the host got nothing").isFalse();
        } finally {
            for (Socket each : waiting) {
                each.close();
            }
        }
    }

    @Test
    void tellsThatTlsFailed() throws Exception {
        CallResult result = callMailServer("https");

        assertFailure(result, 0, "https://127.0.0.1", "TLS handshake failed");
        assertThat(result.mayHaveBeenTaken()).as("the host got nothing").isFalse();
    }

    @Test
    void tellsThatAnAnswerIsNoHttp() throws Exception {
        assertFailure(callMailServer("http"), 0, "did not answer with HTTP");
    }

    /** Calls a service that speaks neither TLS nor HTTP. */
    private CallResult callMailServer(String scheme) throws Exception {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var thread = new Thread(() -> {
                try (Socket socket = listener.accept()) {
                    socket.getInputStream().read(); // closing with unread data would reset the connection
                    socket.getOutputStream()
                            .write("220 mail.example.com ESMTP\r\n".getBytes(StandardCharsets.US_ASCII));
                    socket.shutdownOutput();
                    socket.getInputStream().transferTo(OutputStream.nullOutputStream());
                } catch (IOException x) {
                    // the client closed the connection
                }
            });
            thread.start();
            Webhook webhook = webhook(scheme + "://127.0.0.1:" + listener.getLocalPort() + "/s3cret")
                    .limits(new CallLimits(0, 20)) // the first use of TLS takes a while on a busy machine
                    .build();
            CallResult result = call(webhook, LOOPBACK, null);
            thread.join();
            return result;
        }
    }

    private static void assertFailure(CallResult result, int status, String... parts) {
        assertThat(result.isAccepted()).isFalse();
        assertThat(result.status()).isEqualTo(status);
        assertThat(result.failure()).contains(parts).doesNotContain("s3cret");
    }

    @Test
    void readsRetryAfterInBothForms() {
        Instant now = Instant.parse("2026-01-31T10:00:00Z");

        assertThat(WebhookClient.retryAfter("120", now)).isEqualTo(Duration.ofMinutes(2));
        assertThat(WebhookClient.retryAfter(" 0 ", now)).isEqualTo(Duration.ZERO);
        assertThat(WebhookClient.retryAfter("Sat, 31 Jan 2026 10:00:30 GMT", now))
                .isEqualTo(Duration.ofSeconds(30));
        assertThat(WebhookClient.retryAfter("Sat, 31 Jan 2026 09:00:00 GMT", now))
                .isEqualTo(Duration.ZERO);
        assertThat(WebhookClient.retryAfter("soon", now)).isNull();
        assertThat(WebhookClient.retryAfter("-1", now)).isNull();
        assertThat(WebhookClient.retryAfter(null, now)).isNull();
    }
}
