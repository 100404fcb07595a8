package io.jenkins.plugins.armory.part.insight;

import com.codahale.metrics.health.HealthCheck;
import com.codahale.metrics.health.HealthCheckRegistry;
import com.codahale.metrics.health.HealthCheckRegistryListener;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.runtime.ApprovalsUnavailableException;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * The health check of the Metrics plugin: whether approvals can be read and written. It is registered only if that
 * plugin is there.
 */
final class ApprovalsHealth extends HealthCheck {

    private static final String NAME = "armory-approvals";

    /**
     * Registers the check, again each time that it is removed: every minute, the Metrics plugin removes all checks but
     * those of its extension point ({@code Metrics.HealthChecker.execute}), which this plugin is compiled without.
     */
    static void register(HealthCheckRegistry registry) {
        HealthCheck check = new ApprovalsHealth();
        registry.register(NAME, check);
        registry.addListener(new HealthCheckRegistryListener() {
            @Override
            public void onHealthCheckAdded(String name, HealthCheck added) {}

            @Override
            public void onHealthCheckRemoved(String name, HealthCheck removed) {
                if (removed == check) {
                    registry.register(NAME, check);
                }
            }
        });
    }

    @Override
    protected Result check() throws ApprovalsUnavailableException {
        ArmoryRuntime armory = ArmoryRuntime.get();
        var pending = armory.approvals().pending(); // opens them, or throws why they are not
        Optional<String> problem = armory.writeProblem();
        if (problem.isPresent()) {
            return Result.unhealthy("The last change of an approval could not be written: " + problem.get());
        }
        Optional<Instant> oldest = pending.stream().map(Approval::createdAt).min(Comparator.naturalOrder());
        return Result.healthy(pending.size() + " pending"
                + oldest.map(since -> ", the oldest since " + since).orElse(""));
    }
}
