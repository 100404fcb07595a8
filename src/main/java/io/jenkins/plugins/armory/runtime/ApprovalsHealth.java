package io.jenkins.plugins.armory.runtime;

import com.codahale.metrics.health.HealthCheck;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.armory.approval.Approval;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import jenkins.metrics.api.HealthCheckProvider;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The health check of the Metrics plugin, if that is installed: whether approvals can be read and written. */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class ApprovalsHealth extends HealthCheckProvider {

    private static final String NAME = "armory-approvals";

    @NonNull
    @Override
    public Map<String, HealthCheck> getHealthChecks() {
        return Map.of(NAME, new Check());
    }

    private static final class Check extends HealthCheck {

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
}
