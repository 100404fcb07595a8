package io.jenkins.plugins.armory.callback.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.Caller.Obstacle;
import io.jenkins.plugins.armory.callback.token.JwtClaims;
import io.jenkins.plugins.armory.callback.token.Scopes;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.callback.token.VerifiedTokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Issues and verifies the tokens of {@code oauth/token}: JWTs in the profile for access tokens (RFC 9068), signed with ES256.
 * Nothing is stored of them. Their client is looked up with each callback, so a token is worth no more than its client: it
 * ends when the client is removed from the list or gets another secret, and it decides for the client's jobs of that moment.
 */
@Restricted(NoExternalUse.class)
public final class IssuedTokens implements TokenVerifier {

    private static final Logger LOGGER = Logger.getLogger(IssuedTokens.class.getName());

    /** Separates these tokens from anything else that may be signed with the same key (RFC 9068, section 2.1). */
    private static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");

    private static final String CLIENT = "client_id";
    private static final String SCOPE = "scope";

    /** Changes with the client's secret, and reveals nothing about it. */
    private static final String SECRET_VERSION = "secret_version";

    private static final int VERSION_BYTES = 9;
    private static final String NOT_NOW = "Jenkins cannot verify tokens now; call back again later.";

    private final SigningKeys keys;
    private final Supplier<List<CallbackClient>> clients;
    private final Supplier<String> issuer;
    private final UnaryOperator<byte[]> mac;
    private final VerifiedTokens verified;
    private final Clock clock;

    /**
     * @param clients returns the listed clients
     * @param issuer returns the address of the root action, for {@code iss} and {@code aud}, so that a copy of this Jenkins at
     *     another address does not accept the tokens; throws {@link IllegalStateException} if the address is not known
     * @param mac computes an HMAC-SHA256 with a key that never leaves Jenkins
     * @param verified may be shared with other verifiers
     */
    public IssuedTokens(
            SigningKeys keys,
            Supplier<List<CallbackClient>> clients,
            Supplier<String> issuer,
            UnaryOperator<byte[]> mac,
            VerifiedTokens verified,
            Clock clock) {
        this.keys = keys;
        this.clients = clients;
        this.issuer = issuer;
        this.mac = mac;
        this.verified = verified;
        this.clock = clock;
    }

    /**
     * Returns a new token.
     *
     * @param scope a scope within those of the client, see {@link Scopes#isWithin}
     * @throws IOException if there is no key to sign with
     * @throws IllegalStateException if Jenkins does not know its address
     */
    public String issue(CallbackClient client, String scope, Duration lifetime) throws IOException {
        Instant now = clock.instant();
        return sign(keys.toSign(now, lifetime), claims(client, scope, now, now.plus(lifetime)));
    }

