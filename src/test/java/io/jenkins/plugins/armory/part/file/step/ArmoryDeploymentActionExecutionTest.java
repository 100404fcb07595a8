package io.jenkins.plugins.armory.part.file.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a body that returns something hands to later webhooks. */
class ArmoryDeploymentActionExecutionTest {

    /**
     * The last step of a body may return any map, of which nobody thinks. Its keys must not make the next webhook fail.
     */
    @Test
    void onlyWhatTemplatesCanNameIsHandedOver() {
        assertThat(ArmoryDeploymentActionExecution.outputs(Map.of(
                        "replicaSetName",
                        "web-7f9c",
                        "preview.web",
                        "https://web",
                        "replicas",
                        3,
                        "a key",
                        "x",
                        "#1",
                        "y")))
                .containsOnly(
                        entry("replicaSetName", "web-7f9c"),
                        entry("preview.web", "https://web"),
                        entry("replicas", "3"));
        assertThat(ArmoryDeploymentActionExecution.outputs(Map.of("pods", List.of("a"))))
                .isEmpty();
        assertThat(ArmoryDeploymentActionExecution.outputs("done")).isEmpty();
    }
}
