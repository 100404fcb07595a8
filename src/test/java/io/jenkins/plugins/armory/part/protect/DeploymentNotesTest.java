package io.jenkins.plugins.armory.part.protect;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Ended;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RulesMet;
import io.jenkins.plugins.armory.environment.Environment;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeploymentNotesTest {

    /** It stands in no stage, as most do. */
    @Test
    void anEnvironmentWithRulesIsAmongThoseThatEndedByThem() {
        var deployment = Deployment.EMPTY;
        for (var event : List.of(
                new Declared("prod", List.of(), "step of prod", Place.OUTERMOST, "shop/main", null, null),
                new Declared("plain", List.of(), "step of plain", Place.OUTERMOST, null, null, null),
                new RulesMet("prod", "step of prod"),
                new Ended("plain", "step of plain", null),
                new Ended("prod", "step of prod", null))) {
            assertThat(DeploymentNotes.endedByRules(deployment)).isEmpty();
            deployment = deployment.on(event, Instant.EPOCH).deployment();
        }

        assertThat(DeploymentNotes.endedByRules(deployment))
                .extracting(Environment::name)
                .containsExactly("prod");
    }
}
