package io.jenkins.plugins.armory.callback;

import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.callback.oauth.CallbackClient;
import io.jenkins.plugins.armory.callback.oauth.IssuedTokens;
import io.jenkins.plugins.armory.callback.signed.SignatureHeaders;
import io.jenkins.plugins.armory.callback.signed.SignatureVerifier;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.storage.InMemory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures a callback, from the parts of the request to the bytes of the answer, without the disk and without the look-up of
 * the client's credential. Each callback decides a pending approval.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 10)
@Measurement(iterations = 10)
@Fork(1)
public class CallbackBenchmark {

    private static final int CALLBACKS = 20_000;
    private static final byte[] BODY =
            "{\"success\": true, \"mdMessage\": \"All 42 checks have passed.\"}".getBytes(StandardCharsets.UTF_8);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final CallbackTokens tokens = new CallbackTokens(TokenBenchmark::mac);
    private final CallbackClient client = new CallbackClient(
            "ci-client", "client-1", () -> "correct-horse-battery-staple-42", JobPatterns.parse("team/**"), true);
    private List<String> ids;
    private CallbackEndpoint endpoint;
    private String issued;

    @Setup(Level.Iteration)
    public void fill() throws IOException {
        IssuedTokens issuedTokens = TokenBenchmark.issuedTokens(client);
        issued = issuedTokens.issue(client);
        Approvals approvals = InMemory.approvals(timer);
        endpoint = new CallbackEndpoint(
                approvals,
                tokens,
                new CallerIdentification(
                        List.of(TokenVerifier.ofApprovals(tokens), issuedTokens),
                        new SignatureVerifier(approval -> List.of(), Clock.systemUTC())),
                () -> false,
                Clock.systemUTC());
        ids = new ArrayList<>();
        for (int i = 0; i < CALLBACKS; i++) {
            ids.add(tokens.newId());
            approvals.create(InMemory.waiting(ids.get(i), i));
        }
    }

    @TearDown
    public void stop() {
        timer.shutdownNow();
    }

    /** Uses one token of {@code oauth/token} for all callbacks. */
    @Benchmark
    @OperationsPerInvocation(CALLBACKS)
    public int withIssuedToken() {
        int bytes = 0;
        for (String id : ids) {
            bytes += callBack(id, issued);
        }
        return bytes;
    }

    /** Uses each approval's own token. */
    @Benchmark
    @OperationsPerInvocation(CALLBACKS)
    public int withOwnTokens() {
        int bytes = 0;
        for (String id : ids) {
            bytes += callBack(id, tokens.tokenFor(id));
        }
        return bytes;
    }

    private int callBack(String id, String token) {
        JsonResponse response = endpoint.handle(new CallbackRequest(
                "POST",
                id,
                List.of("Bearer " + token),
                List.of(),
                SignatureHeaders.NONE,
                "127.0.0.1",
                new RequestBody("application/json", BODY.length, new ByteArrayInputStream(BODY))));
        if (response.status() != 200) {
            throw new IllegalStateException(response.toString());
        }
        return response.bytes().length;
    }
}
