package io.jenkins.plugins.armory.part.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.jwt.proc.JWTProcessor;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.callback.token.Verification;
import java.text.ParseException;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Verifies the JWTs of listed outside issuers. Keys come from the issuer only: a token's own references to keys ({@code
 * jku}, {@code x5u}, {@code jwk}, {@code x5c}) are ignored. Only two algorithms are accepted, none of which could take
 * a public key for a secret (RFC 8725, section 3).
 */
@Restricted(NoExternalUse.class)
public final class OutsideIssuers implements TokenVerifier {

    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256);
    private static final DefaultJOSEObjectTypeVerifier<SecurityContext> TYPES = new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), new JOSEObjectType("application/at+jwt"), null);

    private final Supplier<List<OutsideIssuer>> issuers;
    private final Function<String, JWKSource<SecurityContext>> keys;
    private final Clock clock;
    private final Map<String, JWTProcessor<SecurityContext>> processors = new ConcurrentHashMap<>();

    /**
     * @param issuers returns the listed issuers
     * @param keys returns the keys of an issuer
     */
    public OutsideIssuers(
            Supplier<List<OutsideIssuer>> issuers, Function<String, JWKSource<SecurityContext>> keys, Clock clock) {
        this.issuers = issuers;
        this.keys = keys;
        this.clock = clock;
    }

    @Override
    public Verification verify(String token, Optional<Approval> approval) {
        JWT jwt;
        String issuer;
        try {
            jwt = JWTParser.parse(token);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            if (claims == null) {
                return Verification.unknown();
            }
            issuer = claims.getIssuer();
        } catch (ParseException | RuntimeException x) { // the library's parsers throw unchecked exceptions too
            return Verification.unknown();
        }
        List<OutsideIssuer> listed = issuers.get().stream()
                .filter(each -> each.issuer().equals(issuer))
                .toList();
        return listed.isEmpty() ? invalid("wrong issuer: " + issuer) : verify(jwt, issuer, listed);
    }

    private Verification verify(JWT jwt, String issuer, List<OutsideIssuer> listed) {
        try {
            return verifyClaims(
                    processors.computeIfAbsent(issuer, this::processor).process(jwt, null), listed);
        } catch (KeySourceException x) {
            return new Verification.Undecided(
                    "the keys of " + issuer + " cannot be had now: "
                            + (x instanceof RateLimitReachedException
                                    ? "they were fetched a moment ago, and none that fits is known"
                                    : x.getMessage()),
                    "The keys of the token's issuer cannot be had now; call back again later.");
        } catch (BadJOSEException | JOSEException x) {
            return invalid(x.getMessage());
        }
    }

    private JWTProcessor<SecurityContext> processor(String issuer) {
        var processor = new DefaultJWTProcessor<>();
        processor.setJWSTypeVerifier(TYPES);
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys.apply(issuer)));
        processor.setJWTClaimsSetVerifier(null); // an issuer may be listed several times, with other claims
        return processor;
    }

    private Verification verifyClaims(JWTClaimsSet claims, List<OutsideIssuer> listed) {
        List<OutsideIssuer> matching =
                listed.stream().filter(each -> fault(claims, each).isEmpty()).toList();
        return matching.isEmpty()
                ? invalid(fault(claims, listed.get(0)).orElseThrow())
                : Verification.of(caller(claims, matching));
    }

    private Optional<String> fault(JWTClaimsSet claims, OutsideIssuer issuer) {
        // Its default for the difference between the clocks is a minute.
        var verifier = new DefaultJWTClaimsVerifier<>(issuer.audience(), null, Set.of("exp")) {
            @Override
            protected Date currentTime() {
                return Date.from(clock.instant());
            }
        };
        try {
            verifier.verify(claims, null);
        } catch (BadJWTException x) {
            return Optional.of(x.getMessage());
        }
        return issuer.requiredClaims().missingFrom(claims);
    }

    /** @param reason may have parts of a token in it that nobody has verified */
    private static Verification invalid(String reason) {
        return Verification.invalid(printable(reason));
    }

    /** Returns a text with a question mark for each character that is not printable. Whoever keeps it cuts it. */
    private static String printable(String text) {
        return text.replaceAll("\\p{C}", "?");
    }

    private static Caller caller(JWTClaimsSet claims, List<OutsideIssuer> matching) {
        String issuer = matching.get(0).issuer();
        String subject = claims.getSubject() == null ? "" : claims.getSubject();
        String name = (subject.isEmpty() ? "a caller" : printable(subject)) + " of " + issuer;
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
