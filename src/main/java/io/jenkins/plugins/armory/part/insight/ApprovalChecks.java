package io.jenkins.plugins.armory.part.insight;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.armory.api.ApprovalListener;
import io.jenkins.plugins.armory.api.ApprovalView;
import io.jenkins.plugins.armory.api.ApprovalViews;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.runtime.ApprovalsUnavailableException;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.BuildRecord;
import io.jenkins.plugins.checks.api.ChecksConclusion;
import io.jenkins.plugins.checks.api.ChecksDetails.ChecksDetailsBuilder;
import io.jenkins.plugins.checks.api.ChecksOutput.ChecksOutputBuilder;
import io.jenkins.plugins.checks.api.ChecksPublisher;
import io.jenkins.plugins.checks.api.ChecksPublisherFactory;
import io.jenkins.plugins.checks.api.ChecksStatus;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Shows each step as a check of its build's commit, where a plugin for checks is installed, such as GitHub Checks. A
 * check asks for action while a person is asked. It is known by its name alone, which is equal in all builds of a
 * commit and for a retry, so that what comes later replaces what was before. Its events come one after the other.
 */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class ApprovalChecks extends ApprovalListener {

    private static final Logger LOGGER = Logger.getLogger(ApprovalChecks.class.getName());

    /**
     * The conclusions of outcomes that are neither a success nor a plain failure. Without the plugin Checks API this
     * class cannot be initialized, so Jenkins leaves out the extension.
     */
    private static final Map<String, ChecksConclusion> CONCLUSIONS = Map.of(
            "TIMED_OUT", ChecksConclusion.TIME_OUT,
            "NOT_HEARD", ChecksConclusion.TIME_OUT,
            "ABORTED", ChecksConclusion.CANCELED,
            "OTHER_FAILED", ChecksConclusion.CANCELED);

    private static final int LISTS = 1000;

    /** The steps with a list, by {@link #key}. One that is forgotten is looked at again, as after a restart. */
    private final Cache<List<Object>, ListStep> lists =
            CacheBuilder.newBuilder().maximumSize(LISTS).build();

    /**
     * A step with a list: its check begins with its first approval, and is over with the first that fails, or with the
     * last.
     */
    static final class ListStep {

        private final Set<String> pending;
        private boolean asked;
        private boolean over;

        /** @param pending the ids of its approvals that are pending */
        ListStep(Set<String> pending) {
            this.pending = new HashSet<>(pending);
        }

        /** Returns whether somebody is asked for the first time. */
        boolean asks() {
            boolean first = !asked && !over;
            asked = true;
            return first;
        }

        /** Returns whether the check is over with the end of an approval. */
        boolean ends(String id, boolean success) {
            pending.remove(id);
            boolean ends = !over && (!success || pending.isEmpty());
            over = over || ends;
            return ends;
        }
    }

    private static boolean isOfList(ApprovalView approval) {
        return !approval.path().isEmpty();
    }

    private static List<Object> key(ApprovalView approval) {
        return List.of(approval.job(), approval.build(), nameOf(approval));
    }

    private ListStep listOf(ApprovalView approval) {
        List<Object> key = key(approval);
        ListStep step = lists.getIfPresent(key);
        return step == null ? begin(key) : step;
    }

    private ListStep begin(List<Object> key) {
        Set<String> pending = new HashSet<>();
        try {
            ArmoryRuntime.get().approvals().pending().stream()
                    .map(ApprovalViews::of)
                    .filter(each -> isOfList(each) && key(each).equals(key))
                    .forEach(each -> pending.add(each.id()));
        } catch (ApprovalsUnavailableException x) {
            LOGGER.log(Level.FINE, "They were closed meanwhile", x);
        }
        ListStep step = new ListStep(pending);
        lists.put(key, step);
        return step;
    }

    @Override
    public void created(ApprovalView approval) {
        if (isOfList(approval)) {
            ListStep known = lists.getIfPresent(key(approval));
            if (known != null && !known.over) {
                return;
            }
            begin(key(approval));
        }
        if (approval.state() == ApprovalView.State.SENDING) { // otherwise waiting() follows
            publish(approval, ChecksStatus.IN_PROGRESS, ChecksConclusion.NONE, Messages.ApprovalChecks_started());
        }
    }

    @Override
    public void waiting(ApprovalView approval) {
        String question = approval.question();
        if (isOfList(approval) && (question == null || !listOf(approval).asks())) {
            return;
        }
        if (question == null) {
            publish(approval, ChecksStatus.IN_PROGRESS, ChecksConclusion.NONE, awaited(approval));
        } else {
            publish(approval, ChecksStatus.COMPLETED, ChecksConclusion.ACTION_REQUIRED, question);
        }
    }

    @Override
    public void decided(ApprovalView approval) {
        ApprovalView.Decision decision = Objects.requireNonNull(approval.decision(), "a decided approval");
        if (!isOfList(approval) || listOf(approval).ends(approval.id(), decision.success())) {
            publish(approval, ChecksStatus.COMPLETED, conclusion(decision), decision.mdMessage());
        }
    }

    static String nameOf(ApprovalView approval) {
        List<String> details = new ArrayList<>();
        details.add(approval.environment());
        details.add(approval.phase().equals(Phase.STRATEGY.toString()) ? null : approval.phase());
        details.removeIf(Objects::isNull);
        String name = isOfList(approval) ? Messages.ApprovalChecks_list() : approval.webhook();
        return details.isEmpty()
                ? Messages.ApprovalChecks_name(name)
                : Messages.ApprovalChecks_nameIn(name, String.join(", ", details));
    }

    static String awaited(ApprovalView approval) {
        String opensAt = approval.opensAt();
        return opensAt == null ? Messages.ApprovalChecks_waiting() : Messages.ApprovalChecks_opens(opensAt);
    }

    static ChecksConclusion conclusion(ApprovalView.Decision decision) {
        return decision.success()
                ? ChecksConclusion.SUCCESS
                : CONCLUSIONS.getOrDefault(decision.outcome(), ChecksConclusion.FAILURE);
    }

    private static void publish(
            ApprovalView approval, ChecksStatus status, ChecksConclusion conclusion, String summary) {
        Run<?, ?> run = BuildRecord.find(new BuildRef(approval.job(), approval.build()));
        String root = Jenkins.get().getRootUrl();
        if (run == null || root == null) {
            return;
        }
        ChecksPublisher publisher = ChecksPublisherFactory.fromRun(run, TaskListener.NULL);
        if (publisher instanceof ChecksPublisher.NullChecksPublisher) {
            return; // nobody publishes checks of this build
        }
        String name = nameOf(approval);
        ChecksDetailsBuilder check = new ChecksDetailsBuilder()
                .withName(name)
                .withStatus(status)
                .withConclusion(conclusion)
                .withStartedAt(time(approval.createdAt()))
                .withDetailsURL(root + run.getUrl() + "armory/")
                .withOutput(new ChecksOutputBuilder()
                        .withTitle(name)
                        .withSummary(summary)
                        .build());
        ApprovalView.Decision decision = approval.decision();
        if (decision != null && status == ChecksStatus.COMPLETED) {
            check.withCompletedAt(time(decision.decidedAt()));
        }
        publisher.publish(check.build());
    }

    private static LocalDateTime time(String instant) {
        return LocalDateTime.ofInstant(Instant.parse(instant), ZoneOffset.UTC);
    }
}
