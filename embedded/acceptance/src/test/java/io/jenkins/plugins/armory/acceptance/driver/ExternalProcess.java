package io.jenkins.plugins.armory.acceptance.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/** An external process that takes webhook calls, keeps them, and answers as a test tells it to. */
public final class ExternalProcess implements AutoCloseable {

    /**
     * What {@link #approval} has the webhook send. {@code {{context.*}}} is not in it, so that a test's own context
     * shows nowhere but where the test puts it.
     */
    private static final String BODY =
            "{\"callbackUri\": \"{{armory.callbackUri}}\", \"callbackToken\": \"{{armory.callbackToken}}\"}";

    /**
     * How many connections may wait to be taken. Jenkins opens more at once than the JDK's default, and each beyond it
     * comes a second late.
     */
    private static final int BACKLOG = 1024;

    private final HttpServer server;
    private final String scheme;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Call> news = new LinkedBlockingQueue<>();
    private volatile Function<Call, Reply> behaviour = call -> Reply.of(202);

    /** A webhook call as it arrived. */
    public record Call(String method, String path, Headers headers, String body) {

        public JsonNode json() {
            try {
                return Http.JSON.readTree(body);
            } catch (JsonProcessingException x) {
                throw new AssertionError("Not JSON: " + body, x);
            }
        }

        public String header(String name) {
            return headers.getFirst(name);
        }

        /** The callback that the call asks for. */
        public Callback callback() {
            return Callback.askedForBy(json());
        }
    }

    /** The answer to a call. */
    public record Reply(int status, Map<String, String> headers, String body) {

        public static Reply of(int status) {
            return new Reply(status, Map.of(), "");
        }
    }

    public ExternalProcess() {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null);
    }

    /**
     * One that listens where it is told to.
     *
     * @param tls its certificate and key, for HTTPS; {@code null} for HTTP
     */
    public ExternalProcess(InetSocketAddress address, SSLContext tls) {
        this(address, tls, false);
    }

    /** @param wantsClient whether callers have to show a certificate */
    public ExternalProcess(InetSocketAddress address, SSLContext tls, boolean wantsClient) {
        scheme = tls == null ? "http" : "https";
        try {
            if (tls == null) {
                server = HttpServer.create(address, BACKLOG);
            } else {
                HttpsServer secure = HttpsServer.create(address, BACKLOG);
                secure.setHttpsConfigurator(new HttpsConfigurator(tls) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        SSLParameters settings = tls.getDefaultSSLParameters();
                        settings.setNeedClientAuth(wantsClient);
                        parameters.setSSLParameters(settings);
                    }
                });
                server = secure;
            }
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        server.setExecutor(executor);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Call call = new Call(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders(),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            calls.add(call);
            news.add(call);
            Reply reply = behaviour.apply(call);
            reply.headers().forEach(exchange.getResponseHeaders()::set);
            byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** Where webhooks call. */
    public String url() {
        return url("127.0.0.1");
    }

    /** The same by another name of the host. */
    public String url(String host) {
        return scheme + "://" + host + ":" + port() + "/checks";
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /**
     * The step that calls this process, as an expression of a Pipeline, with an inline body that has the callback's URI
     * and token in it.
     *
     * @param more further parameters, each as {@code name: value}
     */
    public String approval(String... more) {
        return approval("checks", url(), more);
    }

    /**
     * One step with many such approvals, as an expression of a Pipeline; the number of each is in its context.
     *
     * @param more further parameters for all, each as {@code name: value}
     */
    public String approvals(int count, String... more) {
        String each = "(0..<%d).collect { [context: [number: it.toString()]] }".formatted(count);
        String ofAll = more.length == 0 ? "" : ", " + String.join(", ", more);
        return "armoryWebhookApprovals(name: 'checks', uriTemplate: '%s', bodyTemplate: [inline: '%s'], approvals: %s%s)"
                .formatted(url(), BODY, each, ofAll);
    }

    /** The same with a name of its own, which is the last part of the path of its calls too. */
    public String approvalNamed(String name, String... more) {
        return approval(name, url() + "/" + name, more);
    }

    /**
     * The step with many approvals that call this process, as an expression of a Pipeline.
     *
     * @param name which an approval's index follows, in its name and as the last part of the path of its calls
     * @param more further parameters for all, each as {@code name: value}
     */
    public String approvalsNamed(String name, int count, String... more) {
        String each = "(0..<%d).collect { [name: \"%s${it}\".toString(), uriTemplate: \"%s/%s${it}\".toString()] }"
                .formatted(count, name, url(), name);
        String ofAll = more.length == 0 ? "" : ", " + String.join(", ", more);
        return "armoryWebhookApprovals(approvals: %s, bodyTemplate: [inline: '%s']%s)".formatted(each, BODY, ofAll);
    }

    private static String approval(String name, String uri, String... more) {
        String parameters = more.length == 0 ? "" : ", " + String.join(", ", more);
        return "armoryWebhookApproval(name: '%s', uriTemplate: '%s', bodyTemplate: [inline: '%s']%s)"
                .formatted(name, uri, BODY, parameters);
    }

    /** What to do with calls from now on; it may well take its time. Without it, they are answered 202. */
    public void onCall(Function<Call, Reply> newBehaviour) {
        behaviour = newBehaviour;
    }

    /** Calls back for each call as soon as it comes: the webhook of that name fails, others succeed. */
    public void fail(String name) {
        onCall(call -> {
            if (call.path().endsWith("/" + name)) {
                call.callback().fail(name + " is broken");
            } else {
                call.callback().succeed("");
            }
            return Reply.of(202);
        });
    }

    /**
     * Keeps calls waiting for their answers from now on.
     *
     * @return answers them 202 when it is run, and later calls at once
     */
    public Runnable holdAnswers() {
        CountDownLatch held = new CountDownLatch(1);
        onCall(call -> {
            try {
                held.await();
            } catch (InterruptedException x) {
                Thread.currentThread().interrupt();
            }
            return Reply.of(202);
        });
        return held::countDown;
    }

    /** Waits for the next call that asks for a callback. */
    public Callback awaitCallback() {
        return awaitCall().callback();
    }

    /** Waits for the next call, each time for another one. */
    public Call awaitCall() {
        try {
            Call call = news.poll(Wait.LIMIT.toSeconds(), TimeUnit.SECONDS);
            if (call == null) {
                throw new AssertionError("No webhook call arrives; so far there were " + calls.size());
            }
            return call;
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", x);
        }
    }

    /** All calls so far. */
    public List<Call> calls() {
        return List.copyOf(calls);
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
