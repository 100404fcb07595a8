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
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Issues the tokens of {@code oauth/token}, and knows them again: JWTs in the profile for access tokens (RFC 9068), signed
 * with ES256. Nothing is kept of them but {@link VerifiedTokens}. What one may decide is what its client is listed for
 * at the time of the callback, so that a token is worth no more than its client: not after the client was taken from the
 * list, and not after its secret was changed.
 */
public final class IssuedTokens implements TokenVerifier {

    private static final Logger LOGGER = Logger.getLogger(IssuedTokens.class.getName());
    /** Keeps such a token apart from whatever else might ever be signed with the same key (RFC 9068, section 2.1). */
    private static final JOSEObjectType TYPE = new JOSEObjectType("at+jwt");

    private static final String CLIENT = "client_id";
    private static final String SCOPE = "scope";
    /** Changes with the client's secret, and says nothing about it. */
    private static final String SECRET_VERSION = "secret_version";

    private static final int VERSION_BYTES = 9;

    private final SigningKeys keys;
    private final Supplier<List<CallbackClient>> clients;
    private final Supplier<String> issuer;
    private final UnaryOperator<byte[]> mac;
    private final VerifiedTokens verified;
    private final Clock clock;

    /**
     * @param clients those that are listed now
     * @param issuer the address of the root action, which is {@code iss} and {@code aud}: a copy of this Jenkins at another
     *     address takes none of its tokens. Throws {@link IllegalStateException} when it is not known
     * @param mac HMAC-SHA256 with a key that never leaves Jenkins
     * @param verified may be shared with whoever verifies other tokens
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
     * A new token.
     *
     * @param scope of which {@link Scopes#isWithin} holds
     * @throws IOException when there is no key to sign with
     * @throws IllegalStateException when Jenkins does not know its address
     */
    public String issue(CallbackClient client, String scope, Duration lifetime) throws IOException {
        Instant now = clock.instant();
        ECKey key = keys.toSign(now, lifetime);
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer(issuer.get())
                .audience(issuer.get())
                .subject(client.id())
                .claim(CLIENT, client.id())
                .claim(SCOPE, scope)
                .claim(SECRET_VERSION, versionOf(client))
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(lifetime)))
                .jwtID(UUID.randomUUID().toString())
                .build();
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256)
                        .type(TYPE)
                        .keyID(key.getKeyID())
                        .build(),
                claims);
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
            return jwt.header() instanceof JWSHeader header
                    ? verify(jwt, header, expected)
                    : Verification.rejected(JwtClaims.notSigned(jwt.header()));
        } catch (IllegalStateException x) { // the address is not known, so nothing can have been issued for it
            return Verification.unknown();
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot verify callback tokens", x);
            return new Verification.Undecided(
                    x.getMessage(), "Jenkins cannot verify tokens now; call back again later.");
        }
    }

    private Verification verify(VerifiedTokens.Received jwt, JWSHeader header, String expected) throws IOException {
        if (!JWSAlgorithm.ES256.equals(header.getAlgorithm())) {
            return Verification.rejected(
                    "signed with " + JwtClaims.shown(header.getAlgorithm().getName()) + " instead of ES256");
        }
        Instant now = clock.instant();
        ECKey key = header.getKeyID() == null
                ? null
                : keys.find(header.getKeyID(), now).orElse(null);
        if (key == null) {
            return Verification.rejected("no key of Jenkins has the id " + JwtClaims.shown(header.getKeyID()));
        }
        try {
            if (!jwt.isSignedWith(key, () -> new ECDSAVerifier(key.toPublicJWK()))) {
                return Verification.rejected("bad signature");
            }
        } catch (JOSEException x) {
            return Verification.rejected("bad signature");
        }
        if (!TYPE.equals(header.getType())) {
            return Verification.rejected("it is no access token (typ)");
        }
        Optional<String> fault = JwtClaims.fault(jwt.claims(), expected, now);
        return fault.isPresent() ? Verification.rejected(fault.get()) : verify(jwt.claims());
    }

    private Verification verify(JWTClaimsSet claims) {
        String id = String.valueOf(claims.getClaim(CLIENT));
        List<CallbackClient> listed =
                clients.get().stream().filter(client -> client.id().equals(id)).toList();
        if (listed.isEmpty()) {
            return Verification.rejected("client " + id + " is not listed any more");
        }
        String version = String.valueOf(claims.getClaim(SECRET_VERSION));
        Optional<CallbackClient> client = listed.stream()
                .filter(each -> CallbackTokens.same(versionOf(each), version))
                .findFirst();
        if (client.isEmpty()) {
            return Verification.rejected("the secret of client " + id + " was changed after the token was issued");
        }
        String scope = String.valueOf(claims.getClaim(SCOPE));
        return Verification.of(new Caller("client " + id, approval -> obstacle(client.get(), scope, approval)));
    }

    private static Optional<Obstacle> obstacle(CallbackClient client, String scope, Approval approval) {
        String job = approval.build().job();
        if (!client.jobs().match(job)) {
            return Optional.of(new Obstacle(
                    "The token is valid, but client " + client.id() + " may not decide for the job of this approval: an"
                            + " administrator has to add it to the client's jobs.",
                    Scopes.ofJobs(job)));
        }
        // Most tokens are for all that their client may decide for, and no pattern has to be made of their scope.
        if (!scope.equals(Scopes.ofAll(client.jobs())) && !Scopes.include(scope, job)) {
            return Optional.of(new Obstacle(
                    "The token is valid, but was asked for with a scope that leaves out the job of this approval.",
                    Scopes.ofJobs(job)));
        }
        return AllowedCallers.of(approval).includeClient(client)
                ? Optional.empty()
                : Optional.of(AllowedCallers.obstacle(approval, "client " + client.id()));
    }

    private String versionOf(CallbackClient client) {
        byte[] tag = mac.apply(("secret:" + client.credentialsId() + ':' + client.id() + ':' + client.secret())
                .getBytes(StandardCharsets.UTF_8));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(tag, VERSION_BYTES));
    }
}
