package io.jenkins.plugins.armory.part.oauth;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.callback.RefusedRequestException;
import io.jenkins.plugins.armory.callback.UnknownCallers;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Answers token requests of listed clients: the client credentials grant (RFC 6749, section 4.4), as Armory's
 * <i>External Automation</i> uses it. A request leaves nothing behind.
 */
@Restricted(NoExternalUse.class)
public final class TokenEndpoint {

    private static final String GRANT = "client_credentials";
    private static final String BASIC = "basic ";
    private static final String INVALID = "invalid_request";

    /** As Armory's document shows it. It means nothing here: the settings say for which jobs a client may decide. */
    private static final String ARMORYS_SCOPE = "manage:deploy read:infra:data exec:infra:op read:artifacts:data";

    private final IssuedTokens tokens;
    private final Supplier<List<OAuthClient>> clients;
    private final BooleanSupplier stopping;
    private final UnknownCallers unknown = new UnknownCallers();

    /**
     * @param clients returns the listed clients; throws {@link IllegalStateException} if they are not known now
     * @param stopping returns whether the controller is shutting down
     */
    public TokenEndpoint(IssuedTokens tokens, Supplier<List<OAuthClient>> clients, BooleanSupplier stopping) {
        this.tokens = tokens;
        this.clients = clients;
        this.stopping = stopping;
    }

    /**
     * Answers a token request. An error has the {@code error_description} of RFC 6749, section 5.2, beside the {@code
     * message} that all errors of the plugin have.
     */
    public JsonResponse handle(TokenRequest request) {
        JsonResponse answer = answer(request);
        if (answer.body().has("error")) {
            String message = answer.body().get("message").textValue();
            answer.body().put("error_description", message.replaceAll("[^\\x20\\x21\\x23-\\x5b\\x5d-\\x7e]", "'"));
        }
        return answer;
    }

    private JsonResponse answer(TokenRequest request) {
        if (!request.method().equals("POST")) {
            return JsonResponse.error(405, INVALID, "A token is asked for with POST.", Map.of("Allow", "POST"));
        }
        if (stopping.getAsBoolean()) {
            return JsonResponse.unavailable("Jenkins is shutting down; ask again once it is up.");
        }
        if (!unknown.admit(request.body())) {
            return JsonResponse.unavailable("Too many clients ask for tokens at once; ask again later.");
        }
        try {
            return issue(request);
        } catch (RefusedRequestException x) { // RFC 6749, section 5.2, has one code for all malformed requests
            return JsonResponse.error(x.response().status(), INVALID, x.getMessage());
        } catch (UncheckedIOException x) { // of a password, which anybody may have read again
            return JsonResponse.unavailable("The secret of the client cannot be read now; ask again later.");
        } catch (IllegalStateException x) {
            return JsonResponse.unavailable(x.getMessage());
        } finally {
            unknown.leave(request.body());
        }
    }

    private JsonResponse issue(TokenRequest request) throws RefusedRequestException {
        String query = request.query();
        if (query != null && !query.isEmpty()) {
            throw RefusedRequestException.invalid(
                    "Parameters belong into the body: an address is written to the logs of proxies and"
                            + " servers (RFC 6749, section 2.3.1).");
        }
        Map<String, String> parameters = request.parameters();
        String grant = parameters.get("grant_type");
        if (grant == null) {
            throw RefusedRequestException.invalid("The parameter grant_type is missing: send " + GRANT + ".");
        }
        if (!grant.equals(GRANT)) {
            return JsonResponse.error(400, "unsupported_grant_type", "The grant_type must be " + GRANT + ".");
        }
        OAuthClient client = find(identities(request, parameters));
        return client != null
                ? grant(client)
                : JsonResponse.error(
                        401,
                        "invalid_client",
                        "The client is unknown, or its secret is wrong. The client_id is the user name of a credential, and"
                                + " not the id of the credential.",
                        // A 401 must name a scheme (RFC 9110, section 15.5.2), also for a client that did not use one.
                        Map.of("WWW-Authenticate", "Basic realm=\"armory\", charset=\"UTF-8\""));
    }

    /** Returns the answer of RFC 6749, section 5.1. All answers have {@code Cache-Control: no-store}. */
    private JsonResponse grant(OAuthClient client) {
        return new JsonResponse(
                200,
                Map.of("Pragma", "no-cache"),
                JsonResponse.JSON
                        .createObjectNode()
                        .put("access_token", tokens.issue(client))
                        .put("scope", ARMORYS_SCOPE)
                        .put("expires_in", IssuedTokens.LIFETIME.toSeconds())
                        .put("token_type", "Bearer"));
    }

    /** The client that a request claims to be. */
    private record Identity(String id, String secret) {}

    /** Returns the client that a request claims to be, in each spelling that it may have meant. */
    private static List<Identity> identities(TokenRequest request, Map<String, String> parameters)
            throws RefusedRequestException {
        List<String> headers = request.authorization();
        String id = parameters.get("client_id");
        String secret = parameters.get("client_secret");
        if (headers.isEmpty()) {
            if (id == null || secret == null) {
                throw RefusedRequestException.invalid(
                        "The parameter " + (id == null ? "client_id" : "client_secret") + " is missing.");
            }
            return List.of(new Identity(id, secret));
        }
        if (headers.size() > 1 || secret != null) {
            throw RefusedRequestException.invalid(
                    "Send the client's id and secret once: in one Authorization header, or in the body.");
        }
        Identity basic = ofBasic(headers.get(0).strip());
        // RFC 6749, section 2.3.1, has both values encoded; not every client does that. An id in the body is no second
        // way to authenticate (section 2.3), and some libraries send it.
        List<Identity> meant = Stream.of(basic, decode(basic))
                .filter(each -> id == null || id.equals(each.id()))
                .toList();
        if (meant.isEmpty()) {
            throw RefusedRequestException.invalid(
                    "The client_id in the body is not the one of the Authorization header: send the same, or leave it out of"
                            + " the body.");
        }
        return meant;
    }

    private static Identity ofBasic(String header) throws RefusedRequestException {
        if (header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            try {
                var pair = new String(
                        Base64.getDecoder()
                                .decode(header.substring(BASIC.length()).strip()),
                        StandardCharsets.UTF_8);
                int colon = pair.indexOf(':');
                if (colon > 0) {
                    return new Identity(pair.substring(0, colon), pair.substring(colon + 1));
                }
            } catch (IllegalArgumentException x) { // not Base64, as below
            }
        }
        throw RefusedRequestException.invalid("The Authorization header does not hold HTTP Basic credentials.");
    }

    private static Identity decode(Identity raw) {
        try {
            return new Identity(
                    URLDecoder.decode(raw.id(), StandardCharsets.UTF_8),
                    URLDecoder.decode(raw.secret(), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException x) {
            return raw;
        }
    }

    /** Returns the client with the secret that was given; {@code null} if there is none. */
    @CheckForNull
    private OAuthClient find(List<Identity> meant) {
        List<OAuthClient> named =
                OAuthClient.named(meant.stream().map(Identity::id).collect(Collectors.toSet()), clients.get());
        // The token is of the secret that was given: a vault that is asked again may have another one by now.
        return meant.stream()
                .distinct()
                .flatMap(each -> named.stream()
                        .filter(client -> client.id().equals(each.id()))
                        .filter(client -> client.hasSecret(each.secret()))
                        .map(client -> client.withPassword(each.secret())))
                .findFirst()
                .orElse(null);
    }
}
