package io.jenkins.plugins.armory.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The names of the files in secrets/ stay as they are, whatever the classes are called. */
class KeyFilesTest {

    @Test
    void keyOfTheTokensOfApprovals() {
        assertThat(ArmoryRuntime.KEY.getId()).isEqualTo("io.jenkins.plugins.armory.ArmoryApprovals.callback");
    }

    @Test
    void keysOfIssuedTokens() {
        assertThat(new SigningKeyStore().getId()).isEqualTo("io.jenkins.plugins.armory.SigningKeyStore.keys");
    }
}
