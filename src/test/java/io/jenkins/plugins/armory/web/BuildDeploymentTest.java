package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.DeploymentEvent;
import io.jenkins.plugins.armory.environment.DeploymentEvent.PlannedStepEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.PlannedStepStarted;
import io.jenkins.plugins.armory.environment.DeploymentTest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BuildDeploymentTest {

    private static final Instant START = Instant.parse("2026-01-31T10:00:00Z");

    private Deployment deployment = Deployment.EMPTY;
    private int seconds;

    private void on(DeploymentEvent event) {
        deployment = deployment.on(event, START.plusSeconds(seconds++)).deployment();
    }

    private JsonNode steps() {
        return BuildDeployment.json(deployment).at("/environments/0/steps");
    }

    private static JsonNode json(String text) throws Exception {
        return new ObjectMapper().readTree(text.replace('\'', '"'));
    }

    @Test
    void anEnvironmentWithoutAPlanHasNoSteps() {
        on(new DeploymentEvent.Declared("prod", List.of(), "environment-step", Place.OUTERMOST, null, null, null));

        assertThat(steps().isMissingNode()).isTrue();
    }

    @Test
    void stepsThatHaveBegunAreThereInTheirOrder() throws Exception {
        on(new DeploymentEvent.Declared("prod", List.of(), "environment-step", Place.OUTERMOST, null, null, null));
        on(new PlannedStepStarted("prod", "prod/strategy/1", false));
        on(new PlannedStepEnded("prod", "prod/strategy/1", null, Map.of("secret", "output")));
        on(new PlannedStepStarted("prod", "prod/strategy/2", false));
        on(new PlannedStepEnded("prod", "prod/strategy/2", "no **space** left", Map.of()));
        on(new PlannedStepStarted("prod", "prod/rollback", false));

        assertThat(steps()).isEqualTo(json("""
                {'prod/strategy/1': {'began': '2026-01-31T10:00:01Z', 'ended': '2026-01-31T10:00:02Z', 'approval': null, 'failure': null, 'failureHtml': null},
                 'prod/strategy/2': {'began': '2026-01-31T10:00:03Z', 'ended': '2026-01-31T10:00:04Z', 'approval': null, 'failure': 'no **space** left', 'failureHtml': '<p>no <strong>space</strong> left</p>\\n'},
                 'prod/rollback': {'began': '2026-01-31T10:00:05Z', 'ended': null, 'approval': null, 'failure': null, 'failureHtml': null}}
                """));
        assertThat(steps().fieldNames())
                .toIterable()
                .containsExactly("prod/strategy/1", "prod/strategy/2", "prod/rollback");
    }

    @Test
    void aStepNamesItsApproval() {
        on(new DeploymentEvent.Declared("prod", List.of(), "environment-step", Place.OUTERMOST, null, null, null));
        on(new PlannedStepStarted("prod", "prod/before/1", false));
        on(DeploymentTest.started(Place.OUTERMOST.withEnvironment("prod"), "a1", Phase.STRATEGY, "prod/before/1"));

        assertThat(steps().at("/prod~1before~11/approval").asText()).isEqualTo("a1");
    }
}
