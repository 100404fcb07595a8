package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.callback.RejectedCallbacks.Rejected;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** One approval as the page of its build shows it. */
@Restricted(NoExternalUse.class)
public final class BuildApproval {

    private final Approval approval;
    private final ApprovalList list;
    private final List<Rejected> rejected;

    @CheckForNull
    private final Progress progress;

    /** @param list has the approval as the viewer is shown it */
    BuildApproval(Approval approval, ApprovalList list) {
        this.approval = approval;
        this.list = list;
        rejected = list.rejected(approval);
        progress = list.progress(approval).orElse(null);
    }

    /** Whether the viewer is asked to decide. */
    public boolean isAsked() {
        return list.asks(approval);
    }

    /** The approval as JSON, for the script that asks the viewer. */
    public String getData() {
        return list.json(approval).toString();
    }

    /** The webhook, and the environment where one is known. */
    public String getTitle() {
        return approval.environment() == null
                ? approval.webhook()
                : approval.webhook() + " (" + approval.environment() + ")";
    }

    /** To the second, which is all that people read. */
    private static String text(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }

    private String stateName() {
        return approval.isDecided()
                ? approval.requireDecision().outcome().name()
                : approval.state().name();
    }

    /** The state in the viewer's language. */
    public String getState() {
        return PageWords.state(stateName());
    }

    /** The state's part of the name of a style. */
    public String getStyle() {
        return stateName().toLowerCase(Locale.ROOT);
    }

    public boolean isDecided() {
        return approval.isDecided();
    }

    /** When the wait ends without a callback, in ISO 8601. */
    public String getDeadline() {
        return text(approval.deadline());
    }

    /** What a person is asked while it waits; empty where nobody is, or nothing in particular. */
    public String getQuestion() {
        ManualRequirement manual = approval.manual();
        return manual == null || approval.isDecided() ? "" : manual.message();
    }

    /** From 0 to 100, how far the external process has come; {@code null} while it has not said. */
    @CheckForNull
    public Double getPercent() {
        return progress == null ? null : progress.percent();
    }

    /** The same for people; empty while there is none. */
    public String getPercentText() {
        return progress == null ? "" : progress.percentText();
    }

    /** What the external process says of its progress, as HTML that is safe to show; empty where it says nothing. */
    public String getProgressHtml() {
        return progress == null ? "" : Markdown.toHtml(progress.mdMessage());
    }

    /** The attempts to call the webhook, the oldest first, each as a line. */
    public List<String> getAttempts() {
        return approval.attempts().stream().map(BuildApproval::line).toList();
    }

    private static String line(Attempt attempt) {
        String outcome = attempt.failure() == null
                ? Messages.PageWords_attempt_ok(attempt.number(), attempt.status())
                : Messages.PageWords_attempt_failed(attempt.number(), attempt.failure());
        return text(attempt.at()) + ", " + attempt.host() + ", " + outcome;
    }

    /** What came of calling the cancel webhook, as a line; {@code null} while there is nothing to tell. */
    @CheckForNull
    public String getCancel() {
        Attempt cancel = approval.cancel();
        return cancel == null ? null : line(cancel);
    }

    /** The callbacks that were refused, the newest first, each as a line. */
    public List<String> getRejected() {
        return rejected.stream()
                .map(each -> text(each.at()) + ", " + each.address() + ": " + each.status() + ", " + each.reason())
                .toList();
    }

    /** Who or what decided, and when; {@code null} while nobody has. */
    @CheckForNull
    public String getDecidedBy() {
        Decision decision = approval.decision();
        return decision == null ? null : decision.decidedBy() + ", " + text(decision.decidedAt());
    }

    /** The message as HTML that is safe to show; empty where there is none. */
    public String getMessageHtml() {
        Decision decision = approval.decision();
        return decision == null ? "" : Markdown.toHtml(decision.mdMessage());
    }
}
