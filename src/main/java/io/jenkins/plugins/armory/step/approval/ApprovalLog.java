package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.console.HyperlinkNote;
import hudson.model.Computer;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Channel;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.DecisionText;
import io.jenkins.plugins.armory.approval.DurationText;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Markdown;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.approval.RuleMatching;
import io.jenkins.plugins.armory.approval.Vote;
import io.jenkins.plugins.armory.call.ApprovalRequests;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.text.LogText;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The lines of an approval in its build's log.
 *
 * @param log takes lines whose text from outside is clean
 */
@Restricted(NoExternalUse.class)
public record ApprovalLog(Consumer<String> log) {

    /** The longest progress message in a line, in characters. */
    private static final int MAX_PROGRESS = 200;

    /**
     * Logs that an executor waits too.
     *
     * @param computer where the step's {@code node} block runs, {@code null} if it is in none
     */
    void holds(@CheckForNull Computer computer) {
        if (computer != null) {
            log.accept("This step is in a node block, so an executor of '"
                    + LogText.continued(computer.getDisplayName())
                    + "' waits with it. To free it, write the step outside of the block; in a Declarative Pipeline, write"
                    + " agent none at the top and give each stage that builds an agent of its own.");
        }
    }

    void sent(Approval approval, Attempt attempt, Run<?, ?> run) {
        String page = ApprovalRequests.pageOf(run, approval.id());
        String answered = answered(attempt);
        String waiting = " " + waiting(approval, page);
        Duration heartbeat = approval.heartbeat();
        ManualRequirement manual = approval.manual();
        if (approval.awaitsCallback()) {
            log.accept(answered + waiting + ", for the callback to " + callbackUri(approval) + "/callback"
                    + (heartbeat == null
                            ? ""
                            : ", and " + DurationText.of(heartbeat) + " at most between reports of progress")
                    + asked(approval));
        } else {
            log.accept(answered + said(approval) + waiting + asked(approval) + ".");
        }
        if (manual != null) {
            log.accept(people(manual) + " must approve too" + question(approval, manual, page));
        }
    }

    private static String answered(Attempt attempt) {
        return "The webhook answered " + attempt.status() + " after "
                + attempt.duration().toMillis() + " ms.";
    }

    /** Returns how often the external process is asked for its status; nothing if it is not. */
    private static String asked(Approval approval) {
        OutgoingCalls calls = approval.calls();
        StatusCheck status = calls == null ? null : calls.status();
        return status == null ? "" : ", and asking for the status every " + DurationText.of(status.every());
    }

    /** Returns what the webhook's answer said; nothing if it was no verdict. */
    private static String said(Approval approval) {
        Decision said = approval.callback();
        return said == null || !approval.channels().contains(Channel.ANSWER)
                ? ""
                : " That is a success" + DecisionText.text(said.mdMessage()) + ".";
    }

    /** Logs the start of an approval without a webhook. */
    void asked(Approval approval, Run<?, ?> run) {
        String page = ApprovalRequests.pageOf(run, approval.id());
        if (approval.opensAt() != null) {
            log.accept(HyperlinkNote.encodeTo(page, "Waiting") + " for the next opening, " + approval.opensAt()
                    + ", until " + deadline(approval) + " at most.");
            return;
        }
        ManualRequirement manual = Objects.requireNonNull(approval.manual(), "without a webhook, a person decides");
        log.accept(waiting(approval, page) + ".");
        log.accept(people(manual) + " must approve" + question(approval, manual, page));
    }

    private static String people(ManualRequirement manual) {
        return manual.required() == 1 ? "A person" : manual.required() + " people";
    }

    private static String waiting(Approval approval, String page) {
        return HyperlinkNote.encodeTo(page, "Waiting") + " " + DecisionText.timeout(approval) + " at most, until "
                + deadline(approval);
    }

    /** Returns the end of a line: who is asked what, and how to answer. */
    private static String question(Approval approval, ManualRequirement manual, String page) {
        return (manual.people().isEmpty() ? "" : " (" + LogText.continued(manual.people()) + ")")
                + sentenceEnd(manual.message())
                + " " + HyperlinkNote.encodeTo(page, "Approve or reject") + post(approval)
                + "."
                + requesters(manual);
    }

    private static String sentenceEnd(String message) {
        String text = message.isEmpty() ? "" : ": " + LogText.continued(message);
        return text.matches("(?s).*[.!?:]") ? text : text + '.';
    }

    private static String requesters(ManualRequirement manual) {
        List<String> requesters = manual.requesters();
        if (requesters == null) {
            return "";
        }
        return requesters.isEmpty()
                ? " No user requested this build, so notByRequester excludes nobody."
                : " Not by who requested this build: " + LogText.continued(String.join(", ", requesters)) + ".";
    }

    /** Returns how to answer over HTTP; nothing if Jenkins does not know its address, which only a webhook needs. */
    private static String post(Approval approval) {
        try {
            return ", or POST to " + callbackUri(approval) + "/approve or /reject";
        } catch (IllegalStateException x) {
            return "";
        }
    }

