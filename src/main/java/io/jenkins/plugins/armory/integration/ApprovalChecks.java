package io.jenkins.plugins.armory.integration;

import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.armory.api.ApprovalListener;
import io.jenkins.plugins.armory.api.ApprovalView;
import io.jenkins.plugins.armory.approval.BuildRef;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Shows approvals as checks of their build's commit, where a plugin for checks is installed, such as GitHub Checks. A check asks
 * for action while a person is asked. See {@link SharedChecks}.
 */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class ApprovalChecks extends ApprovalListener {

    /**
     * The conclusions of outcomes that are neither a success nor a plain failure. Without the plugin Checks API this class cannot be
     * initialized, so Jenkins leaves out the extension.
     */
    private static final Map<String, ChecksConclusion> CONCLUSIONS = Map.of(
            "TIMED_OUT", ChecksConclusion.TIME_OUT,
            "NOT_HEARD", ChecksConclusion.TIME_OUT,
            "ABORTED", ChecksConclusion.CANCELED,
            "OTHER_FAILED", ChecksConclusion.CANCELED);

    private static final int JOBS = 1000;

    /** By the names of the jobs. One that is forgotten finds out again, as after a restart. */
    private final LoadingCache<String, SharedChecks> ofJobs = CacheBuilder.newBuilder()
            .maximumSize(JOBS)
            .build(CacheLoader.from(() -> new SharedChecks(ApprovalChecks::ofBuild)));

    private static List<ApprovalSnapshot> ofBuild(ApprovalView approval) {
        BuildRef build = new BuildRef(approval.getJob(), approval.getBuildNumber());
        Run<?, ?> run = BuildRecord.find(build);
        try {
            return run == null
                    ? List.of()
                    : ArmoryRuntime.get().approvalsOf(run).stream()
                            .map(ApprovalSnapshot::new)
                            .toList();
        } catch (ApprovalsUnavailableException x) {
            return List.of(); // they were closed meanwhile
        } catch (IOException x) {
            throw new UncheckedIOException(x); // a check that does not know of a failure would be green
        }
    }

    private SharedChecks checksOf(ApprovalView approval) {
        return ofJobs.getUnchecked(approval.getJob());
    }

    @Override
    public void created(ApprovalView approval) {
        boolean begins = checksOf(approval).begins(approval);
        if (begins && approval.getState() == ApprovalView.State.SENDING) { // otherwise waiting() follows
            publish(approval, ChecksStatus.IN_PROGRESS, ChecksConclusion.NONE, Messages.ApprovalChecks_started());
        }
    }

    @Override
    public void waiting(ApprovalView approval) {
        String question = approval.getQuestion();
        if (!checksOf(approval).waits(approval, question != null)) {
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
        SharedChecks checks = checksOf(approval);
        boolean isAnswered = checks.waits(approval, false);
        ApprovalView.Decision decision = checks.end(approval);
        if (decision != null) {
            publish(approval, ChecksStatus.COMPLETED, conclusion(decision), decision.getMessage());
        } else if (isAnswered) {
            publish(approval, ChecksStatus.IN_PROGRESS, ChecksConclusion.NONE, awaited(approval));
        }
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
        String name = SharedChecks.nameOf(approval);
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
