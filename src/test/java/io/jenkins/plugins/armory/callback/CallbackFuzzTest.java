package io.jenkins.plugins.armory.callback;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.CallbackTokensTest;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.storage.ApprovalStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Generates requests that are nearly right and others that are far from it. Either the token or the body is always wrong. So
 * each answer is a client error in the documented form, without an exception and without a decision.
 */
class CallbackFuzzTest {

    private static final CallbackTokens TOKENS = CallbackTokensTest.withKey("test");
    private static final String ID = TOKENS.newId();
    private static final String TOKEN = TOKENS.tokenFor(ID);
    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor();

    /** A new address for each request, since one address would be answered 429. */
    private static final AtomicInteger REQUESTS = new AtomicInteger();

    private static final Supplier<String> ADDRESS = () -> "address " + REQUESTS.incrementAndGet();

    private static Path folder;
    private static Approvals approvals;
    private static CallbackEndpoint endpoint;

    @BeforeContainer
    static void open() throws IOException {
        folder = Files.createTempDirectory("approvals");
        approvals = new Approvals(
                ApprovalStore.open(folder, TIMER, Runnable::run),
                TIMER,
                Runnable::run,
                Clock.systemUTC(),
                (approval, user) -> true);
        approvals.create(ApprovalTerms.of(ID, new BuildRef("job", 1))
                .webhook("w")
                .timeout(Instant.now(), Duration.ofDays(1))
                .start());
        endpoint = new CallbackEndpoint(
                approvals,
                TOKENS,
                CallerIdentification.byToken(List.of(TokenVerifier.ofApprovals(TOKENS))),
                () -> false,
                Clock.systemUTC());
    }

    @AfterContainer
    static void close() throws IOException {
        approvals.close();
        TIMER.shutdownNow();
        Files.delete(folder.resolve("journal"));
        Files.delete(folder.resolve("pending/" + ID + ".json"));
        Files.delete(folder.resolve("pending"));
        Files.delete(folder.resolve("decided"));
        Files.delete(folder);
    }

    @Provide
    Arbitrary<String> ids() {
        return Arbitraries.oneOf(
                Arbitraries.just(ID),
                Arbitraries.create(TOKENS::newId),
                mutated(ID),
                Arbitraries.strings().ofMaxLength(60));
    }

    @Provide
    Arbitrary<List<String>> wrongTokens() {
        Arbitrary<String> token = Arbitraries.oneOf(
                mutated(TOKEN).filter(each -> !each.strip().equals(TOKEN)),
                Arbitraries.strings().ofMaxLength(100));
        Arbitrary<String> header = Combinators.combine(
                        Arbitraries.of("Bearer ", "bearer ", "Bearer", "Basic ", "", "Bearer  ", "\t"), token)
                .as(String::concat);
        return header.list().ofMaxSize(3);
    }

    /** Provides bodies without a valid decision. */
    @Provide
    Arbitrary<byte[]> wrongBodies() {
        Arbitrary<String> value = Arbitraries.oneOf(
                Arbitraries.of("null", "1", "\"yes\"", "[true]", "{}", "tru", "", "True", "\"\\u0000\""),
                Arbitraries.strings().ofMaxLength(20));
        Arbitrary<String> object = Combinators.combine(
                        Arbitraries.of(
                                "\"success\":",
                                "\"Success\":true,\"success\":",
                                "\"mdMessage\":1,\"success\":true,\"x\":"),
                        value,
                        Arbitraries.of("}", ",}", "", "}}", ",\"success\":true}"))
                .as((start, middle, end) -> "{" + start + middle + end)
                .filter(text -> !text.matches("(?s)\\{\"success\":\\s*\"?(true|false)\"?\\s*}.*"));
        return Arbitraries.oneOf(
                object.map(text -> text.getBytes(StandardCharsets.UTF_8)),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(200),
                Arbitraries.integers()
                        .between(1, 3000)
                        .map(depth -> "[".repeat(depth).getBytes(StandardCharsets.UTF_8)));
    }

    @Provide
    Arbitrary<String> types() {
        return Arbitraries.oneOf(
                Arbitraries.of("application/json", "application/json; charset=utf-8", "text/plain", ""),
                Arbitraries.strings().ofMaxLength(40),
                Arbitraries.just((String) null));
    }

    @Provide
    Arbitrary<String> methods() {
        return Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.just("POST")),
                Tuple.of(1, Arbitraries.strings().alpha().ofMaxLength(8)));
    }

    private static Arbitrary<String> mutated(String text) {
        return Combinators.combine(
                        Arbitraries.integers().between(0, text.length() - 1), Arbitraries.chars(), Arbitraries.of(0, 1))
                .as((at, character, kept) -> text.substring(0, at) + character + text.substring(at + kept));
    }

    @Property(tries = 50_000, shrinking = ShrinkingMode.BOUNDED)
    void nobodyDecidesWithoutTheToken(
            @ForAll("methods") String method,
            @ForAll("ids") String id,
            @ForAll("wrongTokens") List<String> authorization,
            @ForAll("wrongTokens") List<String> alternative,
            @ForAll("types") String type,
            @ForAll("wrongBodies") byte[] body) {
        JsonResponse response = check(new CallbackRequest(
                method,
                id,
                authorization,
                alternative,
                ADDRESS.get(),
                new RequestBody(type, body.length, new ByteArrayInputStream(body))));

        assertThat(response.status()).isIn(401, 405);
    }

    @Property(tries = 50_000, shrinking = ShrinkingMode.BOUNDED)
    void nobodyDecidesWithoutADecision(
            @ForAll("methods") String method,
            @ForAll("ids") String id,
            @ForAll("types") String type,
            @ForAll("wrongBodies") byte[] body) {
        JsonResponse response = check(new CallbackRequest(
                method,
                id,
                List.of("Bearer " + TOKEN),
                List.of(),
                ADDRESS.get(),
                new RequestBody(type, -1, new ByteArrayInputStream(body))));

        assertThat(response.status()).isIn(400, 404, 405, 410, 413, 415);
    }

    private static JsonResponse check(CallbackRequest request) {
        JsonResponse response = endpoint.handle(request);

        assertThat(response.body().get("error").textValue()).matches("[a-z_]+");
        assertThat(response.body().get("message").textValue())
                .isNotBlank()
                .doesNotContain("Exception", "com.fasterxml", "\tat ");
        assertThat(approvals.pending()).extracting(Approval::id).contains(ID);
        return response;
    }
}