    void resumed(Approval approval) {
        if (approval.state() == Approval.State.WAITING) {
            log.accept("Jenkins was restarted; still waiting for "
                    + (approval.opensAt() != null
                            ? "the next opening, " + approval.opensAt() + ","
                            : approval.awaitsPersonAlone() ? "a person" : Channel.awaited(approval.channels()))
                    + " until "
                    + deadline(approval)
                    + ".");
        }
    }

    private static String callbackUri(Approval approval) {
        return ApprovalRequests.callbackUriOf(approval.id());
    }

    private static Instant deadline(Approval approval) {
        return approval.deadline().truncatedTo(ChronoUnit.SECONDS);
    }

    void progressed(Progress progress) {
        String percent = progress.percentText();
        String text = LogText.clean(Markdown.toText(progress.mdMessage()))
                .lines()
                .findFirst()
                .orElse("")
                .strip();
        String line = text.length() <= MAX_PROGRESS ? text : text.substring(0, MAX_PROGRESS) + "...";
        log.accept("Progress: " + percent + (percent.isEmpty() || line.isEmpty() ? "" : ", ") + line);
    }

    void heard(Approval approval, Event.Verdict event) {
        if (event instanceof Event.ManualApproval said) {
            Vote vote = approval.votes().get(approval.votes().size() - 1);
            log.accept(approvedBy(said.user(), vote.comment())
                    + count(approval)
                    + (approval.person() == null || approval.awaitsPersonAlone() ? "" : stillPending(approval)));
        } else if (event instanceof Event.ProcessVerdict said) {
            log.accept(
                    (said instanceof Event.Callback ? "The callback reported success (" : "The status says success (")
                            + LogText.continued(said.decidedBy()) + ")"
                            + DecisionText.text(said.mdMessage()) + "." + missing(approval));
        }
    }

    private static String missing(Approval approval) {
        String count = count(approval);
        return count.isEmpty() ? " A person must still approve." : count;
    }

    /** Returns how many of several people have approved, as a sentence; nothing if one is enough. */
    private static String count(Approval approval) {
        ManualRequirement manual = approval.manual();
        if (manual == null || manual.required() == 1) {
            return "";
        }
        String count = " " + approval.votes().size() + " of " + manual.required() + " people have approved.";
        return manual.rules().size() == 1 || approval.person() != null
                ? count
                : count + " Still needed: "
                        + LogText.continued(
                                RuleMatching.of(manual, approval.votes()).needed()) + ".";
    }

    private static String stillPending(Approval approval) {
        String awaited = Channel.awaited(approval.channels());
        return " " + Character.toUpperCase(awaited.charAt(0)) + awaited.substring(1) + " is still pending.";
    }

    private static String approvedBy(String user, String comment) {
        return "Approved by " + LogText.continued(user) + DecisionText.text(comment) + ".";
    }

    void succeeded(Approval approval) {
        Decision decision = approval.requireDecision();
        List<Vote> votes = approval.votes();
        Decision callback = approval.callback();
        if (callback != null && !votes.isEmpty() && !decision.override()) {
            Vote last = votes.get(votes.size() - 1);
            if (!last.at().isBefore(callback.decidedAt())) { // otherwise heard() has logged it
                log.accept(approvedBy(last.user(), last.comment()));
            }
        }
        if (decision.outcome() == Decision.Outcome.SUCCESS) {
            log.accept(DecisionText.title(approval) + "succeeded " + DecisionText.by(decision));
        } else if (approval.lastAttempt() != null) {
            log.accept(answered(approval.lastAttempt()) + " No callback is awaited.");
        }
    }

    /** @param ownReason whether the build's log does not have the reason yet, as when somebody stops the build */
    void stopped(Approval approval, boolean ownReason) {
        log.accept(DecisionText.title(approval) + "was stopped before a decision"
                + (ownReason ? DecisionText.message(approval.requireDecision().mdMessage()) : "."));
    }

    /**
     * Logs what a failed {@code afterDeployment} approval cancels.
     *
     * @param ofFile whether the environment is a target of a deployment file
     */
    public void cancels(Deployment deployment, Place place, boolean ofFile) {
        String environment = deployment.resolved(place).environment();
        List<String> cancelled = deployment.environments().values().stream()
                .filter(Environment::isCancelled)
                .map(Environment::name)
                .toList();
        String names = cancelled.isEmpty() ? "" : ", so far " + LogText.continued(String.join(", ", cancelled));
        if (ofFile) {
            log.accept("Targets that depend on '" + environment
                    + "', and stages behind armoryDeployment, are cancelled" + names
                    + ". Other targets still run.");
            return;
        }
        log.accept("Stages and environments behind this are cancelled" + names
                + ". Other branches of a parallel"
                + (environment == null
                        ? " and plain steps"
                        : ", plain steps, and environments whose dependsOn does not lead to '" + environment
                                + "' (in no stage, or as the stage itself: options { armoryEnvironment(name: '...',"
                                + " dependsOn: []) })")
                + " still run."
                + (cancelled.isEmpty() ? " A later success of the same approval makes up for this." : ""));
    }
}
