package io.jenkins.plugins.armory.part.insight;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheckRegistry;
import hudson.init.InitMilestone;
import hudson.init.Initializer;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The metrics of approvals, for the Metrics plugin if it is installed: the pending approvals, the decisions since the
 * start by outcome, the time to a decision, and the refused callbacks; and {@link ApprovalsHealth}.
 */
@Restricted(NoExternalUse.class)
public final class ApprovalMetrics {

    static final String WAITING = "armory.approvals.waiting";
    /** The start of a name that ends with the outcome in lower case. */
    static final String DECIDED = "armory.approvals.decided.";

    static final String TIME_TO_DECISION = "armory.approvals.timeToDecision";
    static final String CANCELS_FAILED = "armory.cancels.failed";
    static final String NOTICES_FAILED = "armory.notices.failed";
    static final String REFUSED = "armory.callbacks.refused";

    private static final Logger LOGGER = Logger.getLogger(ApprovalMetrics.class.getName());

    private ApprovalMetrics() {}

    /** Registers the metrics, also if Jenkins loads the plugin while it runs. */
    @Initializer(after = InitMilestone.JOB_LOADED)
    public static void register() {
        try {
            // By reflection, so that this class is compiled and loaded without the plugin.
            Class<?> metrics = Class.forName("jenkins.metrics.api.Metrics");
            var registration = new Registration(
                    (MetricRegistry) metrics.getMethod("metricRegistry").invoke(null));
            ArmoryRuntime.get().whenOpen(registration::registerOrWarn);
            ApprovalsHealth.register((HealthCheckRegistry)
                    metrics.getMethod("healthCheckRegistry").invoke(null));
        } catch (ClassNotFoundException | NoClassDefFoundError x) {
            LOGGER.log(Level.FINE, "The Metrics plugin is not installed", x);
        } catch (ReflectiveOperationException x) {
            LOGGER.log(Level.WARNING, "Cannot register the metrics of approvals", x);
        }
    }

    /** The registration, apart from the method that Jenkins calls, which must load without the plugin's library. */
    static final class Registration {

        private final MetricRegistry registry;

        Registration(MetricRegistry registry) {
            this.registry = registry;
        }

        private void registerOrWarn() {
            try {
                register();
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot register the metrics of approvals", x);
            }
        }

        private void register() throws IOException {
            ArmoryRuntime armory = ArmoryRuntime.get();
            var approvals = armory.approvals();
            var calls = armory.calls();
            var rejected = armory.endpoint().rejected();
            replace(WAITING, () -> approvals.pending().size());
            replace(REFUSED, rejected::total);
            replace(CANCELS_FAILED, calls::failedCancels);
            replace(NOTICES_FAILED, calls::failedNotices);
            for (Decision.Outcome outcome : Decision.Outcome.values()) {
                registry.counter(name(outcome)); // so that a graph begins with 0
            }
            approvals.follow(this::count);
        }

        private void replace(String name, Gauge<Number> gauge) {
            registry.remove(name);
            registry.register(name, gauge);
        }

        private void count(Approval approval) {
            Decision decision = approval.requireDecision();
            registry.counter(name(decision.outcome())).inc();
            registry.timer(TIME_TO_DECISION).update(Duration.between(approval.createdAt(), decision.decidedAt()));
        }

        private static String name(Decision.Outcome outcome) {
            return DECIDED + outcome.name().toLowerCase(Locale.ROOT);
        }
    }
}
