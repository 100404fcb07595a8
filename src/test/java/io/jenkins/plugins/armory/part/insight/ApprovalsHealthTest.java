package io.jenkins.plugins.armory.part.insight;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.health.HealthCheckRegistry;
import org.junit.jupiter.api.Test;

class ApprovalsHealthTest {

    @Test
    void isThereAgainOnceItIsRemoved() {
        HealthCheckRegistry registry = new HealthCheckRegistry();
        ApprovalsHealth.register(registry);

        registry.unregister("armory-approvals");

        assertThat(registry.getNames()).containsExactly("armory-approvals");
    }
}
