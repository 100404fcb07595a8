package io.jenkins.plugins.armory.callback.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.MutableClock;
import io.jenkins.plugins.armory.callback.token.Caller;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import io.jenkins.plugins.armory.callback.token.JwtClaims;
import io.jenkins.plugins.armory.callback.token.Scopes;
import io.jenkins.plugins.armory.callback.token.Verification;
import io.jenkins.plugins.armory.callback.token.Verification.Genuine;
import io.jenkins.plugins.armory.callback.token.Verification.Invalid;
import io.jenkins.plugins.armory.callback.token.Verification.Unknown;
import io.jenkins.plugins.armory.callback.token.VerifiedTokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the tokens of clients, and the keys that sign them. */
class IssuedTokensTest {

    private static final Instant START = Instant.parse("2026-01-31T10:00:00Z");
    private static final String ISSUER = "https://jenkins.example.com/armory/";
    private static final Duration DAY = Duration.ofDays(1);

    /** A store in memory that can be made to fail. */
    private static final class Memory implements SigningKeys.Store {
        private byte[] stored;
        private int writes;
        private boolean broken;

        @Override
        public byte[] load() {
            return stored;
        }

        @Override
        public void store(byte[] keys) throws IOException {
            if (broken) {
                throw new IOException("disk full");
            }
            stored = keys.clone();
            writes++;
        }
    }

    private final MutableClock clock = new MutableClock(START);
    private final Memory memory = new Memory();
    private final List<CallbackClient> clients = new ArrayList<>();
    private String issuer = ISSUER;
    private IssuedTokens tokens = newTokens();
    private final CallbackClient client = client("client-1", "secret", "team/**, other");

    /** Returns the tokens as they are after a restart. */
    private IssuedTokens newTokens() {
        return new IssuedTokens(
                new SigningKeys(memory),
                () -> List.copyOf(clients),
                () -> issuer,
                IssuedTokensTest::mac,
                new VerifiedTokens(),
                clock);
    }

    static byte[] mac(byte[] message) {
        return UUID.nameUUIDFromBytes(message).toString().getBytes(StandardCharsets.UTF_8);
    }

    private CallbackClient client(String id, String secret, String jobs) {
        var added = new CallbackClient("credential-of-" + id, id, () -> secret, JobPatterns.parse(jobs), true);
        clients.removeIf(each -> each.id().equals(id));
        clients.add(added);
        return added;
    }

    private String issue(Duration lifetime) throws IOException {
        return tokens.issue(client, Scopes.ofAll(client.jobs()), lifetime);
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
        return ApprovalTerms.of("a1", new BuildRef(job, 1))
                .webhook("tests")
                .callers(null, List.of(allowedCallers))
                .timeout(START, Duration.ofDays(7))
                .start();
    }

    private Optional<Caller.Obstacle> obstacle(String token, Approval approval) {
        return ((Genuine) tokens.verify(token, Optional.of(approval)))
                .caller()
                .obstacle()
                .apply(approval);
    }

    @Test
    void aTokenSaysWhoseItIsAndForHowLong() throws Exception {
        SignedJWT jwt = SignedJWT.parse(issue(DAY));

        assertThat(jwt.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.ES256);
        assertThat(jwt.getHeader().getType()).isEqualTo(new JOSEObjectType("at+jwt"));
        assertThat(jwt.getHeader().getKeyID()).isNotBlank();
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        assertThat(claims.getIssuer()).isEqualTo(ISSUER);
        assertThat(claims.getAudience()).containsExactly(ISSUER);
        assertThat(claims.getSubject()).isEqualTo("client-1");
        assertThat(claims.getStringClaim("client_id")).isEqualTo("client-1");
        assertThat(claims.getStringClaim("scope")).isEqualTo("decide:team/** decide:other");
        assertThat(claims.getIssueTime().toInstant()).isEqualTo(START);
        assertThat(claims.getExpirationTime().toInstant()).isEqualTo(START.plus(DAY));
        assertThat(claims.getJWTID())
                .isNotBlank()
                .isNotEqualTo(SignedJWT.parse(issue(DAY)).getJWTClaimsSet().getJWTID());
        assertThat(claims.toString()).doesNotContain("secret\"", ":\"secret");
    }

    @Test
    void aTokenDecidesForItsJobsUntilItExpiresALeewayIncluded() throws IOException {
        String token = issue(DAY);

        assertThat(verify(token)).isEqualTo("client client-1");
        assertThat(obstacle(token, approval("team/deploy"))).isEmpty();
        assertThat(obstacle(token, approval("other"))).isEmpty();
        clock.set(START.plus(DAY).plusSeconds(59));
        assertThat(verify(token)).isEqualTo("client client-1");
        clock.set(START.plus(DAY).plusSeconds(60));
        assertThat(verify(token)).isEqualTo("expired 60 s ago");
        clock.set(START.plus(DAY).plusSeconds(180));
        assertThat(verify(token)).isEqualTo("expired 3 min ago");
        clock.set(START.minusSeconds(90));
        assertThat(verify(token)).isEqualTo("issued 90 s from now (iat)");
    }

