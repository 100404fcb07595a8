package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.part.protect.EnvironmentRules;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The wait for what the settings ask before a deployment: all rules at once, then an open window. Each time that the windows are closed,
 * another approval waits for the next opening, so that pages name it and an administrator may override it.
 */
@Restricted(NoExternalUse.class)
public final class Admission {

    private final SuspendedExecution step;
    private final EnvironmentRules rules;
    private final SuspendedExecution.Work onAdmission;
    private final ApprovalWait.OnFailure onRefusal;
    private final Clock clock = Clock.systemUTC();

    /** Guarded by this. */
    @CheckForNull
    private ApprovalWait wait;

    /** Guarded by this. */
    private volatile boolean abandoned;

    /** @param onAdmission done at a moment at which all holds */
    public Admission(
            SuspendedExecution step,
            EnvironmentRules rules,
            SuspendedExecution.Work onAdmission,
            ApprovalWait.OnFailure onRefusal) {
        this.step = step;
        this.rules = rules;
        this.onAdmission = onAdmission;
        this.onRefusal = onRefusal;
    }

    /** Asks, or continues after a restart of Jenkins. */
    public void begin() throws Exception {
        Instant now = clock.instant();
        if (!rules.windows().isOpen(now)) {
            step.log("The windows of '" + rules.environment() + "' are closed ("
                    + rules.windows().whyClosed(now) + "); the next opening is " + requireOpening(now) + ".");
        }
        StepApprovals before = rules.before();
        if (before == null) {
            look(0, null);
        } else {
            await(before, () -> look(0, null));
        }
    }

    private Instant requireOpening(Instant now) throws AbortException {
        return rules.windows()
                .nextOpening(now)
                .orElseThrow(() -> new AbortException("armoryEnvironment: the windows of \"" + rules.environment()
                        + "\" do not open within a year (" + rules.windows().whyClosed(now)
                        + "); an administrator has to change them"));
    }

    /** Ends the wait, as its step has ended for another reason. */
    public void abandon(String reason) {
        ApprovalWait known;
        synchronized (this) {
            abandoned = true;
            known = wait;
        }
        if (known != null) {
            known.abandon(reason);
        }
    }

    private void await(StepApprovals approvals, SuspendedExecution.Work next) throws Exception {
        var begun = new ApprovalWait(
                step, approvals, () -> step.run(next), reason -> step.run(() -> onRefusal.failed(reason)));
        synchronized (this) {
            if (abandoned) {
                return;
            }
            wait = begun;
        }
        begun.resume();
    }

    /**
     * Looks at the windows, once all rules are met and after each opening. After a restart of Jenkins, it goes through all waits again: the
     * environments may not have heard of the end of one.
     *
     * @param number how many waits for an opening went before
     * @param until when the wait ends, {@code null} if it has not begun
     */
    private void look(int number, @CheckForNull Instant until) throws Exception {
        Instant now = clock.instant();
        String id = rules.openingId(number, step.armory().tokens());
        boolean isThere = step.approvals().find(id).isPresent();
        if (!isThere && rules.windows().isOpen(now)) {
            admit();
            return;
        }
        Instant end = until != null ? until : now.plus(rules.longestWait());
        if (!isThere && !now.isBefore(end)) {
            onRefusal.failed("The windows of '" + rules.environment() + "' were closed for "
                    + rules.longestWait().toDays() + " days, which waitAtMost of the settings allows.");
            return;
        }
        if (!isThere && number > 0) {
            step.log("The windows of '" + rules.environment() + "' have closed again ("
                    + rules.windows().whyClosed(now) + ").");
        }
        Instant at = isThere ? now : requireOpening(now); // one that is there has its own
        Duration atMost = Duration.between(now, end);
        await(rules.opening(number, at, atMost, step.armory().tokens()), () -> opened(number, id));
    }

    private void opened(int number, String id) throws Exception {
        Approval opening =
                step.approvals().find(id).orElseThrow(() -> new AbortException("The build of this approval is gone."));
        if (opening.requireDecision().override()) {
            admit();
        } else {
            look(number + 1, opening.deadline());
        }
    }

    private void admit() throws Exception {
        if (!abandoned) {
            onAdmission.run();
        }
    }
}
