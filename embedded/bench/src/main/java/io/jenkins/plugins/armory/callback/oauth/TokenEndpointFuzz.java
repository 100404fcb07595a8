package io.jenkins.plugins.armory.callback.oauth;

import io.jenkins.plugins.armory.callback.Fuzzing;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.callback.RequestBody;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Checks that any request to {@code oauth/token} is answered in the documented form, and without a token unless it has the
 * secret. The input is {@code Authorization}, content type, query and body, separated by bytes of the value 1.
 */
public final class TokenEndpointFuzz {

    /** Not found by chance. */
    private static final String SECRET = "1f0c7a35-9d1e-4a55-8f6e-0d8f4a1c2b3e";

    private static final CallbackClient CLIENT =
            new CallbackClient("c", "client-1", () -> SECRET, JobPatterns.parse("team/**"), true);

    public static final IssuedTokens TOKENS = new IssuedTokens(
            () -> List.of(CLIENT), () -> "https://j.example.com/armory/", message -> new byte[32], Clock.systemUTC());

    private static final AtomicInteger REQUESTS = new AtomicInteger();
    private static final TokenEndpoint ENDPOINT = new TokenEndpoint(TOKENS, () -> List.of(CLIENT), () -> false);

    private TokenEndpointFuzz() {}

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] data) {
        List<String> parts = Fuzzing.split(data, 4);
        JsonResponse response = ENDPOINT.handle(new TokenRequest(
                "POST",
                parts.get(2),
                parts.get(0).isEmpty() ? List.of() : List.of(parts.get(0)),
                "address " + REQUESTS.incrementAndGet(),
                new RequestBody(
                        parts.get(1),
                        -1,
                        new ByteArrayInputStream(parts.get(3).getBytes(StandardCharsets.ISO_8859_1)))));
        Fuzzing.check(
                response.status() >= 400
                        && response.status() < 500
                        && response.body().get("error").textValue().matches("[a-z_]+"),
                "an error of RFC 6749: " + response);
        Fuzzing.check(
                !response.body().toString().contains(SECRET) || parts.stream().anyMatch(part -> part.contains(SECRET)),
                "no secret in an answer to who did not send it");
    }
}
