package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.approval.Vote;
import io.jenkins.plugins.armory.callback.RejectedCallbacks.Rejected;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** An approval on the page of its build. */
@Restricted(NoExternalUse.class)
public final class BuildApproval {

    private final Approval approval;
    private final ApprovalList list;
    private final List<Rejected> rejected;

    @CheckForNull
    private final Progress progress;

    /** @param list the data that the viewer may see */
    BuildApproval(Approval approval, ApprovalList list) {
        this.approval = approval;
        this.list = list;
        rejected = list.rejected(approval);
        progress = list.progress(approval).orElse(null);
    }

    /** Returns whether the viewer may decide now. */
    public boolean isAsked() {
        return list.asks(approval);
    }

    /** Returns the approval as JSON, for the script with the buttons. */
    public String getData() {
        return list.json(approval).toString();
    }

    /** Returns the webhook, and the environment if it is known. */
    public String getTitle() {
        return approval.environment() == null
                ? approval.webhook()
                : approval.webhook() + " (" + approval.environment() + ")";
    }

    /** Returns a time without fractions of a second. */
    private static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private String stateName() {
        return approval.isDecided()
                ? approval.requireDecision().outcome().name()
                : approval.state().name();
    }

    /** Returns the state in the viewer's language. */
    public String getState() {
        return PageWords.state(stateName());
    }

    /** Returns the state's part of a CSS class. */
    public String getStyle() {
        return stateName().toLowerCase(Locale.ROOT);
    }

    public boolean isDecided() {
        return approval.isDecided();
    }

    /** Returns the deadline in ISO 8601. */
    public String getDeadline() {
        return text(approval.deadline());
    }

    /** Returns the message of {@code manualApproval} while the approval is pending; else empty. */
    public String getQuestion() {
        ManualRequirement manual = approval.manual();
        return manual == null || approval.isDecided() ? "" : manual.message();
    }

    /** Returns how many of several people have approved, while the approval is pending; else empty. */
    public String getVotes() {
        ManualRequirement manual = approval.manual();
        return manual == null || manual.required() == 1 || approval.isDecided()
                ? ""
                : Messages.PageWords_person_count(approval.votes().size(), manual.required())
                        + (approval.votes().isEmpty() ? "" : ": " + Vote.names(approval.votes()));
    }

    /** Returns the reported progress from 0 to 100, {@code null} for none. */
    @CheckForNull
    public Double getPercent() {
        return progress == null ? null : progress.percent();
    }

    /** Returns the reported progress as text; empty for none. */
    public String getPercentText() {
        return progress == null ? "" : progress.percentText();
    }

    /** Returns the message of the last progress report as safe HTML; empty for none. */
    public String getProgressHtml() {
        return progress == null ? "" : Markdown.toHtml(progress.mdMessage());
    }

    /** Returns the attempts to call the webhook, the oldest first, as lines. */
    public List<String> getAttempts() {
        return approval.attempts().stream().map(BuildApproval::line).toList();
    }

    private static String line(Attempt attempt) {
        String outcome = attempt.failure() == null
                ? Messages.PageWords_attempt_ok(attempt.number(), attempt.status())
                : Messages.PageWords_attempt_failed(attempt.number(), attempt.failure());
        return text(attempt.at()) + ", " + attempt.host() + ", " + outcome;
    }

    /** Returns the call of the cancel webhook as a line, {@code null} if it was not called. */
    @CheckForNull
    public String getCancel() {
        Attempt cancel = approval.cancel();
        return cancel == null ? null : line(cancel);
    }

    /** Returns the notices that could not be sent, as lines. */
    public List<String> getUntold() {
        return approval.sideCalls().untold().stream()
                .map(failure -> Messages.PageWords_notify_failed(failure.webhook(), failure.reason()))
                .toList();
    }

    /** Returns the refused callbacks, the newest first, as lines. */
    public List<String> getRejected() {
        return rejected.stream()
                .map(each -> text(each.at()) + ", " + each.address() + ": " + each.status() + ", " + each.reason())
                .toList();
    }

    /** Returns the decider and the time of the decision, {@code null} while pending. */
    @CheckForNull
    public String getDecidedBy() {
        Decision decision = approval.decision();
        return decision == null ? null : decision.decidedBy() + ", " + text(decision.decidedAt());
    }

    /** Returns the message of the decision as safe HTML; empty for none. */
    public String getMessageHtml() {
        Decision decision = approval.decision();
        return decision == null ? "" : Markdown.toHtml(decision.mdMessage());
    }
}
