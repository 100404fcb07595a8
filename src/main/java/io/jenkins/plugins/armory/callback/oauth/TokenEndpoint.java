package io.jenkins.plugins.armory.callback.oauth;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.SteadyClock;
import io.jenkins.plugins.armory.callback.FailureLimiter;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.callback.RequestBody;
import io.jenkins.plugins.armory.callback.RequestBody.Refused;
import io.jenkins.plugins.armory.callback.token.Scopes;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Issues tokens to listed clients: the client credentials grant (RFC 6749, section 4.4), as Armory's <i>External
 * Automation</i> uses it. Nothing is kept of a request but a count of failures.
 */
public final class TokenEndpoint {

    private static final Logger LOGGER = Logger.getLogger(TokenEndpoint.class.getName());
    private static final String GRANT = "client_credentials";
    private static final String BASIC = "basic ";

    private final IssuedTokens tokens;
    private final Supplier<List<CallbackClient>> clients;
    private final Supplier<Duration> lifetime;
    private final BooleanSupplier stopping;
    private final FailureLimiter limiter;

    /**
     * @param clients those that are listed now
     * @param lifetime of tokens issued from now on
     * @param stopping whether the controller is going down
     */
    public TokenEndpoint(
            IssuedTokens tokens,
            Supplier<List<CallbackClient>> clients,
            Supplier<Duration> lifetime,
            BooleanSupplier stopping) {
        this(tokens, clients, lifetime, stopping, new FailureLimiter(new SteadyClock()));
    }

    TokenEndpoint(
            IssuedTokens tokens,
            Supplier<List<CallbackClient>> clients,
            Supplier<Duration> lifetime,
            BooleanSupplier stopping,
            FailureLimiter limiter) {
        this.tokens = tokens;
        this.clients = clients;
        this.lifetime = lifetime;
        this.stopping = stopping;
        this.limiter = limiter;
    }

    public JsonResponse handle(TokenRequest request) {
        if (!request.method().equals("POST")) {
            return error(405, "invalid_request", "A token is asked for with POST.", Map.of("Allow", "POST"));
        }
        if (stopping.getAsBoolean()) {
            return JsonResponse.unavailable("Jenkins is shutting down; ask again once it is up.");
        }
        try {
            return issue(request);
        } catch (Refused x) { // RFC 6749, section 5.2, knows one code for all that is wrong with a request
            return error(x.response().status(), "invalid_request", x.getMessage(), Map.of());
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot issue a token", x);
            return JsonResponse.unavailable("Jenkins cannot sign tokens now; ask again later.");
        } catch (IllegalStateException x) {
            return JsonResponse.unavailable(x.getMessage());
        }
    }

    private JsonResponse issue(TokenRequest request) throws Refused, IOException {
        String query = request.query();
        if (query != null && !query.isEmpty()) {
            throw RequestBody.invalid(
                    "Parameters belong into the body: an address is written to the logs of proxies and"
                            + " servers (RFC 6749, section 2.3.1).");
        }
        TokenParameters parameters = TokenParameters.of(request);
        String grant = parameters.get("grant_type");
        if (grant == null) {
            throw RequestBody.invalid("The parameter grant_type is missing: send " + GRANT + ".");
        }
        if (!grant.equals(GRANT)) {
            return error(400, "unsupported_grant_type", "The grant_type must be " + GRANT + ".", Map.of());
        }
        CallbackClient client = find(identity(request, parameters));
        if (client == null) {
            return limiter.fails(request.remoteAddress())
                    ? tooManyFailures()
                    : invalidClient("The client is unknown, or its secret is wrong.");
        }
        return granted(client, parameters.get("scope"));
    }

    private JsonResponse granted(CallbackClient client, @CheckForNull String wanted) throws IOException {
        String scope = wanted == null ? Scopes.ofAll(client.jobs()) : String.join(" ", Scopes.split(wanted));
        if (wanted != null && !Scopes.split(wanted).stream().allMatch(each -> Scopes.isWithin(client.jobs(), each))) {
            return error(
                    400,
                    "invalid_scope",
                    "Leave scope out, or name some of what the client may: " + Scopes.ofAll(client.jobs()) + ".",
                    Map.of());
        }
        Duration valid = lifetime.get();
        String token = tokens.issue(client, scope, valid);
        return JsonResponse.ok(JsonResponse.JSON
                .createObjectNode()
                .put("access_token", token)
                .put("scope", scope)
                .put("expires_in", valid.toSeconds())
                .put("token_type", "Bearer"));
    }

    /**
     * What a request says its client is.
     *
     * @param decoded whether both were decoded as section 2.3.1 asks; not every client encodes them
     */
    private record Identity(String id, String secret, boolean decoded) {}

    private static Identity identity(TokenRequest request, TokenParameters parameters) throws Refused {
        List<String> headers = request.authorization();
        String id = parameters.get("client_id");
        String secret = parameters.get("client_secret");
        if (headers.isEmpty()) {
            if (id == null || secret == null) {
                throw RequestBody.invalid(
                        "The parameter " + (id == null ? "client_id" : "client_secret") + " is missing.");
            }
            return new Identity(id, secret, true);
        }
        if (headers.size() > 1 || secret != null) {
            throw RequestBody.invalid("Say once who you are: in one Authorization header, or in the body.");
        }
        return ofBasic(headers.get(0).strip());
    }

    private static Identity ofBasic(String header) throws Refused {
        if (header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            try {
                String pair = new String(
                        Base64.getDecoder()
                                .decode(header.substring(BASIC.length()).strip()),
                        StandardCharsets.UTF_8);
                int colon = pair.indexOf(':');
                if (colon > 0) {
                    return new Identity(pair.substring(0, colon), pair.substring(colon + 1), false);
                }
            } catch (IllegalArgumentException x) { // not base64
            }
        }
        throw RequestBody.invalid("The Authorization header does not hold HTTP Basic credentials.");
    }

    @CheckForNull
    private CallbackClient find(Identity identity) {
        Stream<Identity> spellings = identity.decoded() ? Stream.of(identity) : Stream.of(identity, decode(identity));
        List<CallbackClient> listed = clients.get();
        return spellings
                .flatMap(each -> listed.stream()
                        .filter(client -> client.id().equals(each.id()))
                        .filter(client -> client.hasSecret(each.secret())))
                .findFirst()
                .orElse(null);
    }

    private static Identity decode(Identity raw) {
        try {
            return new Identity(
                    URLDecoder.decode(raw.id(), StandardCharsets.UTF_8),
                    URLDecoder.decode(raw.secret(), StandardCharsets.UTF_8),
                    true);
        } catch (IllegalArgumentException x) {
            return raw;
        }
    }

    private static JsonResponse tooManyFailures() {
        JsonResponse response = JsonResponse.tooManyFailures();
        response.body().set("error_description", response.body().get("message"));
        return response;
    }

    /** A 401 has to name a scheme (RFC 9110, section 15.5.2), whichever way the client came. */
    private static JsonResponse invalidClient(String message) {
        return error(
                401,
                "invalid_client",
                message,
                Map.of("WWW-Authenticate", "Basic realm=\"armory\", charset=\"UTF-8\""));
    }

    /** As RFC 6749, section 5.2, has it, and with {@code message} besides, as all errors here. */
    private static JsonResponse error(int status, String code, String message, Map<String, String> headers) {
        JsonResponse response = JsonResponse.error(status, code, message, headers);
        response.body().put("error_description", message.replaceAll("[^\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]", "'"));
        return response;
    }
}
