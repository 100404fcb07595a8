package io.jenkins.plugins.armory.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.api.ApprovalView.Fact;
import io.jenkins.plugins.armory.api.ApprovalView.ManualApproval;
import io.jenkins.plugins.armory.api.ApprovalView.Notice;
import io.jenkins.plugins.armory.api.ApprovalView.Notices;
import io.jenkins.plugins.armory.api.ApprovalView.Rule;
import io.jenkins.plugins.armory.api.ApprovalView.Vote;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.InputDefinition;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.RuleMatching;
import io.jenkins.plugins.armory.approval.Terms;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Makes the views of approvals. */
@Restricted(NoExternalUse.class)
public final class ApprovalViews {

    private ApprovalViews() {}

    public static ApprovalView of(Approval approval) {
        Terms terms = approval.terms();
        return new ApprovalView(
                approval.id(),
                approval.build().job(),
                approval.build().number(),
                approval.phase().toString(),
                approval.environment(),
                approval.webhook(),
                approval.title(),
                approval.path(),
                terms.rule(),
                ApprovalView.State.valueOf(approval.state().name()),
                approval.createdAt().toString(),
                approval.deadline().toString(),
                text(approval.opensAt()),
                facts(approval),
                approval.attempts().stream().map(ApprovalViews::of).toList(),
                approval.cancel() == null ? null : of(approval.cancel()),
                notices(approval),
                approval.data() != null,
                of(approval.callback()),
                manualApproval(approval, approval.manual()),
                of(approval.decision()));
    }

    @CheckForNull
    private static String text(@CheckForNull Instant time) {
        return time == null ? null : time.toString();
    }

    private static List<Fact> facts(Approval approval) {
        return approval.facts().stream()
                .map(fact -> new Fact(fact.name(), fact.label(), fact.value(), text(fact.at())))
                .toList();
    }

    private static ApprovalView.Attempt of(Attempt attempt) {
        return new ApprovalView.Attempt(
                attempt.number(),
                attempt.at().toString(),
                attempt.host(),
                attempt.status(),
                attempt.duration().toMillis(),
                attempt.failure(),
                attempt.answer(),
                text(attempt.nextAt()),
                attempt.found());
    }

    /**
     * Returns the notices to people that are still to be sent, and those that could not be sent; {@code null} if all
     * were sent.
     */
    @CheckForNull
    private static Notices notices(Approval approval) {
        Notifications notifications = Notifications.of(approval);
        Stream<Notice> due = notifications == null
                ? Stream.of()
                : notifications.due().stream()
                        .map(notice -> new Notice(notice.occasion().name(), notifications.nameOf(notice), null, null));
        Stream<Notice> failed = approval.failedNotices().stream()
                .map(failure ->
                        new Notice(failure.occasion().name(), failure.webhook(), failure.reason(), text(failure.at())));
        Notices notices = new Notices(due.toList(), failed.toList());
        return notices.due().isEmpty() && notices.failed().isEmpty() ? null : notices;
    }

    @CheckForNull
    private static ApprovalView.Decision of(@CheckForNull Decision decision) {
        return decision == null
                ? null
                : new ApprovalView.Decision(
                        decision.isSuccess(),
                        decision.outcome().name(),
                        decision.mdMessage(),
                        decision.decidedBy(),
                        decision.decidedAt().toString(),
                        decision.override());
    }

    @CheckForNull
    private static ManualApproval manualApproval(Approval approval, @CheckForNull ManualRequirement manual) {
        if (manual == null) {
            return null;
        }
        var matching = RuleMatching.of(manual, approval.votes());
        Decision person = approval.person();
        return new ManualApproval(
                manual.message(),
                rules(manual, matching),
                person == null && !approval.isDecided() ? matching.needed() : "",
                manual.inputs().stream().map(InputDefinition::name).toList(),
                manual.requesters(),
                manual.required(),
                approval.votes().stream()
                        .map(vote ->
                                new Vote(vote.user(), vote.comment(), vote.at().toString(), vote.rules()))
                        .toList(),
                approval.inputs(),
                person == null ? null : person.isSuccess(),
                person == null ? null : person.decidedBy(),
                person == null ? null : person.mdMessage(),
                person == null ? null : person.decidedAt().toString());
    }

    private static List<Rule> rules(ManualRequirement manual, RuleMatching matching) {
        return IntStream.range(0, manual.rules().size())
                .mapToObj(rule -> new Rule(
                        manual.rules().get(rule).submitters(),
                        manual.rules().get(rule).required(),
                        matching.users(rule),
                        matching.open().contains(rule)))
                .toList();
    }
}
