package io.jenkins.plugins.armory.runtime;

import com.codahale.metrics.health.HealthCheck;
import io.jenkins.plugins.armory.approval.Approval;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/** The health check of the Metrics plugin: whether approvals can be read and written. It is registered only if that plugin is there. */
final class ApprovalsHealth extends HealthCheck {

    static final String NAME = "armory-approvals";

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
