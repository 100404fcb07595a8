package io.jenkins.plugins.armory.integration;

import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.armory.api.ApprovalListener;
import io.jenkins.plugins.armory.api.ApprovalView;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.builds.BuildRecord;
import io.jenkins.plugins.armory.runtime.ApprovalSnapshot;
import io.jenkins.plugins.armory.runtime.ApprovalsUnavailableException;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
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
 * Shows each step as a check of its build's commit, where a plugin for checks is installed, such as GitHub Checks. A check asks
 * for action while a person is asked. It is known by its name alone, which is equal in all builds of a commit and for a retry, so that
 * what comes later replaces what was before. Its events come one after the other.
 */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class ApprovalChecks extends ApprovalListener {

    private static final Logger LOGGER = Logger.getLogger(ApprovalChecks.class.getName());

    /**
     * The conclusions of outcomes that are neither a success nor a plain failure. Without the plugin Checks API this class cannot be
     * initialized, so Jenkins leaves out the extension.
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

    /** A step with a list: its check begins with its first approval, and is over with the first that fails, or with the last. */
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
        return !approval.getPath().isEmpty();
    }

    private static List<Object> key(ApprovalView approval) {
        return List.of(approval.getJob(), approval.getBuildNumber(), nameOf(approval));
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
                    .map(ApprovalSnapshot::new)
                    .filter(each -> isOfList(each) && key(each).equals(key))
                    .forEach(each -> pending.add(each.getId()));
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
        if (approval.getState() == ApprovalView.State.SENDING) { // otherwise waiting() follows
            publish(approval, ChecksStatus.IN_PROGRESS, ChecksConclusion.NONE, Messages.ApprovalChecks_started());
        }
    }

    @Override
    public void waiting(ApprovalView approval) {
        String question = approval.getQuestion();
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
        ApprovalView.Decision decision = Objects.requireNonNull(approval.getDecision(), "a decided approval");
        if (!isOfList(approval) || listOf(approval).ends(approval.getId(), decision.isSuccess())) {
            publish(approval, ChecksStatus.COMPLETED, conclusion(decision), decision.getMessage());
        }
    }

    static String nameOf(ApprovalView approval) {
        List<String> details = new ArrayList<>();
        details.add(approval.getEnvironment());
        details.add(approval.getPhase().equals(Phase.STRATEGY.toString()) ? null : approval.getPhase());
        details.removeIf(Objects::isNull);
        String name = isOfList(approval) ? Messages.ApprovalChecks_list() : approval.getWebhook();
        return details.isEmpty()
                ? Messages.ApprovalChecks_name(name)
                : Messages.ApprovalChecks_nameIn(name, String.join(", ", details));
    }

    static String awaited(ApprovalView approval) {
        Instant opensAt = approval.getOpensAt();
        return opensAt == null ? Messages.ApprovalChecks_waiting() : Messages.ApprovalChecks_opens(opensAt);
    }

    static ChecksConclusion conclusion(ApprovalView.Decision decision) {
        return decision.isSuccess()
                ? ChecksConclusion.SUCCESS
                : CONCLUSIONS.getOrDefault(decision.getOutcome(), ChecksConclusion.FAILURE);
    }

    private static void publish(
            ApprovalView approval, ChecksStatus status, ChecksConclusion conclusion, String summary) {
        Run<?, ?> run = BuildRecord.find(new BuildRef(approval.getJob(), approval.getBuildNumber()));
        String root = Jenkins.get().getRootUrl();
        if (run == null || root == null) {
            return;
        }
        ChecksPublisher publisher = ChecksPublisherFactory.fromRun(run, TaskListener.NULL);
        if (publisher instanceof ChecksPublisher.NullChecksPublisher) {
            return; // nobody publishes checks of this build
        }
        String name = nameOf(approval);
        LocalDateTime startedAt = LocalDateTime.ofInstant(approval.getCreatedAt(), ZoneOffset.UTC);
        ChecksDetailsBuilder check = new ChecksDetailsBuilder()
                .withName(name)
                .withStatus(status)
                .withConclusion(conclusion)
                .withStartedAt(startedAt)
                .withDetailsURL(root + run.getUrl() + "armory/")
                .withOutput(new ChecksOutputBuilder()
                        .withTitle(name)
                        .withSummary(summary)
                        .build());
        ApprovalView.Decision decision = approval.getDecision();
        if (decision != null && status == ChecksStatus.COMPLETED) {
            check.withCompletedAt(LocalDateTime.ofInstant(decision.getDecidedAt(), ZoneOffset.UTC));
        }
        publisher.publish(check.build());
    }
}
