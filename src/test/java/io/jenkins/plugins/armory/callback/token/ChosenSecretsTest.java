package io.jenkins.plugins.armory.callback.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ChosenSecretsTest {

    @Test
    void splitsNothingButSecretsOfStandardWebhooks() {
        assertThat(ChosenSecrets.split("whsec_a")).containsExactly("whsec_a");
        assertThat(ChosenSecrets.split(" whsec_a \n whsec_b\t")).containsExactly("whsec_a", "whsec_b");
        for (String one : List.of("correct horse", "whsec_a horse", "horse whsec_a", "", " ", "WHSEC_a whsec_b")) {
            assertThat(ChosenSecrets.split(one)).containsExactly(one);
        }
    }

    /** Each costs a MAC with each request, and has room of its own among the messages that were used. */
    @Test
    void hasNoMoreSecretsThanARotationNeeds() {
        String four = "whsec_a ".repeat(4);

        assertThat(ChosenSecrets.split(four)).hasSize(4);
        assertThatThrownBy(() -> ChosenSecrets.split(four + "whsec_a"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("has 5 secrets, and 4 are the most; keep the new one and the old one");
        assertThat(ChosenSecrets.split(four + "and a word")).hasSize(1);
    }
}
