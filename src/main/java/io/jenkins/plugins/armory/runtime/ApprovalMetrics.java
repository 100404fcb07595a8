package io.jenkins.plugins.armory.runtime;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricSet;
import com.codahale.metrics.Timer;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import jenkins.metrics.api.MetricProvider;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The metrics of approvals, for the Metrics plugin if it is installed: the pending approvals, the decisions since the
 * start by outcome, the time to a decision, and the refused callbacks.
 */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class ApprovalMetrics extends MetricProvider {

    private static final String WAITING = "armory.approvals.waiting";
    /** The start of a name that ends with the outcome in lower case. */
    private static final String DECIDED = "armory.approvals.decided.";

    private static final String TIME_TO_DECISION = "armory.approvals.timeToDecision";
    private static final String CANCELS_FAILED = "armory.cancels.failed";
    private static final String NOTICES_FAILED = "armory.notices.failed";
    private static final String REFUSED = "armory.callbacks.refused";

    private final Map<Outcome, Counter> decided = new EnumMap<>(Outcome.class);
    private final Timer timeToDecision = new Timer();
    private final Map<String, Metric> metrics = new HashMap<>();
    private final AtomicBoolean follows = new AtomicBoolean();

    public ApprovalMetrics() {
        for (Outcome outcome : Outcome.values()) {
            Counter counter = new Counter();
            decided.put(outcome, counter);
            metrics.put(DECIDED + outcome.name().toLowerCase(Locale.ROOT), counter);
        }
        metrics.put(TIME_TO_DECISION, timeToDecision);
        gauge(WAITING, () -> ArmoryRuntime.get().approvals().pending().size());
        gauge(REFUSED, () -> ArmoryRuntime.get().endpoint().rejected().total());
        gauge(CANCELS_FAILED, () -> ArmoryRuntime.get().delivery().failedCancels());
        gauge(NOTICES_FAILED, () -> ArmoryRuntime.get().delivery().failedNotices());
    }

    /** A number that is there while the approvals are open. */
    @FunctionalInterface
    private interface Number {
        long get() throws ApprovalsUnavailableException;
    }

    private void gauge(String name, Number number) {
        metrics.put(name, (Gauge<Long>) () -> valueOf(number));
    }

    @CheckForNull
    private static Long valueOf(Number number) {
        try {
            return number.get();
        } catch (ApprovalsUnavailableException x) {
            return null; // the health check says why
        }
    }

    /** {@inheritDoc} Jenkins calls it while it starts, and again for each plugin that is installed later. */
    @NonNull
    @Override
    public MetricSet getMetricSet() {
        if (follows.compareAndSet(false, true)) {
            ArmoryRuntime.get().onceOpen(approvals -> approvals.onDecision(this::count));
        }
        return metrics(metrics);
    }

    private void count(Approval approval) {
        Decision decision = approval.requireDecision();
        decided.get(decision.outcome()).inc();
        timeToDecision.update(Duration.between(approval.createdAt(), decision.decidedAt()));
    }
}
