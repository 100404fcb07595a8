package io.jenkins.plugins.armory.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tests that the names of the files in secrets/ stay as they are, whatever the names of the classes. */
class KeyFilesTest {

    @Test
    void keyOfIdsAndTokens() {
        assertThat(ArmoryRuntime.KEY.getId()).isEqualTo("io.jenkins.plugins.armory.ArmoryApprovals.callback");
    }
}
