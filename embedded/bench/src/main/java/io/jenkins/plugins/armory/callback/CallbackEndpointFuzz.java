package io.jenkins.plugins.armory.callback;

import com.nimbusds.jose.jwk.JWKSet;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.callback.oauth.TokenEndpointFuzz;
import io.jenkins.plugins.armory.callback.oidc.OutsideIssuer;
import io.jenkins.plugins.armory.callback.oidc.OutsideIssuers;
import io.jenkins.plugins.armory.callback.oidc.RequiredClaims;
import io.jenkins.plugins.armory.callback.signed.SignatureHeaders;
import io.jenkins.plugins.armory.callback.signed.SignatureVerifier;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.callback.token.VerifiedTokens;
import io.jenkins.plugins.armory.storage.ApprovalStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Checks that no request without the token decides anything, whatever its {@code Authorization}, the alternative header, its
 * content type and its body. The input is these four parts, separated by bytes of the value 1.
 */
public final class CallbackEndpointFuzz {

    private static final CallbackTokens TOKENS = new CallbackTokens(message -> Arrays.copyOf(message, 32));
    private static final String ID = TOKENS.newId();
    private static final AtomicInteger REQUESTS = new AtomicInteger();
    private static final Approvals APPROVALS = open();
    private static final CallbackEndpoint ENDPOINT = new CallbackEndpoint(
            APPROVALS,
            TOKENS,
            new CallerIdentification(
                    List.of(
                            TokenVerifier.ofApprovals(new CallbackTokens(CallbackEndpointFuzz::secret)),
                            TokenEndpointFuzz.TOKENS,
                            new OutsideIssuers(
                                    () -> List.of(new OutsideIssuer(
                                            "https://i.example.com",
                                            "a",
                                            RequiredClaims.parse(List.of()),
                                            JobPatterns.parse("**"))),
                                    address -> CompletableFuture.completedFuture(new JWKSet()),
                                    new VerifiedTokens(),
                                    Clock.systemUTC(),
                                    Clock.systemUTC(),
                                    Duration.ofSeconds(1))),
                    new SignatureVerifier(approval -> List.of(), Clock.systemUTC())),
            () -> false,
            Clock.systemUTC());

    private CallbackEndpointFuzz() {}

    private static byte[] secret(byte[] message) {
        return UUID.nameUUIDFromBytes(message).toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Approvals open() {
        try {
            ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(work -> {
                var thread = new Thread(work);
                thread.setDaemon(true);
                return thread;
            });
            var approvals = new Approvals(
                    ApprovalStore.open(Files.createTempDirectory("fuzz"), jobId -> null)
                            .folding(timer, timer),
                    timer,
                    timer,
                    Clock.systemUTC(),
                    (approval, user) -> List.of(0),
                    approval -> {});
            approvals.create(ApprovalTerms.of(ID, new BuildRef("job", 1))
                    .webhook("w")
                    .timeout(Instant.now(), Duration.ofDays(365))
                    .start());
            return approvals;
        } catch (IOException x) {
            throw new AssertionError(x);
        }
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        List<String> parts = Fuzzing.split(data, 4);
        JsonResponse response = ENDPOINT.handle(new CallbackRequest(
                "POST",
                ID,
                parts.get(0).isEmpty() ? List.of() : List.of(parts.get(0)),
                parts.get(1).isEmpty() ? List.of() : List.of(parts.get(1)),
                SignatureHeaders.NONE,
                "address " + REQUESTS.incrementAndGet(),
                new RequestBody( // one address would be answered 429
                        parts.get(2),
                        -1,
                        new ByteArrayInputStream(parts.get(3).getBytes(StandardCharsets.ISO_8859_1)))));
        Fuzzing.check(response.status() == 401, "nobody decides without a token: " + response);
        Fuzzing.checkError(response);
        Fuzzing.check(!APPROVALS.find(ID).orElseThrow().isDecided(), "nothing is decided");
    }
}