    @Test
    void aTokenSaysWhatItLacks() throws IOException {
        assertThat(obstacle(issue(DAY), approval("prod/a \"job\""))).hasValueSatisfying(obstacle -> {
            assertThat(obstacle.message()).contains("client client-1 may not decide for the job");
            assertThat(obstacle.scope()).isEqualTo("decide:prod/a%20%22job%22");
        });
        assertThat(obstacle(tokens.issue(client, "decide:other", DAY), approval("team/deploy")))
                .hasValueSatisfying(obstacle -> {
                    assertThat(obstacle.message())
                            .contains("its scope leaves out the job of this approval: fetch another");
                    assertThat(obstacle.scope()).isEqualTo("decide:team/deploy");
                });
    }

    @Test
    void furtherJobsOfAClientNeedAnotherToken() throws IOException {
        String token = issue(DAY);
        CallbackClient more = client("client-1", "secret", "team/**, other, prod");

        assertThat(obstacle(token, approval("prod")))
                .hasValueSatisfying(obstacle -> assertThat(obstacle.message()).contains("fetch another"));
        assertThat(obstacle(tokens.issue(more, Scopes.ofAll(more.jobs()), DAY), approval("prod")))
                .isEmpty();
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
    void aStepMayNameWhoDecides(String entry, boolean allowed) throws IOException {
        String token = issue(DAY);

        assertThat(obstacle(token, approval("other", "nobody", entry)).isEmpty())
                .isEqualTo(allowed);
        assertThat(obstacle(token, approval("other", "nobody")).map(Caller.Obstacle::scope))
                .contains("approval:a1");
    }

    @Test
    void aClientThatTwoRulesRefuseIsToldBothAtOnce() throws IOException {
        assertThat(obstacle(issue(DAY), approval("prod", "client-2"))).hasValueSatisfying(obstacle -> {
            assertThat(obstacle.message())
                    .isEqualTo("The token is valid, but client client-1 may not decide for the job of this approval: an"
                            + " administrator has to add it to the client's jobs; and the step of this approval does not let"
                            + " client client-1 decide: see its allowedCallers and callbackCredentialsId.");
            assertThat(obstacle.scope()).isEqualTo("decide:prod");
        });
    }

    @Test
    void aTokenIsWorthNoMoreThanItsClientIsNow() throws IOException {
        String token = issue(DAY);

        client("client-1", "secret", "other");
        assertThat(obstacle(token, approval("team/deploy"))).isPresent();
        client("client-1", "changed", "team/**");
        assertThat(verify(token)).isEqualTo("the secret of client client-1 was changed after the token was issued");
        clients.clear();
        assertThat(verify(token)).isEqualTo("client client-1 is not listed any more");
    }

    @Test
    void aCopyOfJenkinsAtAnotherAddressTakesNoneOfItsTokens() throws IOException {
        String token = issue(DAY);
        issuer = "https://copy.example.com/armory/";

        assertThat(newTokens().verify(token, Optional.empty())).isInstanceOf(Unknown.class);
    }

    @Test
    void keysSurviveARestart() throws IOException {
        String token = issue(DAY);

        tokens = newTokens();

        assertThat(verify(token)).isEqualTo("client client-1");
        assertThat(memory.writes).isEqualTo(1);
    }

    private JsonNode published() throws IOException {
        return new SigningKeys(memory).published(clock.instant()).body();
    }

    @Test
    void keysRotateAndStayUntilTheirLastTokenHasExpired() throws Exception {
        assertThat(published().toString()).isEqualTo("{\"keys\":[]}");
        String first = issue(DAY);
        clock.set(START.plus(SigningKeys.ROTATION).minusSeconds(1));
        String last = issue(DAY);
        assertThat(published().get("keys")).hasSize(1);

        clock.set(START.plus(SigningKeys.ROTATION));
        String next = issue(DAY);
        assertThat(SignedJWT.parse(last).getHeader().getKeyID())
                .isEqualTo(SignedJWT.parse(first).getHeader().getKeyID());
        assertThat(SignedJWT.parse(next).getHeader().getKeyID())
                .isNotEqualTo(SignedJWT.parse(last).getHeader().getKeyID());
        assertThat(published().get("keys")).hasSize(2);
        assertThat(verify(last)).isEqualTo("client client-1");
        assertThat(verify(next)).isEqualTo("client client-1");

        clock.set(START.plus(SigningKeys.ROTATION).plus(DAY).minusSeconds(1));
        assertThat(verify(last)).isEqualTo("client client-1");
        clock.set(START.plus(SigningKeys.ROTATION).plus(DAY).plus(JwtClaims.LEEWAY));
        assertThat(published().get("keys")).hasSize(1);
        assertThat(verify(last)).startsWith("no key of Jenkins has the id ");

        clock.set(START.plus(SigningKeys.ROTATION.multipliedBy(2)));
        issue(DAY);
        assertThat(new String(memory.stored, StandardCharsets.UTF_8))
                .doesNotContain(SignedJWT.parse(first).getHeader().getKeyID());
    }

    @Test
    void aKeyStaysLongerOnceTokensLiveLonger() throws IOException {
        issue(DAY);
        String token = issue(DAY.multipliedBy(10));
        issue(DAY.multipliedBy(10));
        assertThat(memory.writes).isEqualTo(2);

        clock.set(START.plus(SigningKeys.ROTATION).minusSeconds(1));
        String last = issue(DAY.multipliedBy(10));
        clock.set(START.plus(SigningKeys.ROTATION).plus(DAY.multipliedBy(10)).minusSeconds(2));
        assertThat(verify(last)).isEqualTo("client client-1");
        assertThat(verify(token)).startsWith("expired ");
        assertThat(memory.writes).isEqualTo(2);
    }

    private static String keyId(String token) throws ParseException {
        return SignedJWT.parse(token).getHeader().getKeyID();
    }

    /** Else the key would sign for as long as the clock was ahead. */
    @Test
    void aKeyFromTheFutureSignsNoMoreOnceTheClockIsSetBack() throws Exception {
        clock.set(START.plus(Duration.ofDays(3650)));
        String keyOfTheFuture = keyId(issue(DAY));
        clock.set(START);

        String token = issue(DAY);

        assertThat(keyId(token)).isNotEqualTo(keyOfTheFuture);
        assertThat(verify(token)).isEqualTo("client client-1");
        assertThat(keyId(issue(DAY))).as("the new one stays").isEqualTo(keyId(token));
    }

    @Test
    void showsNothingSecretOfItsKeys() throws Exception {
        issue(DAY);

        JsonNode key = published().get("keys").get(0);
        assertThat(key.fieldNames())
                .toIterable()
                .contains("kty", "crv", "x", "y", "kid", "use", "alg")
                .doesNotContain("d");
        assertThat(JWKSet.parse(published().toString()).getKeys().get(0).isPrivate())
                .isFalse();
    }

    @Test
    void issuesNothingThatItCouldNotKeepTheKeyOf() throws IOException {
        memory.broken = true;
        assertThatThrownBy(() -> issue(DAY)).isInstanceOf(IOException.class).hasMessage("disk full");
        memory.broken = false;

        assertThat(verify(issue(DAY))).isEqualTo("client client-1");
    }

    @Test
    void saysSoWhenItsKeysCannotBeRead() {
        memory.stored = "not JSON".getBytes(StandardCharsets.UTF_8);

        assertThatThrownBy(() -> issue(DAY)).isInstanceOf(IOException.class).hasMessageContaining("cannot be read");
    }

    @Test
    void refusesWhatTheKeySignedForAnotherPurpose() throws Exception {
        issue(DAY);
        ECKey key = JWKSet.parse(new String(memory.stored, StandardCharsets.UTF_8))
                .getKeys()
                .get(0)
                .toECKey();
        JWTClaimsSet claims =
                new JWTClaimsSet.Builder().issuer(ISSUER).audience(ISSUER).build();
        var jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(), claims);
        jwt.sign(new ECDSASigner(key));

        assertThat(verify(jwt.serialize())).isEqualTo("it is no access token (typ)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"alg\":\"none\"}                | it is not signed (alg none)",
                "{\"alg\":\"ES256\",\"kid\":\"x\"} | no key of Jenkins has the id x",
                "{\"alg\":\"ES256\"}               | no key of Jenkins has the id none",
                "{\"alg\":\"HS256\"}               | signed with HS256 instead of ES256"
            })
    void aTokenWithAnotherHeaderIsNone(String header, String reason) throws IOException {
        String[] parts = issue(DAY).split("\\.");
        String signature = header.contains("none") ? "" : parts[2];

        assertThat(verify(Base64URL.encode(header) + "." + parts[1] + "." + signature))
                .startsWith(reason);
    }

    @Test
    void everyChangeOfATokenIsSeen() throws IOException {
        String token = issue(DAY);
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
