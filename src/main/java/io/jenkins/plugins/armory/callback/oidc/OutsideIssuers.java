package io.jenkins.plugins.armory.callback.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.SteadyClock;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.JwtClaims;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.callback.token.VerifiedTokens;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Verifies the JWTs of listed outside issuers. Keys come from the issuer only: a token's own references to keys
 * ({@code jku}, {@code x5u}, {@code jwk}, {@code x5c}) are ignored. Only three algorithms are accepted, none of which could
 * take a public key for a secret (RFC 8725, section 3).
 */
@Restricted(NoExternalUse.class)
public final class OutsideIssuers implements TokenVerifier {

    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.EdDSA);
    private static final Set<JOSEObjectType> TYPES =
            Set.of(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), new JOSEObjectType("application/at+jwt"));
    private static final int MIN_RSA_BITS = 2048;

    private final Supplier<List<OutsideIssuer>> issuers;
    private final Function<String, CompletableFuture<JWKSet>> fetcher;
    private final VerifiedTokens verified;
    private final Clock clock;
    private final Clock steady;
    private final Duration patience;
    private final Map<String, IssuerKeys> keys = new ConcurrentHashMap<>();

    /**
     * @param issuers returns the listed issuers
     * @param verified may be shared with other verifiers
     */
    public OutsideIssuers(
            Supplier<List<OutsideIssuer>> issuers, IssuerDiscovery discovery, VerifiedTokens verified, Clock clock) {
        this(issuers, discovery::fetch, verified, clock, new SteadyClock(), IssuerKeys.PATIENCE);
    }

    public OutsideIssuers(
            Supplier<List<OutsideIssuer>> issuers,
            Function<String, CompletableFuture<JWKSet>> fetcher,
            VerifiedTokens verified,
            Clock clock,
            Clock steady,
            Duration patience) {
        this.issuers = issuers;
        this.fetcher = fetcher;
        this.verified = verified;
        this.clock = clock;
        this.steady = steady;
        this.patience = patience;
    }

    @Override
    public Verification verify(String token, Optional<Approval> approval) {
        VerifiedTokens.Received jwt = verified.read(token).orElse(null);
        if (jwt == null) {
            return Verification.unknown();
        }
        String issuer = jwt.claims().getIssuer();
        List<OutsideIssuer> listed = issuers.get().stream()
                .filter(each -> each.issuer().equals(issuer))
                .toList();
        if (listed.isEmpty()) {
            return Verification.invalid("wrong issuer: " + JwtClaims.shown(issuer));
        }
        if (!(jwt.header() instanceof JWSHeader header)) {
            return Verification.invalid(JwtClaims.notSigned(jwt.header()));
        }
        try {
            Optional<String> fault = faultOfSignature(jwt, header, issuer);
            return fault.isPresent() ? Verification.invalid(fault.get()) : verifyClaims(jwt.claims(), listed);
        } catch (IssuerKeys.Unavailable x) {
            return new Verification.Undecided(
                    x.getMessage(), "The keys of the token's issuer cannot be had now; call back again later.");
        }
    }

    private Optional<String> faultOfSignature(VerifiedTokens.Received jwt, JWSHeader header, String issuer)
            throws IssuerKeys.Unavailable {
        if (!ALGORITHMS.contains(header.getAlgorithm())) {
            return Optional.of("signed with "
                    + JwtClaims.shown(header.getAlgorithm().getName()) + " instead of RS256, ES256 or EdDSA");
        }
        if (header.getType() != null && !TYPES.contains(header.getType())) {
            return Optional.of(
                    "it is no JWT (typ " + JwtClaims.shown(header.getType().getType()) + ")");
        }
        List<JWK> candidates = keysOf(issuer).find(new JWKSelector(JWKMatcher.forJWSHeader(header)));
        if (candidates.isEmpty()) {
            return Optional.of(
                    "the issuer has no key " + JwtClaims.shown(header.getKeyID()) + " for " + header.getAlgorithm());
        }
        return candidates.stream().anyMatch(key -> jwt.isSignedWith(key, () -> verifier(key)))
                ? Optional.empty()
                : Optional.of("bad signature");
    }

    private IssuerKeys keysOf(String issuer) {
        return keys.computeIfAbsent(issuer, each -> new IssuerKeys(each, () -> fetcher.apply(each), steady, patience));
    }

    private static JWSVerifier verifier(JWK key) throws JOSEException {
        if (key instanceof RSAKey rsa && rsa.size() >= MIN_RSA_BITS) {
            return new RSASSAVerifier(rsa);
        } else if (key instanceof ECKey ec) {
            return new ECDSAVerifier(ec);
        } else if (key instanceof OctetKeyPair okp) {
            return new Ed25519Verifier(okp);
        }
        throw new JOSEException("no key to verify with");
    }

    private Verification verifyClaims(JWTClaimsSet claims, List<OutsideIssuer> listed) {
        Instant now = clock.instant();
        List<OutsideIssuer> matching = listed.stream()
                .filter(each -> fault(claims, each, now).isEmpty())
                .toList();
        if (matching.isEmpty()) {
            return Verification.invalid(fault(claims, listed.get(0), now).orElseThrow());
        }
        return Verification.of(caller(claims, matching));
    }

    private static Optional<String> fault(JWTClaimsSet claims, OutsideIssuer issuer, Instant now) {
        return JwtClaims.fault(claims, issuer.audience(), now)
                .or(() -> issuer.requiredClaims().missingFrom(claims));
    }

    private static Caller caller(JWTClaimsSet claims, List<OutsideIssuer> matching) {
        String issuer = matching.get(0).issuer();
        String subject = claims.getSubject() == null ? "" : claims.getSubject();
        String name = (subject.isEmpty() ? "a caller" : JwtClaims.printable(subject)) + " of " + issuer;
        return new Caller(name, approval -> obstacle(name, issuer, subject, matching, approval));
    }

    private static Optional<String> obstacle(
            String name, String issuer, String subject, List<OutsideIssuer> matching, Approval approval) {
        boolean mayDecideForJob = matching.stream()
                .anyMatch(each -> each.jobs().match(approval.build().job()));
        return Caller.obstacle(
                mayDecideForJob
                        ? null
                        : "its issuer's tokens may not decide for the job of this approval, only for: "
                                + matching.stream()
                                        .map(each -> each.jobs().toString())
                                        .collect(Collectors.joining(", ")),
                AllowedCallers.of(approval).includeSubject(issuer, subject) ? null : AllowedCallers.reason(name));
    }
}
