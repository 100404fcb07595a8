package io.jenkins.plugins.armory.part.oauth;

import static io.jenkins.plugins.armory.config.SavedDefinitionsTest.read;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Clients in a configuration that people or scripts wrote. */
class SavedClientTest {

    @Test
    void hasDefaults() {
        assertThat(read(ClientDefinition.class, "<credentialsId>ci</credentialsId>")
                        .getJobs())
                .isEmpty();
    }
}
