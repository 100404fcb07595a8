package io.jenkins.plugins.armory.callback.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import org.junit.jupiter.api.Test;

class VerifiedTokensTest {

    private static final ECKey KEY = newKey();
    private static final ECKey OTHER_KEY = newKey();

    private final VerifiedTokens tokens = new VerifiedTokens();
    private int verifications;

    private static ECKey newKey() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID("k").generate(); // the id says nothing about the key
        } catch (JOSEException x) {
            throw new AssertionError(x);
        }
    }

    private static String token(ECKey key, String subject) throws JOSEException {
        var jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k").build(),
                new JWTClaimsSet.Builder().subject(subject).build());
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }

    private boolean verify(String token, ECKey key) {
        return tokens.read(token).orElseThrow().isSignedWith(key, () -> {
            verifications++;
            return new ECDSAVerifier(key.toPublicJWK());
        });
    }

    @Test
    void doesTheArithmeticOnceForAGoodSignature() throws Exception {
        String token = token(KEY, "client-1");

        assertThat(verify(token, KEY)).isTrue();
        assertThat(verify(token, KEY.toPublicJWK())).isTrue();

        assertThat(verifications).isEqualTo(1);
    }

    @Test
    void remembersNothingOfABadSignature() throws Exception {
        String token = token(OTHER_KEY, "client-1");

        assertThat(verify(token, KEY)).isFalse();
        assertThat(verify(token, KEY)).isFalse();

        assertThat(verifications).isEqualTo(2);
        assertThat(tokens.count()).isZero();
    }

    @Test
    void knowsATokenForTheKeyAloneThatItWasVerifiedWith() throws Exception {
        String token = token(KEY, "client-1");
        verify(token, KEY);

        assertThat(verify(token, OTHER_KEY)).isFalse();
    }

    @Test
    void takesNoPartOfATokenForTheWhole() throws Exception {
        String[] parts = token(KEY, "client-1").split("\\.");
        String[] others = token(KEY, "client-2").split("\\.");
        verify(String.join(".", parts), KEY);
        verify(String.join(".", others), KEY);

        assertThat(verify(parts[0] + '.' + others[1] + '.' + parts[2], KEY)).isFalse();
        assertThat(verify(parts[0] + '.' + parts[1] + '.' + others[2], KEY)).isFalse();
    }

    @Test
    void forgetsWhatHasNotComeForLongest() throws Exception {
        String first = token(KEY, "first");
        String second = token(KEY, "second");
        verify(first, KEY);
        verify(second, KEY);
        for (int i = 2; i < VerifiedTokens.MAX; i++) {
            verify(token(KEY, "client-" + i), KEY);
        }
        verify(first, KEY);
        assertThat(verifications).isEqualTo(VerifiedTokens.MAX);

        verify(token(KEY, "one more"), KEY);

        assertThat(tokens.count()).isEqualTo(VerifiedTokens.MAX);
        verify(first, KEY);
        assertThat(verifications).isEqualTo(VerifiedTokens.MAX + 1);
        verify(second, KEY);
        assertThat(verifications).isEqualTo(VerifiedTokens.MAX + 2);
    }

    @Test
    void aKeyThatCannotVerifyHasNotSigned() throws Exception {
        String token = token(KEY, "client-1");

        assertThat(tokens.read(token).orElseThrow().isSignedWith(KEY, () -> {
                    throw new JOSEException("too short");
                }))
                .isFalse();
        assertThat(tokens.count()).isZero();
    }

    @Test
    void readsWhatATokenSays() throws Exception {
        String token = token(KEY, "client-1");
        VerifiedTokens.Received first = tokens.read(token).orElseThrow();
        verify(token, KEY);

        VerifiedTokens.Received second = tokens.read(token).orElseThrow();

        assertThat(first.claims().getSubject()).isEqualTo("client-1");
        assertThat(second.claims()).isEqualTo(first.claims()).isNotSameAs(first.claims());
        assertThat(tokens.read(token).orElseThrow().claims()).as("remembered").isSameAs(second.claims());
        assertThat(second.header().toJSONObject()).isEqualTo(first.header().toJSONObject());
    }

    @Test
    void readsNothingThatIsNoJwt() {
        for (String each : new String[] {"", "secret", "a.b.c", "..", "e30.e30.", "\u0000.\u0000.\u0000"}) {
            assertThat(tokens.read(each)).as(each).isEmpty();
        }
    }

    @Test
    void readsOneThatIsNotSigned() throws Exception {
        String token =
                new PlainJWT(new JWTClaimsSet.Builder().subject("anybody").build()).serialize();

        VerifiedTokens.Received jwt = tokens.read(token).orElseThrow();

        assertThat(jwt.header()).isNotInstanceOf(JWSHeader.class);
        assertThat(jwt.claims().getSubject()).isEqualTo("anybody");
        assertThat(verify(token, KEY)).isFalse();
        assertThat(tokens.count()).isZero();
    }
}
