package io.jenkins.plugins.armory.part.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSetRetrievalException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.callback.token.Verification.Genuine;
import io.jenkins.plugins.armory.callback.token.Verification.Invalid;
import io.jenkins.plugins.armory.callback.token.Verification.Undecided;
import io.jenkins.plugins.armory.callback.token.Verification.Unknown;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests which JWTs of outside issuers are accepted. */
class OutsideIssuersTest {

    private static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");
    private static final String ISSUER = "https://issuer.example.com";
    private static final String AUDIENCE = "https://jenkins.example.com/";
    private static final RSAKey RSA = rsa("rsa");
    private static final ECKey EC = ec("ec", Curve.P_256);
    private static final String NO_KEY = "Signed JWT rejected: Another algorithm expected, or no matching key(s) found";
    private static final String BAD_SIGNATURE = "Signed JWT rejected: Invalid signature";
    private static final RSAKey STRANGER = rsa("rsa");

    private final MutableClock clock = new MutableClock(NOW);
    private List<OutsideIssuer> listed = List.of(issuer(List.of("repository=octo-org/octo-repo"), "team/**"));
    private JWKSource<SecurityContext> keys = new ImmutableJWKSet<>(new JWKSet(List.<JWK>of(RSA, EC)).toPublicJWKSet());
    private final OutsideIssuers issuers =
            new OutsideIssuers(() -> listed, address -> (selector, context) -> keys.get(selector, context), clock);

    private static OutsideIssuer issuer(List<String> requiredClaims, String jobs) {
        return new OutsideIssuer(ISSUER, AUDIENCE, RequiredClaims.parse(requiredClaims), JobPatterns.parse(jobs));
    }

