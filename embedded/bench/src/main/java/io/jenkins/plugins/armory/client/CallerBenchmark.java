package io.jenkins.plugins.armory.client;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.armory.delivery.CallResult;
import io.jenkins.plugins.armory.webhook.TemplateException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures the webhooks that are called in a second, 16 at a time, each on a connection of its own. The JDK's HTTP
 * server answers.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
@Threads(16)
@Fork(1)
public class CallerBenchmark {

    private final WebhookClient caller = new WebhookClient();
    private final AllowedHosts hosts = AllowedHosts.of(List.of("127.0.0.1"));
    private final ExecutorService threads = Executors.newFixedThreadPool(16);
    private HttpServer server;
    private WebhookRequest request;

    @Setup
    public void start() throws IOException, TemplateException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            exchange.sendResponseHeaders(202, -1);
            exchange.close();
        });
        server.start();
        request = WebhookRequest.of(
                Webhook.named("w")
                        .uriTemplate("http://127.0.0.1:" + server.getAddress().getPort() + "/start")
                        .build(),
                new Variables(),
                new WebhookRequest.Defaults("a1", "strategy", null));
    }

    @TearDown
    public void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    @Benchmark
    public void call() {
        CompletableFuture<CallResult> result = new CompletableFuture<>();
        caller.call(request, "a1", hosts, null, result::complete);
        if (!result.join().isAccepted()) {
            throw new IllegalStateException(result.join().failure());
        }
    }
}
