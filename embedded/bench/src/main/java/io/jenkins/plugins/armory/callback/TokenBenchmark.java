package io.jenkins.plugins.armory.callback;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.jenkins.plugins.armory.callback.oauth.CallbackClient;
import io.jenkins.plugins.armory.callback.oauth.IssuedTokens;
import io.jenkins.plugins.armory.callback.oidc.OutsideIssuer;
import io.jenkins.plugins.armory.callback.oidc.OutsideIssuers;
import io.jenkins.plugins.armory.callback.oidc.RequiredClaims;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import io.jenkins.plugins.armory.callback.token.TokenVerifier;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.callback.token.VerifiedTokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the verification of each kind of token. For a Secret text, the credential is not looked up. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class TokenBenchmark {

    private static final String ISSUER = "https://issuer.example.com";
    private static final String AUDIENCE = "https://jenkins.example.com/";
    private static final String SECRET = "correct-horse-battery-staple-42";

    private final CallbackClient client =
            new CallbackClient("ci-client", "client-1", () -> SECRET, JobPatterns.parse("team/**"), true);
    private final CallbackTokens tokens = new CallbackTokens(TokenBenchmark::mac);
    private final TokenVerifier own = TokenVerifier.ofApprovals(tokens);
    private final String ownToken = tokens.tokenFor(tokens.newId());
    private IssuedTokens issued;
    private String issuedToken;
    private OutsideIssuers outside;
    private String rs256;
    private String es256;

    static byte[] mac(byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec("a key that only Jenkins has".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException x) {
            throw new AssertionError(x);
        }
    }

    /** Returns the issuer and verifier of one client's tokens. */
    static IssuedTokens issuedTokens(CallbackClient client) {
        return new IssuedTokens(
                () -> List.of(client), () -> AUDIENCE + "armory/", TokenBenchmark::mac, Clock.systemUTC());
    }

    @Setup
    public void issue() throws IOException, JOSEException {
        issued = issuedTokens(client);
        issuedToken = issued.issue(client);

        RSAKey rsa = new RSAKeyGenerator(2048).keyID("rsa").generate();
        ECKey ec = new ECKeyGenerator(Curve.P_256).keyID("ec").generate();
        var published = new JWKSet(List.<JWK>of(rsa, ec)).toPublicJWKSet();
        var issuer = new OutsideIssuer(
                ISSUER,
                AUDIENCE,
                RequiredClaims.parse(List.of("repository=octo-org/octo-repo")),
                JobPatterns.parse("team/**"));
        outside = new OutsideIssuers(
                () -> List.of(issuer),
                address -> CompletableFuture.completedFuture(published),
                new VerifiedTokens(),
                Clock.systemUTC(),
                Clock.systemUTC(),
                Duration.ofSeconds(10));
        rs256 = sign(JWSAlgorithm.RS256, "rsa", new RSASSASigner(rsa));
        es256 = sign(JWSAlgorithm.ES256, "ec", new ECDSASigner(ec));
        for (Verification each : List.of(ownToken(), issuedToken(), outsideRs256(), outsideEs256())) {
            if (!(each instanceof Verification.Genuine)) {
                throw new IllegalStateException("the measured tokens must be genuine: " + each);
            }
        }
    }

    private static String sign(JWSAlgorithm algorithm, String keyId, JWSSigner signer) throws JOSEException {
        Instant now = Instant.now();
        var jwt = new SignedJWT(
                new JWSHeader.Builder(algorithm).keyID(keyId).build(),
                new JWTClaimsSet.Builder()
                        .issuer(ISSUER)
                        .audience(AUDIENCE)
                        .subject("repo:octo-org/octo-repo:ref:refs/heads/main")
                        .claim("repository", "octo-org/octo-repo")
                        .issueTime(Date.from(now))
                        .expirationTime(Date.from(now.plus(Duration.ofDays(1))))
                        .build());
        jwt.sign(signer);
        return jwt.serialize();
    }

    @Benchmark
    public Verification ownToken() {
        return own.verify(ownToken, Optional.empty());
    }

    @Benchmark
    public Verification issuedToken() {
        return issued.verify(issuedToken, Optional.empty());
    }

    @Benchmark
    public Verification outsideRs256() {
        return outside.verify(rs256, Optional.empty());
    }

    @Benchmark
    public Verification outsideEs256() {
        return outside.verify(es256, Optional.empty());
    }

    @Benchmark
    public boolean secretText() {
        return CallbackTokens.same(SECRET, client.password().get());
    }
}
