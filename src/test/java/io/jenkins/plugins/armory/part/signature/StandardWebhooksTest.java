package io.jenkins.plugins.armory.part.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandardWebhooksTest {

    /** The vector that the libraries of Standard Webhooks 1.0.0 share ("sign function works"). */
    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    static final String ID = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    static final Instant AT = Instant.ofEpochSecond(1_614_265_330);
    static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);
    static final String SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    private static String sign(String secrets, Instant at) {
        return StandardWebhooks.signing(SigningSecrets.of(secrets))
                .headers(ID, at, BODY)
                .get(StandardWebhooks.SIGNATURE);
    }

    @Test
    void signsThePublishedVector() {
        assertThat(sign(SECRET, AT)).isEqualTo(SIGNATURE);
    }

    @Test
    void signsWithBothSecretsWhileOneIsRotated() {
        String other = "whsec_" + "A".repeat(32);

        String signatures = sign(other + " " + SECRET, AT);

        assertThat(signatures.split(" ")).containsExactly(sign(other, AT), SIGNATURE);
    }

    @Test
    void countsTheTimeInSeconds() {
        assertThat(sign(SECRET, AT.plusMillis(999))).isEqualTo(SIGNATURE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw | does not begin with whsec_",
                "'' | does not begin with whsec_",
                "whsec_MfKQ9r8GKYqrTwj*PD8ILPZIo2LaLaSw | is not base64 behind whsec_",
                "whsec_ | has a key of 0 bytes, and 24 are the least",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ | has a key of 23 bytes",
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw whsec_AAAA | has a key of 3 bytes",
            })
    void saysWhatIsWrongWithASecretAndShowsNoneOfIt(String text, String problem) {
        assertThatThrownBy(() -> SigningSecrets.of(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(problem)
                .hasMessageContaining("openssl rand -base64 32")
                .hasMessageNotContaining("MfKQ");
    }

    @Test
    void takesBase64WithoutPadding() {
        String padded = "whsec_" + "QUFB".repeat(8) + "QQ==";

        assertThat(sign(padded.replace("=", ""), AT)).isEqualTo(sign(padded, AT));
    }
}
