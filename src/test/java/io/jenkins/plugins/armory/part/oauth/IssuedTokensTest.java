package io.jenkins.plugins.armory.part.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.callback.token.Verification.Genuine;
import io.jenkins.plugins.armory.callback.token.Verification.Invalid;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the tokens of clients. */
class IssuedTokensTest {

    private static final Instant START = Instant.parse("2026-01-31T10:00:00Z");
    private static final String ISSUER = "https://jenkins.example.com/armory/";
    private static final byte[] KEY = "the key that only Jenkins has...".getBytes(StandardCharsets.UTF_8);
    private static final Duration DAY = Duration.ofDays(1);

    private final MutableClock clock = new MutableClock(START);
    private final List<OAuthClient> clients = new ArrayList<>();
    private String issuer = ISSUER;
    private final IssuedTokens tokens =
            new IssuedTokens(() -> List.copyOf(clients), () -> issuer, IssuedTokensTest::mac, clock);
    private final OAuthClient client = client("client-1", "secret", "team/**, other");

    static byte[] mac(byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException x) {
            throw new AssertionError(x);
        }
    }

    private OAuthClient client(String id, String secret, String jobs) {
        var added = new OAuthClient("credential-of-" + id, id, () -> secret, JobPatterns.parse(jobs), true);
        clients.removeIf(each -> each.id().equals(id));
        clients.add(added);
        return added;
    }

    private String verify(String token) {
        Verification verification = tokens.verify(token, Optional.empty());
        if (verification instanceof Invalid invalid) {
            return invalid.reason();
        }
        return verification instanceof Genuine genuine
                ? genuine.caller().name()
                : verification.getClass().getSimpleName();
    }

    private static Approval approval(String job, String... allowedCallers) {
        return TestApproval.of("a1", new BuildRef(job, 1))
                .webhook("tests")
                .callers(null, List.of(allowedCallers))
                .timeout(START, Duration.ofDays(7))
                .start();
    }

    private Optional<String> obstacle(String token, Approval approval) {
        return ((Genuine) tokens.verify(token, Optional.of(approval)))
                .caller()
                .obstacle()
                .apply(approval);
    }

    @Test
    void aTokenSaysWhoseItIsAndForHowLong() throws Exception {
        SignedJWT jwt = SignedJWT.parse(tokens.issue(client));

        assertThat(jwt.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.HS256);
        assertThat(jwt.getHeader().getType()).isEqualTo(new JOSEObjectType("at+jwt"));
        assertThat(jwt.verify(new MACVerifier(KEY))).isTrue();
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo(ISSUER);
        assertThat(claims.getSubject()).isEqualTo("client-1");
        assertThat(claims.getIssueTime().toInstant()).isEqualTo(START);
        assertThat(claims.getExpirationTime().toInstant()).isEqualTo(START.plus(DAY));
        assertThat(claims.toString()).doesNotContain("secret\"", ":\"secret");
    }

    @Test
    void aTokenDecidesForItsJobsUntilItExpires() {
        String token = tokens.issue(client);

        assertThat(verify(token)).isEqualTo("client client-1");
        assertThat(obstacle(token, approval("team/deploy"))).isEmpty();
        assertThat(obstacle(token, approval("other"))).isEmpty();
        clock.set(START.plus(DAY).minusSeconds(1));
        assertThat(verify(token)).isEqualTo("client client-1");
        clock.set(START.plus(DAY));
        assertThat(verify(token)).isEqualTo("expired 0 s ago");
    }

    /** Else it would be valid for as long as the clock was ahead. */
    @Test
    void aTokenFromTheFutureIsNotValidOnceTheClockIsSetBack() {
        String token = tokens.issue(client);
        clock.set(START.minusSeconds(1));

        assertThat(verify(token)).startsWith("issued in the future");
    }

    @Test
    void aTokenSaysWhatItLacks() {
        assertThat(obstacle(tokens.issue(client), approval("prod")))
                .hasValueSatisfying(
                        obstacle -> assertThat(obstacle).contains("client client-1 may not decide for the job"));
    }

    @ParameterizedTest
    @CsvSource({
        "client-1,                      true",
        "credentials:credential-of-client-1, true",
        "client-2,                      false",
        "client-,                       false",
        "https://jenkins.example.com/armory/, false",
        "*,                             false",
    })
    void aStepMayNameWhoDecides(String entry, boolean allowed) {
        assertThat(obstacle(tokens.issue(client), approval("other", "nobody", entry))
                        .isEmpty())
                .isEqualTo(allowed);
    }

    @Test
    void aClientThatTwoRulesRefuseIsToldBothAtOnce() {
        assertThat(obstacle(tokens.issue(client), approval("prod", "client-2")))
                .contains("The token is valid, but client client-1 may not decide for the job of this approval: an"
                        + " administrator has to add it to the client's jobs; and the step of this approval does not let"
                        + " client client-1 decide: see its allowedCallers and callbackCredentialsId.");
    }

    @Test
    void aTokenIsWorthNoMoreThanItsClientIsNow() {
        String token = tokens.issue(client);

        client("client-1", "secret", "other");
        assertThat(obstacle(token, approval("team/deploy"))).isPresent();
        client("client-1", "secret", "prod");
        assertThat(obstacle(token, approval("prod"))).isEmpty();
        client("client-1", "changed", "team/**");
        assertThat(verify(token)).isEqualTo("the secret of client client-1 was changed after the token was issued");
        clients.clear();
        assertThat(verify(token)).isEqualTo("client client-1 is not listed any more");
    }

    @Test
    void aCopyOfJenkinsAtAnotherAddressTakesNoneOfItsTokens() {
        String token = tokens.issue(client);
        issuer = "https://copy.example.com/armory/";

        assertThat(verify(token)).startsWith("it is of Jenkins at another address");
    }

    /** Of these, nothing but the beginning is looked at. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"alg\":\"none\"}",
                "{\"alg\":\"HS256\"}",
                "{\"typ\":\"at+jwt\",\"alg\":\"HS256\"}",
                "{\"alg\":\"ES256\",\"kid\":\"x\"}"
            })
    void aTokenWithAnotherHeaderIsOfAnotherKind(String header) {
        String[] parts = tokens.issue(client).split("\\.");

        assertThat(verify(Base64URL.encode(header) + "." + parts[1] + "." + parts[2]))
                .isEqualTo("Unknown");
    }

    /** The signature comes first: what it is not over may be anything. */
    @ParameterizedTest
    @ValueSource(strings = {"", "a", "!!!", "e30", "eyJpc3MiOg", "a.b"})
    void claimsThatJenkinsDidNotSignAreNotParsed(String claims) {
        String[] parts = tokens.issue(client).split("\\.");

        assertThat(verify(parts[0] + "." + claims + "." + parts[2])).startsWith("bad signature");
    }

    @Test
    void everyChangeOfATokenIsSeen() {
        String token = tokens.issue(client);
        for (int i = 0; i < token.length(); i++) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            String changed = token.substring(0, i) + other + token.substring(i + 1);
            // The last character of base64 may have bits that mean nothing.
            if (i < token.length() - 1) {
                assertThat(tokens.verify(changed, Optional.empty()))
                        .as("at %d", i)
                        .isNotInstanceOf(Genuine.class);
            }
            assertThat(tokens.verify(token.substring(0, i), Optional.empty())).isNotInstanceOf(Genuine.class);
        }
    }
}
