package io.jenkins.plugins.armory.callback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import org.junit.jupiter.api.Test;

class VerifiedSignaturesTest {

    private static final ECKey KEY = newKey();
    private static final ECKey OTHER_KEY = newKey();

    private final VerifiedSignatures signatures = new VerifiedSignatures();
    private int verifications;

    private static ECKey newKey() {
        try {
            return new ECKeyGenerator(Curve.P_256).keyID("k").generate(); // the id says nothing about the key
        } catch (JOSEException x) {
            throw new AssertionError(x);
        }
    }

    private static String token(ECKey key, String subject) throws JOSEException {
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k").build(),
                new JWTClaimsSet.Builder().subject(subject).build());
        jwt.sign(new ECDSASigner(key));
        return jwt.serialize();
    }

    private boolean verify(String token, ECKey key) throws JOSEException, ParseException {
        return signatures.verify(SignedJWT.parse(token), key, () -> {
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
        assertThat(signatures.count()).isZero();
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
        for (int i = 2; i < VerifiedSignatures.MAX; i++) {
            verify(token(KEY, "client-" + i), KEY);
        }
        verify(first, KEY);
        assertThat(verifications).isEqualTo(VerifiedSignatures.MAX);

        verify(token(KEY, "one more"), KEY);

        assertThat(signatures.count()).isEqualTo(VerifiedSignatures.MAX);
        verify(first, KEY);
        assertThat(verifications).isEqualTo(VerifiedSignatures.MAX + 1);
        verify(second, KEY);
        assertThat(verifications).isEqualTo(VerifiedSignatures.MAX + 2);
    }

    @Test
    void saysWhenAKeyIsNoneToVerifyWith() throws Exception {
        String token = token(KEY, "client-1");

        assertThatExceptionOfType(JOSEException.class)
                .isThrownBy(() -> signatures.verify(SignedJWT.parse(token), KEY, () -> {
                    throw new JOSEException("too short");
                }));
    }
}
