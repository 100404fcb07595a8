package io.jenkins.plugins.armory.callback.oidc;

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
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.callback.token.Verification.Genuine;
import io.jenkins.plugins.armory.callback.token.Verification.Invalid;
import io.jenkins.plugins.armory.callback.token.Verification.Undecided;
import io.jenkins.plugins.armory.callback.token.Verification.Unknown;
import io.jenkins.plugins.armory.callback.token.VerifiedTokens;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
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
    private static final RSAKey RSA = rsa("rsa", 2048);
    private static final RSAKey SHORT_RSA = rsa("short", 1024);
    private static final ECKey EC = ec("ec", Curve.P_256);
    private static final ECKey P384 = ec("p384", Curve.P_384);
    private static final KeyPair ED = ed25519();
    private static final OctetKeyPair ED_JWK = jwk(ED, "ed");
    private static final RSAKey STRANGER = rsa("rsa", 2048);

    private final MutableClock clock = new MutableClock(NOW);
    private final MutableClock steady = new MutableClock(NOW);
    private List<OutsideIssuer> listed = List.of(issuer(List.of("repository=octo-org/octo-repo"), "team/**"));
    private CompletableFuture<JWKSet> keys = CompletableFuture.completedFuture(
            new JWKSet(List.<JWK>of(RSA, SHORT_RSA, EC, P384, ED_JWK)).toPublicJWKSet());
    private final OutsideIssuers issuers =
            new OutsideIssuers(() -> listed, address -> keys, new VerifiedTokens(), clock, steady, Duration.ZERO);

    private static OutsideIssuer issuer(List<String> requiredClaims, String jobs) {
        return new OutsideIssuer(ISSUER, AUDIENCE, RequiredClaims.parse(requiredClaims), JobPatterns.parse(jobs));
    }

    private static RSAKey rsa(String id, int bits) {
        try {
            return new RSAKeyGenerator(bits, true).keyID(id).generate();
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

    private static KeyPair ed25519() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException x) {
            throw new AssertionError(x);
        }
    }

    private static OctetKeyPair jwk(KeyPair pair, String id) {
        byte[] encoded = pair.getPublic().getEncoded();
        byte[] x = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        return new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(x))
                .keyID(id)
                .build();
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

    private static String signedWithEd25519(PrivateKey key, String header, String claims) {
        try {
            String input = Base64URL.encode(header) + "." + Base64URL.encode(claims);
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(key);
            signature.update(input.getBytes(StandardCharsets.US_ASCII));
            return input + '.' + Base64URL.encode(signature.sign());
        } catch (GeneralSecurityException x) {
            throw new AssertionError(x);
        }
    }

    private static Approval approval(String job, String... allowedCallers) {
        return ApprovalTerms.of("a1", new BuildRef(job, 1))
                .webhook("tests")
                .callers(null, List.of(allowedCallers))
                .timeout(NOW, Duration.ofDays(1))
                .start();
    }

    private void pass(Duration duration) {
        clock.set(clock.instant().plus(duration));
        steady.set(steady.instant().plus(duration));
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
                signedWithEd25519(
                        ED.getPrivate(),
                        "{\"alg\":\"EdDSA\",\"kid\":\"ed\"}",
                        claims.build().toString()),
                signed(claims().audience(List.of("other", AUDIENCE))),
                signed(claims().notBeforeTime(null).issueTime(null)),
                signed(claims().notBeforeTime(Date.from(NOW.plusSeconds(60)))),
                signed(claims().issueTime(Date.from(NOW.plusSeconds(60)))),
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
                .hasSizeLessThanOrEqualTo(1_000)
                .startsWith("xxx");
    }

    private static Stream<Arguments> badTokens() throws Exception {
        JWTClaimsSet.Builder claims = claims();
        String good = signed(claims);
        String[] parts = good.split("\\.");
        byte[] publicKey = RSA.toRSAPublicKey().getEncoded();
        String mac = sign(header(JWSAlgorithm.HS256, "rsa").build(), claims.build(), new MACSigner(publicKey));
        return Stream.of(
                arguments("alg none", new PlainJWT(claims.build()).serialize(), "it is not signed (alg none)"),
                arguments(
                        "alg none, signature kept",
                        Base64URL.encode("{\"alg\":\"none\"}") + "." + parts[1] + "." + parts[2],
                        null),
                arguments("alg None", Base64URL.encode("{\"alg\":\"None\"}") + "." + parts[1] + ".", null),
                arguments("alg NONE, signature kept", parts(good, "{\"alg\":\"NONE\"}"), "signed with NONE instead of"),
                arguments("no alg", parts(good, "{\"typ\":\"JWT\"}"), null),
                arguments("alg that is no text", parts(good, "{\"alg\":1}"), null),
                arguments("signature cut short", good.substring(0, good.length() - 20), "bad signature"),
                arguments("HS256 with the public key", mac, "signed with HS256 instead of RS256, ES256 or EdDSA"),
                arguments("HS384", parts(mac, "{\"alg\":\"HS384\",\"kid\":\"rsa\"}"), "signed with HS384"),
                arguments("RS512", signed(header(JWSAlgorithm.RS512, "rsa"), claims), "signed with RS512"),
                arguments("PS256", signed(header(JWSAlgorithm.PS256, "rsa"), claims), "signed with PS256"),
                arguments(
                        "ES384",
                        sign(header(JWSAlgorithm.ES384, "p384").build(), claims.build(), signer(P384)),
                        "signed with ES384"),
                arguments(
                        "signature of another key",
                        sign(header(JWSAlgorithm.RS256, "rsa").build(), claims.build(), signer(STRANGER)),
                        "bad signature"),
                arguments(
                        "signature of another key, no kid",
                        sign(header(JWSAlgorithm.RS256, null).build(), claims.build(), signer(STRANGER)),
                        "bad signature"),
                arguments(
                        "signature of a short key",
                        sign(header(JWSAlgorithm.RS256, "short").build(), claims.build(), signer(SHORT_RSA)),
                        "bad signature"),
                arguments(
                        "ES256 with a key of another curve",
                        Base64URL.encode("{\"alg\":\"ES256\",\"kid\":\"p384\"}") + "." + parts[1] + "."
                                + Base64URL.encode(new byte[64]),
                        "bad signature"),
                arguments(
                        "ES256 of zeros",
                        Base64URL.encode("{\"alg\":\"ES256\",\"kid\":\"ec\"}") + "." + parts[1] + "."
                                + Base64URL.encode(new byte[64]),
                        "bad signature"),
                arguments(
                        "ES256 with the id of the RSA key",
                        sign(header(JWSAlgorithm.ES256, "rsa").build(), claims.build(), signer(EC)),
                        "the issuer has no key rsa for ES256"),
                arguments(
                        "EdDSA of another key",
                        signedWithEd25519(
                                ed25519().getPrivate(),
                                "{\"alg\":\"EdDSA\",\"kid\":\"ed\"}",
                                claims.build().toString()),
                        "bad signature"),
                arguments(
                        "EdDSA with a short signature",
                        Base64URL.encode("{\"alg\":\"EdDSA\",\"kid\":\"ed\"}") + "." + parts[1] + "."
                                + Base64URL.encode(new byte[5]),
                        "bad signature"),
                arguments(
                        "EdDSA with crit",
                        signedWithEd25519(
                                ED.getPrivate(),
                                "{\"alg\":\"EdDSA\",\"kid\":\"ed\",\"crit\":[\"x\"],\"x\":1}",
                                claims.build().toString()),
                        "bad signature"),
                arguments(
                        "crit",
                        signed(
                                header(JWSAlgorithm.RS256, "rsa")
                                        .criticalParams(Set.of("x"))
                                        .customParam("x", 1),
                                claims),
                        "bad signature"),
                arguments(
                        "unknown kid",
                        signed(header(JWSAlgorithm.RS256, "other"), claims),
                        "the issuer has no key other for RS256"),
                arguments("empty kid", signed(header(JWSAlgorithm.RS256, ""), claims), "the issuer has no key "),
                arguments(
                        "kid with a path",
                        signed(header(JWSAlgorithm.RS256, "../../../../dev/null"), claims),
                        "the issuer has no key ../../../../dev/null"),
                arguments(
                        "kid with SQL",
                        signed(header(JWSAlgorithm.RS256, "' OR 1=1 --"), claims),
                        "the issuer has no key ' OR 1=1"),
                arguments(
                        "very long kid",
                        signed(header(JWSAlgorithm.RS256, "k".repeat(4000)), claims),
                        "the issuer has no key " + "k".repeat(120) + "..."),
                arguments(
                        "jku",
                        sign(
                                header(JWSAlgorithm.RS256, "evil")
                                        .jwkURL(URI.create("https://evil.example.com/"))
                                        .build(),
                                claims.build(),
                                signer(STRANGER)),
                        "the issuer has no key evil"),
                arguments(
                        "x5u",
                        sign(
                                header(JWSAlgorithm.RS256, "rsa")
                                        .x509CertURL(URI.create("https://evil.example.com/"))
                                        .build(),
                                claims.build(),
                                signer(STRANGER)),
                        "bad signature"),
                arguments(
                        "jwk",
                        sign(
                                header(JWSAlgorithm.RS256, "rsa")
                                        .jwk(STRANGER.toPublicJWK())
                                        .build(),
                                claims.build(),
                                signer(STRANGER)),
                        "bad signature"),
                arguments(
                        "wrong type",
                        signed(header(JWSAlgorithm.RS256, "rsa").type(new JOSEObjectType("logout+jwt")), claims),
                        "it is no JWT (typ logout+jwt)"),
                arguments(
                        "changed claims",
                        parts[0] + "."
                                + Base64URL.encode(
                                        claims().subject("root").build().toString()) + "." + parts[2],
                        "bad signature"),
                arguments(
                        "wrong issuer",
                        signed(claims().issuer("https://evil.example.com")),
                        "wrong issuer: https://evil.example.com"),
                arguments("issuer with a slash more", signed(claims().issuer(ISSUER + "/")), "wrong issuer: "),
                arguments("issuer in capitals", signed(claims().issuer(ISSUER.toUpperCase())), "wrong issuer: "),
                arguments("no issuer", signed(claims().issuer(null)), "wrong issuer: none"),
                arguments(
                        "wrong audience",
                        signed(claims().audience("https://other.example.com")),
                        "wrong audience: https://other.example.com instead of " + AUDIENCE),
                arguments("no audience", signed(claims().audience((String) null)), "wrong audience: none instead of"),
                arguments(
                        "several wrong audiences",
                        signed(claims().audience(List.of("a", "b"))),
                        "wrong audience: a, b"),
                arguments("part of the audience", signed(claims().audience(AUDIENCE + "x")), "wrong audience: "),
                arguments(
                        "expired",
                        signed(claims().expirationTime(Date.from(NOW.minusSeconds(180)))),
                        "expired 3 min ago"),
                arguments(
                        "expired just now",
                        signed(claims().expirationTime(Date.from(NOW.minusSeconds(60)))),
                        "expired 60 s ago"),
                arguments(
                        "expired long ago",
                        signed(claims().expirationTime(Date.from(NOW.minus(Duration.ofDays(9))))),
                        "expired 9 days ago"),
                arguments(
                        "expiry that is no number",
                        parts[0] + "." + Base64URL.encode("{\"exp\":\"never\"}") + "." + parts[2],
                        null),
                arguments("no expiry", signed(claims().expirationTime(null)), "it has no expiry (exp)"),
                arguments(
                        "not valid yet",
                        signed(claims().notBeforeTime(Date.from(NOW.plusSeconds(61)))),
                        "not valid before 61 s from now (nbf)"),
                arguments(
                        "issued in the future",
                        signed(claims().issueTime(Date.from(NOW.plusSeconds(600)))),
                        "issued 10 min from now (iat)"),
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
    void keysAreFetchedAgainAfterTheClockWasAheadAndIsSetBack() {
        RSAKey next = rsa("next", 2048);
        JWTClaimsSet.Builder claims = claims().expirationTime(Date.from(NOW.plus(Duration.ofDays(2))));
        String old = signed(claims);
        String rotated = sign(header(JWSAlgorithm.RS256, "next").build(), claims.build(), signer(next));
        clock.set(NOW.plus(Duration.ofDays(1)));
        assertThat(verify(old)).isInstanceOf(Genuine.class);

        clock.set(NOW);
        pass(IssuerKeys.FRESH);
        keys = CompletableFuture.completedFuture(new JWKSet(List.<JWK>of(next)).toPublicJWKSet());

        assertThat(verify(rotated)).isInstanceOf(Genuine.class);
        assertThat(verify(old)).as("a key that may be new").isInstanceOf(Undecided.class);
        pass(IssuerKeys.PAUSE);
        assertThat(verify(old)).isInstanceOf(Invalid.class);
    }

    @Test
    void cannotTellWhileTheIssuerCannotBeReached() {
        keys = CompletableFuture.failedFuture(new IOException("issuer.example.com does not answer"));

        assertThat(verify(signed(claims()))).isInstanceOfSatisfying(Undecided.class, undecided -> {
            assertThat(undecided.reason()).contains("issuer.example.com does not answer");
            assertThat(undecided.message()).contains("call back again later").doesNotContain("example.com");
        });
        // What needs no key is refused all the same, and nobody is asked.
        assertThat(verify(signed(claims().issuer("https://evil.example.com")))).isInstanceOf(Invalid.class);
    }
}
