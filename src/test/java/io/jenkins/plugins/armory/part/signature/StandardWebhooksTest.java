package io.jenkins.plugins.armory.part.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
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

    @Test
    void signsThePublishedVector() {
        assertThat(StandardWebhooks.sign(SigningSecrets.of(SECRET), ID, AT, BODY))
                .isEqualTo(SIGNATURE);
    }

    @Test
    void signsWithBothSecretsWhileOneIsRotated() {
        String other = "whsec_" + "A".repeat(32);

        String signatures = StandardWebhooks.sign(SigningSecrets.of(other + " " + SECRET), ID, AT, BODY);

        assertThat(signatures.split(" "))
                .containsExactly(StandardWebhooks.sign(SigningSecrets.of(other), ID, AT, BODY), SIGNATURE);
    }

    @Test
    void countsTheTimeInSeconds() {
        assertThat(StandardWebhooks.sign(SigningSecrets.of(SECRET), ID, AT.plusMillis(999), BODY))
                .isEqualTo(SIGNATURE);
    }

    @Test
    void splitsNothingButSecretsOfStandardWebhooks() {
        assertThat(SigningSecrets.split("whsec_a")).containsExactly("whsec_a");
        assertThat(SigningSecrets.split(" whsec_a \n whsec_b\t")).containsExactly("whsec_a", "whsec_b");
        for (String one : List.of("correct horse", "whsec_a horse", "horse whsec_a", "", " ", "WHSEC_a whsec_b")) {
            assertThat(SigningSecrets.split(one)).containsExactly(one);
        }
    }

    /** Each costs a MAC with each request, and has room of its own among the messages that were used. */
    @Test
    void hasNoMoreSecretsThanARotationNeeds() {
        String four = (SECRET + " ").repeat(4);

        assertThat(SigningSecrets.of(four).keys()).hasSize(4);
        assertThatThrownBy(() -> SigningSecrets.split(four + SECRET))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("has 5 secrets, and 4 are the most; keep the new one and the old one");
        assertThat(SigningSecrets.split(four + "and a word")).hasSize(1);
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

        assertThat(StandardWebhooks.sign(SigningSecrets.of(padded.replace("=", "")), ID, AT, BODY))
                .isEqualTo(StandardWebhooks.sign(SigningSecrets.of(padded), ID, AT, BODY));
    }
}