    private JWTClaimsSet claims(CallbackClient client, String scope, Instant now, Instant expiry) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer.get())
                .audience(issuer.get())
                .subject(client.id())
                .claim(CLIENT, client.id())
                .claim(SCOPE, scope)
                .claim(SECRET_VERSION, versionOf(client))
                .issueTime(Date.from(now))
                .expirationTime(Date.from(expiry))
                .jwtID(UUID.randomUUID().toString())
                .build();
    }

    private static String sign(ECKey key, JWTClaimsSet claims) throws IOException {
        var header = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(TYPE)
                .keyID(key.getKeyID())
                .build();
        var jwt = new SignedJWT(header, claims);
        try {
            jwt.sign(new ECDSASigner(key));
        } catch (JOSEException x) {
            throw new IOException("Cannot sign a token", x);
        }
        return jwt.serialize();
    }

    @Override
    public Verification verify(String token, Optional<Approval> approval) {
        VerifiedTokens.Received jwt = verified.read(token).orElse(null);
        if (jwt == null) {
            return Verification.unknown();
        }
        try {
            String expected = issuer.get();
            if (!expected.equals(jwt.claims().getIssuer())) {
                return Verification.unknown();
            }
            Optional<String> fault = jwt.header() instanceof JWSHeader header
                    ? fault(jwt, header, expected)
                    : Optional.of(JwtClaims.notSigned(jwt.header()));
            return fault.map(Verification::invalid).orElseGet(() -> verifyClient(jwt.claims()));
        } catch (IllegalStateException x) { // the address is not known, so the token is not for it
            return Verification.unknown();
        } catch (UncheckedIOException x) { // of a password, which anybody may have read again
            return new Verification.Undecided(x.getCause().getMessage(), NOT_NOW);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot verify callback tokens", x);
            return new Verification.Undecided(x.getMessage(), NOT_NOW);
        }
    }

    private Optional<String> fault(VerifiedTokens.Received jwt, JWSHeader header, String expected) throws IOException {
        Instant now = clock.instant();
        Optional<String> fault = faultOfSignature(jwt, header, now);
        if (fault.isPresent()) {
            return fault;
        }
        return TYPE.equals(header.getType())
                ? JwtClaims.fault(jwt.claims(), expected, now)
                : Optional.of("it is no access token (typ)");
    }

    private Optional<String> faultOfSignature(VerifiedTokens.Received jwt, JWSHeader header, Instant now)
            throws IOException {
        if (!JWSAlgorithm.ES256.equals(header.getAlgorithm())) {
            return Optional.of(
                    "signed with " + JwtClaims.shown(header.getAlgorithm().getName()) + " instead of ES256");
        }
        ECKey key = header.getKeyID() == null
                ? null
                : keys.find(header.getKeyID(), now).orElse(null);
        if (key == null) {
            return Optional.of("no key of Jenkins has the id " + JwtClaims.shown(header.getKeyID()));
        }
        return jwt.isSignedWith(key, () -> new ECDSAVerifier(key.toPublicJWK()))
                ? Optional.empty()
                : Optional.of("bad signature");
    }

    private Verification verifyClient(JWTClaimsSet claims) {
        String id = String.valueOf(claims.getClaim(CLIENT));
        List<CallbackClient> listed = CallbackClient.named(Set.of(id), clients.get());
        if (listed.isEmpty()) {
            return Verification.invalid("client " + id + " is not listed any more");
        }
        String version = String.valueOf(claims.getClaim(SECRET_VERSION));
        String scope = String.valueOf(claims.getClaim(SCOPE));
        return listed.stream()
                .filter(client -> CallbackTokens.same(versionOf(client), version))
                .findFirst()
                .map(client ->
                        Verification.of(new Caller("client " + id, approval -> obstacle(client, scope, approval))))
                .orElseGet(() ->
                        Verification.invalid("the secret of client " + id + " was changed after the token was issued"));
    }

    private static Optional<Obstacle> obstacle(CallbackClient client, String scope, Approval approval) {
        return Obstacle.of(
                approval,
                client.ofSystem() || !approval.isRule()
                        ? reason(client, scope, approval.build().job())
                        : AllowedCallers.READABLE,
                AllowedCallers.of(approval).includeClient(client.id(), client.credentialsId())
                        ? null
                        : AllowedCallers.reason("client " + client.id()));
    }

    /** Returns why a token may not decide for a job, {@code null} if it may. */
    @CheckForNull
    private static String reason(CallbackClient client, String scope, String job) {
        if (!client.jobs().match(job)) {
            return "client " + client.id()
                    + " may not decide for the job of this approval: an administrator has to add it"
                    + " to the client's jobs";
        }
        // Most tokens have all scopes of their client. Then no pattern needs to be parsed.
        return scope.equals(Scopes.ofAll(client.jobs())) || Scopes.include(scope, job)
                ? null
                : "its scope leaves out the job of this approval: fetch another token, without a scope or with this one";
    }

    private String versionOf(CallbackClient client) {
        byte[] tag = mac.apply(("secret:" + client.credentialsId() + ':' + client.id() + ':'
                        + client.password().get())
                .getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(tag, VERSION_BYTES));
    }
}