    private static RSAKey rsa(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException x) {
            throw new AssertionError(x);
        }
    }

    private static ECKey ec(String id, Curve curve) {
        try {
            return new ECKeyGenerator(curve).keyID(id).generate();
        } catch (JOSEException x) {
            throw new AssertionError(x);
        }
    }

    private static JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(AUDIENCE)
                .subject("repo:octo-org/octo-repo:ref:refs/heads/main")
                .claim("repository", "octo-org/octo-repo")
                .issueTime(Date.from(NOW.minusSeconds(10)))
                .notBeforeTime(Date.from(NOW.minusSeconds(10)))
                .expirationTime(Date.from(NOW.plusSeconds(300)));
    }

    private static JWSHeader.Builder header(JWSAlgorithm algorithm, String keyId) {
        return new JWSHeader.Builder(algorithm).keyID(keyId);
    }

    private static String sign(JWSHeader header, JWTClaimsSet claims, JWSSigner signer) {
        try {
            var jwt = new SignedJWT(header, claims);
            jwt.sign(signer);
            return jwt.serialize();
        } catch (JOSEException x) {
            throw new AssertionError(x);
        }
    }

    private static String signed(JWSHeader.Builder header, JWTClaimsSet.Builder claims) {
        return sign(header.build(), claims.build(), signer(RSA));
    }

    private static String signed(JWTClaimsSet.Builder claims) {
        return signed(header(JWSAlgorithm.RS256, "rsa"), claims);
    }

    private static JWSSigner signer(JWK key) {
        try {
            return key instanceof ECKey ec
                    ? new ECDSASigner(ec)
                    : new RSASSASigner(key.toRSAKey().toPrivateKey(), true);
        } catch (JOSEException x) {
            throw new AssertionError(x);
        }
    }

    private static Approval approval(String job, String... allowedCallers) {
        return TestApproval.of("a1", new BuildRef(job, 1))
                .webhook("tests")
                .callers(null, List.of(allowedCallers))
                .timeout(NOW, Duration.ofDays(1))
                .start();
    }

    private Verification verify(String token) {
        return issuers.verify(token, Optional.empty());
    }

    private Optional<String> obstacle(String token, Approval approval) {
        return ((Genuine) verify(token)).caller().obstacle().apply(approval);
    }

    private static Stream<String> goodTokens() {
        JWTClaimsSet.Builder claims = claims();
        return Stream.of(
                signed(claims),
                signed(header(JWSAlgorithm.RS256, null), claims),
                signed(header(JWSAlgorithm.RS256, "rsa").type(JOSEObjectType.JWT), claims),
                signed(header(JWSAlgorithm.RS256, "rsa").type(new JOSEObjectType("at+jwt")), claims),
                sign(header(JWSAlgorithm.ES256, "ec").build(), claims.build(), signer(EC)),
                signed(claims().audience(List.of("other", AUDIENCE))),
                signed(claims().notBeforeTime(null).issueTime(null)),
                signed(claims().notBeforeTime(Date.from(NOW.plusSeconds(59)))),
                signed(claims().expirationTime(Date.from(NOW.minusSeconds(59)))),
                // Where a key is said to be had is not looked at; the one that the issuer has is right.
                signed(header(JWSAlgorithm.RS256, "rsa").jwkURL(URI.create("https://evil.example.com/jwks")), claims));
    }

    @ParameterizedTest
    @MethodSource("goodTokens")
    void takesAGenuineToken(String token) {
        assertThat(verify(token))
                .isInstanceOfSatisfying(
                        Genuine.class,
                        genuine -> assertThat(genuine.caller().name())
                                .isEqualTo(
                                        "repo:octo-org/octo-repo:ref:refs/heads/main of https://issuer.example.com"));
        assertThat(obstacle(token, approval("team/deploy"))).isEmpty();
    }

    /** As GitLab has them: the ref is at the end. */
    @Test
    void aLongSubjectIsShownToItsEnd() {
        String subject =
                "project_path:" + "some-group/".repeat(20) + "service:ref_type:branch:ref:release/2026-11\u202e";

        assertThat(((Genuine) verify(signed(claims().subject(subject))))
                        .caller()
                        .name())
                .isEqualTo(subject.replace('\u202e', '?') + " of https://issuer.example.com");
        assertThat(((Genuine) verify(signed(claims().subject("x".repeat(2_000)))))
                        .caller()
                        .name())
                .hasSizeLessThanOrEqualTo(1_024)
                .startsWith("xxx");
    }

    private static Stream<Arguments> badTokens() throws Exception {
        JWTClaimsSet.Builder claims = claims();
        String good = signed(claims);
        String[] parts = good.split("\\.");
        byte[] publicKey = RSA.toRSAPublicKey().getEncoded();
        String mac = sign(header(JWSAlgorithm.HS256, "rsa").build(), claims.build(), new MACSigner(publicKey));
        return Stream.of(
                arguments("alg none", new PlainJWT(claims.build()).serialize(), "Unsecured (plain) JWTs are rejected"),
                arguments(
                        "alg none, signature kept",
                        Base64URL.encode("{\"alg\":\"none\"}") + "." + parts[1] + "." + parts[2],
                        null),
                arguments("alg None", Base64URL.encode("{\"alg\":\"None\"}") + "." + parts[1] + ".", null),
                arguments("alg NONE, signature kept", parts(good, "{\"alg\":\"NONE\"}"), NO_KEY),
                arguments("no alg", parts(good, "{\"typ\":\"JWT\"}"), null),
                arguments("alg that is no text", parts(good, "{\"alg\":1}"), null),
                arguments("signature cut short", good.substring(0, good.length() - 20), BAD_SIGNATURE),
                arguments("HS256 with the public key", mac, NO_KEY),
                arguments("HS384", parts(mac, "{\"alg\":\"HS384\",\"kid\":\"rsa\"}"), NO_KEY),
                arguments("RS512", signed(header(JWSAlgorithm.RS512, "rsa"), claims), NO_KEY),
                arguments("PS256", signed(header(JWSAlgorithm.PS256, "rsa"), claims), NO_KEY),
                arguments(
                        "signature of another key",
                        sign(header(JWSAlgorithm.RS256, "rsa").build(), claims.build(), signer(STRANGER)),
                        BAD_SIGNATURE),
                arguments(
                        "signature of another key, no kid",
                        sign(header(JWSAlgorithm.RS256, null).build(), claims.build(), signer(STRANGER)),
                        BAD_SIGNATURE),
                arguments(
                        "ES256 of zeros",
                        Base64URL.encode("{\"alg\":\"ES256\",\"kid\":\"ec\"}") + "." + parts[1] + "."
                                + Base64URL.encode(new byte[64]),
                        BAD_SIGNATURE),
                arguments(
                        "ES256 with the id of the RSA key",
                        sign(header(JWSAlgorithm.ES256, "rsa").build(), claims.build(), signer(EC)),
                        NO_KEY),
                arguments(
                        "crit",
                        signed(
                                header(JWSAlgorithm.RS256, "rsa")
                                        .criticalParams(Set.of("x"))
                                        .customParam("x", 1),
                                claims),
                        BAD_SIGNATURE),
                arguments("unknown kid", signed(header(JWSAlgorithm.RS256, "other"), claims), NO_KEY),
                arguments("empty kid", signed(header(JWSAlgorithm.RS256, ""), claims), NO_KEY),
                arguments(
                        "kid with a path", signed(header(JWSAlgorithm.RS256, "../../../../dev/null"), claims), NO_KEY),
                arguments("kid with SQL", signed(header(JWSAlgorithm.RS256, "' OR 1=1 --"), claims), NO_KEY),
                arguments("very long kid", signed(header(JWSAlgorithm.RS256, "k".repeat(4000)), claims), NO_KEY),
                arguments(
                        "jku",
                        sign(
                                header(JWSAlgorithm.RS256, "evil")
                                        .jwkURL(URI.create("https://evil.example.com/"))
                                        .build(),
                                claims.build(),
                                signer(STRANGER)),
                        NO_KEY),
                arguments(
                        "x5u",
                        sign(
                                header(JWSAlgorithm.RS256, "rsa")
                                        .x509CertURL(URI.create("https://evil.example.com/"))
                                        .build(),
                                claims.build(),
                                signer(STRANGER)),
                        BAD_SIGNATURE),
                arguments(
                        "jwk",
                        sign(
                                header(JWSAlgorithm.RS256, "rsa")
                                        .jwk(STRANGER.toPublicJWK())
                                        .build(),
                                claims.build(),
                                signer(STRANGER)),
                        BAD_SIGNATURE),
                arguments(
                        "wrong type",
                        signed(header(JWSAlgorithm.RS256, "rsa").type(new JOSEObjectType("logout+jwt")), claims),
                        "JOSE header typ (type) logout+jwt not allowed"),
                arguments(
                        "changed claims",
                        parts[0] + "."
                                + Base64URL.encode(
                                        claims().subject("root").build().toString()) + "." + parts[2],
                        BAD_SIGNATURE),
                arguments(
                        "wrong issuer",
                        signed(claims().issuer("https://evil.example.com")),
                        "wrong issuer: https://evil.example.com"),
                arguments("issuer with a slash more", signed(claims().issuer(ISSUER + "/")), "wrong issuer: "),
                arguments("issuer in capitals", signed(claims().issuer(ISSUER.toUpperCase())), "wrong issuer: "),
                arguments("no issuer", signed(claims().issuer(null)), "wrong issuer: null"),
                arguments(
                        "wrong audience",
                        signed(claims().audience("https://other.example.com")),
                        "JWT aud claim rejected"),
                arguments("no audience", signed(claims().audience((String) null)), "JWT missing required aud claim"),
                arguments(
                        "several wrong audiences",
                        signed(claims().audience(List.of("a", "b"))),
                        "JWT aud claim rejected"),
                arguments("part of the audience", signed(claims().audience(AUDIENCE + "x")), "JWT aud claim rejected"),
                arguments("expired", signed(claims().expirationTime(Date.from(NOW.minusSeconds(180)))), "Expired JWT"),
                arguments(
                        "expired just now",
                        signed(claims().expirationTime(Date.from(NOW.minusSeconds(60)))),
                        "Expired JWT"),
                arguments(
                        "expired long ago",
                        signed(claims().expirationTime(Date.from(NOW.minus(Duration.ofDays(9))))),
                        "Expired JWT"),
                arguments(
                        "expiry that is no number",
                        parts[0] + "." + Base64URL.encode("{\"exp\":\"never\"}") + "." + parts[2],
                        null),
                arguments("no expiry", signed(claims().expirationTime(null)), "JWT missing required claims: [exp]"),
                arguments(
                        "not valid yet",
                        signed(claims().notBeforeTime(Date.from(NOW.plusSeconds(61)))),
                        "JWT before use time"),
                arguments(
                        "claim missing",
                        signed(claims().claim("repository", null)),
                        "claim repository is not octo-org/octo-repo"),
                arguments(
                        "claim in an object",
                        signed(claims().claim("repository", Map.of("name", "octo-org/octo-repo"))),
                        "claim repository is not octo-org/octo-repo"),
                arguments(
                        "claim of somebody else",
                        signed(claims().claim("repository", "evil/octo-repo")),
                        "claim repository is not octo-org/octo-repo"));
    }

    private static String parts(String token, String header) {
        return Base64URL.encode(header) + token.substring(token.indexOf('.'));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTokens")
    void refusesWhatIsWrongAndSaysWhy(String what, String token, String reason) {
        Verification verification = verify(token);

        if (reason == null) {
            assertThat(verification).isInstanceOf(Unknown.class); // no JWT at all
        } else {
            assertThat(verification)
                    .isInstanceOfSatisfying(
                            Invalid.class,
                            invalid -> assertThat(invalid.reason()).startsWith(reason));
        }
    }

    @Test
    void isNotInterestedInOtherTokens() {
        for (String token : List.of("", "secret", "a.b.c", "a.b", "..", "e30.e30.", "e30.e30.e30", "{}", "a.b.c.d.e")) {
            assertThat(verify(token)).as(token).isInstanceOf(Unknown.class);
        }
    }

    @Test
    void claimsThatAreNestedDeeplyAreNone() {
        String deep = "{\"a\":" + "[".repeat(2000) + "]".repeat(2000) + "}";

        assertThat(verify(parts("." + Base64URL.encode(deep) + ".AAAA", "{\"alg\":\"RS256\"}")))
                .isNotInstanceOf(Genuine.class);
    }

    @Test
    void saysWhatATokenLacksForAJob() {
        assertThat(obstacle(signed(claims()), approval("other/deploy")))
                .hasValueSatisfying(obstacle -> assertThat(obstacle)
                        .contains("may not decide for the job of this approval, only for: team/**."));
        assertThat(obstacle(signed(claims()), approval("other/deploy", "nobody")))
                .hasValueSatisfying(obstacle -> assertThat(obstacle)
                        .contains("only for: team/**; and the step of this approval does not let "));
    }

    @Test
    void anIssuerMayBeListedSeveralTimesForDifferentClaims() {
        listed = List.of(
                issuer(List.of("repository=octo-org/octo-repo"), "team/**"),
                issuer(List.of("repository=octo-org/other"), "**"));

        assertThat(obstacle(signed(claims()), approval("other/deploy"))).isPresent();
        assertThat(obstacle(signed(claims().claim("repository", "octo-org/other")), approval("other/deploy")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "https://issuer.example.com,                                         true",
        "https://issuer.example.com *,                                       true",
        "https://issuer.example.com repo:octo-org/octo-repo:*,               true",
        "https://issuer.example.com repo:octo-org/octo-repo:ref:refs/heads/main, true",
        "https://issuer.example.com *:refs/heads/*,                          true",
        "https://issuer.example.com repo:octo-org/octo-repo,                 false",
        "https://issuer.example.com repo:octo-org/octo-repo:*release,        false",
        "https://issuer.example.co,                                          false",
        "https://issuer.example.com/,                                        false",
        "https://other.example.com *,                                        false",
        "repo:octo-org/octo-repo:*,                                          false",
    })
    void aStepMayNameTheSubjectsThatDecide(String entry, boolean allowed) {
        assertThat(obstacle(signed(claims()), approval("team/deploy", "nobody", entry))
                        .isEmpty())
                .isEqualTo(allowed);
    }

    @Test
    void cannotTellWhileTheIssuerCannotBeReached() {
        keys = (selector, context) -> {
            throw new JWKSetRetrievalException("issuer.example.com does not answer", null);
        };

        assertThat(verify(signed(claims()))).isInstanceOfSatisfying(Undecided.class, undecided -> {
            assertThat(undecided.reason()).contains("issuer.example.com does not answer");
            assertThat(undecided.message()).contains("call back again later").doesNotContain("example.com");
        });
        // What needs no key is refused all the same, and nobody is asked.
        assertThat(verify(signed(claims().issuer("https://evil.example.com")))).isInstanceOf(Invalid.class);
    }
}
