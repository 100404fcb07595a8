package io.jenkins.plugins.armory.part.oauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.JsonResponse;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.callback.token.Verification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Issues and verifies the tokens of {@code oauth/token}: JWTs, signed with HS256. Nothing is stored of them. Their
 * client is looked up with each callback, so a token is worth no more than its client: it ends when the client is
 * removed from the list or gets another secret, and it decides for the client's jobs of that moment.
 */
@Restricted(NoExternalUse.class)
public final class IssuedTokens implements TokenVerifier {

    /** As for the tokens of Armory. */
    static final Duration LIFETIME = Duration.ofDays(1);

    private static final String HEADER =
            encode("{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}".getBytes(StandardCharsets.UTF_8));

    private static final String ISSUER = "iss";
    private static final String CLIENT = "sub";
    private static final String ISSUED_AT = "iat";
    private static final String EXPIRES_AT = "exp";

    /** Changes with the client's secret, and reveals nothing about it. */
    private static final String SECRET_VERSION = "secret_version";

    private static final int VERSION_BYTES = 9;
    private static final String NOT_NOW = "Jenkins cannot verify tokens now; call back again later.";

    private final Supplier<List<OAuthClient>> clients;
    private final Supplier<String> issuer;
    private final UnaryOperator<byte[]> mac;
    private final Clock clock;

    /**
     * @param clients returns the listed clients
     * @param issuer returns the address of the root action, so that a copy of this Jenkins at another address does not
     *     accept the tokens; throws {@link IllegalStateException} if the address is not known
     * @param mac computes an HMAC-SHA256 with a key that never leaves Jenkins
     */
    public IssuedTokens(
            Supplier<List<OAuthClient>> clients, Supplier<String> issuer, UnaryOperator<byte[]> mac, Clock clock) {
        this.clients = clients;
        this.issuer = issuer;
        this.mac = mac;
        this.clock = clock;
    }

    /**
     * Returns a new token.
     *
     * @throws IllegalStateException if Jenkins does not know its address
     */
    public String issue(OAuthClient client) {
        Instant now = clock.instant();
        ObjectNode claims = JsonResponse.JSON
                .createObjectNode()
                .put(ISSUER, issuer.get())
                .put(CLIENT, client.id())
                .put(SECRET_VERSION, versionOf(client))
                .put(ISSUED_AT, now.getEpochSecond())
                .put(EXPIRES_AT, now.plus(LIFETIME).getEpochSecond());
        String signed = HEADER + '.' + encode(claims.toString().getBytes(StandardCharsets.UTF_8));
        return signed + '.' + signature(signed);
    }

    /** Verifies the signature before anything of the token is parsed. */
    @Override
    public Verification verify(String token, Optional<Approval> approval) {
        int end = token.lastIndexOf('.');
        if (!token.startsWith(HEADER + '.') || end <= HEADER.length()) {
            return Verification.unknown();
        }
        String signed = token.substring(0, end);
        if (!CallbackTokens.same(signature(signed), token.substring(end + 1))) {
            return Verification.invalid("bad signature: a token of another Jenkins, or changed or cut short");
        }
        try {
            return verify(
                    JsonResponse.JSON.readTree(Base64.getUrlDecoder().decode(signed.substring(HEADER.length() + 1))));
        } catch (UncheckedIOException x) { // of a password, which anybody may have read again
            return new Verification.Undecided(x.getCause().getMessage(), NOT_NOW);
        } catch (IllegalStateException x) { // the address of Jenkins is not known
            return new Verification.Undecided(x.getMessage(), NOT_NOW);
        } catch (IOException x) {
            throw new IllegalStateException("what Jenkins signed is JSON", x);
        }
    }

    private Verification verify(JsonNode claims) {
        if (!claims.get(ISSUER).textValue().equals(issuer.get())) {
            return Verification.invalid("it is of Jenkins at another address: fetch a new one");
        }
        long now = clock.instant().getEpochSecond();
        long expiry = claims.get(EXPIRES_AT).longValue();
        if (now >= expiry) {
            return Verification.invalid("expired " + (now - expiry) + " s ago");
        }
        if (now < claims.get(ISSUED_AT).longValue()) {
            return Verification.invalid("issued in the future: the clock of Jenkins was set back");
        }
        return verifyClient(
                claims.get(CLIENT).textValue(), claims.get(SECRET_VERSION).textValue());
    }

    private Verification verifyClient(String id, String version) {
        List<OAuthClient> listed = OAuthClient.named(Set.of(id), clients.get());
        if (listed.isEmpty()) {
            return Verification.invalid("client " + id + " is not listed any more");
        }
        return listed.stream()
                .filter(client -> CallbackTokens.same(versionOf(client), version))
                .findFirst()
                .map(client -> Verification.of(new Caller("client " + id, approval -> obstacle(client, approval))))
                .orElseGet(() ->
                        Verification.invalid("the secret of client " + id + " was changed after the token was issued"));
    }

    private static Optional<String> obstacle(OAuthClient client, Approval approval) {
        return Caller.obstacle(
                client.ofSystem() || !approval.isRule() ? reason(client, approval) : AllowedCallers.READABLE,
                AllowedCallers.of(approval).includeClient(client.id(), client.credentialsId())
                        ? null
                        : AllowedCallers.reason("client " + client.id()));
    }

    @CheckForNull
    private static String reason(OAuthClient client, Approval approval) {
        return client.jobs().match(approval.build().job())
                ? null
                : "client " + client.id()
                        + " may not decide for the job of this approval: an administrator has to add it"
                        + " to the client's jobs";
    }

    private String versionOf(OAuthClient client) {
        byte[] tag = mac.apply(("secret:" + client.credentialsId() + ':' + client.id() + ':'
                        + client.password().get())
                .getBytes(StandardCharsets.UTF_8));
        return encode(Arrays.copyOf(tag, VERSION_BYTES));
    }

    private String signature(String signed) {
        return encode(mac.apply(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
