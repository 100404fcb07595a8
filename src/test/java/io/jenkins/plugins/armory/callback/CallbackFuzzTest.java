package io.jenkins.plugins.armory.callback;

import static org.assertj.core.api.Assertions.assertThat;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.Draw;
import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.CallbackTokensTest;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.store.TestBuilds;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Generates requests that are nearly right and others that are far from it. Either the token or the body is always
 * wrong. So each answer is a client error in the documented form, without an exception and without a decision.
 */
class CallbackFuzzTest {

    private static final CallbackTokens TOKENS = CallbackTokensTest.withKey("test");
    private static final String ID = TOKENS.newId();
    private static final String TOKEN = TOKENS.tokenFor(ID);
    private static final ScheduledExecutorService TIMER = Executors.newSingleThreadScheduledExecutor();

    private static Path folder;
    private static Approvals approvals;
    private static CallbackEndpoint endpoint;

    @BeforeAll
    static void open() throws IOException {
        folder = Files.createTempDirectory("approvals");
        approvals = TestBuilds.below(folder).open(TIMER, Runnable::run, Clock.systemUTC(), approval -> {});
        approvals.takeUpAll(List.of());
        TestBuilds.create(
                approvals,
                TestApproval.of(ID, new BuildRef("job", 1))
                        .webhook("w")
                        .timeout(Instant.now(), Duration.ofDays(1))
                        .start());
        endpoint = new CallbackEndpoint(
                approvals,
                TOKENS,
                new CallerIdentification(List.of(TokenVerifier.ofApprovals(TOKENS)), List.of()),
                () -> false,
                Clock.systemUTC());
    }

    @AfterAll
    static void close() throws IOException {
        approvals.close();
        TIMER.shutdownNow();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static String id(Draw draw) {
        return switch (draw.nextInt(4)) {
            case 0 -> ID;
            case 1 -> TOKENS.newId();
            case 2 -> mutated(ID, draw);
            default -> draw.text(60);
        };
    }

    private static List<String> wrongTokens(Draw draw) {
        return draw.list(0, 3, () -> {
            String token = draw.nextBoolean() ? mutated(TOKEN, draw) : draw.text(100);
            return draw.any("Bearer ", "bearer ", "Bearer", "Basic ", "", "Bearer  ", "\t")
                    + (token.strip().equals(TOKEN) ? "" : token);
        });
    }

    /** Returns a body without a valid decision. */
    private static byte[] wrongBody(Draw draw) {
        return switch (draw.nextInt(3)) {
            case 0 -> wrongObject(draw).getBytes(StandardCharsets.UTF_8);
            case 1 -> draw.bytes(200);
            default -> "[".repeat(draw.between(1, 3000)).getBytes(StandardCharsets.UTF_8);
        };
    }

    private static String wrongObject(Draw draw) {
        String value = draw.nextBoolean()
                ? draw.any("null", "1", "\"yes\"", "[true]", "{}", "tru", "", "True", "\"\\u0000\"")
                : draw.text(20);
        String object = "{"
                + draw.any("\"success\":", "\"Success\":true,\"success\":", "\"mdMessage\":1,\"success\":true,\"x\":")
                + value
                + draw.any("}", ",}", "", "}}", ",\"success\":true}");
        boolean right = object.matches("(?s)\\{\"success\":\\s*\"?(true|false)\"?\\s*}.*");
        return right ? wrongObject(draw) : object;
    }

    @CheckForNull
    private static String type(Draw draw) {
        return switch (draw.nextInt(3)) {
            case 0 -> draw.any("application/json", "application/json; charset=utf-8", "text/plain", "");
            case 1 -> draw.text(40);
            default -> null;
        };
    }

    private static String method(Draw draw) {
        return draw.oneIn(10) ? draw.text(0, 8, 'A', 'z') : "POST";
    }

    private static String mutated(String text, Draw draw) {
        int at = draw.between(0, text.length() - 1);
        char character = (char) (draw.nextBoolean() ? draw.between(' ', '~') : draw.nextInt(Character.MAX_VALUE + 1));
        return text.substring(0, at) + character + text.substring(at + draw.nextInt(2));
    }

    @Test
    void nobodyDecidesWithoutTheToken() {
        Seeds.each(2_000, draw -> {
            JsonResponse response = check(draw, wrongTokens(draw), wrongTokens(draw), true);

            assertThat(response.status()).isIn(401, 405);
        });
    }

    @Test
    void nobodyDecidesWithoutADecision() {
        Seeds.each(2_000, draw -> {
            JsonResponse response = check(draw, List.of("Bearer " + TOKEN), List.of(), false);

            assertThat(response.status()).isIn(400, 404, 405, 410, 413, 415);
        });
    }

    private static JsonResponse check(
            Draw draw, List<String> authorization, List<String> alternative, boolean lengthIsKnown) {
        byte[] body = wrongBody(draw);
        JsonResponse response = endpoint.handle(Requests.callback(
                method(draw),
                id(draw),
                authorization,
                alternative,
                new RequestBody(type(draw), lengthIsKnown ? body.length : -1, () -> new ByteArrayInputStream(body))));

        assertThat(response.body().get("error").textValue()).matches("[a-z_]+");
        assertThat(response.body().get("message").textValue())
                .isNotBlank()
                .doesNotContain("Exception", "com.fasterxml", "\tat ");
        assertThat(approvals.pending()).extracting(Approval::id).contains(ID);
        return response;
    }
}
